"""Nudges and what members chose about them. Pseudonyms only; no phrase, no suggestion."""

from datetime import datetime
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
    """What the author said of a nudge."""

    HELPFUL = "helpful"
    NOT_RELEVANT = "not_relevant"


class Nudge(TenantTable, table=True):
    """One private nudge; a message has at most one, whatever is edited or redelivered."""

    nudge_id: str = Field(primary_key=True, max_length=32)
    channel_id: str = Field(max_length=32)
    ts: str = Field(max_length=20)
    author: str = Field(max_length=32)
    rule_id: str = Field(max_length=120)
    label: str = Field(max_length=32)
    state: str = Field(default=NudgeState.PENDING, max_length=16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=16)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (
        UniqueConstraint("tenant_id", "channel_id", "ts", name="uq_nudge_message"),
        CheckConstraint("state IN ('pending', 'sending', 'sent', 'missed', 'unknown')", name="state"),
        CheckConstraint("answer IN ('helpful', 'not_relevant')", name="answer"),
        Index("ix_nudge_state", "tenant_id", "state", "changed_at"),
    )


class MemberChoice(TenantTable, table=True):
    """What one member asked of Fairview, under the member's pseudonym."""

    author: str = Field(primary_key=True, max_length=32)
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
