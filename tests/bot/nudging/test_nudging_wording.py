"""Words and cuts that nudges and their answers share."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nudging.policy import QuietHours
from bot.nudging.wording import Reframed, pause_lasts, quiet_hours, reframed_text, shortened


@pytest.mark.parametrize(
    ("quiet", "told"),
    [
        (QuietHours(), "Quiet hours, on your own clock: 18:00 to 08:00 and weekends."),
        (QuietHours(days=frozenset()), "Quiet hours, on your own clock: 18:00 to 08:00."),
        (QuietHours(time(0), time(0), frozenset({5, 6})), "Quiet hours, on your own clock: weekends."),
        (
            QuietHours(time(12), time(13, 30), frozenset({4, 0})),
            "Quiet hours, on your own clock: 12:00 to 13:30, Mondays and Fridays.",
        ),
        (QuietHours(time(0), time(0), frozenset()), "Quiet hours: none."),
    ],
)
def test_quiet_hours_as_a_sentence(quiet: QuietHours, told: str) -> None:
    assert quiet_hours(quiet) == told


@pytest.mark.parametrize(
    ("until", "zone", "told"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "Europe/London", "Tuesday 24 November, 10:00"),
        (datetime(2027, 7, 1, 10, tzinfo=UTC), "Europe/London", "Thursday 1 July, 11:00"),
        (datetime(2026, 11, 24, 2, tzinfo=UTC), "America/New_York", "Monday 23 November, 21:00"),
    ],
)
def test_the_end_of_a_pause_as_people_say_it(until: datetime, zone: str, told: str) -> None:
    assert pause_lasts(until, ZoneInfo(zone)) == told


@given(st.text(max_size=300), st.integers(1, 200))
def test_what_is_shortened_fits(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert (short == text) is (len(text) <= limit)


def test_a_cut_spares_entities_mentions_and_links() -> None:
    assert shortened("one &amp; two", 8) == "one…"
    assert shortened("ask <@U0ANN> now", 10) == "ask…"
    assert shortened("see <https://a.example|the long way>", 30) == "see…"


def test_what_was_found_is_told_in_lines_that_stand_alone() -> None:
    found = Reframed(
        phrases=("the  business", "HR &amp; co", "c", "d"),
        suggestion="We &amp; HR",
        why=("A & B.", "Because.", "Third."),
        is_own=True,
    )
    private = "Only you see this; nothing of it is counted or kept."
    assert reframed_text(found).splitlines() == [
        "About “the business”, “HR &amp; co”, “c”:",
        "A &amp; B.",
        "Because.",
        "You could say: We &amp; HR",
        private,
    ]
    without = Reframed(phrases=("x",), suggestion=None, why=(), is_own=False)
    assert reframed_text(without).splitlines() == ["About “x”:", private]
