"""Whether a finding becomes a nudge: one pure function from facts, and a name for every no."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(minutes=5)
"""How old a message may be and still be nudged; later, the talk has moved on."""


class Refusal(StrEnum):
    """Why a message is counted without a nudge."""

    NOTHING_SURE = "nothing over the nudge bar at this stage"
    SHARED_CHANNEL = "channel shared with another organisation"
    TOO_OLD = "message older than five minutes"
    PAUSED = "member paused nudges"
    ALREADY_NUDGED = "message already had its nudge"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision rests on."""

    has_finding: bool
    """Whether the reading holds a finding that is over the nudge bar at the channel's stage."""
    is_ext_shared: bool
    written_at: datetime
    now: datetime
    paused_until: datetime | None
    had_nudge: bool


def refusal_of(facts: Facts) -> Refusal | None:
    """Return the reason not to nudge, or None where the author is to be nudged."""
    if not facts.has_finding:
        return Refusal.NOTHING_SURE
    if facts.had_nudge:
        return Refusal.ALREADY_NUDGED
    if facts.is_ext_shared:
        return Refusal.SHARED_CHANNEL
    if facts.now - facts.written_at > FRESH:
        return Refusal.TOO_OLD
    if facts.paused_until is not None and facts.now < facts.paused_until:
        return Refusal.PAUSED
    return None
