"""Block elements: buttons, menus, pickers and inputs.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.blockkit.composition import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_ACTION_CONFIG,
    IDENTIFIER,
    OPTION_GROUP,
    PLAIN_OPTION,
    RICH_OPTION,
    SLACK_FILE,
    URL,
    plain_text,
)
from bot.playground.blockkit.rich_text import RICH_TEXT
from bot.playground.blockkit.schema import (
    Flag,
    ListOf,
    Matching,
    Number,
    Problem,
    Record,
    Rule,
    Shape,
    String,
    Tagged,
    items,
    one_of,
)

_TYPE = String()
_RICH_TEXT = Tagged({"rich_text": RICH_TEXT})


def _element(required: tuple[str, ...] = (), rule: Rule | None = None, **fields: Shape) -> Record:
    return Record({"type": _TYPE, "action_id": IDENTIFIER, **fields}, required, rule)


def _input(required: tuple[str, ...] = (), rule: Rule | None = None, **fields: Shape) -> Record:
    return _element(required, rule, placeholder=plain_text(150), focus_on_load=Flag(), confirm=CONFIRM, **fields)


def _typed(required: tuple[str, ...] = (), **fields: Shape) -> Record:
    """A field that is typed into: no confirmation, but a say in when it is dispatched."""
    return _element(
        required,
        None,
        dispatch_action_config=DISPATCH_ACTION_CONFIG,
        placeholder=plain_text(150),
        focus_on_load=Flag(),
        **fields,
    )


_DATE = Matching(re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "YYYY-MM-DD")
_TIME = Matching(re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "HH:mm")


def _initial_is_offered(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    offered = list(items(value.get("options")))
    for group in items(value.get("option_groups")):
        offered += items(group.get("options")) if isinstance(group, dict) else []
    first = value.get("initial_option")
    chosen = [*items(value.get("initial_options")), *([first] if first else [])]
    if any(option not in offered for option in chosen):
        yield Problem(at, "initial option must be one of the options offered")


def _static(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    yield from one_of("options", "option_groups")(value, at)
    yield from _initial_is_offered(value, at)


_MANY = Number(1)
_IDS = ListOf(String())
_OPTIONS = ListOf(PLAIN_OPTION, 100)
_GROUPS = ListOf(OPTION_GROUP, 100)

_STYLE = String(choices=frozenset({"primary", "danger"}))
BUTTON = _element(
    ("text",),
    text=plain_text(75),
    url=URL,
    value=String(2000),
    style=_STYLE,
    confirm=CONFIRM,
    accessibility_label=String(75),
)
IMAGE = Record(
    {"type": _TYPE, "image_url": URL, "alt_text": String(2000), "slack_file": SLACK_FILE},
    ("alt_text",),
    one_of("image_url", "slack_file"),
)
OVERFLOW = _element(("options",), options=ListOf(PLAIN_OPTION, 5), confirm=CONFIRM)

_FEW = ListOf(RICH_OPTION, 10)
CHECKBOXES = _element(
    ("options",), _initial_is_offered, options=_FEW, initial_options=_FEW, focus_on_load=Flag(), confirm=CONFIRM
)
RADIO_BUTTONS = _element(
    ("options",), _initial_is_offered, options=_FEW, initial_option=RICH_OPTION, focus_on_load=Flag(), confirm=CONFIRM
)

MENUS = {
    "static_select": _input(rule=_static, options=_OPTIONS, option_groups=_GROUPS, initial_option=PLAIN_OPTION),
    "multi_static_select": _input(
        rule=_static,
        options=_OPTIONS,
        option_groups=_GROUPS,
        initial_options=ListOf(PLAIN_OPTION, 100),
        max_selected_items=_MANY,
    ),
    "external_select": _input(initial_option=PLAIN_OPTION, min_query_length=Number(0)),
    "multi_external_select": _input(
        initial_options=ListOf(PLAIN_OPTION, 100), min_query_length=Number(0), max_selected_items=_MANY
    ),
    "users_select": _input(initial_user=String()),
    "multi_users_select": _input(initial_users=_IDS, max_selected_items=_MANY),
    "channels_select": _input(initial_channel=String(), response_url_enabled=Flag()),
    "multi_channels_select": _input(initial_channels=_IDS, max_selected_items=_MANY),
    "conversations_select": _input(
        initial_conversation=String(),
        default_to_current_conversation=Flag(),
        response_url_enabled=Flag(),
        filter=CONVERSATION_FILTER,
    ),
    "multi_conversations_select": _input(
        initial_conversations=_IDS,
        default_to_current_conversation=Flag(),
        max_selected_items=_MANY,
        filter=CONVERSATION_FILTER,
    ),
}

PICKERS = {
    "datepicker": _input(initial_date=_DATE),
    "timepicker": _input(initial_time=_TIME, timezone=String()),
    "datetimepicker": _input(initial_date_time=Number(0)),
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}

_TYPED = {
    "plain_text_input": _typed(
        initial_value=String(3000, least=0), multiline=Flag(), min_length=Number(0, 3000), max_length=Number(1, 3000)
    ),
    "rich_text_input": _typed(("action_id",), initial_value=_RICH_TEXT),
    "email_text_input": _typed(initial_value=String()),
    "url_text_input": _typed(initial_value=String()),
    "number_input": _typed(
        ("is_decimal_allowed",),
        is_decimal_allowed=Flag(),
        initial_value=String(),
        min_value=String(),
        max_value=String(),
    ),
}

INTERACTIVE: dict[str, Record] = {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **PICKERS}
INPUTS: dict[str, Record] = {**MENUS, **PICKERS, **_TYPED}

ACTIONS = Tagged({**INTERACTIVE, "rich_text_input": _TYPED["rich_text_input"]})
INPUT = Tagged(INPUTS)
ACCESSORY = Tagged({**INTERACTIVE, "image": IMAGE})
