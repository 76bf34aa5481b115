"""How a nudge looks: pure functions from what was found to Block Kit."""

import json

from bot.block_kit import Block, section
from bot.nudging.wording import button_value, shortened

USE = "nudge_use"
WHY = "nudge_why"
NOT_RELEVANT = "nudge_not_relevant"
MORE = "nudge_more"
UNDO = "nudge_undo"

# What the menu offers, by the name that its value carries.
HELPFUL, DAY, WEEK, GOOD, RULE = "helpful", "day", "week", "good", "rule"
_MENU = {
    HELPFUL: "Helpful",
    DAY: "Pause for a day",
    WEEK: "Pause for a week",
    GOOD: "Pause for good",
    RULE: "Not about this again",
}
_PHRASE_CHARACTERS = 150
_SECTION_CHARACTERS = 2_900


def nudge_text(phrase: str, suggestion: str | None) -> str:
    """Return the nudge as plain text: what a notification shows and a screen reader speaks."""
    text = f"Just between us, about “{_quoted(phrase)}”."
    return f"{text} You could say: {shortened(suggestion, _SECTION_CHARACTERS)}" if suggestion else text


def nudge_blocks(nudge_id: str, phrase: str, suggestion: str | None, original: str) -> list[Block]:
    """Return the nudge: the phrase, the author's sentence rewritten, and the ways to answer.

    ``phrase``, ``suggestion`` and ``original`` (the message, which tells what of the suggestion is new) are mrkdwn,
    escaped as Slack escapes it.
    """
    blocks: list[Block] = [section(f":wave: Just between us, about “{_quoted(phrase)}”.")]
    elements: list[Block] = []
    if suggestion:
        lines = "\n".join(f"> {line}" for line in suggestion.splitlines())
        blocks.append(section(f"*You could say:*\n{shortened(lines, _SECTION_CHARACTERS)}"))
        elements.append(_button("Use this", USE, button_value(nudge_id, suggestion, original)) | {"style": "primary"})
    value = json.dumps({"nudge": nudge_id})
    elements += [_button("Why this?", WHY, value), _button("Not relevant", NOT_RELEVANT, value), _menu(nudge_id)]
    return [*blocks, {"type": "actions", "block_id": f"nudge_{nudge_id}", "elements": elements}]


def said_blocks(text: str, undo: str | None = None) -> list[Block]:
    """Return the one line that takes a nudge's place; with ``undo``, the value of a button that takes it back."""
    line = section(text)
    return [line | {"accessory": _button("Undo", UNDO, undo)}] if undo else [line]


def _menu(nudge_id: str) -> Block:
    options = [
        {"text": {"type": "plain_text", "text": text}, "value": json.dumps({"nudge": nudge_id, "do": name})}
        for name, text in _MENU.items()
    ]
    return {"type": "overflow", "action_id": MORE, "options": options}


def _button(text: str, action_id: str, value: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": text},
        "value": value,
    }


def _quoted(phrase: str) -> str:
    return shortened(" ".join(phrase.split()), _PHRASE_CHARACTERS)
