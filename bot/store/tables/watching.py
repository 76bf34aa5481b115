"""What is watched and what was counted. No text and no name: keys, times, rule ids and a pseudonym."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from bot.store.tables.base import TenantTable
from bot.store.types import UtcDateTime
from nlp import STAGES, Stage

PROSE, NOT_READ = "", "not_read"
"""What stands for a label where every message is counted that was read, or that was not."""
AUTHOR_CAP = 3
"""What one author may add to a label in a week where weeks are compared: one busy day is not a change of culture."""
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


class WeekState(TenantTable, table=True):
    """Whether the counts of a channel's calendar week are those of its messages.

    Whoever counts a message marks its week in the same transaction, and holds the row shared until the commit; whoever
    counts a week holds the row alone. So no message is left out between the two.
    """

    channel_id: str = Field(primary_key=True, max_length=32)
    week_start: date = Field(primary_key=True)
    """The Monday, in ``zone``."""
    zone: str = Field(max_length=64)
    """The reporting zone whose week was counted; where another one is set now, the counts are stale too."""
    is_stale: bool = True


class WeekCount(TenantTable, table=True):
    """How many messages one author wrote in a channel's week; under a label, how many of them hold it."""

    channel_id: str = Field(primary_key=True, max_length=32)
    week_start: date = Field(primary_key=True)
    label: str = Field(primary_key=True, max_length=32)
    """``PROSE``: every message read; ``NOT_READ``: those without the author's own prose; else a label."""
    kind: str = Field(primary_key=True, max_length=40)
    """Empty: the label's messages, each once, whatever its kinds; else those that hold this subtype of it."""
    author: str = Field(primary_key=True, max_length=32)
    messages: int


class WeekTotal(TenantTable, table=True):
    """What a channel's week adds up to, over its authors: what a group or the workspace is read from."""

    week_start: date = Field(primary_key=True)
    channel_id: str = Field(primary_key=True, max_length=32)
    label: str = Field(primary_key=True, max_length=32)
    """As in WeekCount."""
    messages: int
    capped: int
    """As ``messages``, with no author counted more than ``AUTHOR_CAP`` times."""
    left_out: float
    """Messages read that go with what the cap left out: see ``bot.digests.movement.counted``."""
    variance: float
    """Of ``capped``, were nothing but chance at work."""
    authors: int


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
