"""Every table, by the feature that writes it. Importing this package makes the metadata complete."""

from bot.store.tables.base import TenantTable
from bot.store.tables.nudging import MemberChoice, Nudge, NudgeAnswer, NudgeState
from bot.store.tables.watching import Channel, Gap, Heartbeat, Message, MessageFinding, Tenant

__all__ = [
    "Channel",
    "Gap",
    "Heartbeat",
    "MemberChoice",
    "Message",
    "MessageFinding",
    "Nudge",
    "NudgeAnswer",
    "NudgeState",
    "Tenant",
    "TenantTable",
]
