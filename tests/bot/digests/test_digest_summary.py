"""What may be shown, and what would give somebody away."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.figures import Figures, LabelFigures, Movement, Standing, Window
from bot.digests.summary import WEEKS, NudgeTally, Surroundings, WeekTally, summarise

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
    return summarise(padded, nudges or NudgeTally(), Surroundings("C0INFRA", "UTC", floor))


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
    nudges = NudgeTally(sent=spread(9, 9), helpful=spread(5, 5))
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
    assert us_them([week(6)] * 15 + [busy]).recent == Window(26, 4)


def test_comparing_waits_for_two_windows() -> None:
    assert us_them([week(5)] * 5).movement is Movement.TOO_EARLY
    assert us_them([week(5)] * 6).movement is Movement.NO_CLEAR_CHANGE
    assert us_them([week(5)] * 6).earlier == Window(10, 2)


def test_weeks_below_the_floor_are_in_no_sum() -> None:
    """Else: the sum, less the weeks that were shown, is the week that was withheld."""
    one = us_them([week(5)] * 13 + [week(7, people=6, by=6)] + [week(5)] * 2)
    assert one.recent == Window(15, 3)


@pytest.mark.parametrize(("few_weeks", "shown"), [(0, 20), (1, None), (2, 14)])
def test_one_few_week_hides_the_sum_it_could_be_subtracted_from(few_weeks: int, shown: int | None) -> None:
    few = week(2, by=2)
    one = us_them([week(5)] * 12 + [few] * few_weeks + [week(5)] * (4 - few_weeks))
    assert one.recent.messages == shown


def test_a_sum_from_two_people_is_few() -> None:
    assert us_them([week(5)] * 12 + [week(2, by=2)] * 4).recent == Window("few", 4)


def test_kinds_are_those_of_three_people() -> None:
    kinds = {"outsiders": spread(2, 2), "business_as_other": spread(4), "not_our_problem": spread(5)}
    assert us_them([week(9, kinds=kinds)]).kinds == ("not_our_problem", "business_as_other")


@pytest.mark.parametrize(
    ("sent", "helpful", "not_relevant", "expected"),
    [
        (spread(9), spread(4, 4), spread(3, 3), (9, 4, 3)),
        (spread(9), {}, {}, (9, 0, 0)),
        (spread(9), spread(4, 4), spread(1), (9, None, None)),
        (spread(9), spread(2, 2), {}, (9, None, None)),
        (spread(5, 2), spread(3, 2), {}, ("few", None, None)),
        ({}, {}, {}, (0, 0, 0)),
    ],
)
def test_nudges(
    sent: dict[str, int], helpful: dict[str, int], not_relevant: dict[str, int], expected: tuple[object, ...]
) -> None:
    nudges = summary([week(5)], NudgeTally(sent, helpful, not_relevant)).nudges
    assert nudges is not None
    assert (nudges.sent, nudges.helpful, nudges.not_relevant) == expected


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
    figures = summarise(weeks, NudgeTally(), Surroundings("C0INFRA", "UTC", 10))
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
        assert len(few) != 1 or window.messages is None
    json.dumps(figures.as_json())


def test_as_json() -> None:
    figures = summarise(
        [week(5)],
        NudgeTally(),
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
