"""What is watched and what was counted. No text and no name: keys, times, rule ids and a pseudonym."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from bot.store.tables.base import TenantTable
from bot.store.types import UtcDateTime
from nlp import STAGES, Stage

_STAGES = "stage IN ('service', 'partnership', 'one_business')"


class Tenant(SQLModel, table=True):
    """One installation of Fairview, and the key its authors' pseudonyms are made with."""

    tenant_id: str = Field(primary_key=True, max_length=32)
    author_key: bytes
    """32 random bytes, encrypted under FAIRVIEW_SECRET_KEY; without it no pseudonym can be tied to a person."""
    stage: str | None = Field(default=None, max_length=16)
    stage_chosen_by: str | None = Field(default=None, max_length=32)
    """The Slack id of whoever chose the stage: named openly, since they answer for it."""
    created_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (CheckConstraint(_STAGES, name="stage"),)


class Channel(TenantTable, table=True):
    """A channel Fairview was invited to."""

    channel_id: str = Field(primary_key=True, max_length=32)
    name: str = Field(default="", max_length=100)
    """Without the leading #; empty while Slack has not told it."""
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    is_member: bool = True
    """Whether Fairview is in the channel now."""
    is_watched: bool = True
    watched_since: datetime = Field(sa_type=UtcDateTime)
    """When Fairview first listened here; a change of an older message is not counted."""
    introduced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Fairview began to say in the channel what it does; null while it has yet to."""
    stage: str | None = Field(default=None, max_length=16)
    stage_chosen_by: str | None = Field(default=None, max_length=32)
    """The Slack id of whoever chose the stage."""

    __table_args__ = (CheckConstraint(_STAGES, name="stage"),)


class Message(TenantTable, table=True):
    """A message that was counted, or the bare key of one that is gone."""

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=20)
    version: str = Field(max_length=20)
    """``edited.ts``, else ``ts``: the higher wins."""
    is_deleted: bool = False
    author: str | None = Field(default=None, max_length=32)
    """Pseudonym; null once the message is deleted."""
    posted_at: datetime = Field(sa_type=UtcDateTime)
    has_prose: bool = False
    """Whether it held the author's own prose in English: what rates are counted against."""

    __table_args__ = (Index("ix_message_posted", "tenant_id", "channel_id", "posted_at"),)


class MessageFinding(TenantTable, table=True):
    """One counted finding of a message's current version."""

    channel_id: str = Field(primary_key=True, max_length=32)
    ts: str = Field(primary_key=True, max_length=20)
    ordinal: int = Field(primary_key=True)
    rule_id: str = Field(max_length=120)
    label: str = Field(max_length=32)
    subtype: str = Field(max_length=40)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "channel_id", "ts"],
            ["message.tenant_id", "message.channel_id", "message.ts"],
            ondelete="CASCADE",
            name="fk_messagefinding_message",
        ),
    )


class Gap(TenantTable, table=True):
    """A stretch in which Fairview was not listening to a channel, or (channel_id "") to anything."""

    channel_id: str = Field(primary_key=True, max_length=32)
    started_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Heartbeat(SQLModel, table=True):
    """When a listening process last said it was alive: how an absence is noticed afterwards."""

    name: str = Field(primary_key=True, max_length=32)
    beat_at: datetime = Field(sa_type=UtcDateTime)


def as_stage(kept: str | None) -> Stage | None:
    """Return a kept stage as the type it is; a CHECK holds the columns to the three stages."""
    return next((stage for stage in STAGES if stage == kept), None)
