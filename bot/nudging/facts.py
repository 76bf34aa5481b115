"""What the policy's decision rests on, gathered from the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from bot.nudging.choices import choices_of
from bot.nudging.muting import is_muted
from bot.nudging.outcomes import MAY_BE_SEEN
from bot.nudging.policy import Facts, Limits, Member, Sent, found_in, refusal_of
from bot.store.tables import Channel, DigestSubscription, Message, Nudge
from bot.watching.payload import Posted
from nlp import Reading, Rule


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms one installation nudges."""

    limits: Limits
    rules: Mapping[str, Rule]
    zone: str
    """Where neither the member nor the channel's digest has a zone."""

    def version_of(self, rule_id: str) -> str:
        """Return the version of a rule; "" for one that is not among the rules."""
        rule = self.rules.get(rule_id)
        return rule.version if rule else ""


def facts_of(
    session: Session,
    message: Message,
    posted: Posted,
    reading: Reading,
    now: datetime,
    terms: Terms,
    *,
    had_nudge: bool,
) -> Facts:
    """Return what is known of a message when it is counted: all but who its author is."""
    channel = session.get_one(Channel, (message.tenant_id, message.channel_id))
    facts = Facts(
        found=found_in(reading),
        written_at=posted.written_at,
        now=now,
        watched_since=channel.watched_since,
        had_nudge=had_nudge,
        is_ext_shared=posted.is_ext_shared,
    )
    if reading.strongest_nudge is None or refusal_of(facts, terms.limits) is not None:
        return facts
    rule_id = reading.strongest_nudge.rule
    return _with_choices(session, facts, message.tenant_id, message.author or "", rule_id, terms)


def _with_choices(session: Session, facts: Facts, tenant_id: str, author: str, rule_id: str, terms: Terms) -> Facts:
    choices = choices_of(session, tenant_id, author, facts.now)
    return replace(
        facts,
        is_rule_muted=is_muted(session, tenant_id, rule_id, terms.version_of(rule_id)),
        is_rule_silenced=rule_id in choices.silenced,
        paused_until=choices.paused_until,
    )


def with_member(session: Session, nudge: Nudge, facts: Facts, member: Member, now: datetime, terms: Terms) -> Facts:
    """Return the facts whole, as they are now: choices asked again, the author known, and what they had already."""
    zone = zone_of(session, nudge.tenant_id, nudge.channel_id, member, terms)
    facts = _with_choices(session, replace(facts, now=now), nudge.tenant_id, nudge.author, nudge.rule_id, terms)
    return replace(facts, member=member, zone=zone, sent=_sent(session, nudge, now, zone))


def _sent(session: Session, nudge: Nudge, now: datetime, zone: ZoneInfo) -> Sent:
    today = now.astimezone(zone).date()
    of_today = col(Nudge.local_day) == today
    of_thread = and_(col(Nudge.channel_id) == nudge.channel_id, col(Nudge.thread_ts) == nudge.thread_ts)
    statement = select(Nudge).where(
        col(Nudge.tenant_id) == nudge.tenant_id,
        col(Nudge.author) == nudge.author,
        col(Nudge.nudge_id) != nudge.nudge_id,
        col(Nudge.state).in_(MAY_BE_SEEN),
        or_(of_today, of_thread),
    )
    others = session.exec(statement).all()
    todays = [other for other in others if other.local_day == today]
    return Sent(
        in_thread=sum((other.channel_id, other.thread_ts) == (nudge.channel_id, nudge.thread_ts) for other in others),
        by_rule_today=sum(other.rule_id == nudge.rule_id for other in todays),
        today=len(todays),
    )


def zone_of(session: Session, tenant_id: str, channel_id: str, member: Member, terms: Terms) -> ZoneInfo:
    """Return whose date and hour count: the member's own zone, else the channel's digest's, else FAIRVIEW_ZONE."""
    if member.zone:
        return ZoneInfo(member.zone)
    statement = select(DigestSubscription.zone).where(
        col(DigestSubscription.tenant_id) == tenant_id,
        col(DigestSubscription.scope_channel_id) == channel_id,
        col(DigestSubscription.stopped_at).is_(None),
    )
    return ZoneInfo(session.exec(statement.order_by(col(DigestSubscription.since)).limit(1)).first() or terms.zone)
