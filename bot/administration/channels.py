"""Channels as Fairview knows them: invited to, left, renamed, shared, watched or not."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from sqlmodel import Session, col, select

from bot.administration.people import ChannelFacts, channel_facts
from bot.listening import Parts
from bot.store.channels import add_channel
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Gap, Tenant
from bot.store.tenants import ensure_tenant
from bot.valuestreams.service import resolve_channel_links
from nlp import Stage


def learn(parts: Parts, client: WebClient, tenant_id: str, channel_id: str) -> None:
    """Ask Slack what a channel is called and keep it; its first event does not say."""
    facts = channel_facts(client, channel_id)
    change(
        parts.store,
        tenant_id,
        channel_id,
        name=facts.name,
        is_private=facts.is_private,
        is_ext_shared=facts.is_ext_shared,
        is_archived=facts.is_archived,
    )


def change(store: Store, tenant_id: str, channel_id: str, **values: Any) -> None:
    """Keep what is new about a channel Fairview knows; a new name moves the catalogue's links with it."""
    with store.begin() as session:
        channel = session.get(Channel, (tenant_id, channel_id))
        if channel is None:
            return
        channel.sqlmodel_update(values)
        session.add(channel)
        if values.get("name"):
            resolve_channel_links(session, tenant_id, channel_id, str(values["name"]))


def joined(store: Store, box: SecretBox, tenant_id: str, channel_id: str, joined_at: datetime, now: datetime) -> None:
    """Begin to watch a channel Fairview was invited to; where it had been before, the absence becomes a gap."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, channel_id, joined_at)
        if channel.is_member and channel.watched_since > joined_at:
            channel.watched_since = joined_at
        if not channel.is_member:
            channel.is_member, channel.is_watched = True, True
            _close_gap(session, channel, joined_at)
        session.add(channel)


def left(store: Store, tenant_id: str, channel_id: str, left_at: datetime) -> None:
    """Stop watching a channel Fairview was removed from; its history stands, and a gap begins."""
    with store.begin() as session:
        channel = session.get(Channel, (tenant_id, channel_id), with_for_update=True)
        if channel is None or not channel.is_member:
            return
        channel.is_member = False
        session.add(channel)
        _open_gap(store, session, channel, left_at)


def watch(store: Store, box: SecretBox, tenant_id: str, facts: ChannelFacts, on: bool, now: datetime) -> bool:
    """Turn watching of a channel on or off; return whether that changed anything."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, facts.channel_id, now)
        _keep_facts(session, channel, facts)
        if channel.is_watched == on:
            return False
        channel.is_watched = on
        if on:
            _close_gap(session, channel, now)
        else:
            _open_gap(store, session, channel, now)
        return True


def set_stage(
    store: Store, box: SecretBox, tenant_id: str, facts: ChannelFacts, stage: Stage | None, now: datetime
) -> None:
    """Choose the stage of a channel; None leaves it to the workspace."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, facts.channel_id, now)
        _keep_facts(session, channel, facts)
        channel.stage = stage


def set_workspace_stage(store: Store, box: SecretBox, tenant_id: str, stage: Stage | None, now: datetime) -> None:
    """Choose the stage of every channel that has not chosen its own; None leaves it to FAIRVIEW_STAGE."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        tenant = session.get_one(Tenant, tenant_id, with_for_update=True)
        tenant.stage = stage
        session.add(tenant)


def find_channel(store: Store, tenant_id: str, channel_id: str) -> Channel | None:
    """Return what is known of a channel, or None."""
    with store.read() as session:
        return session.get(Channel, (tenant_id, channel_id))


def _keep_facts(session: Session, channel: Channel, facts: ChannelFacts) -> None:
    channel.name, channel.is_private, channel.is_ext_shared = facts.name, facts.is_private, facts.is_ext_shared
    session.add(channel)


def _open_gap(store: Store, session: Session, channel: Channel, at: datetime) -> None:
    row = {"tenant_id": channel.tenant_id, "channel_id": channel.channel_id, "started_at": at, "ended_at": None}
    store.add_if_absent(session, Gap, row)


def _close_gap(session: Session, channel: Channel, at: datetime) -> None:
    statement = select(Gap).where(
        col(Gap.tenant_id) == channel.tenant_id,
        col(Gap.channel_id) == channel.channel_id,
        col(Gap.ended_at).is_(None),
    )
    for gap in session.exec(statement):
        gap.ended_at = max(at, gap.started_at)
        session.add(gap)
