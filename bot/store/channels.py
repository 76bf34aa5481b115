"""The row of a channel, made by whoever hears of the channel first, and the stretches in which nobody listened."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from bot.store.engine import Store
from bot.store.tables import Channel, Gap


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


def come_back(session: Session, channel: Channel, at: datetime) -> None:
    """Take a channel as one that Fairview is in, and listens to, again; its absence becomes a gap that ended."""
    channel.is_member, channel.is_watched = True, True
    session.add(channel)
    close_gap(session, channel, at)


def open_gap(store: Store, session: Session, channel: Channel, at: datetime) -> None:
    """Begin a stretch without listening, unless one has begun already."""
    if _open_gap_of(session, channel) is None:
        row = {"tenant_id": channel.tenant_id, "channel_id": channel.channel_id, "started_at": at, "ended_at": None}
        store.add_if_absent(session, Gap, row)


def close_gap(session: Session, channel: Channel, at: datetime) -> None:
    """End the stretch without listening, if there is one."""
    gap = _open_gap_of(session, channel)
    if gap is not None:
        gap.ended_at = max(at, gap.started_at)
        session.add(gap)


def is_in_gap(session: Session, channel: Channel, at: datetime) -> bool:
    """Say whether nobody was listening to the channel at that instant, because it was left or not to be watched."""
    statement = select(Gap.started_at).where(
        col(Gap.tenant_id) == channel.tenant_id,
        col(Gap.channel_id) == channel.channel_id,
        col(Gap.started_at) <= at,
        or_(col(Gap.ended_at).is_(None), col(Gap.ended_at) > at),
    )
    return session.exec(statement.limit(1)).first() is not None


def _open_gap_of(session: Session, channel: Channel) -> Gap | None:
    statement = select(Gap).where(
        col(Gap.tenant_id) == channel.tenant_id,
        col(Gap.channel_id) == channel.channel_id,
        col(Gap.ended_at).is_(None),
    )
    return session.exec(statement.order_by(col(Gap.started_at)).limit(1)).first()
