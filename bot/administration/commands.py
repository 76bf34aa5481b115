"""The words of `/fairview`: each an answer to the person who typed it, saying how to undo it."""

from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from bot.administration import channels
from bot.administration.blocks import help_text
from bot.administration.people import ChannelFacts, actor_of, channel_facts, scope_of
from bot.administration.permissions import Action, WorkspaceScope, require
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply
from bot.nudging import service as nudging
from bot.store.tables import Tenant, as_stage
from nlp import STAGES, Stage

_STAGE_EFFECT: dict[Stage, str] = {
    "service": "nudges only for process as a barrier and for contempt of colleagues",
    "partnership": "nudges also for “the business” as another party and for pushing work across a line",
    "one_business": "nudges also for “internal customers” and for IT as a mere supplier",
}
_PAUSES = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


def answers(parts: Parts) -> dict[str, Answer]:
    """Return the words this feature answers, each with its function."""
    return {
        "help": lambda _command: Reply(help_text()),
        "status": lambda command: _status(parts, command),
        "pause": lambda command: _pause(parts, command),
        "resume": lambda command: _resume(parts, command),
        "stage": lambda command: _stage(parts, command),
        "watch": lambda command: _watch(parts, command),
    }


def _status(parts: Parts, command: Command) -> Reply:
    lines = []
    try:
        facts = channel_facts(command.client, command.channel_id)
    except CommandError as error:
        lines.append(error.sentence)
    else:
        lines += _channel_lines(parts, command, facts)
    until = nudging.find_pause(parts.store, parts.box, command.tenant_id, command.user_id, command.now)
    lines.append("You: nudges are on. `/fairview pause` stops them." if until is None else _paused_line(until, command))
    return Reply("\n".join(f"• {line}" for line in lines))


def _channel_lines(parts: Parts, command: Command, facts: ChannelFacts) -> list[str]:
    known = channels.find_channel(parts.store, command.tenant_id, command.channel_id)
    if not facts.is_member:
        return ["This channel: not watched, since Fairview is not in it. `/invite @Fairview` changes that."]
    if known is not None and not known.is_watched:
        return ["This channel: not watched. `/fairview watch on` changes that."]
    since = f" since {known.watched_since:%-d %B %Y}" if known else ""
    lines = [f"This channel: watched{since}. `/fairview watch off` stops that."]
    if facts.is_ext_shared:
        lines.append("It is shared with another organisation: counted, never nudged.")
    stage, chosen_by = _current_stage(parts, command)
    lines.append(f"Stage: *{stage}* ({chosen_by}): {_STAGE_EFFECT[stage]}.")
    return lines


def _pause(parts: Parts, command: Command) -> Reply:
    word = command.words[1].lower().removesuffix("s") if len(command.words) > 1 else ""
    if word and word not in _PAUSES:
        raise CommandError(
            f"Fairview cannot pause for “{word}”.", "Say `/fairview pause`, `pause day` or `pause week`."
        )
    until = command.now + _PAUSES[word] if word else nudging.FOREVER
    nudging.pause(parts.store, parts.box, command.tenant_id, command.user_id, until, command.now)
    return Reply(_paused_line(until, command))


def _resume(parts: Parts, command: Command) -> Reply:
    nudging.pause(parts.store, parts.box, command.tenant_id, command.user_id, None, command.now)
    return Reply("You: nudges are on again. `/fairview pause` stops them.")


def _paused_line(until: datetime, command: Command) -> str:
    undo = "Messages are still counted, without your name. `/fairview resume` brings nudges back."
    if until >= nudging.FOREVER:
        return f"You: nudges are paused until you resume them. {undo}"
    zone = actor_of(command.client, command.user_id).zone or "UTC"
    return f"You: nudges are paused until {until.astimezone(ZoneInfo(zone)):%A %-d %B, %H:%M}. {undo}"


def _stage(parts: Parts, command: Command) -> Reply:
    words = [word.lower().replace("-", "_") for word in command.words[1:]]
    if not words:
        channel_facts(command.client, command.channel_id)
        stage, chosen_by = _current_stage(parts, command)
        return Reply(f"Stage here: *{stage}* ({chosen_by}): {_STAGE_EFFECT[stage]}. {_choices()}")
    if words[0] not in {*STAGES, "default"} or words[1:] not in ([], ["workspace"]):
        raise CommandError(f"“{' '.join(words)}” is no stage.", _choices())
    stage_or_none = next((stage for stage in get_args(Stage) if stage == words[0]), None)
    if words[1:]:
        return _set_workspace_stage(parts, command, stage_or_none)
    facts = channel_facts(command.client, command.channel_id)
    actor = actor_of(command.client, command.user_id)
    require(actor, Action.SET_STAGE, scope_of(command.client, actor, facts))
    before, _ = _current_stage(parts, command)
    channels.set_stage(parts.store, parts.box, command.tenant_id, facts, stage_or_none, command.now)
    stage, chosen_by = _current_stage(parts, command)
    return Reply(
        f"Stage here: *{stage}* ({chosen_by}): {_STAGE_EFFECT[stage]}. To go back: `/fairview stage {before}`."
    )


def _set_workspace_stage(parts: Parts, command: Command, stage: Stage | None) -> Reply:
    require(actor_of(command.client, command.user_id), Action.SET_STAGE, WorkspaceScope())
    channels.set_workspace_stage(parts.store, parts.box, command.tenant_id, stage, command.now)
    chosen = stage or parts.settings.stage
    return Reply(
        f"Stage of every channel that has not chosen its own: *{chosen}*: {_STAGE_EFFECT[chosen]}. "
        "To leave it to Fairview's default again: `/fairview stage default workspace`."
    )


def _current_stage(parts: Parts, command: Command) -> tuple[Stage, str]:
    with parts.store.read() as session:
        tenant = session.get(Tenant, command.tenant_id)
    channel = channels.find_channel(parts.store, command.tenant_id, command.channel_id)
    if own := as_stage(channel.stage if channel else None):
        return own, "chosen for this channel"
    if shared := as_stage(tenant.stage if tenant else None):
        return shared, "chosen for the workspace"
    return parts.settings.stage, "the default"


def _choices() -> str:
    return f"Stages are {', '.join(f'`{stage}`' for stage in STAGES)}; `default` leaves it to the workspace."


def _watch(parts: Parts, command: Command) -> Reply:
    word = command.words[1].lower() if len(command.words) > 1 else ""
    if word not in {"on", "off"}:
        raise CommandError("Say whether to watch this channel.", "`/fairview watch on` or `/fairview watch off`.")
    facts = channel_facts(command.client, command.channel_id)
    if not facts.is_member:
        raise CommandError("Fairview is not in this channel.", "Invite it first: `/invite @Fairview`.")
    actor = actor_of(command.client, command.user_id)
    require(actor, Action.WATCH, scope_of(command.client, actor, facts))
    changed = channels.watch(parts.store, parts.box, command.tenant_id, facts, word == "on", command.now)
    if word == "on":
        state = "watched from now on" if changed else "watched already"
        return Reply(f"This channel is {state}. `/fairview watch off` stops that.")
    state = "no longer watched: nothing is read, counted or nudged here" if changed else "not watched, as before"
    return Reply(f"This channel is {state}. What was counted stays. `/fairview watch on` brings it back.")
