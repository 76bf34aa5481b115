"""From a channel's tallies by author to figures that can be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.digests.figures import (
    HISTORY,
    WINDOW,
    Figures,
    LabelFigures,
    Missing,
    Movement,
    Silence,
    Standing,
    WeekPoint,
    Window,
)
from bot.digests.movement import Change, change, counted
from bot.digests.nudge_figures import NudgeTally, joint_nudges
from bot.digests.parts import FEW_AUTHORS, ByAuthor, Total, merged, together
from bot.digests.scope import Scope
from bot.digests.statistics import Counted, wilson_interval
from nlp import LABELS

WEEKS = 16
"""Weeks looked at: two windows, and eight more to learn how much the channel swings by itself."""
_KINDS = 3


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
class Surroundings:
    """What is known of some weeks besides their tallies; ``channel_id`` is empty where several channels are meant."""

    channel_id: str
    zone: str
    floor: int
    silences: tuple[Silence, ...] = ()
    heard_since: datetime | None = None
    is_first: bool = False
    missed: tuple[date, ...] = ()
    muted_rules: tuple[str, ...] = ()
    missing: Missing = field(default_factory=Missing)


def summarise(
    weeks: Sequence[WeekTally], nudges: Sequence[NudgeTally], around: Surroundings, reported: int = 1
) -> Figures:
    """Return what may be shown of the last ``reported`` of ``weeks`` (oldest first; at least as many).

    Weeks with fewer than ``floor`` authors are left out of every sum and comparison: a sum over them and their shown
    neighbours would give them away. ``nudges`` are those of the reported weeks, week by week.
    """
    told = [week for week in weeks[-reported:] if _may_show(week, around.floor)]
    standing = _standing_of(weeks[-reported:], around.floor)
    labels = tuple(_label_figures(label, told, weeks, around.floor) for label in LABELS) if told else ()
    return Figures(
        channel_id=around.channel_id,
        week_start=weeks[-reported].week_start,
        zone=around.zone,
        standing=standing,
        floor=around.floor,
        messages=sum(_read(week) for week in told),
        not_read=together([week.not_read for week in told]).messages,
        labels=labels,
        nudges=joint_nudges(nudges) if told else None,
        silences=around.silences,
        is_first=around.is_first,
        heard_since=around.heard_since,
        missed=around.missed,
        scope=Scope.channel(around.channel_id),
        weeks=reported,
        muted_rules=around.muted_rules,
        missing=around.missing,
        history=tuple(_point(week, around.floor) for week in weeks[-HISTORY:]),
    )


def label_figures(
    label: str,
    total: Total,
    read: int,
    kinds: tuple[str, ...],
    compared: tuple[Movement, Window, Window],
) -> LabelFigures:
    """Return the figures of a label that so many of ``read`` messages hold."""
    movement, recent, earlier = compared
    rate = low = high = None
    if total.count is not None:
        low, high = (1000 * bound for bound in wilson_interval(total.count, read))
        rate = rate_of(total, read)
    return LabelFigures(
        label=label,
        messages=total.messages,
        rate=rate,
        low=low,
        high=high,
        kinds=kinds,
        movement=movement,
        recent=recent,
        earlier=earlier,
        at_least=total.at_least,
    )


def rate_of(total: Total, read: int) -> float | None:
    """Return a total per 1,000 messages read; None where it may not be shown, or nothing was read."""
    return 1000 * total.count / read if total.count is not None and read else None


def commonest(kinds: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
    """Return the kinds (messages, authors) that at least three people used, the most frequent first."""
    counted = {kind: messages for kind, (messages, authors) in kinds.items() if authors >= FEW_AUTHORS}
    return tuple(sorted(counted, key=lambda kind: (-counted[kind], kind))[:_KINDS])


def window_of(total: Total, weeks: int) -> Window:
    """Return a window over so many weeks."""
    return Window(total.messages, weeks, total.at_least)


def standing_of(*, was_heard: bool, people: int, floor: int) -> Standing:
    """Return whether a week in which so many people wrote has figures."""
    if not was_heard:
        return Standing.NOT_LISTENING
    if not people:
        return Standing.EMPTY
    return Standing.SHOWN if people >= floor else Standing.TOO_FEW_PEOPLE


def joint_standing(standings: Sequence[Standing]) -> Standing:
    """Return the standing of several weeks, or channels, together: the best there is."""
    order = (Standing.SHOWN, Standing.TOO_FEW_PEOPLE, Standing.EMPTY, Standing.NOT_LISTENING)
    return next((one for one in order if one in standings), Standing.NOT_LISTENING)


def change_between(weeks: Sequence[Counted | None]) -> Change | None:
    """Return how the last four of ``weeks`` differ from the four before; None is a week that may not be compared.

    None where it is too early: fewer than two weeks of a window may be.
    """
    recent, earlier, long_before = (
        [week for week in some if week is not None]
        for some in (weeks[-WINDOW:], weeks[-2 * WINDOW : -WINDOW], weeks[: -2 * WINDOW])
    )
    return change(recent, earlier, long_before) if min(len(recent), len(earlier)) >= WINDOW // 2 else None


def movement_of(changed: Change | None, *, is_clear: bool | None = None) -> Movement:
    """Return what can be said of a change; ``is_clear``: whether it is more than chance, where not looked at alone."""
    if changed is None:
        return Movement.TOO_EARLY
    if changed.p_value is None:
        return Movement.TOO_FEW
    if not (changed.is_clear if is_clear is None else is_clear):
        return Movement.NO_CLEAR_CHANGE
    return Movement.UP if changed.rose else Movement.DOWN


def _standing_of(weeks: Sequence[WeekTally], floor: int) -> Standing:
    return joint_standing([_standing(week, floor) for week in weeks])


def _standing(week: WeekTally, floor: int) -> Standing:
    return standing_of(was_heard=week.was_heard, people=len(week.prose), floor=floor)


def _may_show(week: WeekTally, floor: int) -> bool:
    return week.was_heard and len(week.prose) >= floor


def _label_figures(label: str, told: Sequence[WeekTally], weeks: Sequence[WeekTally], floor: int) -> LabelFigures:
    kinds = {kind for week in told for kind in week.kinds.get(label, {})}
    by_kind = {kind: merged(week.kinds.get(label, {}).get(kind, {}) for week in told) for kind in kinds}
    return label_figures(
        label,
        together([week.labels.get(label, {}) for week in told]),
        sum(_read(week) for week in told),
        commonest({kind: (by.total(), len(by)) for kind, by in by_kind.items()}),
        _compare(label, weeks, floor),
    )


def _point(week: WeekTally, floor: int) -> WeekPoint:
    standing = _standing(week, floor)
    if standing is not Standing.SHOWN:
        return WeekPoint(week.week_start, standing, None, dict.fromkeys(LABELS))
    totals = {label: together([week.labels.get(label, {})]) for label in LABELS}
    rates: dict[str, float | None] = {label: rate_of(total, _read(week)) for label, total in totals.items()}
    return WeekPoint(week.week_start, standing, _read(week), rates)


def _compare(label: str, weeks: Sequence[WeekTally], floor: int) -> tuple[Movement, Window, Window]:
    def usable(some: Sequence[WeekTally]) -> list[WeekTally]:
        return [week for week in some if _may_show(week, floor)]

    recent, earlier = usable(weeks[-WINDOW:]), usable(weeks[-2 * WINDOW : -WINDOW])
    counts = [_counted(label, week) if _may_show(week, floor) else None for week in weeks]
    return movement_of(change_between(counts)), _window(label, recent), _window(label, earlier)


def _window(label: str, weeks: Sequence[WeekTally]) -> Window:
    return window_of(together([week.labels.get(label, {}) for week in weeks]), len(weeks))


def _counted(label: str, week: WeekTally) -> Counted:
    return counted(week.labels.get(label, {}), week.prose)


def _read(week: WeekTally) -> int:
    return sum(week.prose.values())
