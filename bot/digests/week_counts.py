"""Weekly counts, made from messages: what digests are read from, instead of from every message.

A week is counted as a whole, from its messages, whenever one of them has changed since. Its row in WeekState is held
alone meanwhile: see there.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, or_, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.digests.schedule import last_closed_week
from bot.digests.week_statements import Week, insert_counts, insert_totals
from bot.store.engine import Store
from bot.store.tables import WeekCount, WeekState, WeekTotal

BATCH = 25
"""Channels whose week is counted in one transaction: few enough that no message waits long for its own."""
_BATCHES_A_TICK = 20


def count_stale_weeks(store: Store, zone: str, now: datetime, most: int = _BATCHES_A_TICK) -> int:
    """Count closed weeks whose messages have changed, at most so many batches of channels; return how many weeks.

    Safe to run at any time, in any number of processes: two that meet count the same.
    """
    last = last_closed_week(now, ZoneInfo(zone))
    with store.read() as session:
        rows = session.execute(
            sql_select(col(WeekState.tenant_id), col(WeekState.week_start), col(WeekState.channel_id))
            .where(_is_stale(zone), col(WeekState.week_start) <= last)
            .order_by(col(WeekState.week_start).desc(), col(WeekState.tenant_id), col(WeekState.channel_id))
            .limit(most * BATCH)
        ).all()
    weeks: dict[tuple[str, date], list[str]] = defaultdict(list)
    for tenant_id, week_start, channel_id in rows:
        weeks[tenant_id, week_start].append(channel_id)
    batches = [
        Week(*week, zone, channel_ids[start : start + BATCH])
        for week, channel_ids in weeks.items()
        for start in range(0, len(channel_ids), BATCH)
    ][:most]
    for batch in batches:
        _count(store, batch)
    return sum(len(batch.channel_ids) for batch in batches)


def ensure_counted(
    store: Store, tenant_id: str, channel_ids: Sequence[str], week_starts: Sequence[date], zone: str
) -> None:
    """Count those weeks of those channels whose counts do not hold, before they are read."""
    with store.read() as session:
        fresh = _fresh(session, tenant_id, channel_ids, week_starts, zone)
    for week_start in week_starts:
        wanted = sorted(set(channel_ids) - fresh[week_start])
        for start in range(0, len(wanted), BATCH):
            _count(store, Week(tenant_id, week_start, zone, wanted[start : start + BATCH]))


def _fresh(
    session: Session, tenant_id: str, channel_ids: Sequence[str], week_starts: Sequence[date], zone: str
) -> dict[date, set[str]]:
    week, channel = col(WeekState.week_start), col(WeekState.channel_id)
    held = sql_select(week, channel).where(col(WeekState.tenant_id) == tenant_id, week.in_(week_starts))
    if len(channel_ids) <= BATCH:
        held = held.where(channel.in_(channel_ids))
    rows = session.connection().execute(held.where(~_is_stale(zone)))
    fresh: dict[date, set[str]] = defaultdict(set)
    for week_start, channel_id in rows:
        fresh[week_start].add(channel_id)
    return fresh


def _is_stale(zone: str) -> ColumnElement[bool]:
    return or_(col(WeekState.is_stale), col(WeekState.zone) != zone)


def _count(store: Store, week: Week) -> None:
    with store.begin() as session:
        stale = _lock(store, session, week)
        if not stale:
            return
        week = replace(week, channel_ids=stale)
        for table in (WeekCount, WeekTotal):
            session.execute(delete(table).where(*week.of(table)))
        for statement in (insert_counts(week), insert_totals(week)):
            session.execute(statement)
        session.execute(update(WeekState).where(*week.of(WeekState)).values(is_stale=False, zone=week.zone))


def _lock(store: Store, session: Session, week: Week) -> list[str]:
    """Hold the rows of the weeks, made where there are none, and return the channels whose counts do not hold."""
    key = {"tenant_id": week.tenant_id, "week_start": week.week_start}
    rows = [{**key, "channel_id": one, "zone": "", "is_stale": True} for one in sorted(week.channel_ids)]
    session.execute(store.insert(WeekState).values(rows).on_conflict_do_nothing())
    held = (
        select(WeekState.channel_id, WeekState.is_stale, WeekState.zone)
        .where(*week.of(WeekState))
        .order_by(col(WeekState.channel_id))
        .with_for_update()
    )
    return [channel_id for channel_id, is_stale, zone in session.exec(held) if is_stale or zone != week.zone]
