"""Timestamps: unique, rising, near the clock, and one's own where wanted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.clock import Timestamps


def test_a_still_clock_gives_rising_stamps() -> None:
    stamps = Timestamps(lambda: 1732354800.0)
    assert [stamps.next() for _ in range(3)] == ["1732354800.000000", "1732354800.000100", "1732354800.000200"]


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=20))
def test_stamps_rise_whatever_the_clock_does(times: list[float]) -> None:
    ticking = iter(times)
    stamps = Timestamps(lambda: next(ticking))
    given_out = [stamps.next() for _ in times]
    assert given_out == sorted(set(given_out), key=float)


def test_a_claimed_stamp_is_given_once() -> None:
    stamps = Timestamps(lambda: 1732354800.0)
    assert stamps.claim("1732354800.000000") == "1732354800.000000"
    assert stamps.next() == "1732354800.000100"
    for taken in ("1732354800.000000", "1732354800.000100"):
        with pytest.raises(ValueError, match="taken"):
            stamps.claim(taken)


@pytest.mark.parametrize("wrong", ["1732354800", "1732354800.1", "soon.000100", ""])
def test_only_slacks_form_can_be_claimed(wrong: str) -> None:
    with pytest.raises(ValueError, match="of the form"):
        Timestamps(lambda: 0.0).claim(wrong)
