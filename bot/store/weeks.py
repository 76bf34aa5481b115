"""Which weeks' counts no longer hold: marked by whoever changes what is counted, in the same transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.store.engine import Store
from bot.store.tables import WeekState

_WESTMOST, _EASTMOST = timedelta(hours=-12), timedelta(hours=14)


def weeks_around(posted_at: datetime) -> list[date]:
    """Return the Mondays of the calendar weeks that an instant lies in, somewhere on earth: one, or two."""
    days = {(posted_at + offset).date() for offset in (_WESTMOST, _EASTMOST)}
    return sorted({day - timedelta(days=day.weekday()) for day in days})


def mark_stale(store: Store, session: Session, tenant_id: str, channel_id: str, posted_at: datetime) -> None:
    """Mark the week of a message that this transaction counts, changes or takes away, whatever zone weeks are in.

    On PostgreSQL the marks stay locked, shared with other messages, until this transaction ends: a recount waits for
    it, and then sees what it wrote. Call it after the message's own row is locked, so that nobody waits in a circle.
    """
    for week_start in weeks_around(posted_at):
        _mark(store, session, tenant_id, channel_id, week_start)


def _mark(store: Store, session: Session, tenant_id: str, channel_id: str, week_start: date) -> None:
    is_week = (
        col(WeekState.tenant_id) == tenant_id,
        col(WeekState.channel_id) == channel_id,
        col(WeekState.week_start) == week_start,
    )
    row = {"tenant_id": tenant_id, "channel_id": channel_id, "week_start": week_start, "zone": "", "is_stale": True}
    marked = select(WeekState.is_stale).where(*is_week, col(WeekState.is_stale)).with_for_update(read=True)
    freshly = update(WeekState).where(*is_week, col(WeekState.is_stale).is_(False)).values(is_stale=True)
    # Shared where it is marked already, as it nearly always is; alone where this is the first message since a recount.
    # A lock is never widened: of two messages that share it and both want more, each would wait for the other.
    while session.exec(marked).first() is None:
        if session.connection().execute(freshly).rowcount or store.add_if_absent(session, WeekState, row):
            return
