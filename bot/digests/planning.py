"""Which digests are due: each period a row under a unique key, so that any number of clocks may write them down."""

import logging
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import func, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.digests.subscriptions import schedule_of
from bot.store.engine import Store
from bot.store.tables import DigestRun, DigestRunState, DigestSubscription, SkipReason

logger = logging.getLogger(__name__)


def plan(store: Store, now: datetime) -> int:
    """Write down every period that is due and not yet there; give up on older ones nobody has tried. Return how many.

    After a long absence the newest period is left to be sent, the others are marked skipped.
    """
    added = 0
    for subscription, periods in _missing_periods(store, now):
        # Together: a clock that saw only the oldest of them would take it for the newest, and send it.
        with store.begin() as session:
            for period in periods:
                added += store.add_if_absent(session, DigestRun, _new_run(subscription, period))
            _give_up_before(session, subscription, periods[-1])
    return added


def _missing_periods(store: Store, now: datetime) -> Iterator[tuple[DigestSubscription, list[date]]]:
    newest = (
        sql_select(func.max(DigestRun.period_start))
        .where(
            col(DigestRun.tenant_id) == col(DigestSubscription.tenant_id),
            col(DigestRun.subscription_id) == col(DigestSubscription.subscription_id),
        )
        .scalar_subquery()
    )
    statement = (
        select(DigestSubscription, newest)
        .where(col(DigestSubscription.stopped_at).is_(None))
        .order_by(col(DigestSubscription.subscription_id))
    )
    with store.read() as session:
        rows = session.exec(statement).all()
    for subscription, newest_period in rows:
        try:
            schedule = schedule_of(subscription)
            periods = list(schedule.due_between(subscription.since, now, after=newest_period))
        except ZoneInfoNotFoundError:
            logger.error("digest not planned: its zone is unknown here, subscription=%s", subscription.subscription_id)
            continue
        if periods:
            yield subscription, periods


def _new_run(subscription: DigestSubscription, period: date) -> dict[str, Any]:
    due_at = schedule_of(subscription).due_at(period)
    return {
        "tenant_id": subscription.tenant_id,
        "run_id": uuid.uuid4().hex,
        "subscription_id": subscription.subscription_id,
        "period_start": period,
        "due_at": due_at,
        "state": DigestRunState.PENDING,
        "attempts": 0,
        "next_attempt_at": due_at,
    }


def _give_up_before(session: Session, subscription: DigestSubscription, newest: date) -> None:
    session.execute(
        update(DigestRun)
        .where(
            col(DigestRun.tenant_id) == subscription.tenant_id,
            col(DigestRun.subscription_id) == subscription.subscription_id,
            col(DigestRun.period_start) < newest,
            col(DigestRun.state) == DigestRunState.PENDING,
            col(DigestRun.tried_at).is_(None),
        )
        .values(state=DigestRunState.SKIPPED, reason=SkipReason.SUPERSEDED)
    )
