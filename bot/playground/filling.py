"""How a person fills in an element: from a plain value to what Slack puts into ``state.values`` and actions."""

from typing import Any

from bot.playground.models import Payload, StandInError
from bot.playground.mrkdwn import rich_text
from bot.playground.views import ANSWER_KEY, View, inputs


def answer(element: Payload, value: Any) -> Payload:
    """The state of an element after ``value`` was put in: text, an option's value, an id, a date, or lists of them."""
    kind = element["type"]
    key = ANSWER_KEY.get(kind)
    if key is None:
        raise StandInError("nothing can be filled into an element of this type", kind)
    if value is None:
        return {"type": kind, key: None}
    if key == "selected_option":
        return {"type": kind, key: _option(element, value)}
    if key == "selected_options":
        return {"type": kind, key: [_option(element, one) for one in value]}
    if kind == "rich_text_input" and isinstance(value, str):
        return {"type": kind, key: rich_text(value)}
    return {"type": kind, key: value}


def fill(view: View, values: Payload) -> None:
    """Put values into a view by block id or action id; raises StandInError where Slack's client would complain."""
    left = dict(values)
    for block, element in inputs(view.blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        if block_id in left or action_id in left:
            value = left.pop(block_id) if block_id in left else left.pop(action_id)
            if isinstance(value, dict) and set(value) == {action_id}:
                value = value[action_id]
            view.values[block_id][action_id] = answer(element, value)
        _check(block, element, view.values[block_id][action_id])
    if left:
        raise StandInError("no such fields in this modal", sorted(left))


def find_element(blocks: list[Payload], action_id: str, block_id: str | None = None) -> tuple[Payload, Payload]:
    """The (block, element) with this action id; raises StandInError."""
    for block in blocks:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for element in parts:
            if isinstance(element, dict) and element.get("action_id") == action_id:
                return block, element
    raise StandInError("nothing here has this action_id", action_id)


def _option(element: Payload, value: Any) -> Payload:
    offered = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offered += group["options"]
    for option in offered:
        if value in (option, option["value"]):
            return dict(option)
    if element["type"] in ("external_select", "multi_external_select") and isinstance(value, dict):
        return value
    raise StandInError("no such option", value)


def _check(block: Payload, element: Payload, state: Payload) -> None:
    if block["type"] != "input":
        return
    value = state.get(ANSWER_KEY[element["type"]])
    if not value:
        if not block.get("optional"):
            raise StandInError("this field must be filled in", block["block_id"])
    elif element["type"] == "plain_text_input" and not (
        element.get("min_length", 0) <= len(value) <= element.get("max_length", 3000)
    ):
        raise StandInError("this text is too short or too long", block["block_id"])
