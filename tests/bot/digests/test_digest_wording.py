"""What a digest says of its figures."""

from datetime import date

import pytest
from digest_figures import DAY_AND_MORE, channel, figures, group, label, nothing, withheld

from bot.digests.advice import ADVICE, CONCERNS, choose_advice
from bot.digests.figures import Figures, LabelFigures, Movement, NudgeFigures, Standing, Window
from bot.digests.scope import WORKSPACE
from bot.digests.wording import HEADINGS, KINDS, worded
from bot.ideas import ONE_CUSTOMER, idea_behind
from nlp import LABELS, SUBTYPES

UP, DOWN, STEADY = Movement.UP, Movement.DOWN, Movement.NO_CLEAR_CHANGE
TOO_FEW, TOO_EARLY = Movement.TOO_FEW, Movement.TOO_EARLY


def line(some: Figures, heading: str) -> str:
    """What stands behind a heading."""
    return next(paragraph.text for paragraph in worded(some).paragraphs if paragraph.heading == heading)


def test_every_label_and_kind_has_words() -> None:
    assert set(HEADINGS) == set(LABELS)
    assert set(KINDS) == {kind for kinds in SUBTYPES.values() for kind in kinds}
    assert set(ADVICE) == {kind for name in CONCERNS for kind in SUBTYPES[name]}


def test_what_went_well_stands_first() -> None:
    some = figures(*(label(name, 5) for name in LABELS))
    assert [paragraph.heading for paragraph in worded(some).paragraphs] == [*HEADINGS.values(), "Nudges"]


@pytest.mark.parametrize(
    ("some", "headline"),
    [
        (
            figures(label("process_barrier", 9, UP)),
            "Process was given more often as a reason not to help (10 in four weeks, then 24).",
        ),
        (
            figures(label("process_barrier", 9, UP), label("us_them", 9, DOWN, recent=Window(4, 4))),
            (
                "Us-and-them talk fell (10 in four weeks, then 4); "
                "process was given more often as a reason not to help (10 in four weeks, then 24)."
            ),
        ),
        (
            figures(label("us_them", 9, UP), label("shared_purpose", 9, UP), label("overcommitment", 3, DOWN)),
            "More messages said what the work is for; signs of overcommitment eased; us-and-them talk rose.",
        ),
        (
            figures(label("shared_purpose", 9, DOWN, recent=Window(None, 4, at_least=3))),
            "Fewer messages said what the work is for (10 in four weeks, then at least 3).",
        ),
        (
            figures(label("overcommitment", 9, DOWN, recent=Window(14, 4), earlier=Window(14, 4))),
            "Signs of overcommitment eased (14 in four weeks, then 14, but a smaller share).",
        ),
        (
            figures(label("us_them", 9, UP, recent=Window("few", 4), earlier=Window("few", 4))),
            "Us-and-them talk rose.",
        ),
        (
            figures(label("us_them", 9), label("shared_purpose", "few")),
            "No clear change: of 420 messages, a few said what the work is for and 9 drew a line between us and them.",
        ),
        (
            figures(label("us_them", None, at_least=12)),
            "No clear change: of 420 messages, at least 12 drew a line between us and them.",
        ),
        (
            figures(*(label(name, 2, TOO_EARLY) for name in LABELS)),
            (
                "Too early to compare: of 420 messages, 2 said what the work is for, "
                "2 drew a line between us and them, "
                "2 gave process as a reason not to help and 2 showed overcommitment."
            ),
        ),
        (
            figures(label("us_them", 1, TOO_FEW)),
            "Too few to compare: of 420 messages, 1 drew a line between us and them.",
        ),
        (figures(), "420 messages read, and none showed any of the four kinds counted here."),
        (
            withheld(Standing.EMPTY),
            "Fairview read nothing that week in <#C0INFRA>.",
        ),
        (
            withheld(Standing.NOT_LISTENING),
            "Fairview was not listening in <#C0INFRA> that week, so it can say nothing about it.",
        ),
        (
            withheld(Standing.NOT_LISTENING, missed=(date(2026, 11, 9), date(2026, 11, 16))),
            "Fairview was away: it did not listen in <#C0INFRA> that week, and can say nothing about it.",
        ),
        (
            withheld(Standing.TOO_FEW_PEOPLE),
            (
                "Fewer than 10 people wrote in <#C0INFRA> that week, so no figures are shown: "
                "with so few, a number could point at somebody."
            ),
        ),
        (
            withheld(Standing.TOO_FEW_PEOPLE, weeks=4),
            (
                "In none of those four weeks did 10 people write in <#C0INFRA>, so no figures are shown: "
                "with so few, a number could point at somebody."
            ),
        ),
        (
            withheld(Standing.TOO_FEW_PEOPLE, channel_id="", scope=WORKSPACE, weeks=2),
            (
                "In neither of those two weeks did 10 people write in any of these channels, so no figures are shown: "
                "with so few, a number could point at somebody."
            ),
        ),
        (
            withheld(Standing.NOT_LISTENING, channel_id="", scope=WORKSPACE),
            ("Fairview was not listening in the public channels it watches that week, so it can say nothing about it."),
        ),
        (
            withheld(Standing.TOO_FEW_PEOPLE, channel_id="", scope=WORKSPACE),
            (
                "Fewer than 10 people wrote in each of these channels that week, so no figures are shown: "
                "with so few, a number could point at somebody."
            ),
        ),
        (
            withheld(Standing.EMPTY, channel_id="", scope=WORKSPACE, weeks=2),
            "Fairview read nothing those two weeks in the public channels it watches.",
        ),
    ],
)
def test_headline(some: Figures, headline: str) -> None:
    assert worded(some).headline == headline


