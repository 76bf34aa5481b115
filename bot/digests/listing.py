"""The digests there are, as one person may see them: a line each, numbered, with a button that stops it."""

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.block_kit import Block, context, section
from bot.digests.asking import Asker, may_stop
from bot.digests.listed import Listed, channel_names, list_subscriptions
from bot.digests.phrases import with_channels
from bot.digests.places import named
from bot.digests.rendering import why_paused
from bot.digests.request import EXAMPLE
from bot.digests.subscriptions import is_person
from bot.digests.times import in_words
from bot.errors import CommandError
from bot.listening import Reply

STOP = "digest_stop"
"""The button beside a digest; its value is the id of its subscription."""

_WITH_BUTTONS = 40
"""A message has 50 blocks at most."""
_ACCESSIBLE_CHARACTERS = 75


def list_digests(asker: Asker, news: str = "") -> Reply:
    """Return the digests whoever asks may see; ``news`` (mrkdwn) stands above them."""
    visible = list_visible(asker)
    lines = [f"{number}. {_line(listed)}" for number, listed in enumerate(visible, 1)]
    if not lines:
        none = f"No digest is set in the channels you can see. To set one: `{EXAMPLE}`."
        return Reply(" ".join([*([news] if news else []), none]))
    hint = "To stop one: its button, or `/fairview digest stop NUMBER`."
    names = channel_names(asker.parts.store, asker.tenant_id)
    rows = [_row(asker, line, listed, names) for line, listed in zip(lines, visible, strict=True)]
    blocks = [*([section(news)] if news else []), *rows[:_WITH_BUTTONS]]
    if len(lines) > _WITH_BUTTONS:
        blocks.append(context(f"And {len(lines) - _WITH_BUTTONS} more."))
    return Reply("\n".join([*([news] if news else []), *lines, hint]), [*blocks, context(hint)])


def list_visible(asker: Asker) -> list[Listed]:
    """Return what the list shows to whoever asks, in its order."""
    listed = list_subscriptions(asker.parts.store, asker.tenant_id, asker.now)
    return [one for one in listed if _is_visible(asker, one)]


def find_listed(asker: Asker, subscription_id: str) -> Listed:
    """Return one digest of the list; raises CommandError where it is not there, or not for whoever asks."""
    found = next((one for one in list_visible(asker) if one.subscription_id == subscription_id), None)
    if found is None:
        raise CommandError("That digest is not set any more.", "See `/fairview digest list`.")
    return found


def _is_visible(asker: Asker, listed: Listed) -> bool:
    # A direct message is its reader's business alone; a private channel's name its members'; and a guest knows only
    # the channels they are in.
    place = listed.place
    if is_person(place.destination_id):
        return place.destination_id == asker.user_id
    channels = {*place.scope.channel_ids, place.destination_id}
    limited = asker.actor.is_guest or asker.actor.is_outsider
    return _is_in_all(asker, channels if limited else listed.private_ids)


def _is_in_all(asker: Asker, channel_ids: set[str] | frozenset[str]) -> bool:
    try:
        return all(asker.is_in(channel_id) for channel_id in channel_ids)
    except CommandError:
        return False


def _line(listed: Listed) -> str:
    start = f"{named(listed.place)}: {in_words(listed.schedule)}"
    asker = "" if is_person(listed.place.destination_id) else f", asked for by <@{listed.owner_id}>"
    if listed.stop_reason:
        return f"{start}{asker}; paused: {why_paused(listed.stop_reason)}."
    due = listed.next_due.astimezone(ZoneInfo(listed.schedule.zone))
    return f"{start}, next on {due.day} {due:%B}{asker}."


def _row(asker: Asker, line: str, listed: Listed, names: Mapping[str, str]) -> Block:
    row = section(line)
    try:
        stoppable = may_stop(asker, listed.place, listed.owner_id)
    except CommandError:
        stoppable = False
    if not stoppable:
        return row
    return {**row, "accessory": _button(listed, with_channels(line, lambda one: _name(asker, one, names)))}


def _name(asker: Asker, channel_id: str, names: Mapping[str, str]) -> str:
    try:
        return f"#{names.get(channel_id) or asker.facts(channel_id).name}"
    except CommandError:
        return "a channel"


def _button(listed: Listed, read_out: str) -> Block:
    word = "Remove" if listed.stop_reason else "Stop"
    return {
        "type": "button",
        "action_id": STOP,
        "text": {"type": "plain_text", "text": word},
        # Several buttons with the same word: whoever hears them read out is told which is which.
        "accessibility_label": f"{word} digest {read_out}"[:_ACCESSIBLE_CHARACTERS],
        "value": json.dumps({"subscription": listed.subscription_id}),
    }
