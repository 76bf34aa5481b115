"""A channel's figures, from the tables, in one reading transaction."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Subquery, and_, case, func, literal_column, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.digests.figures import Figures, Silence
from bot.digests.schedule import WEEK, week_bounds
from bot.digests.summary import WEEKS, NudgeTally, Surroundings, WeekTally, summarise
from bot.nudging.outcomes import Outcome, outcome_of
from bot.store.tables import Channel, Gap, Message, MessageFinding, Nudge, NudgeState

_TAKEN = {Outcome.USED, Outcome.REWORDED, Outcome.HELPFUL}
Bounds = Sequence[tuple[datetime, datetime]]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which week of which channel, by whose weeks, and how many people it takes to show figures.

    ``zone`` is the reporting zone; ``is_first`` and ``missed`` tell what came before it in its subscription.
    """

    tenant_id: str
    channel_id: str
    week_start: date
    zone: str
    floor: int
    is_first: bool = False
    missed: tuple[date, ...] = ()


def find_figures(session: Session, asked: Asked) -> Figures:
    """Return what may be shown of one calendar week of a channel, against the weeks before it."""
    zone = ZoneInfo(asked.zone)
    starts = [asked.week_start - back * WEEK for back in reversed(range(WEEKS))]
    bounds = [week_bounds(start, zone) for start in starts]
    channel = session.get(Channel, (asked.tenant_id, asked.channel_id))
    started, ended = bounds[-1]
    heard_from = channel.watched_since if channel else ended
    silences = _silences(session, asked, started, ended)
    was_heard = heard_from < ended and not _covers(silences, max(started, heard_from), ended)
    around = Surroundings(
        channel_id=asked.channel_id,
        zone=asked.zone,
        floor=asked.floor,
        silences=silences,
        heard_since=heard_from if channel and heard_from > started else None,
        is_first=asked.is_first,
        missed=asked.missed,
    )
    weeks = _week_tallies(session, asked, starts, bounds, was_heard=was_heard)
    return summarise(weeks, _nudge_tally(session, asked, started, ended), around)


def _week_tallies(
    session: Session, asked: Asked, starts: Sequence[date], bounds: Bounds, *, was_heard: bool
) -> list[WeekTally]:
    prose: dict[int, Counts] = defaultdict(dict)
    not_read: dict[int, Counts] = defaultdict(dict)
    for week, author, has_prose, count in _messages(session, asked, bounds):
        (prose if has_prose else not_read)[week][author] = count
    labels = _nested(_findings(session, asked, bounds, with_kinds=False))
    kinds = _nested(_findings(session, asked, bounds, with_kinds=True))
    last = len(starts) - 1
    return [
        WeekTally(
            week_start=start,
            prose=prose[index],
            not_read=not_read[index],
            labels={label: by_kind[""] for label, by_kind in labels[index].items()},
            kinds=kinds[index],
            was_heard=was_heard or index != last,
        )
        for index, start in enumerate(starts)
    ]


def _messages(session: Session, asked: Asked, bounds: Bounds) -> Sequence[Any]:
    message = _counted(asked, bounds)
    keys = (message.c.week, message.c.author, message.c.has_prose)
    return session.execute(sql_select(*keys, func.count()).group_by(*keys)).all()


def _findings(session: Session, asked: Asked, bounds: Bounds, *, with_kinds: bool) -> Sequence[Any]:
    # Messages are counted, not findings: one message may hold several of a label, and then counts once.
    message = _counted(asked, bounds)
    kind = func.coalesce(col(MessageFinding.subtype), "") if with_kinds else literal_column("''")
    found = (
        sql_select(
            message.c.week, col(MessageFinding.label), kind.label("kind"), message.c.author, col(MessageFinding.ts)
        )
        .join(
            MessageFinding,
            and_(
                col(MessageFinding.tenant_id) == asked.tenant_id,
                col(MessageFinding.channel_id) == asked.channel_id,
                col(MessageFinding.ts) == message.c.ts,
            ),
        )
        .where(message.c.has_prose)
        .distinct()
        .subquery()
    )
    keys = (found.c.week, found.c.label, found.c.kind, found.c.author)
    return session.execute(sql_select(*keys, func.count()).group_by(*keys)).all()


def _counted(asked: Asked, bounds: Bounds) -> Subquery:
    # Weeks of a zone are not all 168 hours long, so their ends are told to the database one by one.
    ends = [(col(Message.posted_at) < ended, index) for index, (_, ended) in enumerate(bounds)]
    columns = (case(*ends).label("week"), col(Message.ts), col(Message.author), col(Message.has_prose))
    return (
        sql_select(*columns)
        .where(
            col(Message.tenant_id) == asked.tenant_id,
            col(Message.channel_id) == asked.channel_id,
            col(Message.posted_at) >= bounds[0][0],
            col(Message.posted_at) < bounds[-1][1],
            col(Message.is_deleted).is_(False),
            col(Message.author).is_not(None),
        )
        .subquery()
    )


def _nested(rows: Sequence[Any]) -> dict[int, dict[str, dict[str, Counts]]]:
    nested: dict[int, dict[str, dict[str, Counts]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    for week, label, kind, author, count in rows:
        nested[week][label][kind][author] = count
    return nested


def _nudge_tally(session: Session, asked: Asked, started: datetime, ended: datetime) -> NudgeTally:
    rows = session.execute(
        sql_select(col(Nudge.author), col(Nudge.answer), col(Nudge.became), func.count())
        .where(
            col(Nudge.tenant_id) == asked.tenant_id,
            col(Nudge.channel_id) == asked.channel_id,
            col(Nudge.created_at) >= started,
            col(Nudge.created_at) < ended,
            col(Nudge.state) == NudgeState.SENT,
        )
        .group_by(col(Nudge.author), col(Nudge.answer), col(Nudge.became))
    ).all()
    sent: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for author, answer, became, count in rows:
        outcome = outcome_of(answer, became)
        sent[author] += count
        taken[author] += count * (outcome in _TAKEN)
        wrong[author] += count * (outcome is Outcome.CALLED_WRONG)
    return NudgeTally(sent, +taken, +wrong)


def _silences(session: Session, asked: Asked, started: datetime, ended: datetime) -> tuple[Silence, ...]:
    gaps = session.exec(
        select(Gap).where(
            col(Gap.tenant_id) == asked.tenant_id,
            col(Gap.channel_id).in_([asked.channel_id, ""]),
            col(Gap.started_at) < ended,
            or_(col(Gap.ended_at).is_(None), col(Gap.ended_at) > started),
        )
    )
    clipped = sorted((max(gap.started_at, started), min(gap.ended_at or ended, ended)) for gap in gaps)
    merged: list[tuple[datetime, datetime]] = []
    for start, end in clipped:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(Silence(start, end) for start, end in merged)


def _covers(silences: Sequence[Silence], started: datetime, ended: datetime) -> bool:
    return any(one.started_at <= started and one.ended_at >= ended for one in silences)