def test_what_moved_in_one_channel_of_many_is_told_where_nothing_moved_taken_together() -> None:
    moved = channel("C0ERP", process_barrier=(20, 90.0, UP), us_them=(3, 15.0, DOWN))
    some = group(label("us_them", 9), label("process_barrier", 30), channels=(channel("C0INFRA"), moved))
    assert worded(some).headline == (
        "Taken together no clear change, though us-and-them talk fell in <#C0ERP>; "
        "process was given more often as a reason not to help in <#C0ERP>."
    )


def test_a_week_partly_missed_says_so_first() -> None:
    fell = label("us_them", 4, DOWN, recent=Window(4, 4))
    assert worded(figures(fell, silences=(DAY_AND_MORE,))).headline == (
        "Fairview missed part of that week, so this is what it did hear. "
        "Us-and-them talk fell (10 in four weeks, then 4)."
    )
    in_a_month = figures(fell, silences=(DAY_AND_MORE,), weeks=4)
    assert worded(in_a_month).headline.startswith("Us-and-them talk fell")


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (label("us_them", 9), "9 messages, 21 per 1,000 (11 to 43). 10 in four weeks, then 24: no clear change."),
        (label("us_them", 1, UP), "1 message, 2.4 per 1,000 (1.2 to 4.8). 10 in four weeks, then 24: up."),
        (label("us_them", "few", TOO_FEW), "A few messages. 10 in four weeks, then 24: too few to compare."),
        (label("us_them", None, at_least=7), "At least 7 messages. 10 in four weeks, then 24: no clear change."),
        (label("us_them", 0), "None; at most 9.1 per 1,000. 10 in four weeks, then 24: no clear change."),
        (
            label("us_them", 9, UP, recent=Window("few", 3)),
            "9 messages, 21 per 1,000 (11 to 43). 10 in four weeks, then a few in three: up.",
        ),
        (
            label("us_them", 9, UP, earlier=Window(0, 2)),
            "9 messages, 21 per 1,000 (11 to 43). None in two weeks, then 24 in four: up.",
        ),
        (
            label("us_them", 9, DOWN, recent=Window(None, 4)),
            "9 messages, 21 per 1,000 (11 to 43). 10 in four weeks, then some: down.",
        ),
        (label("us_them", 9, TOO_EARLY), "9 messages, 21 per 1,000 (11 to 43)."),
        (
            label("us_them", "few", recent=Window("few", 4), earlier=Window("few", 4)),
            "A few messages. No clear change in eight weeks.",
        ),
        (
            label("us_them", "few", UP, recent=Window(None, 4, at_least=12), earlier=Window(None, 4, at_least=12)),
            "A few messages. Up.",
        ),
        (
            label("us_them", "few", TOO_FEW, recent=Window("few", 4), earlier=Window("few", 4)),
            "A few messages. Too few to compare.",
        ),
        (
            label("us_them", 9, kinds=("outsiders", "not_our_problem")),
            (
                "9 messages, 21 per 1,000 (11 to 43). 10 in four weeks, then 24: no clear change. "
                "Most often distance from colleagues and work pushed across a line."
            ),
        ),
    ],
)
def test_label_lines(one: LabelFigures, says: str) -> None:
    said = line(figures(one), "Us and them")
    assert f"{said[0].upper()}{said[1:]}" == says


