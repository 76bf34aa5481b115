"""Nudges, what became of them, and what members and workspaces chose. Pseudonyms only; no phrase, no suggestion."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import TenantTable
from bot.store.types import UtcDateTime


class NudgeState(StrEnum):
    """What is known of a nudge's way to its author."""

    PENDING = "pending"
    """Decided, not yet tried."""
    SENDING = "sending"
    """Claimed by one sender, which has called Slack or is about to."""
    SENT = "sent"
    MISSED = "missed"
    """Never sent; a later version of the message may have one in its stead."""
    UNKNOWN = "unknown"
    """Slack may have taken it. It is never sent again."""


class NudgeAnswer(StrEnum):
    """What the author answered."""

    USED = "used"
    """The author submitted the window of *Use this*."""
    HELPFUL = "helpful"
    NOT_RELEVANT = "not_relevant"


class Became(StrEnum):
    """What the author did with the message afterwards."""

    REWORDED = "reworded"
    """Edited within an hour, and what was found is gone."""
    WITHDRAWN = "withdrawn"
    """Deleted."""


class Praise(StrEnum):
    """How a member is thanked for words that lead to the customer."""

    THANKS = "thanks"
    """One private line; what holds where nothing was chosen."""
    REACTION = "reaction"
    OFF = "off"


class Nudge(TenantTable, table=True):
    """One private nudge; a message has at most one, whatever is edited or redelivered."""

    nudge_id: str = Field(primary_key=True, max_length=32)
    channel_id: str = Field(max_length=32)
    ts: str = Field(max_length=20)
    thread_ts: str = Field(max_length=20)
    """The message that begins the thread: ``thread_ts``, or the message's own ``ts``."""
    author: str = Field(max_length=32)
    rule_id: str = Field(max_length=120)
    rule_version: str = Field(max_length=12)
    """``Rule.version``: an answer speaks of the rule as it then was."""
    label: str = Field(max_length=32)
    local_day: date | None = Field(default=None)
    """The author's date when it was claimed for sending: what a day's limits count."""
    state: str = Field(default=NudgeState.PENDING, max_length=16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=16)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    became: str | None = Field(default=None, max_length=16)

    __table_args__ = (
        UniqueConstraint("tenant_id", "channel_id", "ts", name="uq_nudge_message"),
        CheckConstraint("state IN ('pending', 'sending', 'sent', 'missed', 'unknown')", name="state"),
        CheckConstraint("answer IN ('used', 'helpful', 'not_relevant')", name="answer"),
        CheckConstraint("became IN ('reworded', 'withdrawn')", name="became"),
        Index("ix_nudge_state", "state", "changed_at"),
        Index("ix_nudge_author", "tenant_id", "author", "local_day"),
        Index("ix_nudge_rule", "tenant_id", "rule_id", "rule_version"),
    )


class MemberChoice(TenantTable, table=True):
    """What one member asked of Fairview, under the member's pseudonym."""

    author: str = Field(primary_key=True, max_length=32)
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    praise: str | None = Field(default=None, max_length=16)
    praised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (CheckConstraint("praise IN ('thanks', 'reaction', 'off')", name="praise"),)


class SilencedRule(TenantTable, table=True):
    """A rule that one member asked not to hear of again."""

    author: str = Field(primary_key=True, max_length=32)
    rule_id: str = Field(primary_key=True, max_length=120)
    silenced_at: datetime = Field(sa_type=UtcDateTime)


class MutedRule(TenantTable, table=True):
    """A rule that a workspace called wrong too often: counted there, not nudged, until set back or changed."""

    rule_id: str = Field(primary_key=True, max_length=120)
    rule_version: str = Field(max_length=12)
    """The version that was called wrong; another one is not muted."""
    muted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Null once it was set back."""
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When telling the administrators was begun; it is not begun twice."""
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last set back: answers up to then count no more."""


class Greeting(TenantTable, table=True):
    """A member who joined a watched channel and was told, once, that it is watched."""

    channel_id: str = Field(primary_key=True, max_length=32)
    author: str = Field(primary_key=True, max_length=32)
    greeted_at: datetime = Field(sa_type=UtcDateTime)
