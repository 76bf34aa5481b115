"""What became of a nudge: what its author answered, and what they did with the message. Kept without any text."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from bot import metrics
from bot.errors import PersonError
from bot.nudging.muting import judge_rule
from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import Became, Message, MessageFinding, Nudge, NudgeAnswer, NudgeState
from bot.store.tenants import author_key
from nlp import Reading

REWORDING_TIME = timedelta(hours=1)
"""How long after a nudge an edit is taken to be its doing."""
MAY_BE_SEEN = (NudgeState.SENDING, NudgeState.SENT, NudgeState.UNKNOWN)
"""States of a nudge that its author has seen, or may have."""


class Outcome(StrEnum):
    """What became of a nudge, in one word."""

    USED = "used"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"
    CALLED_WRONG = "called wrong"
    HELPFUL = "helpful"
    IGNORED = "ignored"
    """No answer: it may never have been seen."""


def outcome_of(answer: str | None, became: str | None) -> Outcome:
    """Return the one outcome of a nudge: what was said of it first, then what was done, the strongest deed first."""
    if answer == NudgeAnswer.NOT_RELEVANT:
        return Outcome.CALLED_WRONG
    if became == Became.REWORDED:
        return Outcome.REWORDED
    if answer == NudgeAnswer.USED:
        return Outcome.USED
    if became == Became.WITHDRAWN:
        return Outcome.WITHDRAWN
    return Outcome.HELPFUL if answer == NudgeAnswer.HELPFUL else Outcome.IGNORED


def record_answer(
    store: Store, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str, answer: NudgeAnswer, now: datetime
) -> Nudge:
    """Keep what the author said of a nudge, and return it; the last answer counts.

    A rule that is called wrong once too often is muted in the same transaction. Raises PersonError where the nudge is
    not this member's, or is on record no more.
    """
    with store.begin() as session:
        nudge = own_nudge(session, box, tenant_id, nudge_id, user_id, lock=True)
        nudge.answer, nudge.answered_at = answer, now
        session.add(nudge)
        session.flush()
        judge_rule(store, session, nudge, now)
    metrics.ANSWERS.labels(answer.value).inc()
    return nudge


def take_back(store: Store, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str) -> None:
    """Forget what the author said of a nudge; raises PersonError as ``record_answer`` does."""
    with store.begin() as session:
        nudge = own_nudge(session, box, tenant_id, nudge_id, user_id, lock=True)
        nudge.answer = nudge.answered_at = None
        session.add(nudge)


def find_nudge(store: Store, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str) -> Nudge:
    """Return a member's own nudge; raises PersonError where it is not theirs, or is on record no more."""
    with store.read() as session:
        return own_nudge(session, box, tenant_id, nudge_id, user_id)


def is_settled(store: Store, nudge: Nudge) -> Outcome | None:
    """Return WITHDRAWN where the nudged message is gone, REWORDED where what was found in it is, else None."""
    key = (nudge.tenant_id, nudge.channel_id, nudge.ts)
    with store.read() as session:
        message = session.get(Message, key)
        if message is None or message.is_deleted:
            return Outcome.WITHDRAWN
        statement = select(MessageFinding.rule_id).where(
            col(MessageFinding.tenant_id) == nudge.tenant_id,
            col(MessageFinding.channel_id) == nudge.channel_id,
            col(MessageFinding.ts) == nudge.ts,
        )
        return None if _is_among(nudge, session.exec(statement).all()) else Outcome.REWORDED


def note_change(session: Session, message: Message, reading: Reading, written_at: datetime) -> None:
    """Note, in the counting transaction, whether an edit took what a nudge was about out of the message.

    It is gone where nothing of its kind (label and subtype) counts any more: another rule may know the same habit. An
    edit that brings it back within the hour undoes the note.
    """
    nudge = nudge_of(session, message.tenant_id, message.channel_id, message.ts)
    if nudge is None or nudge.state not in MAY_BE_SEEN or written_at > nudge.created_at + REWORDING_TIME:
        return
    counted = [finding.rule for finding in reading.findings if finding.counts]
    nudge.became = None if _is_among(nudge, counted) else Became.REWORDED
    session.add(nudge)


def note_removal(session: Session, tenant_id: str, channel_id: str, ts: str) -> None:
    """Note that a nudged message was deleted; one that was reworded first stays reworded."""
    nudge = nudge_of(session, tenant_id, channel_id, ts)
    if nudge is not None and nudge.state in MAY_BE_SEEN and nudge.became is None:
        nudge.became = Became.WITHDRAWN
        session.add(nudge)


def own_nudge(
    session: Session, box: SecretBox, tenant_id: str, nudge_id: str, user_id: str, *, lock: bool = False
) -> Nudge:
    """Return a member's own nudge, locked if asked; raises PersonError where there is none."""
    nudge = session.get(Nudge, (tenant_id, nudge_id), with_for_update=lock)
    key = author_key(session, box, tenant_id)
    if nudge is None or key is None or nudge.author != pseudonym(key, user_id):
        raise PersonError("That nudge is no longer on record, so there was nothing to change.")
    return nudge


def nudge_of(session: Session, tenant_id: str, channel_id: str, ts: str) -> Nudge | None:
    """Return the nudge of a message, locked, or None."""
    statement = select(Nudge).where(
        col(Nudge.tenant_id) == tenant_id, col(Nudge.channel_id) == channel_id, col(Nudge.ts) == ts
    )
    return session.exec(statement.with_for_update()).one_or_none()


def _is_among(nudge: Nudge, rule_ids: Sequence[str]) -> bool:
    return _kind(nudge.rule_id) in {_kind(rule_id) for rule_id in rule_ids}


def _kind(rule_id: str) -> str:
    return rule_id.rpartition(".")[0]
