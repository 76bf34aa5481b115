import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.nudging import blocks
from bot.playground.blockkit import message_problems, view_problems
from nlp import STAGES, Detector, Stage

NUDGE_ID = "0123456789abcdef0123456789abcdef"
# What Slack escapes, what it reads as markup, and what merely looks like it.
mrkdwn = st.lists(
    st.one_of(
        st.sampled_from(["&amp;", "&lt;", "&gt;", "<@U0ANN>", "<#C0X|name>", "<https://a.example|b>", "<!channel>"]),
        st.sampled_from(["*", "_", "~", "`", "```", "> ", "\n", "\r\n", "\u2028", "\0", "🙂", "'", '"', "\\"]),
        st.text(max_size=8),
        st.sampled_from(["x" * 200, "é" * 1500, "\n" * 2000]),
    ),
    max_size=12,
).map("".join)


def problems_of(content: list[dict[str, Any]]) -> list[str]:
    return [str(problem) for problem in message_problems(content, charts=False, file_exists=lambda _: False)]


@given(phrase=mrkdwn.filter(str.strip), suggestion=st.none() | mrkdwn)
@example(phrase="The business", suggestion="> " * 3000)
@example(phrase="&amp;" * 100, suggestion="&amp;" * 1000)
@example(phrase="x" * 148 + "<https://example.com/a/long/address|label>", suggestion="\n" * 3000)
def test_slack_takes_a_nudge_whatever_was_written(phrase: str, suggestion: str | None) -> None:
    content = blocks.nudge_blocks(NUDGE_ID, phrase, suggestion)
    assert problems_of(content) == []
    assert blocks.nudge_text(phrase, suggestion).strip()
    assert len(blocks.nudge_text(phrase, suggestion)) < 4_000


whole = st.lists(
    st.sampled_from(
        ["&amp;", "&lt;", "&gt;", "<@U0ANN>", "<#C0X|name>", "<https://a.example|b &amp; c>", "word", " ", "\n"]
    ),
    min_size=1,
    max_size=700,
).map("".join)


@given(text=whole)
@example(text="&amp;" * 700)
@example(text="x" * 146 + "<https://example.com/a/long/address|label>" * 80)
def test_cutting_leaves_no_half_entity_or_link(text: str) -> None:
    shown = [blocks.nudge_text(text, text), *texts_of(blocks.nudge_blocks(NUDGE_ID, text, text))]
    for words in shown:
        assert re.fullmatch(r"(?:[^&<]|&(?:amp|lt|gt);|<[^<>]+>)*", words), words[-200:]


def texts_of(content: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in content if block["type"] == "section"]


def test_a_short_phrase_and_sentence_are_shown_as_they_are() -> None:
    first, second, _ = blocks.nudge_blocks(NUDGE_ID, "the  business\nside", "Ours &amp; theirs:\n<@U0ANN> knows.")
    assert first["text"]["text"] == ":wave: Just between us, about “the business side”."
    assert second["text"]["text"] == "*You could say:*\n> Ours &amp; theirs:\n> <@U0ANN> knows."


def test_without_a_sentence_to_offer_there_is_none() -> None:
    assert [block["type"] for block in blocks.nudge_blocks(NUDGE_ID, "the business", None)] == ["section", "actions"]
    assert blocks.nudge_text("the business", None) == "Just between us, about “the business”."


def test_every_button_carries_the_nudge_and_nothing_else() -> None:
    actions = blocks.nudge_blocks(NUDGE_ID, "the business", "we")[-1]
    assert [json.loads(one["value"]) for one in actions["elements"]] == [{"nudge": NUDGE_ID}] * 3


@pytest.mark.parametrize("stage", STAGES)
def test_slack_takes_the_explanation_of_every_rule(detector: Detector, stage: Stage) -> None:
    for rule in detector.rules.values():
        view = blocks.why_view(rule, stage)
        assert [str(problem) for problem in view_problems(view)] == [], rule.id
        assert "<<" not in json.dumps(view)
        assert rule.why in blocks.why_text(rule)
