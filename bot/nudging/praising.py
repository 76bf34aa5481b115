"""Whether words that lead to the customer earn their author a thank-you: as they chose, once a week at most."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.nudging.choices import choices_of, lock_choice
from bot.nudging.facts import Terms, facts_of, zone_of
from bot.nudging.policy import Facts, Limits, Member, refusal_of
from bot.store.engine import Store
from bot.store.tables import MemberChoice, Message, Praise, Tenant
from bot.watching.payload import Posted
from nlp import NUDGEABLE, Reading

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """A thank-you that may be due, and what is known so far."""

    tenant_id: str
    author: str
    channel_id: str
    ts: str
    thread_ts: str | None
    user_id: str
    facts: Facts


def find_owed(
    session: Session, message: Message, posted: Posted, reading: Reading, now: datetime, terms: Terms
) -> Owed | None:
    """Return, within the counting transaction, what may be owed for a message that leads to the customer."""
    if "shared_purpose" not in reading.labels or set(reading.labels) & set(NUDGEABLE) or posted.is_change:
        return None
    author = message.author or ""
    choice = session.get(MemberChoice, (message.tenant_id, author))
    chosen = choices_of(session, message.tenant_id, author, now)
    facts = facts_of(session, message, posted, reading, now, terms, had_nudge=False)
    facts = replace(facts, found=None, paused_until=chosen.paused_until)
    if not is_due(facts, terms.limits, chosen.praise, choice.praised_at if choice else None):
        return None
    return Owed(
        tenant_id=message.tenant_id,
        author=author,
        channel_id=posted.channel_id,
        ts=posted.ts,
        thread_ts=posted.thread_ts,
        user_id=posted.author_id,
        facts=facts,
    )


def is_due(facts: Facts, limits: Limits, praise: Praise, praised_at: datetime | None) -> bool:
    """Say whether a member is to be thanked: as they chose, once a week, and only where they might be nudged."""
    if praise is Praise.OFF or (praised_at is not None and facts.now < praised_at + WEEK):
        return False
    return refusal_of(facts, limits) is None


def claim(store: Store, owed: Owed, member: Member, now: datetime, terms: Terms) -> Praise | None:
    """Note that the member is thanked now, and return how, or None where they are not to be."""
    with store.begin() as session:
        if session.get(Tenant, owed.tenant_id) is None:
            return None  # uninstalled meanwhile: no new record is begun
        choice = lock_choice(store, session, owed.tenant_id, owed.author)
        chosen = choices_of(session, owed.tenant_id, owed.author, now)
        zone = zone_of(session, owed.tenant_id, owed.channel_id, member, terms)
        facts = replace(owed.facts, now=now, paused_until=chosen.paused_until, member=member, zone=zone)
        if not is_due(facts, terms.limits, chosen.praise, choice.praised_at):
            return None
        choice.praised_at = now
        session.add(choice)
        return chosen.praise
