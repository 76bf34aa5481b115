"""Nudges as rows: decided with the count, claimed before Slack is called, settled by what Slack said."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import metrics
from bot.errors import PersonError
from bot.nudging.policy import FRESH, Facts, Refusal, refusal_of
from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import MemberChoice, Message, Nudge, NudgeAnswer, NudgeState
from bot.store.tenants import author_key, ensure_tenant
from bot.watching.payload import Posted
from nlp import Reading

SENDING_LIMIT = timedelta(minutes=2)
"""After this long a claimed nudge's sender is taken for dead."""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answered:
    """A nudge whose author has answered it."""

    rule_id: str


def decide(
    store: Store,
    session: Session,
    message: Message,
    posted: Posted,
    reading: Reading,
    now: datetime,
    *,
    is_current: bool,
) -> str | None:
    """Decide within the counting transaction whether this version is nudged; return the id of a nudge to be sent.

    A message has one nudge at the most. One that is still pending is returned again when the same version is
    delivered again (``is_current``), so that a crash between commit and sending loses nothing; an edit that took the
    finding away withdraws it. One that was missed gives way to that of a later version, under an id of its own, so
    that a sender of the old words finds nothing to claim.
    """
    nudge = _nudge_of(session, message.tenant_id, message.channel_id, message.ts)
    finding = reading.strongest_nudge
    if nudge is not None and nudge.state == NudgeState.PENDING:
        if finding is None:
            withdraw(session, message.tenant_id, now, channel_id=message.channel_id, ts=message.ts)
            return None
        nudge.rule_id, nudge.label = finding.rule, finding.label
        session.add(nudge)
        return nudge.nudge_id
    if is_current:
        return None
    author = message.author or ""
    refusal = refusal_of(
        Facts(
            has_finding=finding is not None,
            is_ext_shared=posted.is_ext_shared,
            written_at=posted.written_at,
            now=now,
            paused_until=_paused_until(session, message.tenant_id, author),
            had_nudge=nudge is not None and nudge.state != NudgeState.MISSED,
        )
    )
    if refusal is not None or finding is None:
        metrics.NOT_NUDGED.labels((refusal or Refusal.NOTHING_SURE).name.lower()).inc()
        return None
    if nudge is not None:
        session.delete(nudge)
        session.flush()
    nudge_id = uuid.uuid4().hex
    row = {
        "tenant_id": message.tenant_id,
        "nudge_id": nudge_id,
        "channel_id": message.channel_id,
        "ts": message.ts,
        "author": author,
        "rule_id": finding.rule,
        "label": finding.label,
        "state": NudgeState.PENDING,
        "created_at": now,
        "changed_at": now,
    }
    session.execute(store.insert(Nudge).values(row))
    return nudge_id


def withdraw(session: Session, tenant_id: str, now: datetime, **which: str) -> None:
    """Mark nudges that nobody has begun to send missed; ``which``: their ``channel_id``, ``ts`` or ``author``."""
    given = [col(getattr(Nudge, name)) == value for name, value in which.items()]
    session.execute(
        update(Nudge)
        .where(col(Nudge.tenant_id) == tenant_id, col(Nudge.state) == NudgeState.PENDING, *given)
        .values(state=NudgeState.MISSED, changed_at=now)
    )


def claim(store: Store, tenant_id: str, nudge_id: str, now: datetime) -> bool:
    """Take a pending nudge for sending; False where somebody else has it, or it was withdrawn or is too old."""
    return _move(store, tenant_id, nudge_id, NudgeState.PENDING, NudgeState.SENDING, now, created_after=now - FRESH)


def settle(store: Store, tenant_id: str, nudge_id: str, state: NudgeState, now: datetime) -> bool:
    """Record what became of a nudge this process was sending; PENDING for one to be tried again."""
    if state is not NudgeState.PENDING:
        metrics.NUDGES.labels(state.value).inc()
    return _move(store, tenant_id, nudge_id, NudgeState.SENDING, state, now)


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


def record_answer(
    store: Store, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str, answer: NudgeAnswer, now: datetime
) -> Answered:
    """Keep what the author said of a nudge; the last answer counts. Raises PersonError where it is not theirs."""
    with store.begin() as session:
        nudge = _own_nudge(session, box, tenant_id, nudge_id, user_id, lock=True)
        nudge.answer, nudge.answered_at = answer, now
        session.add(nudge)
        return Answered(nudge.rule_id)


def rule_of(store: Store, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str) -> str:
    """Return the rule behind a nudge; raises PersonError where the nudge is not this member's."""
    with store.read() as session:
        return _own_nudge(session, box, tenant_id, nudge_id, user_id).rule_id


def pause(store: Store, box: SecretBox, tenant_id: str, user_id: str, until: datetime | None, now: datetime) -> None:
    """Stop a member's nudges until an instant (FOREVER for good); None resumes them."""
    with store.begin() as session:
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        row = {"tenant_id": tenant_id, "author": author, "paused_until": until}
        statement = store.insert(MemberChoice).values(row)
        session.execute(
            statement.on_conflict_do_update(index_elements=["tenant_id", "author"], set_={"paused_until": until})
        )
        if until is not None:
            withdraw(session, tenant_id, now, author=author)


def find_pause(store: Store, box: SecretBox, tenant_id: str, user_id: str, now: datetime) -> datetime | None:
    """Return until when a member's nudges are paused, or None where they are not."""
    with store.read() as session:
        key = author_key(session, box, tenant_id)
        until = _paused_until(session, tenant_id, pseudonym(key, user_id)) if key else None
    return until if until and until > now else None


def _own_nudge(
    session: Session, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str, *, lock: bool = False
) -> Nudge:
    nudge = session.get(Nudge, (tenant_id, nudge_id), with_for_update=lock)
    key = author_key(session, box, tenant_id)
    if nudge is None or key is None or nudge.author != pseudonym(key, user_id):
        raise PersonError("That nudge is no longer on record, so there was nothing to change.")
    return nudge


def _nudge_of(session: Session, tenant_id: str, channel_id: str, ts: str) -> Nudge | None:
    statement = select(Nudge).where(
        col(Nudge.tenant_id) == tenant_id, col(Nudge.channel_id) == channel_id, col(Nudge.ts) == ts
    )
    return session.exec(statement.with_for_update()).one_or_none()


def _paused_until(session: Session, tenant_id: str, author: str) -> datetime | None:
    choice = session.get(MemberChoice, (tenant_id, author))
    return choice.paused_until if choice else None


def _move(
    store: Store,
    tenant_id: str,
    nudge_id: str,
    before: NudgeState,
    after: NudgeState,
    now: datetime,
    created_after: datetime | None = None,
) -> bool:
    statement = update(Nudge).where(
        col(Nudge.tenant_id) == tenant_id, col(Nudge.nudge_id) == nudge_id, col(Nudge.state) == before
    )
    if created_after is not None:
        statement = statement.where(col(Nudge.created_at) > created_after)
    statement = statement.values(state=after, changed_at=now).returning(col(Nudge.nudge_id))
    with store.begin() as session:
        return session.execute(statement).first() is not None