@pytest.mark.parametrize(
    ("movement", "recent", "earlier", "says"),
    [
        (UP, Window(10, 4), Window(12, 4), "12 in four weeks, then 10: up, being a larger share of what was written."),
        (
            DOWN,
            Window(12, 4),
            Window(12, 4),
            "12 in four weeks, then 12: down, being a smaller share of what was written.",
        ),
        (UP, Window(10, 3), Window(12, 4), "12 in four weeks, then 10 in three: up."),
    ],
)
def test_a_change_against_the_counts_is_explained(
    movement: Movement, recent: Window, earlier: Window, says: str
) -> None:
    assert says in line(figures(label("us_them", 9, movement, recent=recent, earlier=earlier)), "Us and them")


def test_labels_of_which_there_is_nothing_share_a_line() -> None:
    some = figures(label("us_them", 9))
    heading = "Said what the work is for, process as a barrier and overcommitment"
    assert line(some, heading) == "none in eight weeks; now at most 9.1 per 1,000."
    assert line(figures(), "Each of the four kinds") == "none in eight weeks; now at most 9.1 per 1,000."
    before = label("process_barrier", 0, TOO_FEW, recent=Window(0, 4), earlier=Window("few", 4))
    assert line(figures(label("us_them", 9), before), heading) == (
        "none; at most 9.1 per 1,000, and too few in eight weeks to compare."
    )
    early = figures(*(nothing(name, TOO_EARLY) for name in LABELS))
    assert line(early, "Each of the four kinds") == "none in 420 messages."


def test_too_early_compares_nothing() -> None:
    digest = worded(figures(*(label(name, 5, TOO_EARLY) for name in LABELS)))
    assert "four weeks" not in "".join(paragraph.text for paragraph in digest.paragraphs)
    assert "Weeks are compared once there are figures for more of them." in digest.notes


@pytest.mark.parametrize(
    ("nudges", "says"),
    [
        (NudgeFigures(0, 0, 0), "none were sent."),
        (NudgeFigures("few", None, None), "a few sent, each to its author alone."),
        (NudgeFigures(9, 0, 0), "9 sent, each to its author alone; no answer, and some may never have been seen."),
        (
            NudgeFigures(9, None, None, None, None, None),
            "9 sent, each to its author alone; too few answered to show how they were received.",
        ),
        (
            NudgeFigures(14, 3, 1, used=4, reworded=2, withdrawn=0),
            (
                "14 sent, each to its author alone: 4 used, 2 reworded, 3 called helpful, 1 called wrong; "
                "4 had no answer."
            ),
        ),
        (
            NudgeFigures(14, 3, "few", used=4, reworded=2, withdrawn=None),
            (
                "14 sent, each to its author alone: 4 used, 2 reworded, 3 called helpful, a few called wrong; "
                "the rest had no answer that can be shown."
            ),
        ),
        (
            NudgeFigures(None, 3, None, used="few"),
            "some sent, each to its author alone: a few used, 3 called helpful.",
        ),
        (
            NudgeFigures(5, 0, 3, withdrawn=2),
            "5 sent, each to its author alone: 3 called wrong, 2 answered by deleting the message.",
        ),
    ],
)
def test_nudges(nudges: NudgeFigures, says: str) -> None:
    assert line(figures(label("us_them", 9), nudges=nudges), "Nudges") == says


