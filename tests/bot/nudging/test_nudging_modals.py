import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.block_kit import escaped
from bot.ideas import idea_behind
from bot.nudging import modals
from bot.nudging.wording import Reframed
from bot.playground.blockkit import view_problems
from bot.rich_text import rich_text_of
from bot.stages import STAGE_EFFECT, StageChoice
from nlp import STAGES, Detector, Rule, Stage

LINK = "https://acme.slack.com/archives/C0X/p1?thread_ts=1.2&cid=C0X"
CHOICE = StageChoice("partnership", "channel", "U0ANN")
mrkdwn = st.lists(
    st.one_of(
        st.sampled_from(["&amp;", "&lt;", "&gt;", "<@U0ANN>", "<#C0X|name>", "<https://a.example|b>", "<!channel>"]),
        st.sampled_from(["*", "_", "`", "```", "> ", "\n", "\r\n", "\0", "\ud83d", "🙂", ":wave:", "&", "<", ">"]),
        st.text(max_size=8),
        st.sampled_from(["x" * 200, "é" * 1500, "\n" * 2000, "&amp;" * 900]),
    ),
    max_size=12,
).map("".join)


def problems_of(view: dict[str, Any]) -> list[str]:
    json.dumps(view)
    return [str(problem) for problem in view_problems(view)]


def texts_of(view: dict[str, Any]) -> list[str]:
    """What the sections and the small print say, in order."""
    found = []
    for block in view["blocks"]:
        found += [block["text"]["text"]] if block["type"] == "section" else []
        found += [element["text"] for element in block["elements"]] if block["type"] == "context" else []
    return found


def rule_of(**changed: Any) -> Rule:
    whole: dict[str, Any] = {
        "id": "us_them.outsiders.own",
        "title": "A rule of one's own",
        "why": "One sentence here.",
        "patterns": ["the business"],
        "examples": {"flag": ["<<the business>> wants it"], "pass": ["we want it"]},
    }
    return Rule.model_validate(whole | changed)


@pytest.mark.parametrize("stage", STAGES)
def test_slack_takes_the_explanation_of_every_rule(detector: Detector, stage: Stage) -> None:
    for rule in detector.rules.values():
        for is_muted in (False, True):
            view = modals.why_view(rule, StageChoice(stage, "default", None), is_muted=is_muted)
            assert problems_of(view) == [], rule.id
            shown = "\n".join(texts_of(view))
            assert "<<" not in shown
            assert ">>" not in shown
            assert idea_behind(rule.label, rule.subtype).paragraph in shown
            assert STAGE_EFFECT[stage] in shown


def test_the_explanation_of_every_rule_says_its_whole_reason(detector: Detector) -> None:
    for rule in detector.rules.values():
        assert escaped(rule.why) in texts_of(modals.why_view(rule, CHOICE))[0], rule.id


def test_the_explanation_says_who_chose_the_stage_and_how_to_talk_back() -> None:
    shown = "\n".join(texts_of(modals.why_view(rule_of(), CHOICE)))
    assert "*partnership* (chosen for this channel by <@U0ANN>): nudges for process as a barrier" in shown
    for way in (
        "*Not relevant*",
        "The menu",
        "`/fairview pause`",
        "`/fairview stage`",
        "administrators",
        "created the",
    ):
        assert way in shown


def test_a_muted_rule_says_so() -> None:
    quiet, muted = (modals.why_view(rule_of(), CHOICE, is_muted=is_muted) for is_muted in (False, True))
    assert len(muted["blocks"]) == len(quiet["blocks"]) + 1
    assert "called wrong too often" in texts_of(muted)[1]


@pytest.mark.parametrize(
    ("why", "shown"),
    [
        ("One. Two. Three.", "One. Two."),
        ("One? “Two.” Three.", "One? “Two.”"),
        ("Ask, e.g. in a thread, i.e. here. Two at 10.30. Three.", "Ask, e.g. in a thread, i.e. here. Two at 10.30."),
        ("No end to it at all", "No end to it at all"),
        ("One & a\nhalf. Two.", "One &amp; a half. Two."),
    ],
)  # fmt: skip
def test_the_reason_is_two_sentences_at_most(why: str, shown: str) -> None:
    rule = rule_of(why=why)
    assert texts_of(modals.why_view(rule, CHOICE))[0] == f"*{rule.title}*\n{shown}"
    assert modals.why_text(rule) == f"{rule.title}. {shown}"


def test_examples_are_three_escaped_and_their_marks_bold_where_slack_shows_that() -> None:
    flag = ["R&D <<asks>>, we <do>", "un<<usual>> place", "<<a * b>>", "<<fourth>>"]
    rule = rule_of(examples={"flag": flag, "pass": ["x < y", "y" * 300]})
    _, _, flagged, fine, *_ = texts_of(modals.why_view(rule, CHOICE))
    assert flagged == "*Would be noticed*\n• R&amp;D *asks*, we &lt;do&gt;\n• unusual place\n• a * b"
    assert fine == f"*Is fine*\n• x &lt; y\n• {'y' * 179}…"


@given(
    title=st.text(min_size=3, max_size=120),
    why=st.text(min_size=10, max_size=400),
    words=st.text(min_size=1, max_size=400).filter(lambda words: "<" not in words and ">" not in words),
    ending=st.text(max_size=400).filter(lambda words: "<" not in words and ">" not in words),
)
@example(title="&" * 120, why="&" * 400, words="&" * 170, ending="")
def test_slack_takes_the_explanation_of_any_rule_of_ones_own(title: str, why: str, words: str, ending: str) -> None:
    examples = {"flag": [f"<<{words}>>{ending}"] * 4, "pass": [words + ending] * 4}
    assert problems_of(modals.why_view(rule_of(title=title, why=why, examples=examples), CHOICE, is_muted=True)) == []


