"""The window that sets a digest: its fields, and what they hold when it is sent. Pure views and values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot.block_kit import Block, section
from bot.digests.request import EXAMPLE, HERE, ME, Where
from bot.digests.times import WEEKDAYS

SET_UP = "digest_set_up"
"""The button that opens the window."""
SET_VIEW = "digest_set"
"""The ``callback_id`` of the window."""
ABOUT, CHANNELS, TO, OTHER, CADENCE, WEEKDAY, TIME, ZONE = (
    f"digest_{name}" for name in ("about", "channels", "to", "other", "cadence", "weekday", "time", "zone")
)
"""The fields: each the ``block_id`` and ``action_id`` of its own."""

_MOST_CHANNELS = 10
"""Each is looked at in Slack while the person waits; the command takes more."""
_NAMED, _WORKSPACE, _OTHER = "channels", "workspace", "other"
_CADENCES = {"weekly": "Every week", "fortnightly": "Every two weeks", "monthly": "Every month, on the first such day"}
_ERROR_CHARACTERS = 150
_CHANNELS_ONLY = {"include": ["public", "private"], "exclude_bot_users": True}


@dataclass(frozen=True, slots=True)
class Filled:
    """What the window held when it was sent; ``channel_ids`` or ``other_id`` may be missing where they are needed."""

    where: Where
    cadence: str
    weekday: int
    local_time: time
    zone: str
    errors: Mapping[str, str]
    """By field, what is missing in it."""


def explanation_text() -> str:
    """Return what digests are, and the words to ask for them."""
    return (
        "A digest is a page of figures: of one channel, of several, or of the whole workspace; naming nobody, quoting "
        "nothing.\n"
        f"• `{EXAMPLE}` - this channel's, in this channel; `#channel` for another one\n"
        "• `/fairview digest me #infra #erp monthly monday 09:00` - those two together, as a direct message to you\n"
        "• `/fairview digest workspace friday 16:00` - the whole workspace's, for owners and administrators to set\n"
        "• `weekly` (if you do not say), `fortnightly` or `monthly`; your own time zone, if you name none\n"
        "• `/fairview digest preview` - shows it now, to you alone; `preview #infra #erp`, `preview monthly`\n"
        "• `/fairview digest list` - which there are\n"
        "• `/fairview digest stop` - ends this channel's; `stop me`, `stop 2` for the second of the list"
    )


def explanation_blocks() -> list[Block]:
    """Return the same, with a button that opens the window."""
    button = {
        "type": "button",
        "action_id": SET_UP,
        "text": {"type": "plain_text", "text": "Set one up"},
        "accessibility_label": "Set up a digest in a window",
    }
    return [section(explanation_text()), {"type": "actions", "elements": [button]}]


def set_view(here: str, zone: str, *, may_workspace: bool) -> Block:
    """Return the window; ``here`` is the channel it was asked for in, empty where that is a direct message.

    ``may_workspace``: whether the person may choose the whole workspace; ``zone`` is the one offered first.
    """
    blocks = [_about()] if may_workspace else []
    blocks += [
        _channels(here, is_optional=may_workspace),
        _input(TO, "Where to?", _radio(TO, _destinations(here), HERE if here else ME)),
        _input(OTHER, "The other channel", _one_channel(), is_optional=True),
        _input(CADENCE, "How often?", _radio(CADENCE, _CADENCES, "weekly")),
        _input(WEEKDAY, "On which day?", _select(WEEKDAY, dict(zip("0123456", WEEKDAYS, strict=True)), "0")),
        _input(TIME, "At what time?", {"type": "timepicker", "action_id": TIME, "initial_time": "09:00"}),
        _input(ZONE, "By the clocks of", _zone(zone)),
    ]
    return {
        "type": "modal",
        "callback_id": SET_VIEW,
        "private_metadata": json.dumps({"here": here}),
        "title": _plain("Set up a digest"),
        "submit": _plain("Set it up"),
        "close": _plain("Not now"),
        "blocks": blocks,
    }


def done_view(text: str) -> Block:
    """Return the window that follows: what was set, in mrkdwn."""
    return {"type": "modal", "title": _plain("Set up a digest"), "close": _plain("Close"), "blocks": [section(text)]}


def filled(view: Mapping[str, Any]) -> Filled:
    """Return what a window holds; raises KeyError or ValueError for one of another version."""
    values = {key: next(iter(state.values())) for key, state in view["state"]["values"].items()}
    is_workspace = ABOUT in values and _chosen(values[ABOUT]) == _WORKSPACE
    channel_ids = () if is_workspace else tuple(values[CHANNELS].get("selected_conversations") or ())
    to, other_id = _chosen(values[TO]), values[OTHER].get("selected_conversation")
    errors = {}
    if not is_workspace and not channel_ids:
        errors[CHANNELS] = "Choose a channel at least."
    if to == _OTHER and not other_id:
        errors[OTHER] = "Choose the channel it goes to."
    if to != _OTHER and other_id:
        errors[OTHER] = "Nothing goes there unless you choose “To another channel” above. Choose it, or empty this."
    return Filled(
        where=Where(channel_ids, is_workspace, other_id if to == _OTHER else to),
        cadence=_chosen(values[CADENCE]),
        weekday=int(_chosen(values[WEEKDAY])),
        local_time=time.fromisoformat(values[TIME]["selected_time"]),
        zone=_chosen(values[ZONE]),
        errors=errors,
    )


def here_of(view: Mapping[str, Any]) -> str:
    """Return the channel a window was asked for in, as its ``private_metadata`` keeps it."""
    return str(json.loads(view.get("private_metadata") or "{}").get("here") or "")


def error_text(text: str) -> str:
    """Return what can stand under a field: one line, not too long."""
    line = " ".join(text.replace("`", "").split())
    return line if len(line) <= _ERROR_CHARACTERS else f"{line[: _ERROR_CHARACTERS - 1]}…"


def zone_options(names: Sequence[str]) -> list[Block]:
    """Return time zones as the options of the field."""
    return [_option(name, name.replace("_", " ")) for name in names]


def _about() -> Block:
    options = {_NAMED: "The channels below", _WORKSPACE: "The whole workspace (private channels stay out of it)"}
    return _input(ABOUT, "What is it about?", _radio(ABOUT, options, _NAMED))


def _channels(here: str, *, is_optional: bool) -> Block:
    element = {
        "type": "multi_conversations_select",
        "action_id": CHANNELS,
        "filter": _CHANNELS_ONLY,
        "max_selected_items": _MOST_CHANNELS,
        **({"initial_conversations": [here]} if here else {}),
    }
    block = _input(CHANNELS, "Which channels?", element, is_optional=is_optional)
    return {**block, "hint": _plain("One, or several together. Fairview has to be in each, and so have you.")}


def _destinations(here: str) -> dict[str, str]:
    first: dict[str, str] = {HERE: "Here, in this channel"} if here else {}
    return {**first, ME: "To me, as a direct message", _OTHER: "To another channel, named below"}


def _one_channel() -> Block:
    return {"type": "conversations_select", "action_id": OTHER, "filter": _CHANNELS_ONLY}


def _zone(zone: str) -> Block:
    (option,) = zone_options([zone])
    return {"type": "external_select", "action_id": ZONE, "min_query_length": 2, "initial_option": option}


def _radio(action_id: str, options: Mapping[str, str], first: str) -> Block:
    return {"type": "radio_buttons", "action_id": action_id, **_options(options, first)}


def _select(action_id: str, options: Mapping[str, str], first: str) -> Block:
    return {"type": "static_select", "action_id": action_id, **_options(options, first)}


def _options(options: Mapping[str, str], first: str) -> Block:
    offered = [_option(value, text) for value, text in options.items()]
    return {"options": offered, "initial_option": _option(first, options[first])}


def _option(value: str, text: str) -> Block:
    return {"text": _plain(text), "value": value}


def _input(block_id: str, label: str, element: Block, *, is_optional: bool = False) -> Block:
    block = {"type": "input", "block_id": block_id, "label": _plain(label), "element": element}
    return {**block, "optional": True} if is_optional else block


def _chosen(state: Mapping[str, Any]) -> str:
    return str(state["selected_option"]["value"])


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
