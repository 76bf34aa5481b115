"""Nudges as rows: decided with the count, claimed before Slack is called, settled by what Slack said."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import metrics
from bot.nudging.choices import lock_choice
from bot.nudging.facts import Terms, facts_of, with_member
from bot.nudging.outcomes import MAY_BE_SEEN, nudge_of
from bot.nudging.policy import FRESH, Facts, Member, Refusal, refusal_of
from bot.nudging.withdrawing import withdraw
from bot.store.engine import Store
from bot.store.tables import Message, Nudge, NudgeState
from bot.watching.payload import Posted
from nlp import Finding, Reading

SENDING_LIMIT = timedelta(minutes=2)
"""After this long a claimed nudge's sender is taken for dead."""


Version = Literal["first", "same", "later"]
"""How the version of a message that is decided about stands to what was known of it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A nudge that is committed and waits for its author's facts, and what is known so far."""

    tenant_id: str
    nudge_id: str
    version: str
    """Of the message whose words it is about."""
    facts: Facts


def decide(
    store: Store,
    session: Session,
    message: Message,
    posted: Posted,
    reading: Reading,
    now: datetime,
    terms: Terms,
    version: Version,
) -> Pending | None:
    """Decide within the counting transaction whether this version is to be nudged, as far as the tables know.

    A message has one nudge at the most. One that is still pending is returned again when the same version is
    delivered again, so that a crash between commit and sending loses nothing. Any later version
    withdraws it, and may have one of its own instead, under another id: so a sender of words that are no longer in the
    message finds nothing to claim.
    """
    nudge = None
    if version != "first":
        nudge = nudge_of(session, message.tenant_id, message.channel_id, message.ts)
    finding = reading.strongest_nudge
    is_pending = nudge is not None and nudge.state == NudgeState.PENDING
    if version == "same" and not is_pending:
        return None
    had_nudge = nudge is not None and nudge.state not in {NudgeState.MISSED, NudgeState.PENDING}
    facts = facts_of(session, message, posted, reading, now, terms, had_nudge=had_nudge)
    if nudge is not None and version == "same" and finding is not None:
        nudge.rule_id, nudge.label, nudge.rule_version = finding.rule, finding.label, terms.version_of(finding.rule)
        session.add(nudge)
        return Pending(message.tenant_id, nudge.nudge_id, message.version, facts)
    if is_pending:
        withdraw(session, message.tenant_id, now, channel_id=message.channel_id, ts=message.ts)
    refusal = refusal_of(facts, terms.limits)
    if refusal is not None or finding is None:
        metrics.NOT_NUDGED.labels((refusal or Refusal.NOTHING_FOUND).name.lower()).inc()
        return None
    if nudge is not None:
        session.delete(nudge)
        session.flush()
    nudge_id = _add(store, session, message, posted, finding, now, terms)
    return Pending(message.tenant_id, nudge_id, message.version, facts)


def claim(store: Store, pending: Pending, member: Member, now: datetime, terms: Terms) -> bool:
    """Take a pending nudge for sending, now that it is known who the author is.

    False where somebody else has it, where the message is gone or says something else by now or is too old (then it is
    missed), and where the policy says no: then it is as if it had never been. Those of one member are decided one
    after the other, so that no limit is overrun.
    """
    with store.begin() as session:
        author = _author(session, pending)
        if author is None:
            return False
        lock_choice(store, session, pending.tenant_id, author)
        nudge = session.get(Nudge, (pending.tenant_id, pending.nudge_id), with_for_update=True, populate_existing=True)
        if nudge is None or nudge.state != NudgeState.PENDING:
            return False
        if not _still_says_so(session, nudge, pending.version):
            _miss(session, nudge, now)
            return False
        facts = with_member(session, nudge, pending.facts, member, now, terms)
        refusal = refusal_of(facts, terms.limits)
        if refusal is not None:
            metrics.NOT_NUDGED.labels(refusal.name.lower()).inc()
            _dismiss(session, nudge, refusal, now)
            return False
        nudge.state, nudge.changed_at = NudgeState.SENDING, now
        nudge.local_day = now.astimezone(facts.zone).date()
        session.add(nudge)
        return True


def _dismiss(session: Session, nudge: Nudge, refusal: Refusal, now: datetime) -> None:
    if refusal is Refusal.TOO_OLD:
        _miss(session, nudge, now)
    else:
        session.delete(nudge)


def _miss(session: Session, nudge: Nudge, now: datetime) -> None:
    nudge.state, nudge.changed_at = NudgeState.MISSED, now
    session.add(nudge)


def _still_says_so(session: Session, nudge: Nudge, version: str) -> bool:
    # An edit or a deletion that came while it was being sent had nothing pending to withdraw.
    message = session.get(Message, (nudge.tenant_id, nudge.channel_id, nudge.ts))
    return message is not None and not message.is_deleted and message.version == version


def give_up(store: Store, pending: Pending, now: datetime) -> None:
    """Mark a pending nudge missed whose author Slack did not tell in time."""
    with store.begin() as session:
        withdraw(session, pending.tenant_id, now, nudge_id=pending.nudge_id)
    metrics.NOT_NUDGED.labels(Refusal.AUTHOR_UNKNOWN.name.lower()).inc()


def settle(store: Store, tenant_id: str, nudge_id: str, state: NudgeState, now: datetime) -> bool:
    """Record what became of a nudge this process was sending; PENDING for one to be tried again.

    What the author did with the message while it was under way is no doing of a nudge that did not arrive.
    """
    if state is not NudgeState.PENDING:
        metrics.NUDGES.labels(state.value).inc()
    statement = update(Nudge).where(
        col(Nudge.tenant_id) == tenant_id,
        col(Nudge.nudge_id) == nudge_id,
        col(Nudge.state) == NudgeState.SENDING,
    )
    unseen = {} if state in MAY_BE_SEEN else {"became": None}
    statement = statement.values(state=state, changed_at=now, **unseen).returning(col(Nudge.nudge_id))
    with store.begin() as session:
        return session.execute(statement).first() is not None


def settle_stale(store: Store, now: datetime) -> None:
    """Settle what a dead sender left: pending for over five minutes is missed, sending for over two is unknown."""
    for state, since, age, outcome in (
        (NudgeState.PENDING, Nudge.created_at, FRESH, NudgeState.MISSED),
        (NudgeState.SENDING, Nudge.changed_at, SENDING_LIMIT, NudgeState.UNKNOWN),
    ):
        with store.begin() as session:
            session.execute(
                update(Nudge)
                .where(col(Nudge.state) == state, col(since) < now - age)
                .values(state=outcome, changed_at=now)
            )


def _author(session: Session, pending: Pending) -> str | None:
    statement = select(Nudge.author).where(
        col(Nudge.tenant_id) == pending.tenant_id, col(Nudge.nudge_id) == pending.nudge_id
    )
    return session.exec(statement).one_or_none()


def _add(
    store: Store,
    session: Session,
    message: Message,
    posted: Posted,
    finding: Finding,
    now: datetime,
    terms: Terms,
) -> str:
    nudge_id = uuid.uuid4().hex
    row = {
        "tenant_id": message.tenant_id,
        "nudge_id": nudge_id,
        "channel_id": message.channel_id,
        "ts": message.ts,
        "thread_ts": posted.thread_ts or message.ts,
        "author": message.author or "",
        "rule_id": finding.rule,
        "rule_version": terms.version_of(finding.rule),
        "label": finding.label,
        "state": NudgeState.PENDING,
        "created_at": now,
        "changed_at": now,
    }
    session.execute(store.insert(Nudge).values(row))
    return nudge_id
