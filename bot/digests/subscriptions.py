"""Who asked for which digest: set, changed, stopped, listed. No Slack here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from bot.digests.schedule import Weekly
from bot.store.engine import Store
from bot.store.tables import (
    Channel,
    DigestRun,
    DigestRunState,
    DigestSubscription,
    SkipReason,
    StopReason,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel's digest in one installation: whose figures, posted where."""

    tenant_id: str
    channel_id: str
    destination_id: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as it stands now, when it next fires, and what it was before if it was running already."""

    schedule: Weekly
    next_due: datetime
    before: Weekly | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription as its readers see it."""

    channel_id: str
    destination_id: str
    owner_id: str
    schedule: Weekly
    next_due: datetime
    stop_reason: StopReason | None
    is_private: bool
    """Whether its channel is private; taken as private where that is not known."""


def schedule_of(subscription: DigestSubscription) -> Weekly:
    """Return when a subscription fires."""
    return Weekly(subscription.weekday, subscription.local_time, subscription.zone)


def subscribe(store: Store, place: Place, owner_id: str, schedule: Weekly, now: datetime) -> Subscribed:
    """Set the digest of a place, or change the one that is there: a place never has two."""
    with store.begin() as session:
        row = {
            "tenant_id": place.tenant_id,
            "subscription_id": uuid.uuid4().hex,
            "scope_channel_id": place.channel_id,
            "destination_id": place.destination_id,
            "owner_id": owner_id,
            "cadence": "weekly",
            "weekday": schedule.weekday,
            "local_time": schedule.local_time,
            "zone": schedule.zone,
            "since": now,
        }
        is_new = store.add_if_absent(session, DigestSubscription, row)
        subscription = _locked(session, place)
        if subscription is None:
            raise LookupError("subscription vanished while it was being set")
        before = None if is_new or subscription.stopped_at else schedule_of(subscription)
        subscription.sqlmodel_update(
            {
                "owner_id": owner_id,
                "weekday": schedule.weekday,
                "local_time": schedule.local_time,
                "zone": schedule.zone,
                "since": now,
                "stopped_at": None,
                "stop_reason": None,
            }
        )
        session.add(subscription)
        return Subscribed(schedule, _next_due(session, subscription, now), before)


def stop(store: Store, place: Place, reason: StopReason, now: datetime) -> Weekly | None:
    """Stop the digest of a place, with what was due and not sent; return when it used to fire, None if it did not."""
    with store.begin() as session:
        subscription = _locked(session, place)
        if subscription is None or subscription.stopped_at:
            return None
        subscription.stopped_at, subscription.stop_reason = now, reason
        session.add(subscription)
        # Runs that may have reached Slack (tried_at) stay: whether they did is still to be found out.
        session.execute(
            update(DigestRun)
            .where(
                col(DigestRun.tenant_id) == subscription.tenant_id,
                col(DigestRun.subscription_id) == subscription.subscription_id,
                col(DigestRun.state) == DigestRunState.PENDING,
                col(DigestRun.tried_at).is_(None),
            )
            .values(state=DigestRunState.SKIPPED, reason=SkipReason.STOPPED)
        )
        return schedule_of(subscription)


def list_subscriptions(store: Store, tenant_id: str, now: datetime) -> Sequence[Listed]:
    """Return a tenant's subscriptions, those Fairview had to stop itself included, oldest first."""
    statement = (
        select(DigestSubscription, Channel)
        .join(
            Channel,
            (col(Channel.tenant_id) == col(DigestSubscription.tenant_id))
            & (col(Channel.channel_id) == col(DigestSubscription.scope_channel_id)),
            isouter=True,
        )
        .where(
            col(DigestSubscription.tenant_id) == tenant_id,
            col(DigestSubscription.stop_reason).is_distinct_from(StopReason.ASKED),
        )
        .order_by(col(DigestSubscription.since), col(DigestSubscription.subscription_id))
    )
    with store.read() as session:
        return [
            Listed(
                channel_id=subscription.scope_channel_id,
                destination_id=subscription.destination_id,
                owner_id=subscription.owner_id,
                schedule=schedule_of(subscription),
                next_due=_next_due(session, subscription, now),
                stop_reason=StopReason(subscription.stop_reason) if subscription.stop_reason else None,
                is_private=channel is None or not channel.name or channel.is_private,
            )
            for subscription, channel in session.exec(statement)
        ]


def _locked(session: Session, place: Place) -> DigestSubscription | None:
    statement = select(DigestSubscription).where(
        col(DigestSubscription.tenant_id) == place.tenant_id,
        col(DigestSubscription.scope_channel_id) == place.channel_id,
        col(DigestSubscription.destination_id) == place.destination_id,
    )
    return session.exec(statement.with_for_update()).one_or_none()


def _next_due(session: Session, subscription: DigestSubscription, now: datetime) -> datetime:
    newest = session.exec(
        select(func.max(DigestRun.period_start)).where(
            col(DigestRun.tenant_id) == subscription.tenant_id,
            col(DigestRun.subscription_id) == subscription.subscription_id,
        )
    ).one()
    return schedule_of(subscription).next_due(now, after=newest)
