"""Counts are kept for a time, then deleted."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import Session, col

from bot.store.engine import Store
from bot.store.tables import DigestRun, DigestRunState, Gap, Greeting, Message, Nudge, WeekCount, WeekState, WeekTotal


def purge(store: Store, retention: timedelta, now: datetime, zone: ZoneInfo) -> None:
    """Delete what is older than ``retention``: messages with their findings, nudges, digests, gaps, greetings.

    Messages go by whole weeks of the reporting ``zone``, as soon as the first of a week must: of a week that was cut
    in two, the counts would tell something else each day.
    """
    oldest = now - retention
    with store.begin() as session:
        _purge_weeks(session, oldest, zone)
        session.execute(delete(Nudge).where(col(Nudge.created_at) < oldest))
        session.execute(delete(Gap).where(col(Gap.ended_at) < oldest))
        session.execute(delete(Greeting).where(col(Greeting.greeted_at) < oldest))
        done = (DigestRunState.DELIVERED, DigestRunState.SKIPPED)
        session.execute(delete(DigestRun).where(col(DigestRun.due_at) < oldest, col(DigestRun.state).in_(done)))


def _purge_weeks(session: Session, oldest: datetime, zone: ZoneInfo) -> None:
    day = oldest.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    if datetime.combine(monday, time(), zone) < oldest:
        monday += timedelta(weeks=1)
    session.execute(delete(Message).where(col(Message.posted_at) < datetime.combine(monday, time(), zone)))
    for table in (WeekState, WeekCount, WeekTotal):  # as a recount locks them
        session.execute(delete(table).where(col(table.week_start) < monday))
