"""Counting: every message once, in its newest version, whatever is sent again, late or out of order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete
from sqlmodel import Session, col, select

from bot.nudging import outcomes
from bot.nudging import service as nudging
from bot.nudging.facts import Terms
from bot.nudging.praising import Owed, find_owed
from bot.nudging.withdrawing import withdraw
from bot.slack_time import instant, is_newer
from bot.store.channels import add_channel, come_back, is_in_gap
from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import Channel, Message, MessageFinding, Tenant, as_stage
from bot.store.tenants import ensure_tenant
from bot.store.weeks import mark_stale
from bot.valuestreams.service import customer_of_channel
from bot.watching.payload import Posted, Removed
from nlp import Reading, Stage


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a channel before its message is read."""

    stage: Stage
    customer: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a message: ``counted`` (new or changed), or not, and why; the nudge that waits to be sent."""

    outcome: str
    nudge: nudging.Pending | None = None
    thanks: Owed | None = None
    is_channel_unnamed: bool = False
    """Whether Slack has not told yet what the channel is called."""


def find_setting(store: Store, tenant_id: str, channel_id: str, default: Stage) -> Setting:
    """Return the stage a channel is at (its own, else its workspace's, else ``default``) and whom it serves."""
    in_channel = and_(col(Channel.tenant_id) == col(Tenant.tenant_id), col(Channel.channel_id) == channel_id)
    chosen = select(Channel.stage, Tenant.stage).select_from(Tenant).outerjoin(Channel, in_channel)
    with store.read() as session:
        # Asked for every message: columns in one statement, no rows.
        own, shared = session.exec(chosen.where(col(Tenant.tenant_id) == tenant_id)).first() or (None, None)
        return Setting(
            stage=as_stage(own) or as_stage(shared) or default,
            customer=customer_of_channel(session, tenant_id, channel_id),
        )


def record(
    store: Store,
    box: SecretBox,
    tenant_id: str,
    posted: Posted,
    reading: Reading,
    now: datetime,
    retention: timedelta,
    terms: Terms,
) -> Recorded:
    """Count one version of a message and decide its nudge, in one transaction; doing it again changes nothing."""
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), posted.author_id)
        channel = _find_or_add_channel(store, session, tenant_id, posted)
        is_unnamed = not channel.name
        if not channel.is_watched:
            return Recorded("channel not watched", is_channel_unnamed=is_unnamed)
        if posted.is_change and not _may_count_change(session, channel, posted, now, retention):
            return Recorded("change of a message from before", is_channel_unnamed=is_unnamed)
        message, outcome, is_new = _store_version(store, session, tenant_id, posted, author, reading.prose)
        if outcome == "counted":
            mark_stale(store, session, tenant_id, posted.channel_id, posted.posted_at)
            if not is_new:
                _delete_findings(session, message)
            _add_findings(session, message, reading)
            if posted.is_change:
                outcomes.note_change(session, message, reading, posted.written_at)
        nudge = thanks = None
        if outcome == "counted":
            thanks = find_owed(session, message, posted, reading, now, terms)
        if outcome in {"counted", "repeated"}:
            version: nudging.Version = "first" if is_new else "same" if outcome == "repeated" else "later"
            nudge = nudging.decide(store, session, message, posted, reading, now, terms, version)
        return Recorded(outcome, nudge, thanks, is_unnamed)


def remove(store: Store, tenant_id: str, removed: Removed, now: datetime) -> None:
    """Take a message out of every count, for good: only its bare key stays, so that a late original cannot return."""
    key = {"tenant_id": tenant_id, "channel_id": removed.channel_id, "ts": removed.ts}
    with store.begin() as session:
        row = {**key, "version": removed.ts, "posted_at": instant(removed.ts), "is_deleted": True, "has_prose": False}
        store.add_if_absent(session, Message, row)
        message = _lock(session, tenant_id, removed.channel_id, removed.ts)
        mark_stale(store, session, tenant_id, removed.channel_id, message.posted_at)
        message.is_deleted, message.author, message.has_prose = True, None, False
        session.add(message)
        _delete_findings(session, message)
        withdraw(session, tenant_id, now, channel_id=removed.channel_id, ts=removed.ts)
        outcomes.note_removal(session, tenant_id, removed.channel_id, removed.ts)


def _find_or_add_channel(store: Store, session: Session, tenant_id: str, posted: Posted) -> Channel:
    # A message from a channel nobody told us of means that Fairview was invited while it was away; one written after
    # Fairview had left, that the news of its return is late, or that the news of its leaving was.
    channel = session.get(Channel, (tenant_id, posted.channel_id))
    if channel is None:
        channel = add_channel(store, session, tenant_id, posted.channel_id, posted.posted_at)
    is_gone = channel.is_watched and not channel.is_member
    if is_gone and not posted.is_change and is_in_gap(session, channel, posted.posted_at):
        come_back(session, channel, posted.posted_at)
    is_private = channel.is_private if posted.is_private is None else posted.is_private
    if (channel.is_ext_shared, channel.is_private) != (posted.is_ext_shared, is_private):
        channel.is_ext_shared, channel.is_private = posted.is_ext_shared, is_private
        session.add(channel)
    return channel


def _may_count_change(session: Session, channel: Channel, posted: Posted, now: datetime, retention: timedelta) -> bool:
    if session.get(Message, (channel.tenant_id, posted.channel_id, posted.ts)) is not None:
        return True
    since = max(channel.watched_since, now - retention)
    return posted.posted_at >= since and not is_in_gap(session, channel, posted.posted_at)


def _store_version(
    store: Store, session: Session, tenant_id: str, posted: Posted, author: str, has_prose: bool
) -> tuple[Message, str, bool]:
    """Return the message as it now stands, what became of this version, and whether it is the first known."""
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "channel_id": posted.channel_id,
        "ts": posted.ts,
        "version": posted.version,
        "author": author,
        "posted_at": posted.posted_at,
        "has_prose": has_prose,
        "is_deleted": False,
    }
    if store.add_if_absent(session, Message, row):
        return Message(**row), "counted", True  # nobody else sees the row before this commits
    message = _lock(session, tenant_id, posted.channel_id, posted.ts)
    if message.is_deleted:
        return message, "deleted before", False
    if posted.version == message.version:
        return message, "repeated", False
    if not is_newer(posted.version, message.version):
        return message, "older version", False
    message.version, message.has_prose = posted.version, has_prose
    session.add(message)
    return message, "counted", False


def _lock(session: Session, tenant_id: str, channel_id: str, ts: str) -> Message:
    return session.get_one(Message, (tenant_id, channel_id, ts), with_for_update=True, populate_existing=True)


def _add_findings(session: Session, message: Message, reading: Reading) -> None:
    counted = [finding for finding in reading.findings if finding.counts]
    for ordinal, finding in enumerate(counted):
        session.add(
            MessageFinding(
                tenant_id=message.tenant_id,
                channel_id=message.channel_id,
                ts=message.ts,
                ordinal=ordinal,
                rule_id=finding.rule,
                label=finding.label,
                subtype=finding.subtype,
            )
        )
    session.flush()


def _delete_findings(session: Session, message: Message) -> None:
    table = MessageFinding
    session.execute(
        delete(table).where(
            col(table.tenant_id) == message.tenant_id,
            col(table.channel_id) == message.channel_id,
            col(table.ts) == message.ts,
        )
    )
