"""The row of a channel, made by whoever hears of the channel first."""

from datetime import datetime

from sqlmodel import Session

from bot.store.engine import Store
from bot.store.tables import Channel


def add_channel(store: Store, session: Session, tenant_id: str, channel_id: str, since: datetime) -> Channel:
    """Return the channel's row, locked; a channel not known before is watched from ``since``."""
    row = {
        "tenant_id": tenant_id,
        "channel_id": channel_id,
        "name": "",
        "is_private": False,
        "is_ext_shared": False,
        "is_archived": False,
        "is_member": True,
        "is_watched": True,
        "watched_since": since,
    }
    store.add_if_absent(session, Channel, row)
    return session.get_one(Channel, (tenant_id, channel_id), with_for_update=True, populate_existing=True)
