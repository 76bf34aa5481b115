"""Weekly counts, made from messages: what digests are read from, instead of from every message.

A week is counted as a whole, from its messages, whenever one of them has changed since. Its row in WeekState is held
alone meanwhile: see there.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Insert,
    and_,
    case,
    delete,
    distinct,
    func,
    insert,
    literal,
    or_,
    union_all,
    update,
)
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from bot.digests.schedule import last_closed_week, week_bounds
from bot.store.engine import Store
from bot.store.tables import Message, MessageFinding, WeekCount, WeekState, WeekTotal
from bot.store.tables.watching import AUTHOR_CAP, NOT_READ, PROSE

BATCH = 25
"""Channels whose week is counted in one transaction: few enough that no message waits long for its own."""
_BATCHES_A_TICK = 20
_Column = ColumnElement[str] | Mapped[str]


@dataclass(frozen=True, slots=True)
class _Week:
    """Some channels' same week."""

    tenant_id: str
    week_start: date
    zone: str
    channel_ids: Sequence[str]

    def of(self, table: type[WeekState] | type[WeekCount] | type[WeekTotal]) -> list[ColumnElement[bool]]:
        """Return the condition that a row is of one of them."""
        return [
            col(table.tenant_id) == self.tenant_id,
            col(table.channel_id).in_(self.channel_ids),
            col(table.week_start) == self.week_start,
        ]


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
        _Week(*week, zone, channel_ids[start : start + BATCH])
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
        fresh = _fresh(session, tenant_id, week_starts, zone)
    for week_start in week_starts:
        wanted = sorted(set(channel_ids) - fresh[week_start])
        for start in range(0, len(wanted), BATCH):
            _count(store, _Week(tenant_id, week_start, zone, wanted[start : start + BATCH]))


def _fresh(session: Session, tenant_id: str, week_starts: Sequence[date], zone: str) -> dict[date, set[str]]:
    rows = session.execute(
        sql_select(col(WeekState.week_start), col(WeekState.channel_id)).where(
            col(WeekState.tenant_id) == tenant_id, col(WeekState.week_start).in_(week_starts), ~_is_stale(zone)
        )
    )
    fresh: dict[date, set[str]] = defaultdict(set)
    for week_start, channel_id in rows:
        fresh[week_start].add(channel_id)
    return fresh


def _is_stale(zone: str) -> ColumnElement[bool]:
    return or_(col(WeekState.is_stale), col(WeekState.zone) != zone)


def _count(store: Store, week: _Week) -> None:
    with store.begin() as session:
        stale = _lock(store, session, week)
        if not stale:
            return
        week = replace(week, channel_ids=stale)
        for table in (WeekCount, WeekTotal):
            session.execute(delete(table).where(*week.of(table)))
        for statement in (_counts(week), _totals(week)):
            session.execute(statement)
        session.execute(update(WeekState).where(*week.of(WeekState)).values(is_stale=False, zone=week.zone))


def _lock(store: Store, session: Session, week: _Week) -> list[str]:
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


def _counts(week: _Week) -> Insert:
    columns = ["tenant_id", "channel_id", "week_start", "label", "kind", "author", "messages"]
    written = _per_author(week, case((col(Message.has_prose), PROSE), else_=NOT_READ), literal(""), func.count())
    counts = union_all(
        written.group_by(col(Message.has_prose)),
        _found(week, literal("")),
        _found(week, col(MessageFinding.subtype)).group_by(col(MessageFinding.subtype)),
    )
    return insert(WeekCount).from_select(columns, counts)


def _found(week: _Week, kind: _Column) -> Any:
    # Messages are counted, not findings: one message may hold several of a label, and then counts once.
    label, messages = col(MessageFinding.label), func.count(distinct(col(Message.ts)))
    is_of_message = and_(
        col(MessageFinding.tenant_id) == col(Message.tenant_id),
        col(MessageFinding.channel_id) == col(Message.channel_id),
        col(MessageFinding.ts) == col(Message.ts),
    )
    found = _per_author(week, label, kind, messages).join(MessageFinding, is_of_message)
    return found.where(col(Message.has_prose)).group_by(label)


def _per_author(week: _Week, label: _Column, kind: _Column, messages: ColumnElement[int]) -> Any:
    started, ended = week_bounds(week.week_start, ZoneInfo(week.zone))
    channel, author = col(Message.channel_id), col(Message.author)
    tenant, start = literal(week.tenant_id), literal(week.week_start)
    return (
        sql_select(tenant, channel, start, label, kind, author, messages)
        .select_from(Message)
        .where(
            col(Message.tenant_id) == week.tenant_id,
            channel.in_(week.channel_ids),
            col(Message.posted_at) >= started,
            col(Message.posted_at) < ended,
            col(Message.is_deleted).is_(False),
            author.is_not(None),
        )
        .group_by(channel, author)
    )


def _totals(week: _Week) -> Insert:
    # As bot.digests.movement counts a week whose authors are known one by one.
    prose = aliased(WeekCount)
    messages, label = col(WeekCount.messages), col(WeekCount.label)
    capped = case((messages < AUTHOR_CAP, messages), else_=AUTHOR_CAP)
    share_left_out = case((messages < AUTHOR_CAP, 0.0), else_=1 - literal(float(AUTHOR_CAP)) / (messages + 1))
    left_out = func.coalesce(func.sum(col(prose.messages) * share_left_out), 0.0)
    variance = func.sum(capped * capped * 1.0 / messages)
    totals = (
        sql_select(
            *(literal(week.tenant_id), literal(week.week_start), col(WeekCount.channel_id), label),
            *(func.sum(messages), func.sum(capped), left_out, variance, func.count()),
        )
        .outerjoin(prose, _is_prose_of(prose))
        .where(*week.of(WeekCount), col(WeekCount.kind) == "")
        .group_by(col(WeekCount.channel_id), label)
    )
    columns = ["messages", "capped", "left_out", "variance", "authors"]
    return insert(WeekTotal).from_select(["tenant_id", "week_start", "channel_id", "label", *columns], totals)


def _is_prose_of(prose: type[WeekCount]) -> ColumnElement[bool]:
    same = ("tenant_id", "channel_id", "week_start", "author", "kind")
    return and_(
        *(col(getattr(prose, name)) == col(getattr(WeekCount, name)) for name in same), col(prose.label) == PROSE
    )
