"""One digest a week, in every zone, through every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.schedule import (
    CADENCES,
    WEEK,
    Fortnightly,
    Monthly,
    Schedule,
    Weekly,
    instant_at,
    last_closed_week,
    monday_of,
    reported_weeks,
    week_bounds,
)

ZONES = sorted(available_timezones())
AWKWARD = [
    "America/Los_Angeles", "America/New_York", "Europe/London", "Europe/Berlin", "Europe/Dublin", "Africa/Casablanca",
    "Africa/Cairo", "America/Santiago", "America/Havana", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "UTC",
]  # fmt: skip
wall_times = st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))
weeklies = st.builds(Weekly, st.integers(0, 6), wall_times, st.sampled_from(ZONES))
schedules: st.SearchStrategy[Schedule] = st.one_of(
    st.builds(cadence, st.integers(0, 6), wall_times, st.sampled_from(ZONES)) for cadence in CADENCES.values()
)
LONGEST = {"weekly": 1, "fortnightly": 2, "monthly": 5}
"""How many weeks may lie between two digests."""
instants = st.integers(1577836800, 2051222400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def check_weeks(schedule: Weekly, first: date, weeks: int) -> None:
    zone = ZoneInfo(schedule.zone)
    before = None
    for number in range(weeks):
        week = first + number * WEEK
        due = schedule.due_at(week)
        day = week + timedelta(days=schedule.weekday)
        local = due.astimezone(zone)
        if local.replace(tzinfo=None) != datetime.combine(day, schedule.local_time):
            # The clocks skip that time: then, and only then, it is a little later on them.
            assert local.replace(tzinfo=None) > datetime.combine(day, schedule.local_time)
            skipped = datetime.combine(day, schedule.local_time, zone)
            assert skipped.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != skipped.replace(tzinfo=None)
        if before is not None:
            assert timedelta(days=5, hours=22) < due - before < timedelta(days=8, hours=2)
        before = due


@pytest.mark.parametrize("zone", AWKWARD)
def test_each_week_once_at_the_wall_time(zone: str) -> None:
    for weekday in (0, 6):
        for local_time in (time(0), time(1), time(1, 30), time(2), time(2, 30), time(3), time(9), time(23, 59)):
            check_weeks(Weekly(weekday, local_time, zone), date(2021, 1, 4), 8 * 52)


def test_every_zone_for_three_years() -> None:
    for number, zone in enumerate(ZONES):
        check_weeks(Weekly(number % 7, time(number % 24, 30), zone), date(2025, 1, 6), 3 * 52)


def test_a_day_that_was_left_out() -> None:
    # Samoa had no 30 December 2011.
    weeks = [Weekly(4, time(9), "Pacific/Apia").due_at(date(2011, 12, 19) + n * WEEK) for n in range(3)]
    assert [due.astimezone(ZoneInfo("Pacific/Apia")).date() for due in weeks] == [
        date(2011, 12, 23),
        date(2011, 12, 31),
        date(2012, 1, 6),
    ]


@pytest.mark.parametrize(
    ("day", "wall_time", "expected"),
    [
        (date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: 02:30 in summer time
        (date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 7, 6), time(9), datetime(2026, 7, 6, 8, tzinfo=UTC)),
        (date(2026, 12, 7), time(9), datetime(2026, 12, 7, 9, tzinfo=UTC)),
    ],
)
def test_london(day: date, wall_time: time, expected: datetime) -> None:
    assert instant_at(day, wall_time, ZoneInfo("Europe/London")) == expected


@given(schedules, instants, st.lists(st.floats(0, 900), min_size=1, max_size=12))
def test_ticking_finds_each_period_once(schedule: Schedule, since: datetime, hours: list[float]) -> None:
    """However the ticks fall, together they find what one tick at the end would have found."""
    found: list[date] = []
    now = since
    for pause in hours:
        now += timedelta(hours=pause)
        found += schedule.due_between(since, now, after=found[-1] if found else None)
    assert found == list(schedule.due_between(since, now))
    assert found == sorted(set(found))
    assert all(since <= schedule.due_at(week) <= now for week in found)
    assert [schedule.following(week) for week in found[:-1]] == found[1:]
    assert [schedule.preceding(week) for week in found[1:]] == found[:-1]
    if schedule.cadence == "weekly":
        assert abs(len(found) - (now - since) / WEEK) <= 1.3


@given(schedules, instants)
def test_next_due_is_the_first_not_yet_due(schedule: Schedule, now: datetime) -> None:
    due = schedule.next_due(now)
    longest = timedelta(days=8, hours=2) if schedule.cadence != "monthly" else 5 * WEEK + timedelta(days=1, hours=2)
    assert now < due <= now + longest
    upcoming = list(schedule.due_between(now + timedelta(seconds=1), due))
    assert [schedule.due_at(week) for week in upcoming][-1:] == [due]
    week = upcoming[-1]
    assert schedule.next_due(now, after=week) == schedule.due_at(schedule.following(week))


@given(schedules, instants, st.integers(0, 60))
def test_set_again_it_goes_on_after_the_newest_period(schedule: Schedule, now: datetime, weeks_ago: int) -> None:
    newest = monday_of(now.date()) - weeks_ago * WEEK
    due = schedule.next_due(now, after=newest)
    assert now < due <= now + LONGEST[schedule.cadence] * WEEK + timedelta(days=8, hours=2)
    assert due >= schedule.due_at(schedule.following(newest))


@given(st.sampled_from(ZONES), st.dates(date(2019, 1, 1), date(2035, 1, 1)))
def test_weeks_join_without_gap_or_overlap(zone_name: str, day: date) -> None:
    zone = ZoneInfo(zone_name)
    week = monday_of(day)
    started, ended = week_bounds(week, zone)
    assert week_bounds(week + WEEK, zone)[0] == ended
    assert timedelta(days=6, hours=22) < ended - started < timedelta(days=7, hours=2)
    assert last_closed_week(ended, zone) == week
    assert last_closed_week(ended - timedelta(seconds=1), zone) == week - WEEK


def check_reports(schedule: Schedule, reporting: str, first: date, periods: int) -> None:
    """Each week is reported once, in order, and is over when it is."""
    zone, period = ZoneInfo(reporting), first if schedule.falls_in(first) else schedule.following(first)
    expected = None
    for _ in range(periods):
        week, count = reported_weeks(schedule, period, zone)
        last = week + (count - 1) * WEEK
        assert expected is None or week == expected
        assert week_bounds(last, zone)[1] <= schedule.due_at(period)
        assert period - last <= 3 * WEEK
        expected, period = last + WEEK, schedule.following(period)


@given(schedules, st.sampled_from(AWKWARD), st.dates(date(2020, 1, 6), date(2034, 1, 1)))
def test_each_week_is_reported_once_and_is_over(schedule: Schedule, reporting: str, day: date) -> None:
    check_reports(schedule, reporting, monday_of(day), 53)


@pytest.mark.parametrize("cadence", [Fortnightly, Monthly])
def test_each_week_is_reported_once_whichever_the_zone(cadence: type[Schedule]) -> None:
    for number, zone in enumerate(ZONES):
        schedule = cadence(number % 7, time(number % 24, 30), zone)
        check_reports(schedule, AWKWARD[number % len(AWKWARD)], date(2025, 1, 6), 3 * 52 // LONGEST[cadence.cadence])


@pytest.mark.parametrize("zone", AWKWARD)
@pytest.mark.parametrize("cadence", [Fortnightly, Monthly])
def test_each_week_is_reported_once_through_every_clock_change(cadence: type[Schedule], zone: str) -> None:
    for weekday, local_time in ((0, time(0)), (0, time(2, 30)), (6, time(23, 59)), (6, time(1, 30))):
        check_reports(cadence(weekday, local_time, zone), "UTC", date(2021, 1, 4), 8 * 12)


@pytest.mark.parametrize("zone", ["Europe/London", "America/Los_Angeles", "Pacific/Apia", "Asia/Gaza"])
@pytest.mark.parametrize("weekday", range(7))
def test_monthly_is_the_first_such_weekday_of_each_month(zone: str, weekday: int) -> None:
    schedule = Monthly(weekday, time(9), zone)
    periods = list(schedule.due_between(datetime(2021, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)))
    days = [schedule.due_at(period).astimezone(ZoneInfo(zone)).date() for period in periods]
    assert {day.weekday() for day in days} == {weekday}
    assert all(day.day <= 7 for day in days)
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[-1] + 1))
    counts = [reported_weeks(schedule, period, ZoneInfo("UTC"))[1] for period in periods]
    assert set(counts) == {4, 5}


def test_fortnightly_comes_first_as_soon_as_it_can_and_then_every_other_week() -> None:
    schedule = Fortnightly(0, time(9), "Europe/London")
    wednesday = datetime(2026, 11, 18, 12, tzinfo=UTC)
    first = [date(2026, 11, 23), date(2026, 12, 7), date(2026, 12, 21)]
    assert list(schedule.due_between(wednesday, wednesday + 5 * WEEK)) == first
    assert schedule.next_due(wednesday, after=date(2026, 11, 16)) == schedule.due_at(date(2026, 11, 30))
    assert reported_weeks(schedule, first[0], ZoneInfo("UTC")) == (date(2026, 11, 9), 2)


@pytest.mark.parametrize("period", [date(2026, 1, 5), date(2026, 7, 6)])
def test_a_delivery_beside_the_close_of_the_week_reports_the_same_distance_in_summer(period: date) -> None:
    # Sunday 19:00 in New York is midnight UTC in winter, an hour before it in summer.
    schedule = Weekly(6, time(19), "America/New_York")
    assert reported_weeks(schedule, period, ZoneInfo("UTC")) == (period - WEEK, 1)


def test_the_usual_digest_reports_the_week_that_has_just_ended() -> None:
    schedule = Weekly(0, time(9), "Europe/London")
    assert reported_weeks(schedule, date(2026, 11, 23), ZoneInfo("UTC")) == (date(2026, 11, 16), 1)
