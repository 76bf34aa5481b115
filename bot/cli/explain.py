"""`fairview check --explain`: whether words would be nudged, by the policy itself, and what else may hold them back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from rich.console import Console

from bot.errors import OperatorError
from bot.nudging.policy import Facts, Limits, Member, QuietHours, Refusal, found_in, refusal_of
from bot.nudging.wording import spoken_hours
from nlp import Reading

SETTINGS = frozenset(
    {
        "FAIRVIEW_TRIAL_DAYS",
        "FAIRVIEW_NUDGES_PER_DAY",
        "FAIRVIEW_NUDGES_PER_RULE_AND_DAY",
        "FAIRVIEW_NUDGES_PER_THREAD",
        "FAIRVIEW_QUIET_HOURS",
        "FAIRVIEW_QUIET_DAYS",
        "FAIRVIEW_ZONE",
    }
)
"""The settings that matter to the answer."""

_OF_THE_WORDS = {Refusal.NOTHING_FOUND, Refusal.NEVER_NUDGED, Refusal.NOT_SURE, Refusal.NOT_AT_THIS_STAGE}
_NO_QUIET = QuietHours(time(0), time(0), frozenset())
_SOME_TIME = datetime(2026, 11, 23, 10, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_REST = (
    "On a live channel it is still held back where one of these is so (fairview_not_nudged_total counts each by name):"
)


@dataclass(frozen=True, slots=True)
class Question:
    """On what terms it is asked: the limits as they are set, and at which moment on the author's clock, if at any."""

    limits: Limits
    at: datetime | None = None

    def refusal(self, reading: Reading) -> Refusal | None:
        """Return why the policy would not nudge a member's first such message in a channel past its trial, or None.

        Quiet hours are asked about only where a moment is given.
        """
        now = self.at or _SOME_TIME
        quiet = self.limits.quiet if self.at else _NO_QUIET
        facts = Facts(
            found=found_in(reading),
            written_at=now,
            now=now,
            watched_since=now,
            member=Member(),
            zone=now.tzinfo or UTC,
        )
        return refusal_of(facts, replace(self.limits, quiet=quiet, trial=timedelta(0)))

    def as_json(self, reading: Reading) -> dict[str, Any]:
        """Return the ``decision`` that ``check --jsonl --explain`` adds to an answer."""
        refusal = self.refusal(reading)
        return {"nudge": refusal is None, "reason": refusal and _name(refusal)}

    def show(self, reading: Reading, console: Console) -> None:
        """Print the decision and, where the words themselves would be nudged, all else that may hold them back."""
        refusal = self.refusal(reading)
        console.print()
        if refusal is not None:
            console.print(f"Nudge: no, {_name(refusal)}: {self._meaning(refusal)}", markup=False, soft_wrap=True)
        elif reading.strongest_nudge is not None:
            found = reading.strongest_nudge
            console.print(f"Nudge: yes, for “{found.text}” ({found.rule})", markup=False, soft_wrap=True)
        if refusal in _OF_THE_WORDS:
            return
        console.print(f"\n{_REST}", soft_wrap=True)
        width = max(len(name) for name in Refusal.__members__)
        for other in self._others(refusal):
            console.print(f"  {_name(other):{width}}  {self._meaning(other)}", markup=False, soft_wrap=True)

    def _others(self, told: Refusal | None) -> Iterator[Refusal]:
        # At a moment that was asked about, quiet hours are told, or are not so.
        settled = _OF_THE_WORDS | {told} | ({Refusal.QUIET_HOURS} if self.at else set())
        return (refusal for refusal in Refusal if refusal not in settled)

    def _meaning(self, refusal: Refusal) -> str:
        limits = self.limits
        hours = spoken_hours(limits.quiet)
        as_set = {
            Refusal.TRIAL_DAYS: "1 day" if limits.trial == timedelta(days=1) else f"{limits.trial.days} days",
            Refusal.QUIET_HOURS: f"{hours}, on the author's clock" if hours else "off",
            Refusal.THREAD_LIMIT: f"{limits.per_thread} a thread",
            Refusal.RULE_LIMIT: f"{limits.per_rule_a_day} a day by one rule",
            Refusal.DAY_LIMIT: f"{limits.per_day} a day",
        }
        return f"{refusal} ({as_set[refusal]})" if refusal in as_set else str(refusal)


def moment(at: str, zone: str) -> datetime:
    """Return a moment on the clock of an author in ``zone``: ``at`` is told by that clock, unless it brings an offset.

    Raises OperatorError where either is none.
    """
    if zone not in available_timezones():
        raise OperatorError(f"--zone: {zone!r} is not a time zone.", "Use a name such as Europe/London.")
    try:
        given = datetime.fromisoformat(at) if _MOMENT.fullmatch(at) else None
        if given is not None:
            return given.astimezone(ZoneInfo(zone)) if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError):
        pass
    raise OperatorError(f"--at: {at!r} is not a date and time.", "Use one such as 2026-11-23T19:30.")


def _name(refusal: Refusal) -> str:
    return refusal.name.lower()
