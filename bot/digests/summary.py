"""From tallies by author to figures that can be shown. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.digests.figures import WINDOW, Figures, LabelFigures, Movement, NudgeFigures, Shown, Silence, Standing, Window
from bot.digests.statistics import (
    SIGNIFICANCE,
    change_p_value,
    overdispersion,
    smallest_p_value,
    wilson_interval,
)
from nlp import LABELS

WEEKS = 16
"""Weeks looked at: two windows, and eight more to learn how much the channel swings by itself."""
_FEW_AUTHORS = 3
_AUTHOR_CAP = 3
"""What one author may add to a label in a week where weeks are compared: one busy day is not a change of culture."""
_KINDS = 3

ByAuthor = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WeekTally:
    """One channel's calendar week, by author pseudonym; ``labels`` and ``kinds`` count messages, not findings."""

    week_start: date
    prose: ByAuthor = field(default_factory=dict)
    """Messages with the author's own prose: what rates are counted against."""
    not_read: ByAuthor = field(default_factory=dict)
    """Messages without it: code, links, other languages."""
    labels: Mapping[str, ByAuthor] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, ByAuthor]] = field(default_factory=dict)
    """Label, then subtype."""
    was_heard: bool = True
    """Whether Fairview listened for any of the week."""


@dataclass(frozen=True, slots=True)
class NudgeTally:
    """A week's nudges by author pseudonym."""

    sent: ByAuthor = field(default_factory=dict)
    helpful: ByAuthor = field(default_factory=dict)
    not_relevant: ByAuthor = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a week besides its tallies."""

    channel_id: str
    zone: str
    floor: int
    silences: tuple[Silence, ...] = ()
    heard_since: datetime | None = None
    is_first: bool = False
    missed: tuple[date, ...] = ()


def summarise(weeks: Sequence[WeekTally], nudges: NudgeTally, around: Surroundings) -> Figures:
    """Return what may be shown of the last of ``weeks`` (oldest first; at least one).

    Weeks with fewer than ``floor`` authors are left out of every comparison too: a sum over them and their shown
    neighbours would give them away.
    """
    week = weeks[-1]
    standing = _standing(week, around.floor)
    shown = standing is Standing.SHOWN
    return Figures(
        channel_id=around.channel_id,
        week_start=week.week_start,
        zone=around.zone,
        standing=standing,
        floor=around.floor,
        messages=sum(week.prose.values()) if shown else 0,
        not_read=_shown(week.not_read) if shown else 0,
        labels=tuple(_label_figures(label, weeks, around.floor) for label in LABELS) if shown else (),
        nudges=_nudge_figures(nudges) if shown else None,
        silences=around.silences,
        is_first=around.is_first,
        heard_since=around.heard_since,
        missed=around.missed,
    )


def _standing(week: WeekTally, floor: int) -> Standing:
    if not week.was_heard:
        return Standing.NOT_LISTENING
    if not week.prose:
        return Standing.EMPTY
    return Standing.SHOWN if _may_show(week, floor) else Standing.TOO_FEW_PEOPLE


def _may_show(week: WeekTally, floor: int) -> bool:
    return len(week.prose) >= floor


def _label_figures(label: str, weeks: Sequence[WeekTally], floor: int) -> LabelFigures:
    week = weeks[-1]
    by_author = week.labels.get(label, {})
    messages = _shown(by_author)
    rate = low = high = None
    if messages != "few":
        read = sum(week.prose.values())
        low, high = (1000 * bound for bound in wilson_interval(messages, read))
        rate = 1000 * messages / read
    movement, recent, earlier = _compare(label, weeks, floor)
    return LabelFigures(
        label=label,
        messages=messages,
        rate=rate,
        low=low,
        high=high,
        kinds=_common_kinds(week.kinds.get(label, {})),
        movement=movement,
        recent=recent,
        earlier=earlier,
    )


def _compare(label: str, weeks: Sequence[WeekTally], floor: int) -> tuple[Movement, Window, Window]:
    def usable(some: Sequence[WeekTally]) -> list[WeekTally]:
        return [week for week in some if _may_show(week, floor)]

    recent, earlier = usable(weeks[-WINDOW:]), usable(weeks[-2 * WINDOW : -WINDOW])
    windows = _window(label, recent), _window(label, earlier)
    if min(len(recent), len(earlier)) < WINDOW // 2:
        return Movement.TOO_EARLY, *windows
    before = usable(weeks[:-WINDOW])
    dispersion = overdispersion([_capped(label, week) for week in before], [_read(week) for week in before])
    k1, k0 = sum(_capped(label, week) for week in recent), sum(_capped(label, week) for week in earlier)
    n1, n0 = sum(_read(week) for week in recent), sum(_read(week) for week in earlier)
    if smallest_p_value(k1 + k0, n1, n0, dispersion) >= SIGNIFICANCE:
        return Movement.TOO_FEW, *windows
    if change_p_value(k1, k0, n1, n0, dispersion) >= SIGNIFICANCE:
        return Movement.NO_CLEAR_CHANGE, *windows
    return (Movement.UP if k1 * n0 > k0 * n1 else Movement.DOWN), *windows


def _window(label: str, weeks: Sequence[WeekTally]) -> Window:
    # Each week of a window has been, or will be, shown by itself. If just one of them reads "few", the sum less the
    # others would be its count.
    few_weeks = sum(_shown(week.labels.get(label, {})) == "few" for week in weeks)
    together = sum((Counter(week.labels.get(label, {})) for week in weeks), Counter[str]())
    messages = None if few_weeks == 1 else _shown(together, sum(_capped(label, week) for week in weeks))
    return Window(messages, len(weeks))


def _capped(label: str, week: WeekTally) -> int:
    return sum(min(count, _AUTHOR_CAP) for count in week.labels.get(label, {}).values())


def _read(week: WeekTally) -> int:
    return sum(week.prose.values())


def _shown(by_author: ByAuthor, count: int | None = None) -> Shown:
    if 0 < len(by_author) < _FEW_AUTHORS:
        return "few"
    return sum(by_author.values()) if count is None else count


def _common_kinds(kinds: Mapping[str, ByAuthor]) -> tuple[str, ...]:
    counted = {kind: sum(by.values()) for kind, by in kinds.items() if len(by) >= _FEW_AUTHORS}
    return tuple(sorted(counted, key=lambda kind: (-counted[kind], kind))[:_KINDS])


def _nudge_figures(nudges: NudgeTally) -> NudgeFigures:
    sent = _shown(nudges.sent)
    answers = [_shown(nudges.helpful), _shown(nudges.not_relevant)]
    # Answers are parts of what was sent: if one may not be shown, the other could give it away.
    if sent == "few" or "few" in answers:
        return NudgeFigures(sent, None, None)
    return NudgeFigures(sent, sum(nudges.helpful.values()), sum(nudges.not_relevant.values()))
