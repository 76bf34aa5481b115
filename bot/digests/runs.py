"""Each digest's way to where it goes, as rows: claimed under a lease, frozen, settled. No Slack here.

The table is the schedule. Any number of clocks may work on it: a period is one row under a unique key, and whoever
changes a row proves by ``attempts`` that it still holds the claim it made.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Update, and_, or_, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from bot.digests.subscriptions import Place, scope_of
from bot.store.engine import Store
from bot.store.tables import DigestRun, DigestRunState, DigestSubscription, SkipReason

LEASE = timedelta(minutes=2)
"""How long a claim holds: well over the time-outs of the Slack calls made under it."""
_POST_MARGIN = timedelta(seconds=30)
"""What must be left of it when Slack is asked to post."""
_FIRST_BACK_OFF = timedelta(seconds=30)
_LONGEST_BACK_OFF = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this clock alone may work on until its lease ends, with its subscription, as both were then."""

    run: DigestRun
    subscription: DigestSubscription
    place: Place
    is_wanted: bool
    """Whether it is still to be sent: its subscription runs on, and no newer period is due."""


def claim(store: Store, now: datetime) -> Claim | None:
    """Take the longest due run that nobody holds, for LEASE; None where there is none."""
    open_run = or_(
        and_(col(DigestRun.state) == DigestRunState.PENDING, col(DigestRun.next_attempt_at) <= now),
        and_(col(DigestRun.state) == DigestRunState.SENDING, col(DigestRun.lease_until) <= now),
    )
    first = (
        sql_select(col(DigestRun.run_id))
        .where(open_run)
        .order_by(col(DigestRun.due_at), col(DigestRun.run_id))
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time, and leaves this out
        .scalar_subquery()
    )
    statement = (
        update(DigestRun)
        .where(col(DigestRun.run_id) == first)
        .values(state=DigestRunState.SENDING, lease_until=now + LEASE, attempts=col(DigestRun.attempts) + 1)
        .returning(DigestRun)
        .execution_options(synchronize_session=False)
    )
    with store.begin() as session:
        run = session.execute(statement).scalar_one_or_none()
        if run is None:
            return None
        subscription = session.get_one(DigestSubscription, (run.tenant_id, run.subscription_id))
        newer = session.exec(
            select(DigestRun.run_id).where(*_same_subscription(run), col(DigestRun.period_start) > run.period_start)
        ).first()
        place = Place(run.tenant_id, scope_of(session, subscription), subscription.destination_id)
        return Claim(run, subscription, place, is_wanted=subscription.stopped_at is None and newer is None)


def begin_post(store: Store, held: Claim, payload: Mapping[str, Any], now: datetime) -> bool:
    """Say, before Slack is called, that it is about to be asked to post ``payload``, and keep that with the run.

    False where the claim has passed to another clock, or is about to: then nothing may be posted.
    """
    statement = (
        _if_held(held)
        .where(col(DigestRun.lease_until) >= now + _POST_MARGIN)
        .values(payload=dict(payload), tried_at=now, search_cursor=None)
        .returning(col(DigestRun.run_id))
    )
    with store.begin() as session:
        return session.execute(statement).first() is not None


def delivered(store: Store, held: Claim, slack_ts: str) -> bool:
    """Record that the digest is in its channel; True where that was not known yet."""
    return _settle(store, held, state=DigestRunState.DELIVERED, slack_ts=slack_ts, tried_at=None, search_cursor=None)


def skipped(store: Store, held: Claim, reason: SkipReason) -> bool:
    """Record that the digest is not, and never will be, sent."""
    return _settle(store, held, state=DigestRunState.SKIPPED, reason=reason, tried_at=None, search_cursor=None)


def refused(store: Store, held: Claim, again_at: datetime, payload: Mapping[str, Any] | None = None) -> bool:
    """Give the run back: Slack did not take it, and it is to be tried again from ``again_at`` on, as ``payload``."""
    values: dict[str, Any] = {"next_attempt_at": again_at, "tried_at": None, "search_cursor": None}
    if payload is not None:
        values["payload"] = dict(payload)
    return _settle(store, held, state=DigestRunState.PENDING, **values)


def unresolved(store: Store, held: Claim, again_at: datetime, search_cursor: str | None = None) -> bool:
    """Give the run back with what is not known of it left as it is; looking for it goes on at ``search_cursor``."""
    return _settle(store, held, state=DigestRunState.PENDING, next_attempt_at=again_at, search_cursor=search_cursor)


def back_off(held: Claim) -> timedelta:
    """Return how long to leave a run alone after it went wrong once more."""
    return min(_FIRST_BACK_OFF * (1 << min(held.run.attempts - 1, 10)), _LONGEST_BACK_OFF)


def find_missed(session: Session, run: DigestRun) -> tuple[date, ...]:
    """Return the local dates on which digests were due, and never sent, since the last one that was delivered."""
    rows = session.exec(
        select(DigestRun)
        .where(*_same_subscription(run), col(DigestRun.period_start) < run.period_start)
        .order_by(col(DigestRun.period_start).desc())
    )
    subscription = session.get_one(DigestSubscription, (run.tenant_id, run.subscription_id))
    missed = []
    for earlier in rows:
        if earlier.state == DigestRunState.DELIVERED:
            break
        if earlier.reason == SkipReason.SUPERSEDED:
            missed.append(earlier.due_at.astimezone(ZoneInfo(subscription.zone)).date())
    return tuple(reversed(missed))


def was_any_delivered(session: Session, tenant_id: str, subscription_id: str) -> bool:
    """Say whether a subscription has ever brought a digest."""
    statement = select(DigestRun.run_id).where(
        col(DigestRun.tenant_id) == tenant_id,
        col(DigestRun.subscription_id) == subscription_id,
        col(DigestRun.state) == DigestRunState.DELIVERED,
    )
    return session.exec(statement).first() is not None


def _same_subscription(run: DigestRun) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(DigestRun.tenant_id) == run.tenant_id, col(DigestRun.subscription_id) == run.subscription_id


def _if_held(held: Claim) -> Update:
    return update(DigestRun).where(
        col(DigestRun.tenant_id) == held.run.tenant_id,
        col(DigestRun.run_id) == held.run.run_id,
        col(DigestRun.state) == DigestRunState.SENDING,
        col(DigestRun.attempts) == held.run.attempts,
    )


def _settle(store: Store, held: Claim, **values: Any) -> bool:
    statement = _if_held(held).values(lease_until=None, **values).returning(col(DigestRun.run_id))
    with store.begin() as session:
        return session.execute(statement).first() is not None
