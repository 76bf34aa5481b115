from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack_time import instant, is_newer, utc_now

seconds = st.integers(1_000_000_000, 9_999_999_999)
micros = st.integers(0, 999_999)


def ts(second: int, micro: int) -> str:
    return f"{second}.{micro:06d}"


def test_a_timestamp_is_an_instant_to_the_microsecond() -> None:
    assert instant("1795428000.000100") == datetime(2026, 11, 23, 10, 0, 0, 100, tzinfo=UTC)


@given(seconds, micros)
def test_no_microsecond_is_lost(second: int, micro: int) -> None:
    since = instant(ts(second, micro)) - datetime(1970, 1, 1, tzinfo=UTC)
    assert since == timedelta(seconds=second, microseconds=micro)


@pytest.mark.parametrize(
    "wrong", ["", "soon", "1795428000", "1795428000.0001", "1795428000.0001000", "-795428000.000100"]
)
def test_what_is_no_timestamp_is_refused_without_being_repeated(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a Slack timestamp") as refused:
        instant(wrong)
    assert not wrong or wrong not in str(refused.value)


@pytest.mark.parametrize("wrong", ["１795428000.000100", "1795428000.000100\n", " 1795428000.000100"])
def test_what_merely_looks_like_one_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a Slack timestamp"):
        instant(wrong)


@given(seconds, micros, seconds, micros)
def test_newer_is_later(second: int, micro: int, other_second: int, other_micro: int) -> None:
    one, other = ts(second, micro), ts(other_second, other_micro)
    assert is_newer(one, other) == (instant(one) > instant(other))
    assert not is_newer(one, one)


def test_the_present_is_aware() -> None:
    assert utc_now().utcoffset() == timedelta(0)
