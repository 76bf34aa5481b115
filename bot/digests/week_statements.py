"""The SQL that counts weeks: from messages and findings by author, and from those by channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Insert, Subquery, and_, case, distinct, func, insert, literal, union_all
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from bot.digests.schedule import week_bounds
from bot.store.tables import Message, MessageFinding, WeekCount, WeekState, WeekTotal
from bot.store.tables.watching import AUTHOR_CAP, NOT_READ, PROSE

_Column = ColumnElement[str] | Mapped[str]


@dataclass(frozen=True, slots=True)
class Week:
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

    def holds(self, table: type[Message] | type[MessageFinding]) -> list[ColumnElement[bool]]:
        """Return the condition that a message, by its ``ts``, was posted in one of them."""
        # Slack's timestamps all have as many digits, so as text they sort by time; and their order is that of the key.
        started, ended = week_bounds(self.week_start, ZoneInfo(self.zone))
        return [
            col(table.tenant_id) == self.tenant_id,
            col(table.channel_id).in_(self.channel_ids),
            col(table.ts) >= f"{started.timestamp():.6f}",
            col(table.ts) < f"{ended.timestamp():.6f}",
        ]


def insert_counts(week: Week) -> Insert:
    """Return the statement that counts a week's messages by author."""
    columns = ["tenant_id", "channel_id", "week_start", "label", "kind", "author", "messages"]
    subtype = col(MessageFinding.subtype)
    counts = union_all(_written(week), _found(week, literal("")), _found(week, subtype).group_by(subtype))
    return insert(WeekCount).from_select(columns, counts)


def insert_totals(week: Week) -> Insert:
    """Return the statement that adds a week's counts up, as ``movement.counted`` does where authors are known."""
    counts = _with_prose(week)
    messages, keys = counts.c.messages, (counts.c.channel_id, counts.c.label)
    is_capped = messages >= AUTHOR_CAP
    capped = case((is_capped, AUTHOR_CAP), else_=messages)
    left_out = case((is_capped, counts.c.prose * (1 - literal(float(AUTHOR_CAP)) / (messages + 1))), else_=0.0)
    totals = sql_select(
        *(literal(week.tenant_id), literal(week.week_start), *keys),
        *(func.sum(messages), func.sum(capped), func.sum(left_out), func.sum(capped * capped * 1.0 / messages)),
        func.count(),
    ).group_by(*keys)
    columns = ["messages", "capped", "left_out", "variance", "authors"]
    return insert(WeekTotal).from_select(["tenant_id", "week_start", "channel_id", "label", *columns], totals)


def _written(week: Week) -> Any:
    has_prose = col(Message.has_prose)
    label = case((has_prose, PROSE), else_=NOT_READ)
    return _per_author(week, label, literal(""), func.count()).where(*week.holds(Message)).group_by(has_prose)


def _found(week: Week, kind: _Column) -> Any:
    # Messages are counted, not findings: one message may hold several of a label, and then counts once. The findings
    # of the week come first: most messages hold none, and need not be looked at.
    label, messages = col(MessageFinding.label), func.count(distinct(col(Message.ts)))
    is_of_message = and_(
        col(Message.tenant_id) == col(MessageFinding.tenant_id),
        col(Message.channel_id) == col(MessageFinding.channel_id),
        col(Message.ts) == col(MessageFinding.ts),
    )
    found = _per_author(week, label, kind, messages).join(MessageFinding, is_of_message)
    return found.where(*week.holds(MessageFinding), col(Message.has_prose)).group_by(label)


def _per_author(week: Week, label: _Column, kind: _Column, messages: ColumnElement[int]) -> Any:
    tenant, start = literal(week.tenant_id), literal(week.week_start)
    channel, author = col(Message.channel_id), col(Message.author)
    return (
        sql_select(tenant, channel, start, label, kind, author, messages)
        .select_from(Message)
        .where(col(Message.is_deleted).is_(False), author.is_not(None))
        .group_by(channel, author)
    )


def _with_prose(week: Week) -> Subquery:
    """Select what each author wrote of each thing, and beside it how much prose in all."""
    channel, label, messages = col(WeekCount.channel_id), col(WeekCount.label), col(WeekCount.messages)
    prose = func.max(case((label == PROSE, messages), else_=0))
    of_author = prose.over(partition_by=(channel, col(WeekCount.author))).label("prose")
    return (
        sql_select(channel, label, messages, of_author).where(*week.of(WeekCount), col(WeekCount.kind) == "").subquery()
    )
