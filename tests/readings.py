"""Readings made by hand, for tests of what is done with them."""

from datetime import timedelta
from typing import Any

from bot.nudging.facts import Terms
from bot.nudging.policy import Limits
from nlp import Finding, Reading

TERMS = Terms(Limits(trial=timedelta()), {}, "Europe/London")
"""The limits as they are by default, in a channel that is not new."""


def finding(rule: str = "us_them.test", **changes: Any) -> Finding:
    """A finding over both bars."""
    values: dict[str, Any] = {
        "rule": rule,
        "label": "us_them",
        "subtype": "business_as_other",
        "mode": "nudge",
        "start": 0,
        "end": 12,
        "text": "The business",
        "excused": None,
        "confidence": 0.9,
        "counts": True,
        "nudges": True,
        "from_stage": "partnership",
    }
    return Finding(**{**values, **changes})


def reading(*findings: Finding, prose: bool = True) -> Reading:
    """A reading of the findings given, the first being the strongest."""
    counted = [f for f in findings if f.counts]
    nudged = [f for f in findings if f.nudges]
    return Reading(
        findings=tuple(findings),
        labels=tuple(sorted({f.label for f in counted})),
        nudge=tuple(sorted({f.label for f in nudged})),
        suggestion="We need it" if counted else None,
        strongest=counted[0] if counted else None,
        strongest_nudge=nudged[0] if nudged else None,
        nudge_suggestion="We need it" if nudged else None,
        prose=prose,
    )
