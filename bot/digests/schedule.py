"""When a digest is due and which weeks it is about: dates and wall time in, instants out.

Each instant is computed from a *local date* and wall time through zoneinfo. Counting on from the last instant, or
asking for the next matching wall time, skips or doubles a week where a clock change removes or repeats that time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

Cadence = Literal["weekly", "fortnightly", "monthly"]

WEEK = timedelta(weeks=1)

_FIRST_DAYS = 7
"""Among as many days of a month, each weekday comes once."""
_YEARS = (2020, 2045)
"""Over which two zones are compared: rules of before are history, rules of after are unknown."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on ``weekday`` (Monday is 0) at ``local_time`` by the clocks of ``zone`` (an IANA name).

    A period is known by the Monday, in ``zone``, of the week its digest is delivered in.
    """

    cadence: ClassVar[Cadence] = "weekly"

    weekday: int
    local_time: time
    zone: str

    def due_at(self, period_start: date) -> datetime:
        """Return the instant, in UTC, at which the digest delivered in the week of that Monday is due."""
        return instant_at(period_start + timedelta(days=self.weekday), self.local_time, ZoneInfo(self.zone))

    def due_between(self, since: datetime, until: datetime, after: date | None = None) -> Iterator[date]:
        """Yield the Monday of each period whose digest is due from ``since`` to ``until``, both included, in order.

        ``after``, the newest period there was, leaves out itself and everything before it.
        """
        period = self._first_from(since, after)
        while self.due_at(period) <= until:
            yield period
            period = self.following(period)

    def next_due(self, now: datetime, after: date | None = None) -> datetime:
        """Return the first due instant later than ``now``, of a period later than ``after`` where that is given."""
        period = self._first_from(now, after)
        due = self.due_at(period)
        return due if due > now else self.due_at(self.following(period))

    def following(self, period_start: date) -> date:
        """Return the Monday of the period after that one."""
        return period_start + WEEK

    def preceding(self, period_start: date) -> date:
        """Return the Monday of the period before that one."""
        return period_start - WEEK

    def falls_in(self, week: date) -> bool:  # noqa: ARG002 (other cadences look at it)
        """Say whether a first digest may be due in the week of that Monday."""
        return True

    def _first_from(self, since: datetime, after: date | None) -> date:
        if after is None:
            period = monday_of(since.astimezone(ZoneInfo(self.zone)).date())
            while not self.falls_in(period) or self.due_at(period) < since:
                period += WEEK
            return period
        period = self.following(after)
        while self.due_at(period) < since:
            period = self.following(period)
        return period


@dataclass(frozen=True, slots=True)
class Fortnightly(Weekly):
    """Every other week: two weeks after the digest before, the first as soon as the weekday comes."""

    cadence: ClassVar[Cadence] = "fortnightly"

    def following(self, period_start: date) -> date:
        """Return the Monday two weeks later."""
        return period_start + 2 * WEEK

    def preceding(self, period_start: date) -> date:
        """Return the Monday two weeks earlier."""
        return period_start - 2 * WEEK


@dataclass(frozen=True, slots=True)
class Monthly(Weekly):
    """On the first such weekday of each month."""

    cadence: ClassVar[Cadence] = "monthly"

    def following(self, period_start: date) -> date:
        """Return the Monday of the next week that holds the first such weekday of a month."""
        return self._nearest(period_start, WEEK)

    def preceding(self, period_start: date) -> date:
        """Return the Monday of the last week before that held the first such weekday of a month."""
        return self._nearest(period_start, -WEEK)

    def falls_in(self, week: date) -> bool:
        """Say whether the week of that Monday holds the first such weekday of a month."""
        return (week + timedelta(days=self.weekday)).day <= _FIRST_DAYS

    def _nearest(self, week: date, step: timedelta) -> date:
        week += step
        while not self.falls_in(week):
            week += step
        return week


Schedule = Weekly
"""Of any cadence."""
CADENCES: dict[str, type[Schedule]] = {one.cadence: one for one in (Weekly, Fortnightly, Monthly)}


def schedule_for(cadence: str, weekday: int, local_time: time, zone: str) -> Schedule:
    """Return the schedule of that cadence; raises KeyError for one that is not in CADENCES."""
    return CADENCES[cadence](weekday, local_time, zone)


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


def reported_weeks(schedule: Schedule, period_start: date, reporting_zone: ZoneInfo) -> tuple[date, int]:
    """Return the Monday of the first week a digest is about, and how many weeks: those closed since the one before.

    Weeks close by the reporting zone and digests go out by the subscription's. Where the two lie within the hour or
    two that clock changes move, "the last closed week" would now and then come twice and be left out half a year
    later. So the distance is chosen once for all: every week is reported once.
    """
    count = (period_start - schedule.preceding(period_start)) // WEEK
    last = period_start - _weeks_back(schedule.weekday, schedule.local_time, schedule.zone, reporting_zone) * WEEK
    return last - (count - 1) * WEEK, count


@lru_cache(maxsize=1024)
def _weeks_back(weekday: int, local_time: time, zone: str, reporting_zone: ZoneInfo) -> int:
    schedule = Weekly(weekday, local_time, zone)
    weeks = list(_mondays())
    for weeks_back in range(3):
        if all(week_bounds(week - weeks_back * WEEK, reporting_zone)[1] <= schedule.due_at(week) for week in weeks):
            return weeks_back
    raise AssertionError("no two zones are more than two days apart")


def _mondays() -> Iterator[date]:
    week = monday_of(date(_YEARS[0], 1, 4))
    while week.year <= _YEARS[1]:
        yield week
        week += WEEK
