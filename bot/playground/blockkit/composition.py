"""Composition objects: texts, options, confirmation dialogues, filters, files.

Source: https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.blockkit.schema import Flag, ListOf, Problem, Record, Shape, String, Tagged, one_of

IDENTIFIER = String(255)
URL = String(3000)
_TYPE = String()


def plain_text(most: int, least: int = 1) -> Tagged:
    """A ``plain_text`` object of at most ``most`` characters."""
    fields: dict[str, Shape] = {"type": _TYPE, "text": String(most, least), "emoji": Flag()}
    return Tagged({"plain_text": Record(fields, ("text",))})


def text(most: int) -> Tagged:
    """A ``plain_text`` or ``mrkdwn`` object of at most ``most`` characters."""
    mrkdwn = Record({"type": _TYPE, "text": String(most), "verbatim": Flag()}, ("text",))
    return Tagged({**plain_text(most).kinds, "mrkdwn": mrkdwn})


CONFIRM = Record(
    {
        "title": plain_text(100),
        "text": text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": String(choices=frozenset({"primary", "danger"})),
    },
    ("title", "text", "confirm", "deny"),
)


def option(label: Shape) -> Record:
    """An option object whose label is of the shape given."""
    fields = {"text": label, "value": String(150), "description": plain_text(75), "url": URL}
    return Record(fields, ("text", "value"))


PLAIN_OPTION = option(plain_text(75))
RICH_OPTION = option(text(75))
OPTION_GROUP = Record({"label": plain_text(75), "options": ListOf(PLAIN_OPTION, 100)}, ("label", "options"))

DISPATCH_ACTION_CONFIG = Record(
    {"trigger_actions_on": ListOf(String(choices=frozenset({"on_enter_pressed", "on_character_entered"})), 2)}
)


def _filters_something(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if not value:
        yield Problem(at, "must provide at least one property")


CONVERSATION_FILTER = Record(
    {
        "include": ListOf(String(choices=frozenset({"im", "mpim", "private", "public"}))),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    rule=_filters_something,
)

SLACK_FILE = Record({"id": String(), "url": URL}, rule=one_of("id", "url"))
