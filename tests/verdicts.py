"""Nudges that were answered, and rules that were muted, put straight into the tables."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlmodel import select

from bot.store.engine import Store
from bot.store.tables import MutedRule, Nudge, NudgeAnswer, NudgeState

TENANT, RULE, VERSION = "T1", "us_them.business_as_other.named", "v1"
BEGIN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WRONG, USED, HELPFUL = NudgeAnswer.NOT_RELEVANT, NudgeAnswer.USED, NudgeAnswer.HELPFUL

_numbers = count(1)


def answered(
    store: Store,
    author: str,
    answer: NudgeAnswer | None = WRONG,
    *,
    tenant: str = TENANT,
    rule_id: str = RULE,
    version: str = VERSION,
    became: str | None = None,
) -> Nudge:
    """A nudge that was sent and answered; each a minute after the one before."""
    number = next(_numbers)
    sent_at = BEGIN + timedelta(minutes=number)
    nudge = Nudge(
        tenant_id=tenant,
        nudge_id=f"{number:032}",
        channel_id="C0INFRA",
        ts=f"1795428000.{number:06}",
        thread_ts=f"1795428000.{number:06}",
        author=author,
        rule_id=rule_id,
        rule_version=version,
        label="us_them",
        state=NudgeState.SENT,
        created_at=sent_at,
        changed_at=sent_at,
        answer=answer,
        answered_at=sent_at + timedelta(seconds=30) if answer else None,
        became=became,
    )
    with store.begin() as session:
        session.add(nudge)
    return nudge


def muted(
    store: Store, rule_id: str = RULE, version: str = VERSION, *, tenant: str = TENANT, at: datetime = BEGIN
) -> None:
    """A rule that is muted and that nobody was told of; instead of what was known of it."""
    with store.begin() as session:
        session.merge(MutedRule(tenant_id=tenant, rule_id=rule_id, rule_version=version, muted_at=at))


def rows(store: Store) -> dict[tuple[str, str], MutedRule]:
    """What is known of muting, by tenant and rule."""
    with store.read() as session:
        return {(row.tenant_id, row.rule_id): row for row in session.exec(select(MutedRule))}
