"""Telling a workspace's administrators, once, that one of the rules was muted there.

Claimed before Slack is called, as a nudge is: whoever may have been told is not told again.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient
from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from bot.administration.administrators import list_administrators
from bot.listening import Clock
from bot.logs import failure_place
from bot.nudging.muting import Votes, count_votes
from bot.nudging.rules_blocks import figures_in_words, muted_notice
from bot.slack_clients import ClientFor, posting_client
from bot.slack_outcomes import SLACK_TROUBLE, PostVerdict, outcome_of_post, reason_of
from bot.store.engine import Store
from bot.store.tables import MutedRule
from nlp import Rule

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A muted rule that this process alone tells of, and how it was answered."""

    tenant_id: str
    rule: Rule
    claimed_at: datetime
    votes: Votes


def tell_administrators(store: Store, rules: Mapping[str, Rule], client_for: ClientFor, clock: Clock) -> None:
    """Tell the owners and administrators of each workspace of the rules muted there that nobody was told of.

    Any number may run at once: they are told once. What goes wrong in one workspace leaves the others alone.
    """
    for tenant_id, due in _list_due(store, rules).items():
        client = client_for(tenant_id)
        if client is None:
            continue
        try:
            _tell_of_all(store, client, clock, tenant_id, due)
        except Exception as error:  # noqa: BLE001 (one workspace must not hold up the others)
            logger.error("telling of a muted rule failed: %s", failure_place(error))


def _list_due(store: Store, rules: Mapping[str, Rule]) -> Mapping[str, list[Rule]]:
    columns = select(MutedRule.tenant_id, MutedRule.rule_id, MutedRule.rule_version)
    statement = columns.where(*_is_due()).order_by(col(MutedRule.tenant_id), col(MutedRule.muted_at))
    with store.read() as session:
        rows = session.exec(statement).all()
    due = defaultdict(list)
    for tenant_id, rule_id, version in rows:
        rule = rules.get(rule_id)
        if rule is not None and rule.version == version:
            due[tenant_id].append(rule)
    return due


def _tell_of_all(store: Store, client: WebClient, clock: Clock, tenant_id: str, due: list[Rule]) -> None:
    administrators: list[str] | None = None
    for rule in due:
        claim = _claim(store, tenant_id, rule, clock())
        if claim is None:
            continue
        if administrators is None:
            try:
                administrators = list_administrators(client, tenant_id)
            except SLACK_TROUBLE as error:
                # Nobody was told yet, so it may be tried again, unless Slack would only say the same.
                logger.warning("administrators not found: %s", reason_of(error))
                if outcome_of_post(error).verdict is not PostVerdict.REFUSED:
                    _give_back(store, claim)
                return
        _tell(store, posting_client(client), claim, administrators)


def _tell(store: Store, client: WebClient, claim: _Claim, administrators: list[str]) -> None:
    votes = claim.votes
    figures = figures_in_words(votes.answers, votes.members, votes.wrong)
    text, blocks = muted_notice(claim.rule.id, claim.rule.title, figures)
    verdicts: set[PostVerdict | None] = set()
    for user_id in administrators:
        try:
            client.chat_postMessage(channel=user_id, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False)
            verdicts.add(None)
        except Exception as error:  # noqa: BLE001 (whatever went wrong with one, the others are to hear of it)
            verdicts.add(outcome_of_post(error).verdict)
            logger.warning("administrator not told of a muted rule: %s", reason_of(error))
    # Slack took none of them for certain, and may the next time: then nobody can hear of it twice.
    if PostVerdict.REFUSED_FOR_NOW in verdicts and verdicts <= {PostVerdict.REFUSED_FOR_NOW, PostVerdict.REFUSED}:
        _give_back(store, claim)


def _claim(store: Store, tenant_id: str, rule: Rule, now: datetime) -> _Claim | None:
    statement = (
        update(MutedRule)
        .where(*_is_rule(tenant_id, rule), *_is_due())
        .values(told_at=now)
        .returning(col(MutedRule.lifted_at))
        .execution_options(synchronize_session=False)
    )
    with store.begin() as session:
        claimed = session.execute(statement).first()
        if claimed is None:
            return None
        return _Claim(tenant_id, rule, now, count_votes(session, tenant_id, rule.id, rule.version, claimed[0]))


def _give_back(store: Store, claim: _Claim) -> None:
    statement = (
        update(MutedRule)
        .where(*_is_rule(claim.tenant_id, claim.rule), col(MutedRule.told_at) == claim.claimed_at)
        .values(told_at=None)
        .execution_options(synchronize_session=False)
    )
    with store.begin() as session:
        session.execute(statement)


def _is_rule(tenant_id: str, rule: Rule) -> tuple[ColumnElement[bool], ...]:
    return (
        col(MutedRule.tenant_id) == tenant_id,
        col(MutedRule.rule_id) == rule.id,
        col(MutedRule.rule_version) == rule.version,
    )


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return (col(MutedRule.muted_at).is_not(None), col(MutedRule.told_at).is_(None))
