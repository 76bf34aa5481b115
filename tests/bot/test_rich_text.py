import json
import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.playground.blockkit import view_problems
from bot.rich_text import resent, rich_text_of

wild = st.lists(
    st.one_of(
        st.sampled_from(["&amp;", "&lt;", "&gt;", "&am", "&", "<", ">", "<>", "<@>", "<!>", "<#>", "<|>", "|"]),
        st.sampled_from(["<@U0ANN>", "<@W1|ann>", "<#C0X|name>", "<#G1>", "<!here>", "<!channel|channel>", "<!here|>"]),
        st.sampled_from(["<!subteam^S0A|@desk>", "<!subteam^S0A>", "<https://a.example/?a=1&amp;b=2|b &amp; c>"]),
        st.sampled_from(["<mailto:a@b.example|a@b.example>", "<http://a.example>", "<tel:123|123>", "<http://>"]),
        st.sampled_from([":wave:", ":+1:", ":wave::skin-tone-3:", ":a::b:", ":100:", "10:30:15", "std::move", "::"]),
        st.sampled_from(["*", "_", "~", "`", "```", "&gt; ", "> ", "\n", "\r\n", "• ", "1. ", " ", "\u2028"]),
        st.sampled_from(["\0", "\ud83d", "\udc00", "🙂", "é", "x" * 200]),
        st.text(max_size=6),
    ),
    max_size=30,
).map("".join)


def problems_of(block: dict[str, Any]) -> list[str]:
    """What Slack would say of it as an initial value, and on its own."""
    element = {"type": "rich_text_input", "action_id": "a", "initial_value": block}
    typed = {"type": "input", "label": {"type": "plain_text", "text": "Words"}, "element": element}
    text = {"type": "plain_text", "text": "Title"}
    view = {"type": "modal", "title": text, "submit": text, "blocks": [typed, block]}
    return [str(problem) for problem in view_problems(view)]


def plain_of(block: dict[str, Any]) -> str:
    """The words of a rich text, with mentions, links and emoji as Slack's text has them; marks and escapes left out."""
    return "\n".join("".join(map(_plain, element["elements"])) for element in block["elements"])


def _plain(part: dict[str, Any]) -> str:
    match part["type"]:
        case "text":
            return str(part["text"])
        case "user":
            return f"<@{part['user_id']}>"
        case "channel":
            return f"<#{part['channel_id']}>"
        case "broadcast":
            return f"<!{part['range']}>"
        case "usergroup":
            return f"<!subteam^{part['usergroup_id']}>"
        case "emoji":
            return f":{part['name']}:"
        case "link":
            return f"<{part['url']}|{part['text']}>" if "text" in part else f"<{part['url']}>"
    raise AssertionError(part["type"])


