"""What a digest says, and how it looks."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.digests.advice import ADVICE, CONCERNS, choose_advice
from bot.digests.blocks import digest_blocks, digest_text
from bot.digests.figures import Figures, LabelFigures, Movement, NudgeFigures, Shown, Silence, Standing, Window
from bot.digests.wording import HEADINGS, KINDS, worded
from bot.playground.blockkit import message_problems
from nlp import LABELS, SUBTYPES


def label(
    name: str, messages: Shown = 0, movement: Movement = Movement.NO_CLEAR_CHANGE, **changes: object
) -> LabelFigures:
    rate = None if messages == "few" else messages / 0.42
    figures = LabelFigures(name, messages, rate, rate, rate, (), movement, Window(24, 4), Window(10, 4))
    return replace(figures, **changes)  # type: ignore[arg-type]  # fields by name


def figures(*labels: LabelFigures, **changes: object) -> Figures:
    given = {one.label: one for one in labels}
    plain = Figures(
        channel_id="C0INFRA",
        week_start=date(2026, 11, 16),
        zone="Europe/London",
        standing=Standing.SHOWN,
        floor=10,
        messages=420,
        not_read=0,
        labels=tuple(given.get(name, label(name)) for name in LABELS),
        nudges=NudgeFigures(0, 0, 0),
        silences=(),
        is_first=False,
        heard_since=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


def text(some: Figures) -> str:
    return digest_text(worded(some))


def test_what_went_well_stands_first() -> None:
    headings = [paragraph.heading for paragraph in worded(figures()).paragraphs]
    assert headings == [
        "Said what the work is for",
        "Us and them",
        "Process as a barrier",
        "Overcommitment",
        "Nudges",
        "One thing to try",
    ]


def test_every_label_and_kind_has_words() -> None:
    assert set(HEADINGS) == set(LABELS)
    assert set(KINDS) == {kind for kinds in SUBTYPES.values() for kind in kinds}
    assert set(ADVICE) == {kind for name in CONCERNS for kind in SUBTYPES[name]}


@pytest.mark.parametrize(
    ("some", "headline"),
    [
        (
            figures(label("process_barrier", 9, Movement.UP)),
            "Process was given as a reason not to help more often (24 in the last four weeks, 10 in the four before).",
        ),
        (
            figures(label("us_them", 9, Movement.DOWN), label("shared_purpose", 9, Movement.UP)),
            (
                "More messages said what the work is for (24 in the last four weeks, 10 in the four before); "
                "us-and-them talk fell (24 in the last four weeks, 10 in the four before)."
            ),
        ),
        (
            figures(label("us_them", 9, Movement.DOWN, recent=Window(None, 4))),
            "Us-and-them talk fell.",
        ),
        (
            figures(label("us_them", 9), label("shared_purpose", "few")),
            "No clear change: of 420 messages, a few said what the work is for and 9 drew a line between us and them.",
        ),
        (
            figures(*(label(name, 2, Movement.TOO_EARLY) for name in LABELS)),
            (
                "Too early to compare: of 420 messages, 2 said what the work is for, "
                "2 drew a line between us and them, "
                "2 gave process as a reason not to help and 2 showed overcommitment."
            ),
        ),
        (
            figures(*(label(name, movement=Movement.TOO_FEW) for name in LABELS)),
            "420 messages read, and none drew a line, hid behind process or said what the work is for.",
        ),
        (
            figures(standing=Standing.EMPTY),
            "Nobody wrote anything here that week that Fairview could read.",
        ),
        (
            figures(standing=Standing.NOT_LISTENING),
            "Fairview was not listening here that week, so it can say nothing about it.",
        ),
        (
            figures(standing=Standing.TOO_FEW_PEOPLE),
            (
                "Fewer than 10 people wrote here that week, so no figures are shown: "
                "with so few, a number could point at somebody."
            ),
        ),
    ],
)
def test_headline(some: Figures, headline: str) -> None:
    assert worded(some).headline == headline


def test_a_week_partly_missed_says_so_at_the_top() -> None:
    silence = Silence(datetime(2026, 11, 17, 10, tzinfo=UTC), datetime(2026, 11, 18, 12, 30, tzinfo=UTC))
    digest = worded(figures(label("us_them", 9), silences=(silence,)))
    assert digest.headline.startswith("Fairview missed part of the week")
    assert "Not listening: Tuesday 10:00 to Wednesday 12:30. Nothing written then is counted." in digest.notes


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (
            label("us_them", 9),
            "9 messages, 21 per 1,000 (21 to 21). 24 in the last four weeks, 10 in the four before: no clear change.",
        ),
        (label("us_them", 1), "1 message, 2.4 per 1,000 (2.4 to 2.4)."),
        (label("us_them", "few", Movement.TOO_FEW), "A few messages, from fewer than three people."),
        (label("us_them", 9, Movement.UP, recent=Window(None, 4)), "The last four weeks against the four before: up."),
        (
            label("us_them", 9, Movement.UP, recent=Window("few", 3)),
            "A few in three of the last four weeks, 10 in the four before: up.",
        ),
        (
            label("us_them", 9, Movement.UP, earlier=Window(0, 2)),
            "24 in the last four weeks, none in two weeks before: up.",
        ),
        (
            label("us_them", 0, Movement.TOO_FEW, recent=Window(0, 4), earlier=Window(0, 3)),
            "No messages. None in the seven weeks that are compared.",
        ),
        (
            label("us_them", 9, kinds=("outsiders", "not_our_problem")),
            "Mostly distance from colleagues and work pushed across a line.",
        ),
    ],
)
def test_label_lines(one: LabelFigures, says: str) -> None:
    paragraph = next(p for p in worded(figures(one)).paragraphs if p.heading == "Us and them")
    assert says in paragraph.text


def test_too_early_compares_nothing() -> None:
    assert "four weeks" not in text(figures(*(label(name, 5, Movement.TOO_EARLY) for name in LABELS)))


@pytest.mark.parametrize(
    ("nudges", "says"),
    [
        (NudgeFigures(0, 0, 0), "Nudges: None were sent."),
        (NudgeFigures("few", None, None), "Nudges: A few were sent, privately."),
        (NudgeFigures(9, None, None), "Nudges: 9 sent, each to its author alone; too few were answered"),
        (NudgeFigures(9, 0, 0), "Nudges: 9 sent, each to its author alone; none was answered."),
        (NudgeFigures(9, 4, 3), "Nudges: 9 sent, each to its author alone; 4 called helpful, 3 not relevant."),
    ],
)
def test_nudges(nudges: NudgeFigures, says: str) -> None:
    assert says in text(figures(nudges=nudges))


@pytest.mark.parametrize(
    ("missed", "says"),
    [
        ((date(2026, 11, 9),), "Not sent: the digest due on 9 November,"),
        ((date(2026, 11, 2), date(2026, 11, 9)), "Not sent: the digests due on 2 and 9 November,"),
        ((date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9)), "due on 26 October and 2 and 9 November,"),
    ],
)
def test_missed_digests_are_owned_up_to(missed: tuple[date, ...], says: str) -> None:
    assert says in text(figures(missed=missed))


def test_not_read() -> None:
    assert "420 messages read. Weeks" in text(figures())
    assert "420 messages read; 8 more not read (code, links, other languages)." in text(figures(not_read=8))
    assert "420 messages read; a few more not read" in text(figures(not_read="few"))


def test_first_digest_and_the_beginning_of_listening() -> None:
    said = text(figures(is_first=True, heard_since=datetime(2026, 11, 18, 23, 30, tzinfo=UTC)))
    assert "This is the first digest here." in said
    assert "Fairview began to listen here on Wednesday 18 November." in said


@pytest.mark.parametrize(
    ("start", "title"),
    [
        (date(2026, 11, 16), "Fairview: the week of 16 to 22 November 2026"),
        (date(2026, 11, 30), "Fairview: the week of 30 November to 6 December 2026"),
        (date(2026, 12, 28), "Fairview: the week of 28 December 2026 to 3 January 2027"),
    ],
)
def test_title(start: date, title: str) -> None:
    assert worded(figures(week_start=start)).title == title


def test_advice_follows_what_rose_then_what_is_commonest() -> None:
    often = label("us_them", 40, kinds=("outsiders",))
    rose = label("process_barrier", 9, Movement.UP, kinds=("change_board",))
    assert choose_advice(figures(often, rose)) == ADVICE["change_board"]
    assert choose_advice(figures(often)) == ADVICE["outsiders"]
    assert "request that was turned down" in choose_advice(figures(label("process_barrier", 9)))
    assert choose_advice(figures(often, label("shared_purpose", 9, Movement.UP))).startswith("Say thank you")
    assert choose_advice(figures(label("shared_purpose", 9))).startswith("Say thank you")
    assert choose_advice(figures()).startswith("Ask at the next stand-up")


def test_silences_are_listed_up_to_three() -> None:
    some = tuple(
        Silence(datetime(2026, 11, day, 9, tzinfo=UTC), datetime(2026, 11, day, 10, tzinfo=UTC))
        for day in (16, 17, 18, 19, 20)
    )
    assert "Monday 09:00 to 10:00; Tuesday 09:00 to 10:00; Wednesday 09:00 to 10:00; and 2 more" in text(
        figures(silences=some)
    )


def test_blocks_are_what_slack_takes() -> None:
    long = figures(
        *(label(name, 9, Movement.UP, kinds=tuple(SUBTYPES[name])[:3]) for name in LABELS),
        missed=tuple(date(2026, month, 9) for month in range(1, 12)),
        nudges=NudgeFigures(9, 4, 3),
        is_first=True,
    )
    blocks = digest_blocks(worded(long), "C0INFRA", preface="Only you see this.")
    assert message_problems(blocks) == []
    assert blocks[1]["type"] == "header"
    assert "<#C0INFRA>" in str(blocks[-1])
    assert len(digest_text(worded(long))) < 4_000


def test_the_text_says_all_that_the_blocks_say() -> None:
    digest = worded(figures(label("us_them", 9, kinds=("outsiders",)), is_first=True))
    alone = digest_text(digest)
    for said in (digest.title, digest.headline, *digest.notes, *(p.text for p in digest.paragraphs)):
        assert said in alone
