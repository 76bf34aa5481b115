"""The catalogue: value streams, their stages, the services and teams that carry them, and the names they go by.

An entry is named by its kind (stream, stage, service, team) and its id; a stage's id is ``stream/stage``.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from bot.store.tables.base import TenantTable
from bot.store.types import UtcDateTime

ID_CHARACTERS = 64
NAME_CHARACTERS = 80
TEXT_CHARACTERS = 600
KIND_CHARACTERS = 16
MISSED_CHARACTERS = 80

_KINDS = "kind IN ('stream', 'stage', 'service', 'team')"


class CatalogueState(TenantTable, table=True):
    """What is known of a tenant's catalogue as a whole; its version moves with every change of any entry."""

    version: int = 0
    changed_at: datetime = Field(sa_type=UtcDateTime)
    organisation: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    keeper: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    """Who keeps the catalogue: a Slack id, or a plain name."""


class ValueStream(TenantTable, table=True):
    """How work flows through the organisation until a customer outside it gets something of value."""

    stream_id: str = Field(primary_key=True, max_length=ID_CHARACTERS)
    name: str = Field(max_length=NAME_CHARACTERS)
    description: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    customer: str = Field(max_length=NAME_CHARACTERS)
    """A plural noun phrase: "people waiting for a refund"."""
    value: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    as_of: date | None = None


class StreamStage(TenantTable, table=True):
    """One step of a value stream."""

    stream_id: str = Field(max_length=ID_CHARACTERS)
    stage_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    """``stream/stage``."""
    position: int
    """From 1, in the order of the work."""
    name: str = Field(max_length=NAME_CHARACTERS)
    description: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    team_id: str | None = Field(default=None, max_length=ID_CHARACTERS)
    done_by: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    """Who does the work, in plain words, where it is not (only) the team."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "stream_id"],
            ["valuestream.tenant_id", "valuestream.stream_id"],
            ondelete="CASCADE",
            name="fk_streamstage_valuestream",
        ),
        CheckConstraint("position > 0", name="position"),
        Index("ix_streamstage_stream", "tenant_id", "stream_id", "position"),
    )


class StageFigure(TenantTable, table=True):
    """One figure of a stage. A figure that is not recorded has no row: it is not zero."""

    stage_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    measure: str = Field(primary_key=True, max_length=32)
    amount: float
    """Minutes for a time, per cent for percent_complete_accurate."""
    unit: str = Field(max_length=16)
    """What the minutes are counted in, business or calendar hours; else per cent."""
    basis: str = Field(max_length=16)
    as_of: date | None = None
    source: str | None = Field(default=None, max_length=TEXT_CHARACTERS)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "stage_id"],
            ["streamstage.tenant_id", "streamstage.stage_id"],
            ondelete="CASCADE",
            name="fk_stagefigure_streamstage",
        ),
        CheckConstraint("measure IN ('lead_time', 'process_time', 'percent_complete_accurate')", name="measure"),
        CheckConstraint("unit IN ('business', 'calendar', 'percent')", name="unit"),
        CheckConstraint("basis IN ('measured', 'estimated')", name="basis"),
        CheckConstraint("amount >= 0 AND (unit <> 'percent' OR amount <= 100)", name="amount"),
    )


class Service(TenantTable, table=True):
    """A technology-based service, and its entry in the service portfolio."""

    service_id: str = Field(primary_key=True, max_length=ID_CHARACTERS)
    name: str = Field(max_length=NAME_CHARACTERS)
    description: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    team_id: str | None = Field(default=None, max_length=ID_CHARACTERS)
    """The team that runs it."""
    outcome: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    commitments: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    value_now: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    value_later: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    total_cost_of_ownership: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    lifecycle: str | None = Field(default=None, max_length=16)
    as_of: date | None = None

    __table_args__ = (
        CheckConstraint("lifecycle IN ('planned', 'pilot', 'live', 'retiring', 'retired')", name="lifecycle"),
    )


class Team(TenantTable, table=True):
    """People who carry stages or run services together."""

    team_id: str = Field(primary_key=True, max_length=ID_CHARACTERS)
    name: str = Field(max_length=NAME_CHARACTERS)
    description: str | None = Field(default=None, max_length=TEXT_CHARACTERS)
    user_group: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    """The team's Slack user group: its id, or its handle with @."""


class StageService(TenantTable, table=True):
    """A service that carries a stage."""

    stage_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    service_id: str = Field(primary_key=True, max_length=ID_CHARACTERS)
    position: int
    """From 1, as the catalogue lists them."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "stage_id"],
            ["streamstage.tenant_id", "streamstage.stage_id"],
            ondelete="CASCADE",
            name="fk_stageservice_streamstage",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "service_id"],
            ["service.tenant_id", "service.service_id"],
            name="fk_stageservice_service",
        ),
    )


class EntryAlias(TenantTable, table=True):
    """Another name people use for an entry."""

    kind: str = Field(primary_key=True, max_length=KIND_CHARACTERS)
    entry_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    alias: str = Field(primary_key=True, max_length=NAME_CHARACTERS)
    position: int

    __table_args__ = (CheckConstraint(_KINDS, name="kind"),)


class EntryPerson(TenantTable, table=True):
    """Somebody responsible for an entry, as the catalogue names them."""

    kind: str = Field(primary_key=True, max_length=KIND_CHARACTERS)
    entry_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    role: str = Field(primary_key=True, max_length=40)
    person: str = Field(max_length=NAME_CHARACTERS)
    """A Slack id, or a plain name."""

    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        CheckConstraint("role IN ('owner', 'service_manager', 'business_relationship_manager', 'lead')", name="role"),
    )


class EntryChannel(TenantTable, table=True):
    """A channel where an entry is at home."""

    kind: str = Field(primary_key=True, max_length=KIND_CHARACTERS)
    entry_id: str = Field(primary_key=True, max_length=2 * ID_CHARACTERS + 1)
    given: str = Field(primary_key=True, max_length=100)
    """As the catalogue says it, a channel id or #name; it stays while the channel is renamed."""
    channel_id: str | None = Field(default=None, max_length=32)
    """Null until a channel of that name is known."""
    name: str | None = Field(default=None, max_length=100)
    """The channel's present name, without #."""

    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        Index("ix_entrychannel_channel", "tenant_id", "channel_id"),
    )


class MissedLookup(TenantTable, table=True):
    """Words that members looked for and nobody has recorded, by their keyed digest."""

    digest: str = Field(primary_key=True, max_length=32)
    words: str | None = Field(default=None, max_length=MISSED_CHARACTERS)
    """Normalised. Null until a second member asks: one person's words are not kept."""
    asked: int = 1
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("ix_missedlookup_last_at", "last_at"),)


class MissedLookupAsker(TenantTable, table=True):
    """A member, by pseudonym, who looked for words nobody has recorded."""

    digest: str = Field(primary_key=True, max_length=32)
    author: str = Field(primary_key=True, max_length=32)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "digest"],
            ["missedlookup.tenant_id", "missedlookup.digest"],
            ondelete="CASCADE",
            name="fk_missedlookupasker_missedlookup",
        ),
    )