def words_of(text: str) -> str:
    """What must not be lost: everything but marks, spaces, what an id stands for, and an address shown as it is."""
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    text = re.sub(r"<([@#!][^<>|\n]+)\|[^<>\n]*>", r"<\1>", text)
    text = re.sub(r"<(?:[^<>|\n]*?)([^<>|\n]+)\|\1>|<([^<>|\n]+)\|>", r"\1\2", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[\s*_~`<>]", "", text)


@given(text=wild)
@example(text="")
@example(text="\n" * 10_000)
@example(text="&gt; " * 300 + "\n&gt;")
@example(text="```")
@example(text="```\n```\n```\n\n```\n```")
@example(text="*_~`*_~`")
@example(text="**")
@example(text="*\0*")
@example(text="\ud83d")
@example(text="`<@U0ANN>` and ```<@U0ANN> <https://a.example|docs>```")
def test_slack_takes_it_whatever_was_written_and_no_word_is_lost(text: str) -> None:
    block = rich_text_of(text)
    assert problems_of(block) == []
    assert json.loads(json.dumps(block).encode("utf-8")) == block
    json.dumps(block, ensure_ascii=False).encode("utf-8")
    assert words_of(plain_of(block)) == words_of(text)


@given(lines=st.lists(st.text(st.characters(exclude_characters="*_~`<>&:", codec="utf-8")), max_size=8))
def test_unmarked_text_comes_back_letter_by_letter(lines: list[str]) -> None:
    assert plain_of(rich_text_of("\n".join(lines))) == "\n".join(lines)


@given(text=wild)
def test_what_was_made_may_be_sent_again(text: str) -> None:
    block = rich_text_of(text)
    assert resent(block) == block


def parts_of(text: str) -> list[dict[str, Any]]:
    (element,) = rich_text_of(text)["elements"]
    assert element["type"] == "rich_text_section"
    parts: list[dict[str, Any]] = element["elements"]
    return parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0ANN>", {"type": "user", "user_id": "U0ANN"}),
        ("<@W0ANN|ann>", {"type": "user", "user_id": "W0ANN"}),
        ("<#C0X|help-desk>", {"type": "channel", "channel_id": "C0X"}),
        ("<!subteam^S0A|@desk>", {"type": "usergroup", "usergroup_id": "S0A"}),
        ("<!here>", {"type": "broadcast", "range": "here"}),
        ("<!channel|@channel>", {"type": "broadcast", "range": "channel"}),
        ("<https://a.example/?a=1&amp;b=2|x &amp; y>",
         {"type": "link", "url": "https://a.example/?a=1&b=2", "text": "x & y"}),
        ("<https://a.example>", {"type": "link", "url": "https://a.example"}),
        ("<mailto:a@b.example|a@b.example>", {"type": "link", "url": "mailto:a@b.example", "text": "a@b.example"}),
        (":wave:", {"type": "emoji", "name": "wave"}),
        (":+1::skin-tone-4:", {"type": "emoji", "name": "+1::skin-tone-4"}),
        ("*a b*", {"type": "text", "text": "a b", "style": {"bold": True}}),
        ("_*~x~*_", {"type": "text", "text": "x", "style": {"bold": True, "italic": True, "strike": True}}),
        ("*<@U0ANN>*", {"type": "user", "user_id": "U0ANN", "style": {"bold": True}}),
        ("`a *b* &lt; :wave:`", {"type": "text", "text": "a *b* < :wave:", "style": {"code": True}}),
        ("`curl <http://a.example|a.example>`", {"type": "text", "text": "curl a.example", "style": {"code": True}}),
        ("<!date^1^{date}|yesterday>", {"type": "text", "text": "yesterday"}),
    ],
)  # fmt: skip
def test_each_kind_of_markup_becomes_its_element(text: str, expected: dict[str, Any]) -> None:
    assert parts_of(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name", "2*3*4 = 24", "5 * 3 * 2", "~5 min, ~10 min", "at 10:30:15", "std::move::x",
        "arn:aws:s3", ":Not an emoji:", "*open", "close*", "* a *", "**", "*a\nb*", "• one\n• two\n1. three", "->",
        ">= 5", "<@nobody>", "<note: this>", "R&D &am", "&amplifier",
    ],
)  # fmt: skip
def test_what_only_looks_like_markup_stays_text(text: str) -> None:
    assert parts_of(text) == [{"type": "text", "text": text}]


def test_doubled_marks_are_a_mark_within_text() -> None:
    bold = {"type": "text", "text": "b", "style": {"bold": True}}
    assert parts_of("**b**") == [{"type": "text", "text": "*"}, bold, {"type": "text", "text": "*"}]
    assert parts_of("*b** c*") == [bold, {"type": "text", "text": "* c*"}]


def test_an_escaped_entity_is_unescaped_once() -> None:
    assert parts_of("&amp;lt; &lt;b&gt; &amp;amp;") == [{"type": "text", "text": "&lt; <b> &amp;"}]


def test_quotes_and_code_stand_in_blocks_of_their_own() -> None:
    block = rich_text_of("Look:\n&gt; *first*\n> second\n\nand\n```\nif a &lt; b:\n    go()\n```\nthen go")
    assert [element["type"].removeprefix("rich_text_") for element in block["elements"]] == [
        "section", "quote", "section", "preformatted", "section",
    ]  # fmt: skip
    assert plain_of(block) == "Look:\nfirst\nsecond\n\nand\nif a < b:\n    go()\nthen go"


def test_code_keeps_a_real_link_and_a_real_mention_where_slack_allows_them() -> None:
    (code,) = rich_text_of("```<@U0ANN> <https://a.example|docs> <http://b.example>```")["elements"]
    assert [part["type"] for part in code["elements"]] == ["text", "link", "text"]
    assert plain_of({"elements": [code]}) == "<@U0ANN> <https://a.example|docs> http://b.example"
    assert [part["type"] for part in parts_of("`ask <@U0ANN>`")] == ["text", "user"]


def test_what_slack_adds_to_an_answer_is_not_sent_back() -> None:
    emoji = {"type": "emoji", "name": "wave", "unicode": "1f44b"}
    quote = {"type": "rich_text_quote", "border": 0, "elements": [emoji, {"type": "text", "text": "hi", "x": 1}]}
    assert resent({"type": "rich_text", "block_id": "b", "elements": [quote]}) == {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_quote",
                "elements": [{"type": "emoji", "name": "wave"}, {"type": "text", "text": "hi"}],
            }
        ],
    }


@pytest.mark.parametrize(
    "unit", ["*a ", "*_~a", ":a::skin-tone-2:", "`", "```", "<", "<a|", ":a", "> a\nb\n", "\n", "+", "*a *b~ "]
)
def test_long_texts_take_time_by_their_length_only(unit: str) -> None:
    text = unit * (40_000 // len(unit)) + "x"
    started = time.process_time()
    rich_text_of(text)
    assert time.process_time() - started < 2
