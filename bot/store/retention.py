"""Counts are kept for a time, then deleted."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col

from bot.store.engine import Store
from bot.store.tables import DigestRun, DigestRunState, Gap, Greeting, Message, Nudge


def purge(store: Store, retention: timedelta, now: datetime) -> None:
    """Delete what is older than ``retention``: messages with their findings, nudges, digests, gaps, greetings."""
    oldest = now - retention
    with store.begin() as session:
        session.execute(delete(Message).where(col(Message.posted_at) < oldest))
        session.execute(delete(Nudge).where(col(Nudge.created_at) < oldest))
        session.execute(delete(Gap).where(col(Gap.ended_at) < oldest))
        session.execute(delete(Greeting).where(col(Greeting.greeted_at) < oldest))
        done = (DigestRunState.DELIVERED, DigestRunState.SKIPPED)
        session.execute(delete(DigestRun).where(col(DigestRun.due_at) < oldest, col(DigestRun.state).in_(done)))
