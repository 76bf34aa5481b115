"""A week as it may be shown: figures by which nobody can be singled out. Pure values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

Shown = int | Literal["few"]
"""A count as it may be shown: "few" where it is not 0 and comes from fewer than three people."""


WINDOW = 4
"""Weeks compared with as many before."""


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
    """What some weeks hold together; ``messages`` is None where it would give away a week that reads "few"."""

    messages: Shown | None
    weeks: int


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: its messages in the week, their rate per 1,000 with its interval, and whether it moved."""

    label: str
    messages: Shown
    rate: float | None
    low: float | None
    high: float | None
    kinds: tuple[str, ...]
    """The commonest subtypes that at least three people used, most frequent first."""
    movement: Movement
    recent: Window
    earlier: Window


@dataclass(frozen=True, slots=True)
class NudgeFigures:
    """How the week's nudges were received; answers are None where too few people gave them to show."""

    sent: Shown
    helpful: int | None
    not_relevant: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A channel's week as it may be shown. Never a person, never a quotation."""

    channel_id: str
    week_start: date
    zone: str
    standing: Standing
    floor: int
    """Distinct authors below which nothing is shown."""
    messages: int
    """Messages read; 0 unless the standing is SHOWN."""
    not_read: Shown
    labels: tuple[LabelFigures, ...]
    nudges: NudgeFigures | None
    silences: tuple[Silence, ...]
    is_first: bool
    """Whether no digest of this subscription came before."""
    heard_since: datetime | None
    """When Fairview began to listen, where that was after the week had begun."""
    missed: tuple[date, ...] = ()
    """Local dates of earlier digests that were never sent."""

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
