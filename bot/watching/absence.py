"""Noticing afterwards that nobody was listening: a beat kept in the database, and a gap where it missed."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.store.engine import Store
from bot.store.tables import Gap, Heartbeat
from bot.store.tenants import list_tenants

LONGEST_RETRY = timedelta(minutes=6)
"""Slack tries an event for about this long; a shorter absence loses nothing."""

_LISTENER = "listener"


def beat(store: Store, now: datetime) -> None:
    """Say that a process is listening now; a silence longer than Slack's retries is recorded as a gap everywhere."""
    with store.begin() as session:
        statement = select(Heartbeat).where(col(Heartbeat.name) == _LISTENER).with_for_update()
        last = session.exec(statement).one_or_none()
        if last is None:
            store.add_if_absent(session, Heartbeat, {"name": _LISTENER, "beat_at": now})
            return
        if now - last.beat_at > LONGEST_RETRY:
            for tenant_id in list_tenants(session):
                row = {"tenant_id": tenant_id, "channel_id": "", "started_at": last.beat_at, "ended_at": now}
                store.add_if_absent(session, Gap, row)
        last.beat_at = max(last.beat_at, now)
        session.add(last)
