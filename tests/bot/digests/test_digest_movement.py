"""What one author may add, and that capping it makes no change where there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.movement import Change, change, counted
from bot.digests.statistics import Counted


def weeks(*numbers: int, of: int = 400) -> list[Counted]:
    return [Counted(number, of, number) for number in numbers]


def test_uncapped_counts_are_themselves() -> None:
    assert counted({"a": 2, "b": 1}, {"a": 30, "b": 10, "c": 60}) == Counted(3, 100, 3)
    assert counted({}, {"a": 30}) == Counted(0, 30, 0)
    assert counted({}, {}) == Counted(0, 0, 0)


def test_a_busy_author_counts_three_times_with_messages_to_match() -> None:
    week = counted({"a": 11, "b": 1}, {"a": 40, "b": 10, "c": 60})
    assert week == Counted(4, pytest.approx(40 * 3 / 12 + 70), pytest.approx(9 / 11 + 1))


def test_the_third_is_where_the_fourth_could_have_come() -> None:
    assert counted({"a": 3}, {"a": 40, "b": 60}) == Counted(3, pytest.approx(40 * 3 / 4 + 60), 3)


@given(st.floats(0.01, 0.3), st.integers(1, 150))
def test_capping_keeps_the_rate_whatever_is_written(rate: float, written: int) -> None:
    """Chen's identity, by summing over every count: the capped count is rate times capped messages, on average."""
    chances = [(found, stats.poisson.pmf(found, rate * written)) for found in range(200)]
    some = [(counted({"a": found}, {"a": written}), chance) for found, chance in chances]
    count = math.fsum(week.count * chance for week, chance in some)
    exposure = math.fsum(week.exposure * chance for week, chance in some)
    assert count == pytest.approx(rate * exposure, rel=1e-6)


def test_up_down_neither_and_too_few() -> None:
    long_before = weeks(3, 4, 3, 4, 3, 4, 3, 4)
    up = change(weeks(8, 9, 8, 9), weeks(3, 4, 3, 4), long_before)
    down = change(weeks(3, 4, 3, 4), weeks(8, 9, 8, 9), weeks(8, 9, 8, 9))
    assert (up.is_clear, up.rose) == (True, True)
    assert (down.is_clear, down.rose) == (True, False)
    assert not change(weeks(4, 3, 4, 3), weeks(3, 4, 3, 4), long_before).is_clear
    assert change(weeks(1, 1, 0, 1), weeks(0, 0, 1, 0)) == Change(None, rose=True)
    assert change(weeks(0, 0), weeks(0, 0)).p_value is None


def test_a_rate_is_compared_not_a_count() -> None:
    assert not change(weeks(12, 12, 12, 12, of=800), weeks(6, 6, 6, 6, of=400)).is_clear


def test_a_channel_that_swings_has_too_few_to_tell_later() -> None:
    calm, swinging = weeks(3, 2, 3, 3, 2, 3, 2, 3), weeks(11, 0, 0, 9, 0, 0, 12, 0)
    assert change(weeks(3, 2, 1, 3), weeks(1, 0, 1, 0), calm).p_value is not None
    assert change(weeks(3, 2, 1, 3), weeks(1, 0, 1, 0), swinging).p_value is None


def test_no_messages_to_compare_with() -> None:
    with pytest.raises(ValueError, match="both sides"):
        change(weeks(3, 4), [])
