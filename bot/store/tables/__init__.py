"""Every table, by the feature that writes it. Importing this package makes the metadata complete."""

from bot.store.tables.base import TenantTable
from bot.store.tables.digests import DigestRun, DigestRunState, DigestSubscription, SkipReason, StopReason
from bot.store.tables.nudging import MemberChoice, Nudge, NudgeAnswer, NudgeState
from bot.store.tables.valuestreams import (
    CatalogueState,
    EntryAlias,
    EntryChannel,
    EntryPerson,
    MissedLookup,
    MissedLookupAsker,
    Service,
    StageFigure,
    StageService,
    StreamStage,
    Team,
    ValueStream,
)
from bot.store.tables.watching import Channel, Gap, Heartbeat, Message, MessageFinding, Tenant, as_stage

__all__ = [
    "CatalogueState",
    "Channel",
    "DigestRun",
    "DigestRunState",
    "DigestSubscription",
    "EntryAlias",
    "EntryChannel",
    "EntryPerson",
    "Gap",
    "Heartbeat",
    "MemberChoice",
    "Message",
    "MessageFinding",
    "MissedLookup",
    "MissedLookupAsker",
    "Nudge",
    "NudgeAnswer",
    "NudgeState",
    "Service",
    "SkipReason",
    "StageFigure",
    "StageService",
    "StopReason",
    "StreamStage",
    "Team",
    "Tenant",
    "TenantTable",
    "ValueStream",
    "as_stage",
]
