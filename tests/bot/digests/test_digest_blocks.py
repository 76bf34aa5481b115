"""How a digest looks in Slack, and as text alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from digest_figures import DAY_AND_MORE, channel, figures, group, label, withheld
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.blocks import IDEA, digest_blocks, digest_text, plain_text
from bot.digests.figures import Figures, LabelFigures, Missing, Movement, NudgeFigures, Standing, Window
from bot.digests.questions import QUESTION
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.wording import worded
from bot.playground.blockkit import message_problems
from nlp import LABELS, SUBTYPES

RUN = "a" * 32
CHART = {"type": "divider", "block_id": "chart"}

shown = st.one_of(st.none(), st.just("few"), st.integers(0, 9_999_999))
windows = st.builds(Window, shown, st.integers(0, 4), st.none() | st.integers(1, 999))


@st.composite
def any_label(draw: st.DrawFn, name: str) -> LabelFigures:
    kinds = draw(st.lists(st.sampled_from(sorted(SUBTYPES[name])), max_size=3, unique=True))  # type: ignore[index]
    return label(
        name,
        draw(shown),
        draw(st.sampled_from(Movement)),
        kinds=tuple(kinds),
        recent=draw(windows),
        earlier=draw(windows),
        at_least=draw(st.none() | st.integers(1, 999)),
    )


@st.composite
def any_figures(draw: st.DrawFn) -> Figures:
    ids = tuple(f"C0{number}" for number in range(draw(st.integers(2, 30))))
    scope = draw(st.sampled_from([Scope.channel("C0"), Scope("group", ids), WORKSPACE]))
    moves = st.tuples(shown, st.floats(0, 1000), st.sampled_from(Movement))
    channels = [channel(one, **{name: draw(moves) for name in LABELS}) for one in ids]
    changes = {
        "scope": scope,
        "channels": () if scope.kind == "channel" else tuple(channels),
        "channels_withheld": draw(st.integers(0, 900)),
        "weeks": draw(st.integers(1, 5)),
        "nudges": draw(st.none() | st.builds(NudgeFigures, shown, shown, shown, shown, shown, shown)),
        "silences": tuple(draw(st.lists(st.just(DAY_AND_MORE), max_size=5))),
        "missed": tuple(date(2026, 1, 5) + timedelta(weeks=n) for n in range(draw(st.integers(0, 40)))),
        "is_first": draw(st.booleans()),
        "heard_since": draw(st.none() | st.just(datetime(2026, 11, 18, tzinfo=UTC))),
        "muted_rules": tuple(f"us_them.outsiders.{n}" for n in range(draw(st.integers(0, 9)))),
        "missing": Missing(draw(st.integers(0, 99)), draw(st.integers(0, 99))),
        "not_read": draw(shown),
    }
    standing = draw(st.sampled_from(Standing))
    if standing is not Standing.SHOWN:
        return withheld(standing, **changes)
    return figures(*(draw(any_label(name)) for name in LABELS), **changes)


@given(any_figures())
def test_slack_takes_every_digest_and_its_text_says_all_that_its_blocks_say(some: Figures) -> None:
    digest = worded(some)
    assert message_problems(digest_blocks(digest, "Only you see this.", run_id=RUN, charts=[CHART])) == []
    alone = digest_text(digest)
    for said in (digest.title, *digest.opening, digest.headline, *(one.text for one in digest.paragraphs)):
        assert said in alone
    assert all(note in alone for note in digest.notes)
    assert len(alone) < 12_000
    for word in ("None per", "ignored", "  ", "..", ". .", "nan"):
        assert word not in alone
    for paragraph in digest.paragraphs:
        assert paragraph.text.count("<#") <= 3
        assert paragraph.text.endswith(".")


def test_the_page_from_top_to_bottom() -> None:
    some = figures(label("us_them", 9, kinds=("outsiders",)))
    blocks = digest_blocks(worded(some), "Only you see this.", run_id=RUN, charts=[CHART])
    kinds = [block["type"] for block in blocks]
    assert kinds == [
        *("context", "header", "context", "section", "divider"),
        *("section", "section", "section", "section", "divider", "context", "actions"),
    ]
    assert blocks[3]["text"]["text"].startswith("*No clear change")
    assert blocks[4] == CHART
    assert blocks[5]["text"]["text"].startswith("*Us and them:* 9 messages, ")
    assert blocks[8]["accessory"]["action_id"] == IDEA
    assert blocks[8]["accessory"]["value"] == "us_them:outsiders"
    (button,) = blocks[-1]["elements"]
    assert (button["action_id"], button["value"]) == (QUESTION, RUN)


def test_without_a_run_there_is_nothing_to_question() -> None:
    assert QUESTION not in str(digest_blocks(worded(figures())))


def test_channels_are_mentioned_and_nothing_else_is_markup() -> None:
    titles = {"own.thing": "R&D <!channel> <#C0X|name>"}
    digest = worded(figures(muted_rules=("own.thing",)), titles)
    shown_notes = str(digest_blocks(digest)[-1])
    assert "“R&amp;D &lt;!channel&gt; &lt;#C0X|name&gt;”" in shown_notes
    assert "About <#C0INFRA>." in digest_text(digest)
    assert "About #infra." in plain_text(digest, lambda channel_id: {"C0INFRA": "#infra"}[channel_id])


@pytest.mark.parametrize(
    ("some", "lines"),
    [
        (figures(), 8),
        (withheld(Standing.EMPTY), 4),
        (figures(label("us_them", "few", Movement.TOO_FEW), missing=Missing(1, 2)), 10),
        (figures(label("us_them", 1, Movement.TOO_FEW)), 11),
    ],
)
def test_a_quiet_channel_is_read_in_a_few_lines(some: Figures, lines: int) -> None:
    assert len(digest_text(worded(some)).splitlines()) == lines


def test_a_group_names_each_of_its_channels() -> None:
    assert "<#C0INFRA>, <#C0ERP> and <#C0DESK>" in str(digest_blocks(worded(group())))
