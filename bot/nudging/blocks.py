"""How a nudge looks: pure functions from what was found to Block Kit."""

import json
import re

from bot.block_kit import Block, context, escaped, section
from nlp import Rule, Stage

HELPFUL = "nudge_helpful"
NOT_RELEVANT = "nudge_not_relevant"
WHY = "nudge_why"

_PHRASE_CHARACTERS = 150
_SECTION_CHARACTERS = 2_900
_EXAMPLES = 3
_HALF = re.compile(r"(?:&\w{0,3}|<[^<>]*)$")
"""What cutting leaves of an entity, a mention or a link: markup nobody can read."""


def nudge_text(phrase: str, suggestion: str | None) -> str:
    """Return the nudge as plain text: what a notification shows and a screen reader speaks."""
    text = f"Just between us, about “{_quoted(phrase)}”."
    return f"{text} You could say: {_shortened(suggestion, _SECTION_CHARACTERS)}" if suggestion else text


def nudge_blocks(nudge_id: str, phrase: str, suggestion: str | None) -> list[Block]:
    """Return the nudge: the phrase, the author's sentence rewritten, and three ways to answer.

    ``phrase`` and ``suggestion`` are mrkdwn, escaped as Slack escapes it.
    """
    blocks: list[Block] = [section(f":wave: Just between us, about “{_quoted(phrase)}”.")]
    if suggestion:
        lines = "\n".join(f"> {line}" for line in suggestion.splitlines())
        blocks.append(section(f"*You could say:*\n{_shortened(lines, _SECTION_CHARACTERS)}"))
    value = json.dumps({"nudge": nudge_id})
    buttons = [("Helpful", HELPFUL), ("Not relevant", NOT_RELEVANT), ("Why this?", WHY)]
    blocks.append(
        {
            "type": "actions",
            "block_id": f"nudge_{nudge_id}",
            "elements": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "text": {"type": "plain_text", "text": text},
                    "value": value,
                }
                for text, action_id in buttons
            ],
        }
    )
    return blocks


def why_view(rule: Rule, stage: Stage) -> Block:
    """Return the modal that explains a nudge: the reason, right and wrong examples, the stage of the channel."""
    stage_name = stage.replace("_", " ")
    flagged = "\n".join(f"• {escaped(_unmarked(example))}" for example in rule.examples.flag[:_EXAMPLES])
    fine = "\n".join(f"• {escaped(_unmarked(example))}" for example in rule.examples.pass_[:_EXAMPLES])
    closing = (
        f"This channel is at the stage *{stage_name}*. Only you saw the nudge; what you wrote is not kept. "
        "*Not relevant* under the nudge tells Fairview it was wrong here; `/fairview pause` stops nudges for you."
    )
    return {
        "type": "modal",
        "callback_id": "nudge_why",
        "title": {"type": "plain_text", "text": "Why this nudge?"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            section(f"*{escaped(rule.title)}*\n{escaped(rule.why)}"),
            section(f"*Would be noticed*\n{flagged}"),
            section(f"*Is fine*\n{fine}"),
            context(closing),
        ],
    }


def why_text(rule: Rule) -> str:
    """Return the reason in plain words, for where no modal can be opened."""
    return f"{rule.title}. {rule.why}"


def _quoted(phrase: str) -> str:
    return _shortened(" ".join(phrase.split()), _PHRASE_CHARACTERS)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else _HALF.sub("", text[: limit - 1]).rstrip() + "…"


def _unmarked(example: str) -> str:
    return example.replace("<<", "").replace(">>", "")
