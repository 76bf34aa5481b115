"""Digests: who asked for which, and each one's way to its channel. The table is the schedule."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import TenantTable
from bot.store.types import UtcDateTime


class DigestRunState(StrEnum):
    """What is known of one digest's way to its channel."""

    PENDING = "pending"
    """Due; tried again from ``next_attempt_at`` on."""
    SENDING = "sending"
    """Claimed by one clock until ``lease_until``; after that, by whichever comes first."""
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    """Never sent, and never will be; ``reason`` says why."""


class StopReason(StrEnum):
    """Why a subscription fires no more, until somebody sets it again."""

    ASKED = "asked"
    ARCHIVED = "archived"
    """Its channel was archived."""
    NOT_IN_CHANNEL = "not_in_channel"
    """Fairview is no longer in its channel."""
    CHANNEL_GONE = "channel_gone"
    """Its channel does not exist, or Fairview can no longer see it."""
    MAY_NOT_POST = "may_not_post"
    """Its channel lets only some people post."""
    NOT_A_MEMBER = "not_a_member"
    """The private channel it is about may not be told where it goes: its reader has left it, say."""
    NOTHING_LEFT = "nothing_left"
    """None of the several channels it is about may be told where it goes."""
    PERSON_GONE = "person_gone"
    """Whoever it went to can be written to no more."""
    MAY_NOT_SEE = "may_not_see"
    """Whoever it went to may not have it any more: a guest, or no administrator where it is about the workspace."""


class SkipReason(StrEnum):
    """Why a digest was never sent."""

    SUPERSEDED = "superseded"
    """A newer one was due before this one could be sent."""
    STOPPED = "stopped"
    """Its subscription was stopped first."""


class DigestSubscription(TenantTable, table=True):
    """A digest of one scope for one destination; stopped, it keeps its row, so that no period comes twice.

    ``weekday`` (Monday is 0), ``local_time`` and ``zone`` (IANA) say when; they decide delivery only, not which week.
    """

    subscription_id: str = Field(primary_key=True, max_length=32)
    scope_kind: str = Field(default="channel", max_length=16)
    """What its figures are of: ``channel``, ``group`` (of channels) or ``workspace``."""
    scope_channel_id: str = Field(default="", max_length=32)
    """The channel whose figures it shows; empty unless the scope is one channel."""
    scope_group: str = Field(default="", max_length=32)
    """What tells a group from others, made of its channels; empty unless the scope is a group."""
    destination_id: str = Field(max_length=32)
    """Where it goes: a channel, or a person (``U…``, ``W…``), to whom it is a direct message."""
    owner_id: str = Field(max_length=32)
    """Slack id of whoever asked for it, told if it can no longer be delivered."""
    cadence: str = Field(default="weekly", max_length=16)
    weekday: int
    local_time: time
    zone: str = Field(max_length=64)
    since: datetime = Field(sa_type=UtcDateTime)
    """Nothing due before this instant is ever sent."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_reason: str | None = Field(default=None, max_length=16)

    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "scope_kind",
            "scope_channel_id",
            "scope_group",
            "destination_id",
            name="uq_digestsubscription_place",
        ),
        CheckConstraint("scope_kind IN ('channel', 'group', 'workspace')", name="scope_kind"),
        CheckConstraint("(scope_kind = 'channel') = (scope_channel_id <> '')", name="scope_channel"),
        CheckConstraint("(scope_kind = 'group') = (scope_group <> '')", name="scope_group"),
        CheckConstraint("cadence IN ('weekly', 'fortnightly', 'monthly')", name="cadence"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("(stopped_at IS NULL) = (stop_reason IS NULL)", name="stopped"),
        CheckConstraint(
            "stop_reason IN ('asked', 'archived', 'not_in_channel', 'channel_gone', 'may_not_post', "
            "'not_a_member', 'nothing_left', 'person_gone', 'may_not_see')",
            name="stop_reason",
        ),
    )


class DigestScopeChannel(TenantTable, table=True):
    """One channel of a digest about a group of them; its channels never change: another group is another scope."""

    subscription_id: str = Field(primary_key=True, max_length=32)
    channel_id: str = Field(primary_key=True, max_length=32)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["digestsubscription.tenant_id", "digestsubscription.subscription_id"],
            ondelete="CASCADE",
            name="fk_digestscopechannel_digestsubscription",
        ),
    )


class DigestRun(TenantTable, table=True):
    """One digest of one subscription: made when due, delivered once."""

    run_id: str = Field(primary_key=True, max_length=32)
    """Travels in the message's metadata, so that a digest whose answer was lost can be found again."""
    subscription_id: str = Field(max_length=32)
    period_start: date
    """The Monday, in the subscription's zone, of the week it is delivered in."""
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default=DigestRunState.PENDING, max_length=16)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    """Counts claims; whoever holds a lease is known by it."""
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Slack was last asked to post it, while it is not known what came of that."""
    search_cursor: str | None = Field(default=None, max_length=500)
    """Where looking for it in the channel's history goes on."""
    reason: str | None = Field(default=None, max_length=16)
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Text, blocks, figures and rendering as frozen before Slack was asked to post them."""
    slack_ts: str | None = Field(default=None, max_length=20)

    __table_args__ = (
        UniqueConstraint("tenant_id", "subscription_id", "period_start", name="uq_digestrun_period"),
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["digestsubscription.tenant_id", "digestsubscription.subscription_id"],
            ondelete="CASCADE",
            name="fk_digestrun_digestsubscription",
        ),
        CheckConstraint("state IN ('pending', 'sending', 'delivered', 'skipped')", name="state"),
        CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name="skipped"),
        CheckConstraint("reason IN ('superseded', 'stopped')", name="reason"),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        Index("ix_digestrun_open", "state", "next_attempt_at"),
    )
