"""Channels as Fairview knows them: invited to, left, renamed, shared, watched or not."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from sqlmodel import Session

from bot.administration.people import ChannelFacts, channel_facts
from bot.listening import Parts
from bot.nudging import service as nudging
from bot.store.channels import add_channel, close_gap, come_back, open_gap
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Tenant, as_stage
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
    """Begin to watch a channel Fairview was invited to; where it had been before, the absence becomes a gap.

    An invitation to a channel it had been removed from also undoes an earlier `watch off`.
    """
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, channel_id, joined_at)
        if channel.is_member:
            channel.watched_since = min(channel.watched_since, joined_at)
            session.add(channel)
        else:
            come_back(session, channel, joined_at)


def left(store: Store, tenant_id: str, channel_id: str, left_at: datetime) -> None:
    """Stop watching a channel Fairview was removed from; its history stands, and a gap begins."""
    with store.begin() as session:
        channel = session.get(Channel, (tenant_id, channel_id), with_for_update=True)
        if channel is None or not channel.is_member:
            return
        channel.is_member = False
        session.add(channel)
        open_gap(store, session, channel, left_at)


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
            close_gap(session, channel, now)
        else:
            open_gap(store, session, channel, now)
            nudging.withdraw(session, tenant_id, now, channel_id=facts.channel_id)
        return True


def set_stage(
    store: Store, box: SecretBox, tenant_id: str, facts: ChannelFacts, stage: Stage | None, now: datetime
) -> Stage | None:
    """Choose the stage of a channel, None leaving it to the workspace; return what was chosen before."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, facts.channel_id, now)
        _keep_facts(session, channel, facts)
        before, channel.stage = as_stage(channel.stage), stage
        return before


def set_workspace_stage(
    store: Store, box: SecretBox, tenant_id: str, stage: Stage | None, now: datetime
) -> Stage | None:
    """Choose the stage of every channel that has not chosen its own, None leaving it to FAIRVIEW_STAGE.

    Returns what was chosen before.
    """
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        tenant = session.get_one(Tenant, tenant_id, with_for_update=True)
        before, tenant.stage = as_stage(tenant.stage), stage
        session.add(tenant)
        return before


def find_channel(store: Store, tenant_id: str, channel_id: str) -> Channel | None:
    """Return what is known of a channel, or None."""
    with store.read() as session:
        return session.get(Channel, (tenant_id, channel_id))


def _keep_facts(session: Session, channel: Channel, facts: ChannelFacts) -> None:
    channel.name, channel.is_private, channel.is_ext_shared = facts.name, facts.is_private, facts.is_ext_shared
    session.add(channel)
