"""The arithmetic of a stream, by the conventions stated here and in every answer.

- lead time: from the request to a stage until its work is ready for the next one; process time: the work itself;
  wait time = lead time - process time.
- activity ratio = sum of process times / sum of lead times, over the stages that have both recorded.
- rolled %C&A = product of the stages' %C&A, over the stages that have it recorded.
- bottleneck = the stage with the longest wait, among the stages that have both times recorded.
- a business day has 8 hours and a business week 5 days; a calendar day has 24 hours.
- business and calendar hours are never added to one another. To find the longest wait among them, a business week of
  40 hours counts as the calendar week it spans.

A figure that is not recorded is left out and told, never counted as zero.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.valuestreams.catalogue import Basis, Figure, Stage, Stream, Unit

_MINUTES = {
    Unit.BUSINESS: {"week": 5 * 8 * 60, "day": 8 * 60, "hour": 60, "minute": 1},
    Unit.CALENDAR: {"week": 7 * 24 * 60, "day": 24 * 60, "hour": 60, "minute": 1},
}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) (business|calendar) (minute|hour|day|week)s?")
_CALENDAR_PER_BUSINESS = 168 / 40
_WEEKS_FROM_DAYS = 15
MAX_MINUTES = 10 * 366 * 24 * 60


def parse_duration(text: str) -> tuple[int, Unit]:
    """Return the minutes and unit of "3 business days" or "20 calendar minutes"; raises ValueError that says how."""
    match = _DURATION.fullmatch(" ".join(text.split()).lower())
    if match is None:
        wrong = f"{text!r} is not a time; write a number, business or calendar, and a unit: 3 business days"
        raise ValueError(wrong)
    number, unit_name, step = match.groups()
    unit = Unit(unit_name)
    minutes = round(float(number) * _MINUTES[unit][step])
    if minutes > MAX_MINUTES:
        wrong = f"{text!r} is longer than ten years"
        raise ValueError(wrong)
    return minutes, unit


def duration_text(minutes: float, unit: Unit, *, says_unit: bool = True) -> str:
    """Return minutes in the largest unit that reads well: "3 business days", or without ``says_unit`` "3 days"."""
    sizes = _MINUTES[unit]
    step = next((name for name in ("day", "hour") if minutes >= sizes[name]), "minute")
    if minutes >= _WEEKS_FROM_DAYS * sizes["day"]:
        step = "week"
    number = f"{minutes / sizes[step]:.1f}".removesuffix(".0")
    return f"{number} {unit.value + ' ' if says_unit else ''}{step}{'' if number == '1' else 's'}"


@dataclass(frozen=True, slots=True)
class Sum:
    """Minutes added up in one unit."""

    minutes: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Totals:
    """What a stream's stages come to. None: no stage has what it needs."""

    stages: int
    lead_times: tuple[Sum, ...]
    """One for each unit used; empty where no lead time is recorded."""
    lead_time_stages: int
    """How many stages have a lead time recorded."""
    activity_ratio: float | None
    """Of 1. None also where business and calendar hours are mixed."""
    activity_ratio_stages: int
    mixes_units: bool
    rolled_percent: float | None
    rolled_stages: int
    bottlenecks: frozenset[str]
    """Ids of the stages with the longest wait: more than one only where they tie."""
    has_estimates: bool
    oldest: date | None
    newest: date | None
    has_undated: bool


def wait_minutes(stage: Stage) -> float | None:
    """Return lead time - process time in calendar minutes, for comparing stages, or None where either is missing."""
    lead, process = stage.lead_time, stage.process_time
    if lead is None or process is None:
        return None
    wait = lead.amount - process.amount
    return wait * _CALENDAR_PER_BUSINESS if lead.unit is Unit.BUSINESS else wait


def totals(stream: Stream) -> Totals:
    """Return what the stream's stages come to, by the conventions of this module."""
    leads = [stage.lead_time for stage in stream.stages if stage.lead_time]
    pairs = [(s.lead_time, s.process_time) for s in stream.stages if s.lead_time and s.process_time]
    percents = [s.percent_complete_accurate.amount for s in stream.stages if s.percent_complete_accurate]
    figures = [figure for stage in stream.stages for figure in stage.figures.values()]
    dates = [figure.as_of for figure in figures if figure.as_of]
    mixes = len({lead.unit for lead, _ in pairs}) > 1
    return Totals(
        stages=len(stream.stages),
        lead_times=_sums(leads),
        lead_time_stages=len(leads),
        activity_ratio=None if mixes else _ratio(pairs),
        activity_ratio_stages=len(pairs),
        mixes_units=mixes,
        rolled_percent=100 * math.prod(percent / 100 for percent in percents) if percents else None,
        rolled_stages=len(percents),
        bottlenecks=_bottlenecks(stream.stages),
        has_estimates=any(figure.basis is Basis.ESTIMATED for figure in figures),
        oldest=min(dates, default=None),
        newest=max(dates, default=None),
        has_undated=len(dates) < len(figures),
    )


def _sums(figures: Iterable[Figure]) -> tuple[Sum, ...]:
    minutes: dict[Unit, float] = {}
    for figure in figures:
        minutes[figure.unit] = minutes.get(figure.unit, 0) + figure.amount
    return tuple(Sum(minutes[unit], unit) for unit in Unit if unit in minutes)


def _ratio(pairs: list[tuple[Figure, Figure]]) -> float | None:
    lead_time = sum(lead.amount for lead, _ in pairs)
    return sum(process.amount for _, process in pairs) / lead_time if lead_time else None


def _bottlenecks(stages: Iterable[Stage]) -> frozenset[str]:
    waits = {stage.stage_id: wait for stage in stages if (wait := wait_minutes(stage)) is not None}
    longest = max(waits.values(), default=0)
    return frozenset(stage_id for stage_id, wait in waits.items() if wait == longest > 0)
