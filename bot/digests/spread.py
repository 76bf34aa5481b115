"""From the tallies of several channels to figures of a group or of the workspace. Pure.

Each channel must pass the floor alone, week by week: what does not is in no sum, so no sum less what is shown of the
other channels can tell of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.digests.figures import (
    HISTORY,
    WINDOW,
    ChannelFigures,
    ChannelLabel,
    Figures,
    LabelFigures,
    Movement,
    Standing,
    WeekPoint,
    Window,
)
from bot.digests.nudge_figures import NudgeTally, joint_nudges
from bot.digests.parts import Total, added, sum_of
from bot.digests.scope import Scope
from bot.digests.statistics import Counted, benjamini_hochberg
from bot.digests.summary import (
    Surroundings,
    change_between,
    commonest,
    joint_standing,
    label_figures,
    movement_of,
    rate_of,
    standing_of,
    window_of,
)
from bot.store.tables.watching import NOT_READ, PROSE
from nlp import LABELS


class Cell(NamedTuple):
    """What a channel's authors wrote of one thing in a week, as WeekTotal has it."""

    messages: int = 0
    authors: int = 0
    capped: int = 0
    left_out: float = 0.0
    variance: float = 0.0


_NONE = Cell()


@dataclass(frozen=True, slots=True)
class ChannelTally:
    """One channel's weeks, oldest first; by label, and by ``PROSE`` and ``NOT_READ``."""

    channel_id: str
    weeks: Sequence[Mapping[str, Cell]]
    was_heard: Sequence[bool]

    def standing(self, week: int, floor: int) -> Standing:
        """Return whether one week has figures."""
        people = self.weeks[week].get(PROSE, _NONE).authors
        return standing_of(was_heard=self.was_heard[week], people=people, floor=floor)


@dataclass(frozen=True, slots=True)
class Spread:
    """Several channels' same weeks."""

    starts: Sequence[date]
    channels: Sequence[ChannelTally]
    kinds: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    """Of the weeks reported: label, then subtype, to messages and authors."""
    nudges: Sequence[NudgeTally] = ()
    """Of the weeks reported, one of each channel and week."""


def summarise_channels(spread: Spread, around: Surroundings, scope: Scope, reported: int = 1) -> Figures:
    """Return what may be shown of the last ``reported`` weeks of several channels together."""
    joint = _Joint(spread, around.floor)
    told = range(len(spread.starts) - reported, len(spread.starts))
    standings = [joint_standing([joint.standings[at][week] for week in told]) for at in range(len(spread.channels))]
    standing = joint_standing(standings)
    is_shown = standing is Standing.SHOWN
    return Figures(
        channel_id="",
        week_start=spread.starts[told.start],
        zone=around.zone,
        standing=standing,
        floor=around.floor,
        messages=joint.read(told),
        not_read=joint.total(NOT_READ, told).messages,
        labels=tuple(_label(joint, label, told) for label in LABELS) if is_shown else (),
        nudges=joint_nudges(spread.nudges) if is_shown else None,
        silences=around.silences,
        is_first=around.is_first,
        heard_since=around.heard_since,
        missed=around.missed,
        scope=scope,
        weeks=reported,
        channels=_channels(joint, told, standings),
        channels_withheld=standings.count(Standing.TOO_FEW_PEOPLE),
        muted_rules=around.muted_rules,
        missing=around.missing,
        history=tuple(_point(joint, week) for week in range(len(spread.starts))[-HISTORY:]),
    )


