"""Whether a finding becomes a nudge: one pure function from facts, and a name for every no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from nlp import NUDGEABLE, Reading

FRESH = timedelta(minutes=5)
"""How old a message may be and still be nudged; later, the talk has moved on."""


class Refusal(StrEnum):
    """Why a message has no nudge. The names stand in ``fairview_not_nudged_total``, in lower case."""

    NOTHING_FOUND = "nothing was found that counts"
    NEVER_NUDGED = "what was found is counted, and never nudged"
    NOT_SURE = "what was found is sure enough to count, not to nudge"
    NOT_AT_THIS_STAGE = "not nudged at this channel's stage"
    ALREADY_NUDGED = "the message already had its nudge"
    SHARED_CHANNEL = "the channel is shared with another organisation"
    TRIAL_DAYS = "the channel is new: for now it is only counted"
    TOO_OLD = "the message is older than five minutes"
    RULE_MUTED = "the workspace called this rule wrong too often"
    PAUSED = "the author paused nudges"
    RULE_SILENCED = "the author asked not to hear of this rule"
    AUTHOR_UNKNOWN = "Slack did not say who the author is"
    OUTSIDER = "the author belongs to another organisation"
    GUEST = "the author is a guest"
    BOT = "the author is a bot"
    DEACTIVATED = "the author is deactivated"
    QUIET_HOURS = "it is quiet hours where the author is"
    THREAD_LIMIT = "the author had a nudge in this thread"
    RULE_LIMIT = "the author had a nudge by this rule today"
    DAY_LIMIT = "the author had the day's nudges"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is nudged, on the author's own clock: from ``start`` to ``end``, over midnight where that is earlier.

    ``start == end`` is never; ``days`` are quiet all day (Monday is 0).
    """

    start: time = time(18)
    end: time = time(8)
    days: frozenset[int] = frozenset({5, 6})

    def hold(self, local: datetime) -> bool:
        """Say whether ``local``, on the author's clock, is within them; the first minute is, that of the end is not."""
        if local.weekday() in self.days:
            return True
        now = local.time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is too much; settings of one installation of Fairview."""

    per_day: int = 3
    """For one member, by the member's own date."""
    per_rule_a_day: int = 1
    per_thread: int = 1
    """For one member, however long the thread goes on."""
    quiet: QuietHours = QuietHours()
    trial: timedelta = timedelta(days=3)
    """How long a new channel is only counted."""


@dataclass(frozen=True, slots=True)
class Member:
    """The author as Slack describes them; ``is_known`` is False where Slack did not answer."""

    zone: str | None = None
    """The IANA name of their time zone, where Slack tells one that is known here."""
    is_known: bool = True
    is_guest: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    is_outsider: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """How many nudges the author had already: sent, under way, or sent for all one knows."""

    in_thread: int = 0
    by_rule_today: int = 0
    today: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision rests on.

    What stands in tables is known when a message is counted; ``member`` and what follows it only once Slack was asked
    who the author is, after the event was acknowledged. So the question is asked twice, the first time with ``member``
    None, which refuses nothing.
    """

    found: Refusal | None
    """What the reading says: see ``found_in``."""
    written_at: datetime
    now: datetime
    watched_since: datetime
    had_nudge: bool = False
    is_ext_shared: bool = False
    is_rule_muted: bool = False
    is_rule_silenced: bool = False
    paused_until: datetime | None = None
    member: Member | None = None
    zone: tzinfo = UTC
    """Whose date and hour count: the member's, else the channel's digest's, else FAIRVIEW_ZONE."""
    sent: Sent = Sent()


def found_in(reading: Reading) -> Refusal | None:
    """Return why nothing in a reading is to be nudged at the stage it was read for, or None where something is."""
    if reading.strongest_nudge is not None:
        return None
    counted = [finding for finding in reading.findings if finding.counts]
    nudgeable = [finding for finding in counted if finding.label in NUDGEABLE and finding.mode == "nudge"]
    if not counted:
        return Refusal.NOTHING_FOUND
    if not nudgeable:
        return Refusal.NEVER_NUDGED
    return Refusal.NOT_AT_THIS_STAGE if any(finding.nudges for finding in nudgeable) else Refusal.NOT_SURE


def refusal_of(facts: Facts, limits: Limits) -> Refusal | None:
    """Return the reason not to nudge, or None where the author is to be nudged (as far as the facts are known)."""
    if facts.found is not None:
        return facts.found
    for reason, applies in _OF_THE_MESSAGE:
        if applies(facts, limits):
            return reason
    if facts.member is None:
        return None
    for reason, speaks in _OF_THE_AUTHOR:
        if speaks(facts.member):
            return reason
    return next((reason for reason, applies in _OF_THE_MOMENT if applies(facts, limits)), None)


# In the order in which they are told: what holds for everybody first.
_OF_THE_MESSAGE: tuple[tuple[Refusal, Callable[[Facts, Limits], bool]], ...] = (
    (Refusal.ALREADY_NUDGED, lambda facts, _: facts.had_nudge),
    (Refusal.SHARED_CHANNEL, lambda facts, _: facts.is_ext_shared),
    # Slack's clock may be ahead of ours: without a trial, a channel that begins in a moment is no new one.
    (Refusal.TRIAL_DAYS, lambda facts, limits: bool(limits.trial) and facts.now < facts.watched_since + limits.trial),
    (Refusal.TOO_OLD, lambda facts, _: facts.now - facts.written_at > FRESH),
    (Refusal.RULE_MUTED, lambda facts, _: facts.is_rule_muted),
    (Refusal.PAUSED, lambda facts, _: facts.paused_until is not None and facts.now < facts.paused_until),
    (Refusal.RULE_SILENCED, lambda facts, _: facts.is_rule_silenced),
)
_OF_THE_AUTHOR: tuple[tuple[Refusal, Callable[[Member], bool]], ...] = (
    (Refusal.AUTHOR_UNKNOWN, lambda member: not member.is_known),
    (Refusal.DEACTIVATED, lambda member: member.is_deactivated),
    (Refusal.BOT, lambda member: member.is_bot),
    (Refusal.OUTSIDER, lambda member: member.is_outsider),
    (Refusal.GUEST, lambda member: member.is_guest),
)
_OF_THE_MOMENT: tuple[tuple[Refusal, Callable[[Facts, Limits], bool]], ...] = (
    (Refusal.QUIET_HOURS, lambda facts, limits: limits.quiet.hold(facts.now.astimezone(facts.zone))),
    (Refusal.THREAD_LIMIT, lambda facts, limits: facts.sent.in_thread >= limits.per_thread),
    (Refusal.RULE_LIMIT, lambda facts, limits: facts.sent.by_rule_today >= limits.per_rule_a_day),
    (Refusal.DAY_LIMIT, lambda facts, limits: facts.sent.today >= limits.per_day),
)
