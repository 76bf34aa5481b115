"""How a nudge looks, whatever was written: Slack takes it, nothing is cut in half, every button says what it is for."""

import json
import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.nudging import blocks
from bot.nudging.wording import VALUE_CHARACTERS, button_value
from bot.playground.blockkit import message_problems

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


@given(phrase=mrkdwn.filter(str.strip), suggestion=st.none() | mrkdwn, original=mrkdwn)
@example(phrase="The business", suggestion="> " * 3000, original="")
@example(phrase="&amp;" * 100, suggestion="&amp;" * 1000, original="&amp;" * 1000)
@example(phrase="x" * 148 + "<https://example.com/a/long/address|label>", suggestion="\n" * 3000, original="x")
def test_slack_takes_a_nudge_whatever_was_written(phrase: str, suggestion: str | None, original: str) -> None:
    content = blocks.nudge_blocks(NUDGE_ID, phrase, suggestion, original)
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
    shown = [blocks.nudge_text(text, text), *texts_of(content := blocks.nudge_blocks(NUDGE_ID, text, text, ""))]
    shown += [json.loads(one["value"])["say"] for one in content[-1]["elements"] if one["action_id"] == blocks.USE]
    for words in shown:
        assert re.fullmatch(r"(?:[^&<]|&(?:amp|lt|gt);|<[^<>]+>)*", words), words[-200:]


def texts_of(content: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in content if block["type"] == "section"]


def test_a_short_phrase_and_sentence_are_shown_as_they_are() -> None:
    first, second, _ = blocks.nudge_blocks(NUDGE_ID, "the  business\nside", "Ours &amp; theirs:\n<@U0ANN> knows.", "")
    assert first["text"]["text"] == ":wave: Just between us, about “the business side”."
    assert second["text"]["text"] == "*You could say:*\n> Ours &amp; theirs:\n> <@U0ANN> knows."


def test_without_a_sentence_to_offer_there_is_none_to_use() -> None:
    content = blocks.nudge_blocks(NUDGE_ID, "the business", None, "the business wants it")
    assert [block["type"] for block in content] == ["section", "actions"]
    assert blocks.USE not in [one["action_id"] for one in content[-1]["elements"]]
    assert blocks.nudge_text("the business", None) == "Just between us, about “the business”."


def test_every_button_carries_the_nudge_and_only_use_this_its_words() -> None:
    actions = blocks.nudge_blocks(NUDGE_ID, "the business", "We want it", "The business wants it")[-1]
    use, why, wrong, menu = actions["elements"]
    assert json.loads(use["value"]) == {"nudge": NUDGE_ID, "say": "We want it"}
    assert [json.loads(one["value"]) for one in (why, wrong)] == [{"nudge": NUDGE_ID}] * 2
    picks = [json.loads(option["value"]) for option in menu["options"]]
    assert {one["nudge"] for one in picks} == {NUDGE_ID}
    assert [one["do"] for one in picks] == ["helpful", "day", "week", "good", "rule"]


@given(suggestion=mrkdwn.filter(str.strip), original=mrkdwn)
@example(suggestion='"' * 3000, original="")
@example(suggestion="\\" * 1999 + ". New.", original="")
@example(suggestion="\x01" * 2500, original="")
@example(suggestion="😀" * 2500, original="")
def test_what_use_this_carries_fits_whatever_was_written(suggestion: str, original: str) -> None:
    value = button_value(NUDGE_ID, suggestion, original)
    assert 0 < len(value) <= VALUE_CHARACTERS
    carried = json.loads(value)
    assert carried["nudge"] == NUDGE_ID
    assert carried["say"].strip()
    if carried["say"] == suggestion:
        assert "part" not in carried
    else:
        assert carried["part"] is True


def test_of_a_long_suggestion_the_sentences_that_are_new_are_carried() -> None:
    same = " ".join(f"Sentence number {number} stays as it is." for number in range(70))
    value = json.loads(button_value(NUDGE_ID, f"{same} We want it.", f"{same} The business wants it."))
    assert value == {"nudge": NUDGE_ID, "say": "We want it.", "part": True}
    new = " ".join(f"New sentence number {number} is here." for number in range(90))
    value = json.loads(button_value(NUDGE_ID, f"{new} {same}", same))
    assert value["say"].startswith("New sentence number 0 is here.")
    assert value["say"].endswith("…"), "too long even so"


def test_the_line_that_takes_a_nudges_place_has_one_way_back_or_none() -> None:
    (line,) = blocks.said_blocks("Noted.")
    assert (line["text"]["text"], "accessory" in line) == ("Noted.", False)
    (line,) = blocks.said_blocks("Paused.", '{"nudge": "1", "undo": "pause"}')
    button = line["accessory"]
    assert (button["action_id"], button["text"]["text"]) == (blocks.UNDO, "Undo")
    assert button["value"] == '{"nudge": "1", "undo": "pause"}'
    assert problems_of([line]) == []
