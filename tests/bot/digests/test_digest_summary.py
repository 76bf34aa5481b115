"""What may be shown, and what would give somebody away."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.figures import Figures, LabelFigures, Movement, NudgeFigures, Standing, Window
from bot.digests.nudge_figures import NudgeTally
from bot.digests.summary import WEEKS, Surroundings, WeekTally, summarise
from bot.nudging.outcomes import Outcome
from nlp import LABELS

AUTHORS = [f"author{number}" for number in range(14)]
START = date(2026, 11, 16)


def spread(count: int, people: int = len(AUTHORS)) -> dict[str, int]:
    """That many messages, dealt round to so many people."""
    dealt: dict[str, int] = {}
    for author in islice(cycle(AUTHORS[:people]), count):
        dealt[author] = dealt.get(author, 0) + 1
    return dealt


def week(
    us_them: int = 0, *, people: int = 14, by: int = 14, kinds: dict[str, dict[str, int]] | None = None
) -> WeekTally:
    labels = {"us_them": spread(us_them, by)} if us_them else {}
    return WeekTally(
        START, prose=dict.fromkeys(AUTHORS[:people], 30), labels=labels, kinds={"us_them": kinds} if kinds else {}
    )


def summary(weeks: list[WeekTally], nudges: NudgeTally | None = None, floor: int = 10) -> Figures:
    padded = [WeekTally(START)] * (WEEKS - len(weeks)) + weeks
    return summarise(padded, [nudges or NudgeTally()], Surroundings("C0INFRA", "UTC", floor))


def us_them(weeks: list[WeekTally]) -> LabelFigures:
    return summary(weeks).label("us_them")


def test_counts_rate_and_interval() -> None:
    one = us_them([week(12)])
    assert one.messages == 12
    assert one.rate == pytest.approx(1000 * 12 / 420)
    interval = stats.binomtest(12, 420).proportion_ci(method="wilson")
    assert (one.low, one.high) == pytest.approx((1000 * interval.low, 1000 * interval.high))


@pytest.mark.parametrize(
    ("tally", "standing"),
    [
        (week(5), Standing.SHOWN),
        (week(5, people=10, by=10), Standing.SHOWN),
        (week(5, people=9, by=9), Standing.TOO_FEW_PEOPLE),
        (WeekTally(START), Standing.EMPTY),
        (WeekTally(START, not_read={"author1": 3}), Standing.EMPTY),
        (WeekTally(START, was_heard=False), Standing.NOT_LISTENING),
    ],
)
def test_standing(tally: WeekTally, standing: Standing) -> None:
    assert summary([tally]).standing is standing


def test_withheld_means_everything() -> None:
    nudges = nudged(helpful=spread(5, 5), ignored=spread(9, 9))
    withheld = summary([week(8)] * 15 + [week(5, people=9, by=9)], nudges)
    assert (withheld.messages, withheld.not_read, withheld.labels, withheld.nudges) == (0, 0, (), None)


@pytest.mark.parametrize(("people", "shown"), [(1, "few"), (2, "few"), (3, 9)])
def test_few(people: int, shown: object) -> None:
    one = us_them([week(9, by=people)])
    assert one.messages == shown
    assert (one.rate is None) == (shown == "few")


def test_none_is_no_secret() -> None:
    assert us_them([week(0)]).messages == 0


def test_not_read_is_few_too() -> None:
    tally = WeekTally(START, prose=dict.fromkeys(AUTHORS, 30), not_read={"author1": 40})
    assert summary([tally]).not_read == "few"


@pytest.mark.parametrize(
    ("earlier", "recent", "movement"),
    [
        (5, 5, Movement.NO_CLEAR_CHANGE),
        (5, 7, Movement.NO_CLEAR_CHANGE),
        (3, 8, Movement.UP),
        (8, 3, Movement.DOWN),
        (1, 0, Movement.TOO_FEW),
        (0, 0, Movement.TOO_FEW),
    ],
)
def test_four_weeks_against_four(earlier: int, recent: int, movement: Movement) -> None:
    one = us_them([week(earlier)] * 12 + [week(recent)] * 4)
    assert one.movement is movement


def test_more_messages_are_no_more_of_it() -> None:
    double = WeekTally(START, prose=dict.fromkeys(AUTHORS, 60), labels={"us_them": spread(10)})
    one = us_them([week(5)] * 12 + [double] * 4)
    assert one.movement is Movement.NO_CLEAR_CHANGE
    assert (one.recent, one.earlier) == (Window(40, 4), Window(20, 4))


def test_a_channel_that_always_swings_has_not_moved() -> None:
    swinging = [week(count) for count in (0, 12, 1, 14, 0, 11, 2, 13, 0, 9, 1, 8)]
    steady = [week(count) for count in (4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5)]
    assert us_them(swinging + [week(9)] * 4).movement is Movement.NO_CLEAR_CHANGE
    assert us_them(steady + [week(9)] * 4).movement is Movement.UP


def test_one_busy_author_is_no_movement() -> None:
    busy = WeekTally(START, prose=dict.fromkeys(AUTHORS, 30), labels={"us_them": spread(5) | {"author9": 40}})
    assert us_them([week(6)] * 15 + [busy]).movement is Movement.NO_CLEAR_CHANGE
    assert us_them([week(6)] * 15 + [busy]).recent == Window(63, 4)


def test_comparing_waits_for_two_windows() -> None:
    assert us_them([week(5)] * 5).movement is Movement.TOO_EARLY
    assert us_them([week(5)] * 6).movement is Movement.NO_CLEAR_CHANGE
    assert us_them([week(5)] * 6).earlier == Window(10, 2)


def test_weeks_below_the_floor_are_in_no_sum() -> None:
    """Else: the sum, less the weeks that were shown, is the week that was withheld."""
    one = us_them([week(5)] * 13 + [week(7, people=6, by=6)] + [week(5)] * 2)
    assert one.recent == Window(15, 3)


@pytest.mark.parametrize(
    ("few_weeks", "shown"),
    [
        ([], Window(20, 4)),
        ([spread(2, 2)], Window(None, 4, 16)),
        ([spread(2, 2)] * 2, Window(None, 4, 12)),  # by the same two people
        ([spread(2, 2), {"author7": 2}], Window(None, 4, 12)),  # by three: the next week's window would tell each
    ],
)
def test_few_weeks_hide_the_sum_they_could_be_worked_out_from(few_weeks: list[dict[str, int]], shown: Window) -> None:
    few = [WeekTally(START, prose=dict.fromkeys(AUTHORS, 30), labels={"us_them": by}) for by in few_weeks]
    one = us_them([week(5)] * 12 + few + [week(5)] * (4 - len(few)))
    assert one.recent == shown


def test_several_weeks_are_reported_together() -> None:
    weeks = [week(5)] * 12 + [week(7), week(9, people=6, by=6), week(4), week(6)]
    figures = summarise(weeks, [], Surroundings("C0INFRA", "UTC", 10), reported=4)
    one = figures.label("us_them")
    assert (figures.standing, figures.weeks, figures.messages, one.messages) == (Standing.SHOWN, 4, 3 * 420, 17)
    assert one.rate == pytest.approx(1000 * 17 / 1260)
    assert [point.messages for point in figures.history[-4:]] == [420, None, 420, 420]
    assert figures.history[-3].rates == dict.fromkeys(LABELS)
    assert figures.history[-1].rates["us_them"] == pytest.approx(1000 * 6 / 420)


def test_weeks_that_may_not_be_added_up_are_told_from_below() -> None:
    figures = summarise([week(5)] * 14 + [week(2, by=2), week(6)], [], Surroundings("C0INFRA", "UTC", 10), reported=2)
    one = figures.label("us_them")
    assert (one.messages, one.rate, one.at_least) == (None, None, 7)
    assert figures.history[-2].rates["us_them"] is None


def test_a_sum_of_weeks_from_two_people_is_told_from_below() -> None:
    assert us_them([week(5)] * 12 + [week(2, by=2)] * 4).recent == Window(None, 4, 4)


def test_kinds_are_those_of_three_people() -> None:
    kinds = {"outsiders": spread(2, 2), "business_as_other": spread(4), "not_our_problem": spread(5)}
    assert us_them([week(9, kinds=kinds)]).kinds == ("not_our_problem", "business_as_other")


def nudged(**outcomes: dict[str, int]) -> NudgeTally:
    return NudgeTally({Outcome[name.upper()]: by for name, by in outcomes.items()})


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (nudged(), NudgeFigures(0, 0, 0)),
        (nudged(helpful=spread(4, 4), called_wrong=spread(3, 3), ignored=spread(2, 1)), NudgeFigures(9, 4, 3)),
        (nudged(ignored=spread(9)), NudgeFigures(9, 0, 0)),
        (nudged(helpful=spread(4, 4), called_wrong=spread(1), ignored=spread(9)), NudgeFigures(14, None, "few")),
        (nudged(helpful=spread(7, 7), called_wrong=spread(1), ignored=spread(4)), NudgeFigures(12, 7, "few")),
        (nudged(used=spread(5), reworded=spread(4), withdrawn=spread(3)), NudgeFigures(12, 0, 0, 5, 4, 3)),
        (nudged(used=spread(5), reworded=spread(2), withdrawn=spread(1)), NudgeFigures(8, 0, 0, 5, "few", "few")),
        (nudged(used=spread(5), withdrawn=spread(1)), NudgeFigures(6, 0, 0, None, 0, "few")),
        (nudged(helpful=spread(3, 2), ignored=spread(2, 2)), NudgeFigures("few", None, None, None, None, None)),
    ],
)
def test_nudges(tally: NudgeTally, expected: NudgeFigures) -> None:
    assert summary([week(5)], tally).nudges == expected


counts = st.dictionaries(st.sampled_from(AUTHORS), st.integers(1, 6), max_size=14)


@given(
    st.lists(
        st.builds(
            lambda prose, found: WeekTally(
                START, prose=prose, labels={"us_them": {a: min(n, prose[a]) for a, n in found.items() if a in prose}}
            ),
            counts,
            counts,
        ),
        min_size=WEEKS,
        max_size=WEEKS,
    )
)
def test_nobody_is_singled_out_by_any_figure(weeks: list[WeekTally]) -> None:
    figures = summarise(weeks, [], Surroundings("C0INFRA", "UTC", 10))
    last = weeks[-1]
    if len(last.prose) < 10:
        assert figures.labels == ()
        assert figures.messages == 0
        return
    one = figures.label("us_them")
    people = len(last.labels["us_them"])
    assert (one.messages == "few") == (0 < people < 3)
    for window, some in ((one.recent, weeks[-4:]), (one.earlier, weeks[-8:-4])):
        usable = [tally for tally in some if len(tally.prose) >= 10]
        few = [tally for tally in usable if 0 < len(tally.labels["us_them"]) < 3]
        assert window.weeks == len(usable)
        if few and isinstance(window.messages, int):
            assert len(few) > 1
            assert len(set().union(*(tally.labels["us_them"] for tally in few))) >= 3
    json.dumps(figures.as_json())


def test_as_json() -> None:
    figures = summarise(
        [week(5)],
        [],
        Surroundings(
            "C0INFRA", "UTC", 10, heard_since=datetime(2026, 11, 17, tzinfo=UTC), missed=(START - timedelta(7),)
        ),
    )
    plain = json.loads(json.dumps(figures.as_json()))
    assert plain["week_start"] == "2026-11-16"
    assert plain["standing"] == "shown"
    assert plain["missed"] == ["2026-11-09"]
    assert plain["heard_since"] == "2026-11-17T00:00:00+00:00"
    assert "author" not in json.dumps(plain)
