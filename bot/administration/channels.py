"""Channels as Fairview knows them: invited to, left, renamed, shared, watched or not."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from sqlmodel import Session, col, select

from bot.administration.people import ChannelFacts, channel_facts
from bot.listening import Parts
from bot.nudging.withdrawing import withdraw
from bot.stages import StageChoice
from bot.store.channels import add_channel, close_gap, come_back, open_gap
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Gap, Tenant, as_stage
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

    An invitation to a channel it had been removed from also undoes an earlier `watch off`, and Fairview introduces
    itself anew. One that is told again, even after a later removal, changes nothing.
    """
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, channel_id, joined_at)
        if channel.is_member:
            channel.watched_since = min(channel.watched_since, joined_at)
            session.add(channel)
        elif not _was_away_after(session, channel, joined_at):
            channel.introduced_at = None
            come_back(session, channel, joined_at)


def left(store: Store, tenant_id: str, channel_id: str, left_at: datetime) -> None:
    """Stop watching a channel Fairview was removed from; its history stands, and a gap begins.

    A removal that is told again after Fairview is back changes nothing.
    """
    with store.begin() as session:
        channel = session.get(Channel, (tenant_id, channel_id), with_for_update=True)
        is_told_again = session.get(Gap, (tenant_id, channel_id, left_at)) is not None
        if channel is None or not channel.is_member or is_told_again:
            return
        # Forgotten here already: a message may tell of its return before the invitation does.
        channel.is_member, channel.introduced_at = False, None
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
            withdraw(session, tenant_id, now, channel_id=facts.channel_id)
        return True


def set_stage(
    store: Store,
    box: SecretBox,
    tenant_id: str,
    facts: ChannelFacts,
    stage: Stage | None,
    chosen_by: str,
    now: datetime,
) -> Stage | None:
    """Choose the stage of a channel, None leaving it to the workspace; return what was chosen before."""
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        channel = add_channel(store, session, tenant_id, facts.channel_id, now)
        _keep_facts(session, channel, facts)
        return _choose(session, channel, stage, chosen_by)


def set_workspace_stage(
    store: Store, box: SecretBox, tenant_id: str, stage: Stage | None, chosen_by: str, now: datetime
) -> Stage | None:
    """Choose the stage of every channel that has not chosen its own, None leaving it to FAIRVIEW_STAGE.

    Returns what was chosen before.
    """
    with store.begin() as session:
        ensure_tenant(store, session, box, tenant_id, now)
        tenant = session.get_one(Tenant, tenant_id, with_for_update=True)
        return _choose(session, tenant, stage, chosen_by)


def stage_choice(store: Store, tenant_id: str, channel_id: str, default: Stage) -> StageChoice:
    """Return the stage a channel is at, its own, else its workspace's, else ``default``, and who chose it."""
    with store.read() as session:
        channel, tenant = session.get(Channel, (tenant_id, channel_id)), session.get(Tenant, tenant_id)
    if channel and (own := as_stage(channel.stage)):
        return StageChoice(own, "channel", channel.stage_chosen_by)
    if tenant and (shared := as_stage(tenant.stage)):
        return StageChoice(shared, "workspace", tenant.stage_chosen_by)
    return StageChoice(default, "default")


def find_channel(store: Store, tenant_id: str, channel_id: str) -> Channel | None:
    """Return what is known of a channel, or None."""
    with store.read() as session:
        return session.get(Channel, (tenant_id, channel_id))


def _choose(session: Session, row: Channel | Tenant, stage: Stage | None, chosen_by: str) -> Stage | None:
    before = as_stage(row.stage)
    if stage != before:
        row.stage, row.stage_chosen_by = stage, chosen_by if stage else None
        session.add(row)
    return before


def _was_away_after(session: Session, channel: Channel, instant: datetime) -> bool:
    statement = select(Gap.started_at).where(
        col(Gap.tenant_id) == channel.tenant_id,
        col(Gap.channel_id) == channel.channel_id,
        col(Gap.started_at) > instant,
    )
    return session.exec(statement.limit(1)).first() is not None


def _keep_facts(session: Session, channel: Channel, facts: ChannelFacts) -> None:
    channel.name, channel.is_private, channel.is_ext_shared = facts.name, facts.is_private, facts.is_ext_shared
    session.add(channel)
