"""Weekly counts from their tables, as the tallies that figures are made of; and what stands beside them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.digests.nudge_figures import NudgeTally
from bot.digests.spread import Cell
from bot.digests.summary import WeekTally
from bot.nudging.outcomes import Outcome, outcome_of
from bot.store.tables import Channel, EntryChannel, Gap, MissedLookup, Nudge, NudgeState, WeekCount, WeekTotal
from bot.store.tables.watching import NOT_READ, PROSE
from bot.valuestreams.catalogue import Kind
from nlp import LABELS

Counts = dict[str, int]

_NAMED = 50
"""Of more channels, all of the workspace's are read and some left out: quicker than to name so many."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some weeks, by their Mondays, of some channels of one tenant."""

    session: Session
    tenant_id: str
    channel_ids: Sequence[str]
    starts: Sequence[date]

    def of(self, table: type[WeekCount] | type[WeekTotal]) -> list[Any]:
        """Return the condition that a row of weekly counts is theirs."""
        return [
            col(table.tenant_id) == self.tenant_id,
            col(table.channel_id).in_(self.channel_ids),
            col(table.week_start).in_(self.starts),
        ]


def week_tallies(rows: Rows, was_heard: Sequence[bool]) -> list[WeekTally]:
    """Return one channel's weeks by author."""
    columns = (WeekCount.week_start, WeekCount.label, WeekCount.kind, WeekCount.author, WeekCount.messages)
    weeks: dict[date, dict[str, dict[str, Counts]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    for start, label, kind, author, messages in rows.session.execute(
        sql_select(*map(col, columns)).where(*rows.of(WeekCount))
    ):
        weeks[start][label][kind][author] = messages
    return [_week_tally(start, weeks[start], heard) for start, heard in zip(rows.starts, was_heard, strict=True)]


def _week_tally(start: date, counts: dict[str, dict[str, Counts]], was_heard: bool) -> WeekTally:
    found = {label: by_kind for label, by_kind in counts.items() if label not in {PROSE, NOT_READ}}
    return WeekTally(
        week_start=start,
        prose=counts.get(PROSE, {}).get("", {}),
        not_read=counts.get(NOT_READ, {}).get("", {}),
        labels={label: by_kind[""] for label, by_kind in found.items()},
        kinds={label: {kind: by for kind, by in by_kind.items() if kind} for label, by_kind in found.items()},
        was_heard=was_heard,
    )


def cells_of(rows: Rows, reported: int) -> dict[str, list[dict[str, Cell]]]:
    """Return each channel's weeks, oldest first, as totals by label; what was not read, of those reported alone."""
    total = WeekTotal.__table__.c  # type: ignore[attr-defined]
    columns = (total.channel_id, total.label, *(total[name] for name in Cell._fields))
    cells: dict[str, list[dict[str, Cell]]] = {one: [{} for _ in rows.starts] for one in rows.channel_ids}
    is_named = [total.channel_id.in_(rows.channel_ids)] if len(rows.channel_ids) <= _NAMED else []
    # Some ten thousand rows: so week by week, without a date to read from each, and past the mapper.
    connection = rows.session.connection()
    for at, start in enumerate(rows.starts):
        is_week = [total.tenant_id == rows.tenant_id, total.week_start == start, *is_named]
        if at < len(rows.starts) - reported:
            is_week.append(total.label != NOT_READ)
        for channel_id, label, *numbers in connection.execute(sql_select(*columns).where(*is_week)):
            if channel_id in cells:
                cells[channel_id][at][label] = Cell(*numbers)
    return cells


def kinds_of(rows: Rows, floor: int) -> dict[str, dict[str, tuple[int, int]]]:
    """Return by label and subtype how many messages there were, and by how many people, in channels that pass."""
    keys = (col(WeekCount.label), col(WeekCount.kind))
    counted = (
        sql_select(*keys, func.sum(col(WeekCount.messages)), func.count(col(WeekCount.author).distinct()))
        .where(*rows.of(WeekCount), col(WeekCount.label).in_(LABELS), col(WeekCount.kind) != "")
        .where(_passes(floor))
        .group_by(*keys)
    )
    kinds: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for label, kind, messages, authors in rows.session.execute(counted):
        kinds[label][kind] = (int(messages), authors)
    return kinds


def _passes(floor: int) -> Any:
    return exists().where(
        col(WeekTotal.tenant_id) == col(WeekCount.tenant_id),
        col(WeekTotal.week_start) == col(WeekCount.week_start),
        col(WeekTotal.channel_id) == col(WeekCount.channel_id),
        col(WeekTotal.label) == PROSE,
        col(WeekTotal.authors) >= floor,
    )


def nudge_tallies(rows: Rows, bounds: Sequence[tuple[datetime, datetime]]) -> dict[tuple[str, int], NudgeTally]:
    """Return by channel and week what became of the nudges sent in those weeks, which follow one another."""
    week = case(*[(col(Nudge.created_at) < ended, index) for index, (_, ended) in enumerate(bounds)])
    keys = (col(Nudge.channel_id), week.label("week"), col(Nudge.author), col(Nudge.answer), col(Nudge.became))
    sent = sql_select(*keys).where(
        col(Nudge.tenant_id) == rows.tenant_id,
        col(Nudge.channel_id).in_(rows.channel_ids),
        col(Nudge.created_at) >= bounds[0][0],
        col(Nudge.created_at) < bounds[-1][1],
        col(Nudge.state) == NudgeState.SENT,
    )
    outcomes: dict[tuple[str, int], dict[Outcome, Counts]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for channel_id, at, author, answer, became in rows.session.execute(sent):
        outcomes[channel_id, at][outcome_of(answer, became)][author] += 1
    return {key: NudgeTally(counts) for key, counts in outcomes.items()}


def gaps_between(
    session: Session, tenant_id: str, started: datetime, ended: datetime
) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return by channel ("" is everywhere) when Fairview did not listen, cut to that stretch."""
    gaps: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for gap in session.exec(
        select(Gap).where(
            col(Gap.tenant_id) == tenant_id,
            col(Gap.started_at) < ended,
            or_(col(Gap.ended_at).is_(None), col(Gap.ended_at) > started),
        )
    ):
        gaps[gap.channel_id].append((max(gap.started_at, started), min(gap.ended_at or ended, ended)))
    return gaps


def count_missed_lookups(session: Session, tenant_id: str) -> int:
    """Return how many words at least two members looked for in vain."""
    asked = select(func.count()).select_from(MissedLookup)
    return int(
        session.exec(asked.where(col(MissedLookup.tenant_id) == tenant_id, col(MissedLookup.words).is_not(None))).one()
    )


def count_without_stream(session: Session, tenant_id: str, channel_ids: Sequence[str]) -> int:
    """Return how many of those channels no value stream is linked to."""
    linked = select(EntryChannel.channel_id).where(
        col(EntryChannel.tenant_id) == tenant_id, col(EntryChannel.kind) == Kind.STREAM
    )
    return len(set(channel_ids) - set(session.exec(linked)))


def watched_channels(session: Session, tenant_id: str, channel_ids: Sequence[str] | None) -> list[Channel]:
    """Return the watched channels among those, or, where none are named, every watched one that is not private."""
    watched = select(Channel).where(col(Channel.tenant_id) == tenant_id, col(Channel.is_watched))
    # One that Slack has not described yet may be private.
    is_public = and_(col(Channel.is_private).is_(False), col(Channel.name) != "")
    which = is_public if channel_ids is None else col(Channel.channel_id).in_(channel_ids)
    return list(session.exec(watched.where(which).order_by(col(Channel.channel_id))))
