"""When a digest is due and which week it is about: dates and wall time in, instants out.

Each instant is computed from a *local date* and wall time through zoneinfo. Counting on from the last instant, or
asking for the next matching wall time, skips or doubles a week where a clock change removes or repeats that time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on ``weekday`` (Monday is 0) at ``local_time`` by the clocks of ``zone`` (an IANA name)."""

    weekday: int
    local_time: time
    zone: str

    def due_at(self, period_start: date) -> datetime:
        """Return the instant, in UTC, at which the digest of the week that begins on that Monday is due."""
        return instant_at(period_start + timedelta(days=self.weekday), self.local_time, ZoneInfo(self.zone))

    def due_between(self, since: datetime, until: datetime, after: date | None = None) -> Iterator[date]:
        """Yield the Monday of each week whose digest is due from ``since`` to ``until``, both included, in order.

        ``after`` leaves out that Monday and everything before it.
        """
        week = monday_of(since.astimezone(ZoneInfo(self.zone)).date())
        if after is not None:
            week = max(week, after + WEEK)
        while (due := self.due_at(week)) <= until:
            if due >= since:
                yield week
            week += WEEK

    def next_due(self, now: datetime, after: date | None = None) -> datetime:
        """Return the first due instant later than ``now``, of a week later than ``after`` where that is given."""
        week = monday_of(now.astimezone(ZoneInfo(self.zone)).date())
        if after is not None:
            week = max(week, after + WEEK)
        while (due := self.due_at(week)) <= now:
            week += WEEK
        return due


def instant_at(day: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clocks of ``zone`` show that time on that day.

    A time the clocks skip is taken as if they had not been put forward yet (02:30 becomes 03:30); of a time they
    show twice, the first is meant. A day a zone left out altogether gives the same time a day later.
    """
    return datetime.combine(day, wall_time, zone).astimezone(UTC)


def monday_of(day: date) -> date:
    """Return the Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def week_bounds(week_start: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant, in UTC, of the calendar week that begins on that Monday, and the first after it."""
    return instant_at(week_start, time(), zone), instant_at(week_start + WEEK, time(), zone)


def last_closed_week(now: datetime, zone: ZoneInfo) -> date:
    """Return the Monday of the newest calendar week of ``zone`` that is over at ``now``."""
    return monday_of(now.astimezone(zone).date()) - WEEK


def reported_week(schedule: Weekly, period_start: date, reporting_zone: ZoneInfo) -> date:
    """Return the Monday of the week a digest is about: the newest that is over whenever this schedule fires.

    Weeks close by the reporting zone and digests go out by the subscription's. Where the two lie within the hour or
    two that clock changes move, "the last closed week" would now and then come twice and be left out half a year
    later. So the distance is chosen once for a whole year: every week is reported once.
    """
    for weeks_back in range(3):
        if all(
            week_bounds(week - weeks_back * WEEK, reporting_zone)[1] <= schedule.due_at(week)
            for week in _mondays_of(period_start.year)
        ):
            return period_start - weeks_back * WEEK
    raise AssertionError("no two zones are more than two days apart")


def _mondays_of(year: int) -> Iterator[date]:
    week = monday_of(date(year, 1, 4))
    while week.year <= year:
        yield week
        week += WEEK