class _Joint:
    """The channels that pass the floor, week by week, and what they come to together."""

    def __init__(self, spread: Spread, floor: int) -> None:
        self.spread = spread
        weeks = range(len(spread.starts))
        self.standings = [[channel.standing(week, floor) for week in weeks] for channel in spread.channels]
        self._passing = [
            [
                channel.weeks[week]
                for channel, standings in zip(spread.channels, self.standings, strict=True)
                if standings[week] is Standing.SHOWN
            ]
            for week in weeks
        ]

    def read(self, weeks: Sequence[int]) -> int:
        """Return how many messages were read in those weeks."""
        return sum(channel[PROSE].messages for week in weeks for channel in self._passing[week])

    def total(self, label: str, weeks: Sequence[int]) -> Total:
        """Return a label's messages in those weeks, as they may be shown."""
        return sum_of([self._week(label, week) for week in weeks])

    def counted(self, label: str, week: int) -> Counted | None:
        """Return a label's week as it is compared; None where no channel passes."""
        passing = self._passing[week]
        if not passing:
            return None
        cells = [channel[label] for channel in passing if label in channel]
        exposure = self.read([week]) - sum(cell.left_out for cell in cells)
        return Counted(sum(cell.capped for cell in cells), exposure, sum(cell.variance for cell in cells))

    def counted_in(self, at: int, label: str) -> list[Counted | None]:
        """Return a label's weeks in one channel as they are compared; None where it does not pass."""
        weeks, standings = self.spread.channels[at].weeks, self.standings[at]
        return [
            _counted(week, label) if standing is Standing.SHOWN else None
            for week, standing in zip(weeks, standings, strict=True)
        ]

    def _week(self, label: str, week: int) -> Total:
        cells = [channel[label] for channel in self._passing[week] if label in channel]
        return added([(cell.messages, cell.authors) for cell in cells])


def _label(joint: _Joint, label: str, told: range) -> LabelFigures:
    weeks = range(len(joint.spread.starts))
    counted = [joint.counted(label, week) for week in weeks]
    movement = movement_of(change_between(counted))
    halves = weeks[-WINDOW:], weeks[-2 * WINDOW : -WINDOW]
    recent, earlier = (_window(joint, label, [week for week in half if counted[week]]) for half in halves)
    kinds = commonest(joint.spread.kinds.get(label, {}))
    return label_figures(label, joint.total(label, told), joint.read(told), kinds, (movement, recent, earlier))


def _window(joint: _Joint, label: str, weeks: Sequence[int]) -> Window:
    return window_of(joint.total(label, weeks), len(weeks))


def _channels(joint: _Joint, told: range, standings: Sequence[Standing]) -> tuple[ChannelFigures, ...]:
    shown = [at for at, standing in enumerate(standings) if standing is Standing.SHOWN]
    moved = {label: _movements(joint, label, shown) for label in LABELS}
    figures = [_channel(joint, at, told, {label: moved[label][at] for label in LABELS}) for at in shown]
    return tuple(sorted(figures, key=lambda one: (-one.messages, one.channel_id)))


def _channel(joint: _Joint, at: int, told: range, moved: Mapping[str, Movement]) -> ChannelFigures:
    channel = joint.spread.channels[at]
    weeks = [channel.weeks[week] for week in told if joint.standings[at][week] is Standing.SHOWN]
    read = sum(week[PROSE].messages for week in weeks)
    labels = []
    for label in LABELS:
        cells = [week.get(label, _NONE) for week in weeks]
        total = added([(cell.messages, cell.authors) for cell in cells])
        labels.append(ChannelLabel(label, total.messages, rate_of(total, read), moved[label]))
    return ChannelFigures(channel.channel_id, Standing.SHOWN, read, tuple(labels))


def _point(joint: _Joint, week: int) -> WeekPoint:
    start, read = joint.spread.starts[week], joint.read([week])
    if not read:
        standing = joint_standing([standings[week] for standings in joint.standings])
        return WeekPoint(start, standing, None, dict.fromkeys(LABELS))
    rates: dict[str, float | None] = {label: rate_of(joint.total(label, [week]), read) for label in LABELS}
    return WeekPoint(start, Standing.SHOWN, read, rates)


def _counted(week: Mapping[str, Cell], label: str) -> Counted:
    cell = week.get(label, _NONE)
    return Counted(cell.capped, week[PROSE].messages - cell.left_out, cell.variance)


def _movements(joint: _Joint, label: str, channels: Sequence[int]) -> dict[int, Movement]:
    """Return how a label moved in each channel, where it is allowed for that many are looked at at once."""
    changes = {at: change_between(joint.counted_in(at, label)) for at in channels}
    p_values = {at: one.p_value for at, one in changes.items() if one is not None and one.p_value is not None}
    found = dict(zip(p_values, benjamini_hochberg(list(p_values.values())), strict=True))
    return {at: movement_of(one, is_clear=found.get(at, False)) for at, one in changes.items()}
