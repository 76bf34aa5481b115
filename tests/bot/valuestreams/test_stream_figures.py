from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.valuestreams.catalogue import Basis, Figure, Stage, Stream, Unit
from bot.valuestreams.figures import Sum, duration_text, parse_duration, totals, wait_minutes

DAY = 8 * 60


def business(minutes: float, basis: Basis = Basis.MEASURED, as_of: date | None = None) -> Figure:
    return Figure(minutes, Unit.BUSINESS, basis, as_of)


def percent(amount: float) -> Figure:
    return Figure(amount, Unit.PERCENT, Basis.MEASURED)


def stream(*stages: Stage) -> Stream:
    return Stream("s", "S", "people who wait", stages=stages)


@pytest.mark.parametrize(
    ("text", "minutes", "unit"),
    [
        ("3 business days", 3 * DAY, Unit.BUSINESS),
        ("1 calendar day", 24 * 60, Unit.CALENDAR),
        ("1.5 business hours", 90, Unit.BUSINESS),
        ("2 business weeks", 10 * DAY, Unit.BUSINESS),
        ("1 calendar week", 7 * 24 * 60, Unit.CALENDAR),
        ("20  Calendar  Minutes", 20, Unit.CALENDAR),
        ("0 business minutes", 0, Unit.BUSINESS),
    ],
)
def test_a_time_is_read_in_its_unit(text: str, minutes: int, unit: Unit) -> None:
    assert parse_duration(text) == (minutes, unit)


@pytest.mark.parametrize(
    "text", ["3 days", "soon", "-1 business days", "1e9 business days", "99999 calendar weeks", ""]
)
def test_what_is_no_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"business days|ten years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("minutes", "unit", "text"),
    [
        (1, Unit.BUSINESS, "1 business minute"),
        (90, Unit.CALENDAR, "1.5 calendar hours"),
        (DAY, Unit.BUSINESS, "1 business day"),
        (DAY, Unit.CALENDAR, "8 calendar hours"),
        (20 * DAY, Unit.BUSINESS, "4 business weeks"),
        (0, Unit.BUSINESS, "0 business minutes"),
    ],
)
def test_a_time_is_told_in_the_largest_unit_that_reads_well(minutes: float, unit: Unit, text: str) -> None:
    assert duration_text(minutes, unit) == text


@given(st.integers(0, 99_999), st.sampled_from(["business", "calendar"]), st.sampled_from(["minute", "hour", "day"]))
def test_a_time_read_and_told_is_the_same_to_a_twentieth(number: int, unit: str, step: str) -> None:
    try:
        minutes, read_unit = parse_duration(f"{number} {unit} {step}s")
    except ValueError:
        return
    again, again_unit = parse_duration(duration_text(minutes, read_unit))
    assert again_unit is read_unit
    assert again == pytest.approx(minutes, rel=0.05, abs=1)


def test_totals_follow_the_stated_conventions() -> None:
    found = totals(
        stream(
            Stage(
                "s/a", "A", lead_time=business(100), process_time=business(20), percent_complete_accurate=percent(90)
            ),
            Stage(
                "s/b", "B", lead_time=business(300), process_time=business(20), percent_complete_accurate=percent(50)
            ),
        )
    )
    assert found.lead_times == (Sum(400, Unit.BUSINESS),)
    assert found.activity_ratio == pytest.approx(40 / 400)
    assert found.rolled_percent == pytest.approx(45)
    assert found.bottlenecks == {"s/b"}


def test_a_missing_figure_is_left_out_and_counted_never_zero() -> None:
    found = totals(
        stream(
            Stage("s/a", "A", lead_time=business(1000)),
            Stage("s/b", "B", lead_time=business(100), process_time=business(50)),
            Stage("s/c", "C", process_time=business(5)),
        )
    )
    assert (found.lead_time_stages, found.stages) == (2, 3)
    assert found.activity_ratio == pytest.approx(0.5)
    assert found.activity_ratio_stages == 1
    assert found.rolled_percent is None
    assert found.bottlenecks == {"s/b"}, "a stage whose work nobody recorded has no known wait"


def test_nothing_recorded_gives_no_totals() -> None:
    found = totals(stream(Stage("s/a", "A")))
    assert found.lead_times == ()
    assert (found.activity_ratio, found.rolled_percent, found.oldest) == (None, None, None)
    assert found.bottlenecks == frozenset()


def test_business_and_calendar_hours_are_never_added() -> None:
    calendar = Figure(2 * 24 * 60, Unit.CALENDAR, Basis.MEASURED)
    found = totals(
        stream(
            Stage("s/a", "A", lead_time=business(DAY), process_time=business(0)),
            Stage("s/b", "B", lead_time=calendar, process_time=Figure(0, Unit.CALENDAR, Basis.MEASURED)),
        )
    )
    assert found.lead_times == (Sum(DAY, Unit.BUSINESS), Sum(2880, Unit.CALENDAR))
    assert found.activity_ratio is None
    assert found.mixes_units


def test_waits_in_different_hours_are_compared_by_the_calendar_they_span() -> None:
    # Five business days span a calendar week, which is longer than six calendar days.
    week = Stage("s/a", "A", lead_time=business(5 * DAY), process_time=business(0))
    six_days = Figure(6 * 24 * 60, Unit.CALENDAR, Basis.MEASURED)
    shorter = Stage("s/b", "B", lead_time=six_days, process_time=Figure(0, Unit.CALENDAR, Basis.MEASURED))
    assert wait_minutes(week) == pytest.approx(7 * 24 * 60)
    assert totals(stream(week, shorter)).bottlenecks == {"s/a"}


def test_stages_that_tie_are_both_the_bottleneck_and_no_wait_is_none() -> None:
    tied = [Stage(f"s/{name}", name, lead_time=business(60), process_time=business(10)) for name in "ab"]
    assert totals(stream(*tied)).bottlenecks == {"s/a", "s/b"}
    assert totals(stream(Stage("s/a", "A", lead_time=business(5), process_time=business(5)))).bottlenecks == frozenset()


def test_freshness_spans_the_oldest_and_newest_figure() -> None:
    old, new = date(2026, 1, 1), date(2026, 6, 1)
    found = totals(
        stream(Stage("s/a", "A", lead_time=business(9, as_of=old), process_time=business(1, Basis.ESTIMATED, new)))
    )
    assert (found.oldest, found.newest, found.has_undated, found.has_estimates) == (old, new, False, True)
    assert totals(stream(Stage("s/a", "A", lead_time=business(9)))).has_undated
