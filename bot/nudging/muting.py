"""A rule that a workspace calls wrong too often stops nudging there, goes on counting, and can be set back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from bot.store.engine import Store
from bot.store.tables import Became, MutedRule, Nudge, NudgeAnswer

PRIOR_GOOD, PRIOR_WRONG = 19.0, 1.0
"""Beta(19, 1): before anybody answers, a rule is taken to be right in 19 cases of 20."""
BAR = 0.85
FEWEST_ANSWERS = 10
FEWEST_MEMBERS = 4


@dataclass(frozen=True, slots=True)
class Votes:
    """How a workspace answered a rule's nudges: all answers, and one verdict a member, the last."""

    answers: int
    good: int
    """Members whose last verdict was good: used, reworded, or helpful."""
    wrong: int
    """Members who last called it wrong."""

    @property
    def members(self) -> int:
        """How many members gave a verdict."""
        return self.good + self.wrong

    @property
    def mean(self) -> float:
        """The posterior mean of being right, under the Beta(19, 1) prior; one verdict a member."""
        return (PRIOR_GOOD + self.good) / (PRIOR_GOOD + PRIOR_WRONG + self.members)

    @property
    def condemn(self) -> bool:
        """Whether the rule is to stop nudging: called wrong too often, by enough answers from enough members."""
        enough = self.answers >= FEWEST_ANSWERS and self.members >= FEWEST_MEMBERS
        return enough and self.mean < BAR


@dataclass(frozen=True, slots=True)
class Muted:
    """A rule that does not nudge in a workspace, and how it was answered."""

    rule_id: str
    muted_at: datetime
    votes: Votes


def judge_rule(store: Store, session: Session, nudge: Nudge, now: datetime) -> bool:
    """Mute the rule of a nudge that was just called wrong, where that is once too often; return whether it was.

    The answers to one rule are judged one after the other: of two that come at once, the second sees the first. An
    answer that comes late, to a nudge by a version that has since given way to another, mutes nothing.
    """
    row = _lock_rule(store, session, nudge)
    if row.muted_at is not None and row.rule_version == nudge.rule_version:
        return False
    votes = count_votes(session, nudge.tenant_id, nudge.rule_id, nudge.rule_version, row.lifted_at)
    if not votes.condemn or _has_given_way(session, nudge):
        return False
    row.rule_version, row.muted_at, row.told_at = nudge.rule_version, now, None
    session.add(row)
    return True


def count_votes(session: Session, tenant_id: str, rule_id: str, version: str, since: datetime | None = None) -> Votes:
    """Return how a version of a rule was answered, after ``since`` where that is given."""
    when = func.coalesce(col(Nudge.answered_at), col(Nudge.created_at))
    answered: list[ColumnElement[bool]] = [
        col(Nudge.tenant_id) == tenant_id,
        col(Nudge.rule_id) == rule_id,
        col(Nudge.rule_version) == version,
        or_(col(Nudge.answer).is_not(None), col(Nudge.became) == Became.REWORDED),
    ]
    if since is not None:
        answered.append(when > since)
    statement = select(Nudge).where(*answered).order_by(when, col(Nudge.nudge_id))
    nudges = session.exec(statement).all()
    verdicts = {nudge.author: nudge.answer == NudgeAnswer.NOT_RELEVANT for nudge in nudges}
    wrong = sum(verdicts.values())
    return Votes(answers=len(nudges), good=len(verdicts) - wrong, wrong=wrong)


def is_muted(session: Session, tenant_id: str, rule_id: str, version: str) -> bool:
    """Say whether this version of a rule does not nudge in the workspace."""
    row = session.get(MutedRule, (tenant_id, rule_id))
    return row is not None and row.muted_at is not None and row.rule_version == version


def list_muted(session: Session, tenant_id: str, versions: Mapping[str, str]) -> list[Muted]:
    """Return the rules that do not nudge in the workspace, oldest first; ``versions``: of the rules there are now."""
    statement = select(MutedRule).where(col(MutedRule.tenant_id) == tenant_id, col(MutedRule.muted_at).is_not(None))
    rows = session.exec(statement.order_by(col(MutedRule.muted_at), col(MutedRule.rule_id))).all()
    return [
        Muted(row.rule_id, row.muted_at, count_votes(session, tenant_id, row.rule_id, row.rule_version, row.lifted_at))
        for row in rows
        if row.muted_at is not None and versions.get(row.rule_id) == row.rule_version
    ]


def lift(store: Store, tenant_id: str, rule_id: str, now: datetime) -> bool:
    """Let a muted rule nudge again, earlier answers forgotten; return whether it was muted."""
    with store.begin() as session:
        row = session.get(MutedRule, (tenant_id, rule_id), with_for_update=True)
        if row is None or row.muted_at is None:
            return False
        row.muted_at, row.lifted_at = None, now
        session.add(row)
        return True


def _lock_rule(store: Store, session: Session, nudge: Nudge) -> MutedRule:
    """Return the row of a nudge's rule, made (not muted) where there is none, and locked."""
    key = {"tenant_id": nudge.tenant_id, "rule_id": nudge.rule_id}
    store.add_if_absent(session, MutedRule, {**key, "rule_version": nudge.rule_version})
    return session.get_one(MutedRule, tuple(key.values()), with_for_update=True, populate_existing=True)


def _has_given_way(session: Session, nudge: Nudge) -> bool:
    """Say whether another version of the rule has nudged in the workspace since."""
    statement = select(Nudge.nudge_id).where(
        col(Nudge.tenant_id) == nudge.tenant_id,
        col(Nudge.rule_id) == nudge.rule_id,
        col(Nudge.rule_version) != nudge.rule_version,
        col(Nudge.created_at) > nudge.created_at,
    )
    return session.exec(statement.limit(1)).first() is not None