def test_a_quiet_week_without_nudges_does_not_speak_of_them() -> None:
    assert [paragraph.heading for paragraph in worded(figures()).paragraphs] == ["Each of the four kinds"]
    few = figures(label("us_them", "few", TOO_FEW))
    assert "Nudges" not in [paragraph.heading for paragraph in worded(few).paragraphs]


def test_at_most_three_channels_are_named_and_not_by_how_much() -> None:
    channels = (
        channel("C0F", us_them=(9, 60.0, STEADY)),
        channel("C0E", us_them=(30, 200.0, UP)),
        channel("C0D", us_them=(9, 90.0, STEADY)),
        channel("C0C", us_them=(9, 80.0, STEADY)),
        channel("C0B", us_them=(4, 95.0, STEADY)),
        channel("C0A", us_them=(9, 25.0, STEADY)),
    )
    said = line(group(label("us_them", 60, rate=30.0), channels=channels), "Us and them")
    assert said.endswith("Up in <#C0E>. Most common in <#C0C> and <#C0D>.")
    many = tuple(channel(f"C0{letter}", us_them=(9, 60.0, UP)) for letter in "ABCDE")
    said = line(group(label("us_them", 60, rate=30.0), channels=many), "Us and them")
    assert said.endswith("Up in <#C0A>, <#C0B>, <#C0C> and 2 more.")


def test_advice_follows_what_rose_then_what_is_commonest() -> None:
    often = label("us_them", 40, kinds=("outsiders",))
    rose = label("process_barrier", 9, UP, kinds=("change_board",))
    assert choose_advice(figures(often, rose)).text == ADVICE["change_board"]
    assert choose_advice(figures(often)).text == ADVICE["outsiders"]
    assert choose_advice(figures(label("us_them", None, kinds=("outsiders",)))).text == ADVICE["outsiders"]
    assert "request that was turned down" in choose_advice(figures(label("process_barrier", "few"))).text
    assert choose_advice(figures(often, label("shared_purpose", 9, UP))).text.startswith("Say thank you")
    assert choose_advice(figures(label("shared_purpose", 9))).text.startswith("Say thank you")
    assert choose_advice(figures()).text.startswith("Ask at the next stand-up")


def test_advice_leads_to_the_idea_behind_it() -> None:
    advice = choose_advice(figures(label("us_them", 40, kinds=("outsiders",))))
    assert advice.idea == idea_behind("us_them", "outsiders")
    assert choose_advice(figures()).idea == ONE_CUSTOMER


def test_an_idea_opens_with_its_first_sentence_whole() -> None:
    for subtype in ADVICE:
        label_of = next(name for name, kinds in SUBTYPES.items() if subtype in kinds)
        advice = choose_advice(figures(label(label_of, 9, kinds=(subtype,))))
        assert advice.idea.paragraph.startswith(f"{advice.opening} ")
        assert 30 < len(advice.opening) < 250
        assert advice.opening.count("“") == advice.opening.count("”")


def test_without_figures_there_is_no_advice() -> None:
    assert worded(withheld(Standing.EMPTY)).advice is None
    assert worded(withheld(Standing.EMPTY)).paragraphs == ()


@pytest.mark.parametrize(
    ("start", "weeks", "title"),
    [
        (date(2026, 11, 16), 1, "Fairview: the week of 16 to 22 November 2026"),
        (date(2026, 11, 30), 1, "Fairview: the week of 30 November to 6 December 2026"),
        (date(2026, 12, 28), 1, "Fairview: the week of 28 December 2026 to 3 January 2027"),
        (date(2026, 11, 9), 2, "Fairview: the two weeks of 9 to 22 November 2026"),
        (date(2026, 11, 2), 5, "Fairview: the five weeks of 2 November to 6 December 2026"),
    ],
)
def test_title(start: date, weeks: int, title: str) -> None:
    assert worded(figures(week_start=start, weeks=weeks)).title == title
