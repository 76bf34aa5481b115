"""Eight generated weeks before the demonstration's day, so that its digest has something to compare with.

They are figures only: made by a seeded generator, with no message behind them, and the demonstration says so.
"""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import Channel, Message, MessageFinding
from bot.store.tenants import ensure_tenant

_Key = tuple[str, str, str]

_WEEKS = 8
_MESSAGES_A_WEEK = 140
# Of a thousand messages, how many held each; the first falls a little from week to week, the third rises.
_RATES = (
    ("us_them", "business_as_other", 34, -2),
    ("process_barrier", "no_ticket_no_help", 21, 0),
    ("shared_purpose", "outcome", 12, 3),
)


def generate_weeks(
    store: Store,
    box: SecretBox,
    tenant_id: str,
    channel_ids: list[str],
    member_ids: list[str],
    now: datetime,
    zone: str,
) -> None:
    """Fill the eight closed weeks before ``now`` with counted messages of the members given."""
    chance = random.Random(8)  # noqa: S311 (figures for show, the same each time)
    today = now.astimezone(ZoneInfo(zone)).replace(hour=9, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    with store.begin() as session:
        author_key = ensure_tenant(store, session, box, tenant_id, now)
        authors = [pseudonym(author_key, member_id) for member_id in member_ids]
        for channel_id in channel_ids:
            channel = session.get_one(Channel, (tenant_id, channel_id))
            channel.watched_since = monday - timedelta(weeks=_WEEKS)
            session.add(channel)
            for week in range(_WEEKS):
                start = monday - timedelta(weeks=_WEEKS - week)
                for number in range(_MESSAGES_A_WEEK):
                    at = start + timedelta(days=number % 5, seconds=chance.randrange(8 * 3600), microseconds=number)
                    ts = f"{at.timestamp():.6f}"
                    key = (tenant_id, channel_id, ts)
                    session.add(_message(key, chance.choice(authors), at))
                    session.add_all(
                        _finding(key, ordinal, label, subtype)
                        for ordinal, (label, subtype, rate, trend) in enumerate(_RATES)
                        if chance.random() * 1000 < rate + trend * week
                    )


def _message(key: _Key, author: str, at: datetime) -> Message:
    tenant_id, channel_id, ts = key
    return Message(
        tenant_id=tenant_id, channel_id=channel_id, ts=ts, version=ts, author=author, posted_at=at, has_prose=True
    )


def _finding(key: _Key, ordinal: int, label: str, subtype: str) -> MessageFinding:
    tenant_id, channel_id, ts = key
    return MessageFinding(
        tenant_id=tenant_id,
        channel_id=channel_id,
        ts=ts,
        ordinal=ordinal,
        rule_id="generated",
        label=label,
        subtype=subtype,
    )
