"""`/fairview digest`: set, list, stop and preview a channel's weekly digest."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from slack_bolt import App

from bot.administration.channels import find_channel
from bot.administration.people import ChannelFacts, actor_of, channel_facts, is_member, scope_of
from bot.administration.permissions import Action, Actor, require
from bot.digests import request
from bot.digests.rendering import render_preview, why_paused
from bot.digests.request import EXAMPLE, in_words, read_request, retyped
from bot.digests.schedule import Weekly
from bot.digests.subscriptions import Listed, Place, Subscribed, list_subscriptions, stop, subscribe
from bot.digests.zones import is_zone
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply
from bot.store.tables import StopReason


def register(app: App, parts: Parts) -> None:
    """Listen to nothing: the words come through `/fairview`, and a digest has no buttons."""


def answer_digest(parts: Parts) -> Answer:
    """Return the answer to `/fairview digest …`."""

    def answer(command: Command) -> Reply:
        asked = read_request(command.words[1:])
        match asked:
            case request.ExplainDigests():
                return Reply(_explanation())
            case request.ListDigests():
                return _list(parts, command)
            case request.PreviewDigest():
                facts, _ = _member_of(command, asked.channel_id)
                return render_preview(parts.store, parts.settings, command.tenant_id, facts.channel_id, command.now)
            case request.StopDigest():
                return _stop(parts, command, asked)
            case request.SetDigest():
                return _set(parts, command, asked)

    return answer


def _set(parts: Parts, command: Command, asked: request.SetDigest) -> Reply:
    facts, actor = _member_of(command, asked.channel_id)
    if facts.is_archived:
        raise CommandError(f"<#{facts.channel_id}> is archived.", "Ask again once it is open.")
    zone = asked.zone or (actor.zone if actor.zone and is_zone(actor.zone) else parts.settings.zone)
    schedule = Weekly(asked.weekday, asked.local_time, zone)
    place = Place(command.tenant_id, facts.channel_id, facts.channel_id)
    subscribed = subscribe(parts.store, place, command.user_id, schedule, command.now)
    sentences = _confirmation(command, facts, subscribed)
    if facts.is_ext_shared:
        sentences.append("People of another organisation are in that channel, and will see it too.")
    known = find_channel(parts.store, command.tenant_id, facts.channel_id)
    if known is not None and not known.is_watched:
        sentences.append("Nothing is counted there now: `/fairview watch on` in the channel changes that.")
    return Reply(" ".join(sentences))


def _confirmation(command: Command, facts: ChannelFacts, subscribed: Subscribed) -> list[str]:
    schedule, before = subscribed.schedule, subscribed.before
    due = subscribed.next_due.astimezone(ZoneInfo(schedule.zone))
    place = _place(command, facts)
    sentences = [
        f"<#{facts.channel_id}> gets its digest {in_words(schedule)}, next on {due:%A} {due.day} {due:%B}.",
        f"To see it now, by yourself: `/fairview digest preview{_suffix(place)}`.",
        f"To stop it: `/fairview digest stop{_suffix(place)}`.",
    ]
    if before and before != schedule:
        sentences.append(f"It came {in_words(before)}; to put that back: `{retyped(before, place)}`.")
    return sentences


def _stop(parts: Parts, command: Command, asked: request.StopDigest) -> Reply:
    facts, _ = _member_of(command, asked.channel_id)
    place = Place(command.tenant_id, facts.channel_id, facts.channel_id)
    stopped = stop(parts.store, place, StopReason.ASKED, command.now)
    if stopped is None:
        raise CommandError(f"<#{facts.channel_id}> has no digest.", f"To set one: `{EXAMPLE}`.")
    again = retyped(stopped, _place(command, facts))
    return Reply(f"<#{facts.channel_id}> gets no more digests. To start them again: `{again}`.")


def _list(parts: Parts, command: Command) -> Reply:
    actor = actor_of(command.client, command.tenant_id, command.user_id)
    digests = list_subscriptions(parts.store, command.tenant_id, command.now)
    lines = [_line(listed) for listed in _visible(command, actor, digests)]
    if not lines:
        return Reply(f"No digest is set in the channels you can see. To set one: `{EXAMPLE}`.")
    return Reply("\n".join([*lines, "To stop one: `/fairview digest stop #channel`."]))


def _visible(command: Command, actor: Actor, digests: Sequence[Listed]) -> list[Listed]:
    # A private channel's name is its members' alone, and a guest knows only the channels they are in.
    limited = actor.is_guest or actor.is_outsider
    return [one for one in digests if not (one.is_private or limited) or _is_member(command, one.channel_id)]


def _is_member(command: Command, channel_id: str) -> bool:
    try:
        return is_member(command.client, channel_id, command.user_id)
    except CommandError:
        return False


def _line(listed: Listed) -> str:
    start = f"• <#{listed.channel_id}>: {in_words(listed.schedule)}"
    asker = f"asked for by <@{listed.owner_id}>"
    if listed.stop_reason:
        return f"{start}, {asker}; paused: {why_paused(listed.stop_reason)}."
    due = listed.next_due.astimezone(ZoneInfo(listed.schedule.zone))
    return f"{start}, next on {due.day} {due:%B}, {asker}."


def _member_of(command: Command, channel_id: str | None) -> tuple[ChannelFacts, Actor]:
    facts = channel_facts(command.client, channel_id or command.channel_id)
    if not facts.is_member:
        raise CommandError(f"Fairview is not in <#{facts.channel_id}>.", "Invite it first: `/invite @Fairview`.")
    actor = actor_of(command.client, command.tenant_id, command.user_id)
    require(actor, Action.SUBSCRIBE_DIGEST, scope_of(command.client, actor, facts))
    return facts, actor


def _place(command: Command, facts: ChannelFacts) -> str:
    return "here" if facts.channel_id == command.channel_id else f"#{facts.name}"


def _suffix(place: str) -> str:
    return "" if place == "here" else f" {place}"


def _explanation() -> str:
    return (
        "A digest is a channel's week in figures: posted in the channel, naming nobody, quoting nothing.\n"
        f"• `{EXAMPLE}` - sets it, or changes it; another channel: `#channel` for `here`\n"
        "• `/fairview digest preview` - shows it now, to you alone\n"
        "• `/fairview digest list` - which there are\n"
        "• `/fairview digest stop` - ends it"
    )
