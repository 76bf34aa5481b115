"""Several channels together: what is in a total, what is withheld, and what moved."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from week_streams import cells

from bot.digests.figures import Figures, Movement, NudgeFigures, Standing, Window
from bot.digests.nudge_figures import NudgeTally
from bot.digests.parts import Total, added, sum_of
from bot.digests.schedule import WEEK
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.spread import ChannelTally, Spread, summarise_channels
from bot.digests.summary import WEEKS, Surroundings, WeekTally
from bot.nudging.outcomes import Outcome

LAST = date(2026, 11, 16)
STARTS = [LAST - back * WEEK for back in reversed(range(WEEKS))]
GROUP = Scope("group", ("C0", "C1", "C2"))
FEW, SOME = {"a0": 1, "a1": 1}, {"a0": 2, "a1": 1, "a2": 2}


def week(us_them: Mapping[str, int] | None = None, people: int = 12, at: int = WEEKS - 1) -> WeekTally:
    labels = {"us_them": us_them} if us_them else {}
    return WeekTally(STARTS[at], prose=dict.fromkeys([f"a{number}" for number in range(people)], 20), labels=labels)


def channel(channel_id: str, weeks: Sequence[WeekTally]) -> ChannelTally:
    """A channel of those weeks, and nothing before."""
    padded = [WeekTally(STARTS[0])] * (WEEKS - len(weeks)) + list(weeks)
    return ChannelTally(channel_id, [cells(one) for one in padded], [True] * WEEKS)


def together(*channels: Sequence[WeekTally], scope: Scope = GROUP, weeks: int = 1, **given: object) -> Figures:
    """Figures of a group or a workspace."""
    tallies = [channel(f"C{number}", some) for number, some in enumerate(channels)]
    spread = Spread(STARTS, tallies, **given)  # type: ignore[arg-type]
    return summarise_channels(spread, Surroundings("", "UTC", 10), scope, weeks)


def test_channels_are_added_up() -> None:
    figures = together([week(SOME)], [week(SOME)], [week()])
    one = figures.label("us_them")
    assert (figures.standing, figures.messages, one.messages) == (Standing.SHOWN, 720, 10)
    assert one.rate == pytest.approx(1000 * 10 / 720)
    assert [(it.channel_id, it.label("us_them").messages) for it in figures.channels] == [
        ("C0", 5),
        ("C1", 5),
        ("C2", 0),
    ]
    assert figures.history[-1].rates["us_them"] == one.rate


def test_a_channel_below_the_floor_is_in_no_sum() -> None:
    figures = together([week(SOME)], [week(SOME, people=9)], [week(SOME)])
    assert (figures.messages, figures.label("us_them").messages) == (480, 10)
    assert [one.channel_id for one in figures.channels] == ["C0", "C2"]
    assert figures.channels_withheld == 1


def test_week_by_week_channel_by_channel() -> None:
    first, second = [week(SOME, at=14), week(SOME, people=9)], [week(SOME, people=9, at=14), week(SOME)]
    figures = together(first, second, weeks=2)
    assert (figures.messages, figures.label("us_them").messages, figures.channels_withheld) == (480, 10, 0)
    assert [point.messages for point in figures.history[-2:]] == [240, 240]


@pytest.mark.parametrize(
    ("people", "standing"), [(9, Standing.TOO_FEW_PEOPLE), (0, Standing.EMPTY), (10, Standing.SHOWN)]
)
def test_standing(people: int, standing: Standing) -> None:
    figures = together([week(people=people)], [week(people=0)])
    assert figures.standing is standing
    if standing is not Standing.SHOWN:
        assert (figures.labels, figures.channels, figures.messages, figures.nudges) == ((), (), 0, None)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([SOME, SOME, FEW], Total(None, 11)),  # one few part: the sum less the others
        ([SOME, FEW, FEW], Total(None, 7)),
        ([FEW, FEW], Total(None, 2)),
        ([FEW], Total("few")),
        ([FEW, {}], Total("few")),
        ([SOME, {}], Total(5)),
        ([{}, {}], Total(0)),
    ],
)
def test_no_total_tells_a_part(parts: list[dict[str, int]], expected: Total) -> None:
    some = [[week(part)] for part in parts]
    for figures in (together(*some), together(*some, scope=WORKSPACE)):
        one = figures.label("us_them")
        assert (one.messages, one.at_least) == (expected.messages, expected.at_least)
        assert (one.rate is None) == (not isinstance(expected.messages, int))
        assert (figures.history[-1].rates["us_them"] is None) == (one.rate is None)


def test_a_sum_of_weeks_tells_no_week() -> None:
    assert sum_of([Total(4), Total(5)]) == Total(9)
    assert sum_of([Total(4), Total(None, 3)]) == Total(None, 7)
    assert sum_of([Total(0), Total("few")]) == Total("few")
    assert sum_of([Total("few"), Total("few")]) == Total(None, 2)


def test_movement_of_all_and_of_each() -> None:
    three = {"a0": 1, "a1": 1, "a2": 1}
    busy = {f"a{number}": 1 for number in range(12)}
    risen = [week(three, at=at) for at in range(12)] + [week(busy, at=at) for at in range(12, 16)]
    steady = [week(three, at=at) for at in range(16)]
    figures = together(risen, risen, steady)
    moved = {one.channel_id: one.label("us_them").movement for one in figures.channels}
    assert moved == {"C0": Movement.UP, "C1": Movement.UP, "C2": Movement.NO_CLEAR_CHANGE}
    one = figures.label("us_them")
    assert (one.movement, one.recent, one.earlier) == (Movement.UP, Window(108, 4), Window(36, 4))


def test_of_many_channels_a_single_doubtful_one_has_not_moved() -> None:
    """With forty looked at, one in twenty would seem to move by chance alone."""
    five, nine = {f"a{number}": 1 for number in range(5)}, {f"a{number}": 1 for number in range(9)}
    steady = [week(five, at=at) for at in range(16)]
    doubtful = [week(five, at=at) for at in range(12)] + [week(nine, at=at) for at in range(12, 16)]
    alone = together(doubtful).channels[0].label("us_them").movement
    among = together(doubtful, *[steady] * 39).channels[0].label("us_them").movement
    assert (alone, among) == (Movement.UP, Movement.NO_CLEAR_CHANGE)


def test_nudges_of_several_channels() -> None:
    nudges = [NudgeTally({Outcome.USED: {"a0": 2, "a1": 1, "a2": 1}, Outcome.IGNORED: {"a3": 3}})] * 2
    assert together([week()], [week()], nudges=nudges).nudges == NudgeFigures(14, 0, 0, 8, 0, 0)
    lone = [*nudges, NudgeTally({Outcome.HELPFUL: {"a0": 1}, Outcome.IGNORED: {"a1": 1, "a2": 1}})]
    assert together([week()], [week()], nudges=lone).nudges == NudgeFigures(17, "few", 0, 8, 0, 0)


counts = st.dictionaries(st.sampled_from([f"a{number}" for number in range(14)]), st.integers(1, 3), max_size=6)


@given(st.lists(counts, min_size=2, max_size=5), st.sets(st.integers(0, 4)))
def test_no_two_groups_can_be_subtracted(found: list[dict[str, int]], left_out: set[int]) -> None:
    """The total of a group, less that of a smaller one and whatever is shown by itself, is no channel's few."""
    parts = [(sum(one.values()), len(one)) for one in found]
    smaller = [part for at, part in enumerate(parts) if at not in left_out]
    totals = added(parts), added(smaller)
    for total, some in zip(totals, (parts, smaller), strict=True):
        if isinstance(total.messages, int):
            assert not any(0 < authors < 3 for _, authors in some)
        if total.at_least is not None:
            assert total.at_least <= sum(count for count, _ in some)
