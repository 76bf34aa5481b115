"""The words of `/fairview`: each an answer to the person who typed it, saying how to undo it."""

from bot.administration import channels
from bot.administration.blocks import help_text
from bot.administration.people import ChannelFacts, actor_of, channel_facts, scope_of
from bot.administration.permissions import Action, WorkspaceScope, require
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply
from bot.nudging.commands import status_lines
from bot.stages import STAGE_EFFECT
from bot.store.tables import as_stage
from nlp import STAGES, Stage

_ECHOED = 40


def answers(parts: Parts) -> dict[str, Answer]:
    """Return the words this feature answers, each with its function."""
    return {
        "help": lambda _command: Reply(help_text()),
        "status": lambda command: _status(parts, command),
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
    lines += status_lines(parts, command)
    return Reply("\n".join(f"• {line}" for line in lines))


def _channel_lines(parts: Parts, command: Command, facts: ChannelFacts) -> list[str]:
    known = channels.find_channel(parts.store, command.tenant_id, command.channel_id)
    if not facts.is_member:
        return ["This channel: not watched, since Fairview is not in it. `/invite @Fairview` changes that."]
    if known is not None and not known.is_watched:
        return ["This channel: not watched. `/fairview watch on` changes that."]
    since = f" since {known.watched_since.day} {known.watched_since:%B %Y}" if known else ""
    lines = [f"This channel: watched{since}. `/fairview watch off` stops that."]
    begins = known.watched_since + parts.settings.limits.trial if known else command.now
    if begins > command.now:
        lines.append(f"It is new here: for now it is only counted, and nudges begin on {begins.day} {begins:%B}.")
    if facts.is_ext_shared:
        lines.append("It is shared with another organisation: counted, never nudged.")
    lines.append(f"Stage: {_stage_line(parts, command)}")
    return lines


def _stage(parts: Parts, command: Command) -> Reply:
    words = [word.lower().replace("-", "_") for word in command.words[1:]]
    if not words:
        channel_facts(command.client, command.channel_id)
        return Reply(f"Stage here: {_stage_line(parts, command)} {_choices()}")
    if words[0] not in {*STAGES, "default"} or words[1:] not in ([], ["workspace"]):
        raise CommandError(f"“{' '.join(words)[:_ECHOED]}” is no stage.", _choices())
    stage = as_stage(words[0])
    return _set_workspace_stage(parts, command, stage) if words[1:] else _set_stage(parts, command, stage)


def _set_stage(parts: Parts, command: Command, stage: Stage | None) -> Reply:
    facts = _allowed_here(command, Action.SET_STAGE)
    before = channels.set_stage(parts.store, parts.box, command.tenant_id, facts, stage, command.user_id, command.now)
    line = f"Stage here: {_stage_line(parts, command)}"
    return Reply(f"{line} {_undo(stage, before)}")


def _set_workspace_stage(parts: Parts, command: Command, stage: Stage | None) -> Reply:
    require(actor_of(command.client, command.tenant_id, command.user_id), Action.SET_STAGE, WorkspaceScope())
    before = channels.set_workspace_stage(
        parts.store, parts.box, command.tenant_id, stage, command.user_id, command.now
    )
    chosen = stage or parts.settings.stage
    line = f"Stage of every channel that has not chosen its own: *{chosen}*: {STAGE_EFFECT[chosen]}."
    return Reply(f"{line} {_undo(stage, before, ' workspace')}")


def _undo(stage: Stage | None, before: Stage | None, scope: str = "") -> str:
    if stage == before:
        return "It was so before: nothing changed."
    return f"To go back: `/fairview stage {before or 'default'}{scope}`."


def _stage_line(parts: Parts, command: Command) -> str:
    here = channels.stage_choice(parts.store, command.tenant_id, command.channel_id, parts.settings.stage)
    return f"*{here.stage}* ({here.origin}): {STAGE_EFFECT[here.stage]}."


def _choices() -> str:
    return f"Stages are {', '.join(f'`{stage}`' for stage in STAGES)}; `default` leaves it to the workspace."


def _watch(parts: Parts, command: Command) -> Reply:
    word = command.words[1].lower() if len(command.words) > 1 else ""
    if word not in {"on", "off"}:
        raise CommandError("Say whether to watch this channel.", "`/fairview watch on` or `/fairview watch off`.")
    facts = _allowed_here(command, Action.WATCH)
    changed = channels.watch(parts.store, parts.box, command.tenant_id, facts, word == "on", command.now)
    if word == "on":
        state = "watched from now on" if changed else "watched already"
        return Reply(f"This channel is {state}. `/fairview watch off` stops that.")
    state = "no longer watched: nothing is read, counted or nudged here" if changed else "not watched, as before"
    return Reply(f"This channel is {state}. What was counted stays. `/fairview watch on` brings it back.")


def _allowed_here(command: Command, action: Action) -> ChannelFacts:
    facts = channel_facts(command.client, command.channel_id)
    if not facts.is_member:
        raise CommandError("Fairview is not in this channel.", "Invite it first: `/invite @Fairview`.")
    actor = actor_of(command.client, command.tenant_id, command.user_id)
    require(actor, action, scope_of(command.client, actor, facts))
    return facts
