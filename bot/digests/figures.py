"""Weeks as they may be shown: figures by which nobody can be singled out. Pure values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from bot.digests.scope import WORKSPACE, Scope

Shown = int | Literal["few"]
"""A count as it may be shown: "few" where it is not 0 and comes from fewer than three people."""


WINDOW = 4
"""Weeks compared with as many before."""
HISTORY = 12
"""Weeks of a chart."""


class Standing(StrEnum):
    """Whether a week has figures, and if not, why."""

    SHOWN = "shown"
    NOT_LISTENING = "not_listening"
    """Fairview did not listen for a moment of the week."""
    EMPTY = "empty"
    """Nothing was written that Fairview could read."""
    TOO_FEW_PEOPLE = "too_few_people"


class Movement(StrEnum):
    """What can be said of four weeks against the four before."""

    UP = "up"
    DOWN = "down"
    NO_CLEAR_CHANGE = "no_clear_change"
    TOO_FEW = "too_few"
    """However they fell, so few could not tell a change from chance."""
    TOO_EARLY = "too_early"
    """There are not yet two windows to compare."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of the week in which Fairview did not listen."""

    started_at: datetime
    ended_at: datetime

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.ended_at - self.started_at).total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class Window:
    """What some weeks hold together; ``messages`` is None where it would give away a part that reads "few"."""

    messages: Shown | None
    weeks: int
    at_least: int | None = None
    """Where ``messages`` is None: what its shown parts come to, and one for each part that reads "few"."""


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: its messages in the weeks reported, their rate per 1,000 with its interval, and whether it moved.

    ``messages`` is None where a total would give away one of its parts (a week, a channel) that reads "few".
    """

    label: str
    messages: Shown | None
    rate: float | None
    low: float | None
    high: float | None
    kinds: tuple[str, ...]
    """The commonest subtypes that at least three people used, most frequent first."""
    movement: Movement
    recent: Window
    earlier: Window
    at_least: int | None = None
    """Where ``messages`` is None: what its shown parts come to, and one for each part that reads "few"."""


@dataclass(frozen=True, slots=True)
class NudgeFigures:
    """How the weeks' nudges were received, each counted once, by its one outcome; the rest had no answer.

    "few" stands where fewer than three people gave that outcome, None where a number would give another away.
    """

    sent: Shown | None
    helpful: Shown | None
    called_wrong: Shown | None
    used: Shown | None = 0
    reworded: Shown | None = 0
    withdrawn: Shown | None = 0


@dataclass(frozen=True, slots=True)
class ChannelLabel:
    """One label in one channel of a group or workspace; the rate is per 1,000 messages."""

    label: str
    messages: Shown | None
    rate: float | None
    movement: Movement
    """After allowing for how many channels are looked at at once (Benjamini and Hochberg)."""


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """One channel of a group or workspace, over the weeks reported."""

    channel_id: str
    standing: Standing
    messages: int
    """Messages read; 0 unless the standing is SHOWN."""
    labels: tuple[ChannelLabel, ...] = ()

    def label(self, name: str) -> ChannelLabel:
        """Return the figures of one label; raises LookupError where there are none."""
        return next(one for one in self.labels if one.label == name)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the value stream catalogue lacks, in numbers."""

    channels_without_stream: int = 0
    """Watched channels of the scope whose customer no value stream tells."""
    missed_lookups: int = 0
    """Words that at least two members of the workspace looked for in vain in the last 90 days."""


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of a chart; what may not be shown, or was not heard, is None and no 0."""

    week_start: date
    standing: Standing
    messages: int | None
    rates: Mapping[str, float | None]
    """By label, per 1,000 messages."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A scope's weeks as they may be shown. Never a person, never a quotation."""

    channel_id: str
    """Of a channel's figures; empty for a group or workspace."""
    week_start: date
    """The first of the weeks reported."""
    zone: str
    standing: Standing
    floor: int
    """Distinct authors below which nothing is shown."""
    messages: int
    """Messages read; 0 unless the standing is SHOWN."""
    not_read: Shown | None
    labels: tuple[LabelFigures, ...]
    nudges: NudgeFigures | None
    silences: tuple[Silence, ...]
    is_first: bool
    """Whether no digest of this subscription came before."""
    heard_since: datetime | None
    """When Fairview began to listen, where that was after the week had begun."""
    missed: tuple[date, ...] = ()
    """Local dates of earlier digests that were never sent."""
    scope: Scope = WORKSPACE
    weeks: int = 1
    """How many closed weeks are reported together."""
    channels: tuple[ChannelFigures, ...] = ()
    """Of a group or workspace, those that pass the floor alone; the one with most messages first."""
    channels_withheld: int = 0
    """Watched channels of a group or workspace in which too few people wrote for figures."""
    muted_rules: tuple[str, ...] = ()
    """Ids of rules that do not nudge in the workspace now."""
    missing: Missing = field(default_factory=Missing)
    history: tuple[WeekPoint, ...] = ()
    """The newest closed weeks up to the last one reported, oldest first."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON can hold them, dates and instants in ISO 8601."""
        plain: dict[str, Any] = _jsonable(asdict(self))
        return plain

    def label(self, name: str) -> LabelFigures:
        """Return the figures of one label; raises LookupError where there are none."""
        return next(one for one in self.labels if one.label == name)


def _jsonable(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _jsonable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(one) for one in value]
    return value
