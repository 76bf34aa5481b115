"""The figures of a channel, a group or the workspace: weekly counts brought up to date, then read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.digests import week_rows
from bot.digests.figures import Figures, Missing, Silence, Standing
from bot.digests.nudge_figures import NudgeTally
from bot.digests.schedule import WEEK, week_bounds
from bot.digests.scope import Scope
from bot.digests.spread import ChannelTally, Spread, summarise_channels
from bot.digests.summary import WEEKS, Surroundings, summarise
from bot.digests.week_counts import ensure_counted
from bot.digests.week_rows import Rows
from bot.nudging.muting import list_muted
from bot.store.engine import Store
from bot.store.tables import Channel

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which weeks of which channels, by whose weeks, and how many people it takes to show figures.

    ``week_start`` is the first of so many ``weeks`` (1 to 5), all closed; ``zone`` is the reporting zone; ``is_first``
    and ``missed`` tell what came before in the subscription; ``rule_versions`` are those of the rules there are now.
    A workspace's figures leave private channels out; whether a group's may be told is for the caller to see to.
    """

    tenant_id: str
    scope: Scope
    week_start: date
    zone: str
    floor: int
    weeks: int = 1
    is_first: bool = False
    missed: tuple[date, ...] = ()
    rule_versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def find_figures(store: Store, asked: Asked) -> Figures:
    """Return what may be shown of some closed weeks of a scope, against the weeks before them."""
    last = asked.week_start + (asked.weeks - 1) * WEEK
    starts = [last - back * WEEK for back in reversed(range(WEEKS))]
    with store.read() as session:
        channels = _channels(session, asked)
    channel_ids = [one.channel_id for one in channels]
    ensure_counted(store, asked.tenant_id, channel_ids, starts, asked.zone)
    with store.read() as session:
        reading = _Reading(session, asked, channels, starts)
        return reading.one_channel() if asked.scope.kind == "channel" else reading.several_channels()


def _channels(session: Session, asked: Asked) -> list[Channel]:
    if asked.scope.kind == "channel":
        channel = session.get(Channel, (asked.tenant_id, asked.scope.channel_ids[0]))
        return [channel] if channel else []
    named = None if asked.scope.kind == "workspace" else asked.scope.channel_ids
    return week_rows.watched_channels(session, asked.tenant_id, named)


class _Reading:
    """Figures being read in one transaction."""

    def __init__(self, session: Session, asked: Asked, channels: Sequence[Channel], starts: Sequence[date]) -> None:
        self.session, self.asked, self.channels, self.starts = session, asked, channels, starts
        zone = ZoneInfo(asked.zone)
        self.bounds = [week_bounds(start, zone) for start in starts]
        self.told = (self.bounds[-asked.weeks][0], self.bounds[-1][1])
        self.gaps = week_rows.gaps_between(session, asked.tenant_id, self.bounds[0][0], self.told[1])
        self.rows = Rows(session, asked.tenant_id, [one.channel_id for one in channels], starts)

    def one_channel(self) -> Figures:
        """Return a channel's figures."""
        asked, told = self.asked, self.asked.weeks
        channel_id = asked.scope.channel_ids[0]
        channel = next(iter(self.channels), None)
        was_heard = self._was_heard(channel)
        weeks = week_rows.week_tallies(self.rows, was_heard)
        shown = {at for at in range(WEEKS - told, WEEKS) if was_heard[at] and len(weeks[at].prose) >= asked.floor}
        nudges = list(self._nudges({channel_id: shown}).values())
        since = channel.watched_since if channel else None
        heard_since = since if since is not None and since > self.told[0] else None
        around = self._around(channel_id, _within(self._gaps_of(channel_id), self.told), heard_since)
        return summarise(weeks, nudges, around, told)

    def several_channels(self) -> Figures:
        """Return the figures of a group or of the workspace."""
        asked = self.asked
        cells = week_rows.cells_of(self.rows, asked.weeks)
        tallies = [ChannelTally(one.channel_id, cells[one.channel_id], self._was_heard(one)) for one in self.channels]
        reported = range(WEEKS - asked.weeks, WEEKS)
        shown = {
            one.channel_id: {at for at in reported if one.standing(at, asked.floor) is Standing.SHOWN}
            for one in tallies
        }
        rows = Rows(self.session, asked.tenant_id, self.rows.channel_ids, self.starts[-asked.weeks :])
        spread = Spread(
            starts=self.starts,
            channels=tallies,
            kinds=week_rows.kinds_of(rows, asked.floor),
            nudges=list(self._nudges(shown).values()),
        )
        around = self._around("", _within(self._gaps_of(), self.told), None)
        return summarise_channels(spread, around, asked.scope, asked.weeks)

    def _around(self, channel_id: str, silences: tuple[Silence, ...], heard_since: datetime | None) -> Surroundings:
        asked, session = self.asked, self.session
        muted = list_muted(session, asked.tenant_id, asked.rule_versions) if asked.rule_versions else []
        return Surroundings(
            channel_id=channel_id,
            zone=asked.zone,
            floor=asked.floor,
            silences=silences,
            heard_since=heard_since,
            is_first=asked.is_first,
            missed=asked.missed,
            muted_rules=tuple(one.rule_id for one in muted),
            missing=Missing(
                week_rows.count_without_stream(session, asked.tenant_id, self.rows.channel_ids),
                week_rows.count_missed_lookups(session, asked.tenant_id),
            ),
        )

    def _nudges(self, shown: Mapping[str, set[int]]) -> dict[tuple[str, int], NudgeTally]:
        told = self.asked.weeks
        found = week_rows.nudge_tallies(self.rows, self.bounds[-told:])
        return {key: one for key, one in found.items() if key[1] + WEEKS - told in shown[key[0]]}

    def _gaps_of(self, channel_id: str = "") -> list[Stretch]:
        everywhere = self.gaps.get("", [])
        return [*everywhere, *self.gaps.get(channel_id, [])] if channel_id else everywhere

    def _was_heard(self, channel: Channel | None) -> list[bool]:
        if channel is None:
            return [False] * len(self.bounds)
        gaps, since = self._gaps_of(channel.channel_id), channel.watched_since
        return [since < ended and not _covers(gaps, (max(started, since), ended)) for started, ended in self.bounds]


def _covers(gaps: Sequence[Stretch], stretch: Stretch) -> bool:
    return bool(gaps) and any((one.started_at, one.ended_at) == stretch for one in _within(gaps, stretch))


def _within(gaps: Sequence[Stretch], stretch: Stretch) -> tuple[Silence, ...]:
    """Return the gaps within a stretch, in order, those that touch made one."""
    clipped = sorted((max(start, stretch[0]), min(end, stretch[1])) for start, end in gaps)
    merged: list[Stretch] = []
    for start, end in clipped:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(Silence(start, end) for start, end in merged)