@given(
    suggestion=mrkdwn,
    permalink=st.none() | st.just(LINK),
    metadata=st.text(max_size=3_000),
    is_part=st.booleans(),
    note=st.none() | st.just("Your message is gone already."),
)
def test_slack_takes_any_wording(
    suggestion: str, permalink: str | None, metadata: str, is_part: bool, note: str | None
) -> None:
    view = modals.use_view(suggestion, permalink, metadata, is_part=is_part, note=note)
    assert problems_of(view) == []
    assert view["private_metadata"] == metadata
    typed = next(block for block in view["blocks"] if block["type"] == "input")
    assert typed["element"]["initial_value"] == rich_text_of(suggestion)


def test_a_wording_says_what_to_do_next() -> None:
    view = modals.use_view("We need it", LINK, "{}", is_part=False)
    assert (view["callback_id"], view["submit"]["text"], view["close"]["text"]) == (
        "nudge_use", "I'll use it", "Not now",
    )  # fmt: skip
    typed, steps = view["blocks"]
    assert (typed["block_id"], typed["element"]["action_id"], "hint" in typed) == ("wording", "wording", False)
    assert f"<{LINK.replace('&', '&amp;')}|your message>" in steps["text"]["text"]
    assert "*Edit message*" in steps["text"]["text"]


def test_a_wording_without_a_link_names_none() -> None:
    (steps,) = texts_of(modals.use_view("We need it", None, "{}", is_part=False))
    assert "<" not in steps
    assert "*Edit message*" in steps


def test_a_wording_for_part_of_a_message_says_that_the_rest_can_stay() -> None:
    typed, _ = modals.use_view("We need it", LINK, "{}", is_part=True)["blocks"]
    assert "rest of your message can stay" in typed["hint"]["text"]


def test_what_to_know_first_stands_first() -> None:
    assert texts_of(modals.use_view("We", None, "{}", is_part=False, note="It is gone."))[0] == "It is gone."


def test_metadata_that_slack_would_refuse_is_refused_here() -> None:
    with pytest.raises(ValueError, match="private_metadata") as refused:
        modals.use_view("We", None, "secret" * 501, is_part=False)
    assert "secret" not in str(refused.value)


@given(words=mrkdwn, permalink=st.none() | st.just(LINK))
def test_slack_takes_the_words_as_they_were_left(words: str, permalink: str | None) -> None:
    assert problems_of(modals.ready_view(rich_text_of(words), permalink)) == []


def test_the_words_as_they_were_left_are_shown_without_what_slack_would_not_take_back() -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "emoji", "name": "wave", "unicode": "1f44b"}]}
    view = modals.ready_view({"type": "rich_text", "block_id": "x", "elements": [section]}, LINK)
    assert view["blocks"][1] == rich_text_of(":wave:")
    assert [block["type"] for block in modals.ready_view(None, LINK)["blocks"]] == ["section"]


@given(
    phrases=st.lists(mrkdwn, max_size=8), suggestion=st.none() | mrkdwn, why=st.lists(st.text()), is_own=st.booleans()
)
@example(phrases=["&amp;" * 100] * 8, suggestion="&amp;" * 9_000, why=["&" * 4_000], is_own=False)
@example(phrases=[" \n"], suggestion=None, why=[], is_own=True)
def test_slack_takes_any_reframing(phrases: list[str], suggestion: str | None, why: list[str], is_own: bool) -> None:
    view = modals.reframe_view(Reframed(tuple(phrases), suggestion, tuple(why), is_own))
    assert problems_of(view) == []
    assert "submit" not in view
    assert texts_of(view)[-1] == "Only you see this. Nothing is counted, and nothing is kept."
    assert len(json.dumps(view)) < 250_000


@pytest.mark.parametrize(
    ("is_own", "heading"), [(True, "*You could say:*"), (False, "*It could also be said like this:*")]
)
def test_a_reframing_shows_phrases_wording_and_reason(is_own: bool, heading: str) -> None:
    phrases = ("the  business", "R&amp;D", "the business")
    view = modals.reframe_view(Reframed(phrases, "Ask <@U0ANN>.", ("A & b.", "Two.", "Three."), is_own))
    assert texts_of(view)[:-1] == [
        "Fairview noticed “the business” and “R&amp;D”.", heading, "*Why?* A &amp; b. Two.",
    ]  # fmt: skip
    assert view["blocks"][2] == rich_text_of("Ask <@U0ANN>.")


def test_a_reframing_without_a_wording_offers_a_way_to_find_one() -> None:
    _, offer, *_ = texts_of(modals.reframe_view(Reframed(("not my job",), None, ("Why.",), is_own=True)))
    assert "no ready wording" in offer


def test_where_nothing_was_found_it_reads_fine() -> None:
    unread, _ = texts_of(modals.reframe_view(Reframed((), None, (), is_own=True, is_read=False)))
    assert unread == "Fairview reads prose in English only, and found none here."
    fine, _ = texts_of(modals.reframe_view(Reframed((), None, (), is_own=True)))
    assert fine.startswith("This reads fine")
    assert "do not know everything" in fine


def test_cutting_leaves_no_half_entity_or_link() -> None:
    long = "x" * 146 + "<https://example.com/a/long/address|label>" + "&amp;" * 4_000
    view = modals.reframe_view(Reframed((long, "&amp;" * 100), long, (), is_own=True))
    assert re.fullmatch(r"(?:[^&<]|&(?:amp|lt|gt);|<[^<>]+>)*", texts_of(view)[0])
