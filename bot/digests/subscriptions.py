"""Who asked for which digest: set, changed, stopped, listed. No Slack here."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from bot.digests.schedule import Schedule, schedule_for
from bot.digests.scope import WORKSPACE, Scope
from bot.store.engine import Store
from bot.store.tables import (
    DigestRun,
    DigestRunState,
    DigestScopeChannel,
    DigestSubscription,
    SkipReason,
    StopReason,
)

_KEY_CHARACTERS = 32
_PERSON = ("U", "W")


@dataclass(frozen=True, slots=True)
class Place:
    """A digest in one installation: what it is about, and where it goes. A place has one digest at most."""

    tenant_id: str
    scope: Scope
    destination_id: str
    """A channel, or a person."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as it stands now, when it next fires, and what it was before if it was running already."""

    schedule: Schedule
    next_due: datetime
    before: Schedule | None


def is_person(destination_id: str) -> bool:
    """Say whether that is where a person, not a channel, is written to."""
    return destination_id.startswith(_PERSON)


def schedule_of(subscription: DigestSubscription) -> Schedule:
    """Return when a subscription fires."""
    return schedule_for(subscription.cadence, subscription.weekday, subscription.local_time, subscription.zone)


def scope_of(session: Session, subscription: DigestSubscription) -> Scope:
    """Return what a subscription is about; the channels of a group by id."""
    if subscription.scope_kind == "workspace":
        return WORKSPACE
    if subscription.scope_kind == "channel":
        return Scope.channel(subscription.scope_channel_id)
    statement = select(DigestScopeChannel.channel_id).where(
        col(DigestScopeChannel.tenant_id) == subscription.tenant_id,
        col(DigestScopeChannel.subscription_id) == subscription.subscription_id,
    )
    return Scope("group", tuple(sorted(session.exec(statement))))


def subscribe(store: Store, place: Place, owner_id: str, schedule: Schedule, now: datetime) -> Subscribed:
    """Set the digest of a place, or change the one that is there: a place never has two."""
    changing = {
        "owner_id": owner_id,
        "cadence": schedule.cadence,
        "weekday": schedule.weekday,
        "local_time": schedule.local_time,
        "zone": schedule.zone,
        "since": now,
    }
    with store.begin() as session:
        row = {"subscription_id": uuid.uuid4().hex, **_key(place), **changing}
        is_new = store.add_if_absent(session, DigestSubscription, row)
        subscription = _locked(session, place)
        if subscription is None:
            raise LookupError("subscription vanished while it was being set")
        if is_new and place.scope.kind == "group":
            _keep_channels(session, subscription, place.scope)
        before = None if is_new or subscription.stopped_at else schedule_of(subscription)
        subscription.sqlmodel_update({**changing, "stopped_at": None, "stop_reason": None})
        session.add(subscription)
        return Subscribed(schedule, next_due_of(session, subscription, now), before)


def stop(store: Store, place: Place, reason: StopReason, now: datetime) -> Schedule | None:
    """Stop the digest of a place, with what was due and not sent; return when it used to fire, None if it did not.

    Asked of one that Fairview stopped itself, it takes that off the list.
    """
    with store.begin() as session:
        subscription = _locked(session, place)
        if subscription is None or _is_settled(subscription, reason):
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


def _is_settled(subscription: DigestSubscription, reason: StopReason) -> bool:
    is_asked_again = reason != StopReason.ASKED or subscription.stop_reason == StopReason.ASKED
    return subscription.stopped_at is not None and is_asked_again


def _key(place: Place) -> dict[str, Any]:
    scope = place.scope
    return {
        "tenant_id": place.tenant_id,
        "scope_kind": scope.kind,
        "scope_channel_id": scope.channel_ids[0] if scope.kind == "channel" else "",
        "scope_group": _group_key(scope) if scope.kind == "group" else "",
        "destination_id": place.destination_id,
    }


def _group_key(scope: Scope) -> str:
    return hashlib.sha256(" ".join(sorted(scope.channel_ids)).encode()).hexdigest()[:_KEY_CHARACTERS]


def _keep_channels(session: Session, subscription: DigestSubscription, scope: Scope) -> None:
    for channel_id in sorted(scope.channel_ids):
        session.add(
            DigestScopeChannel(
                tenant_id=subscription.tenant_id, subscription_id=subscription.subscription_id, channel_id=channel_id
            )
        )


def _locked(session: Session, place: Place) -> DigestSubscription | None:
    statement = select(DigestSubscription).where(
        *(col(getattr(DigestSubscription, name)) == value for name, value in _key(place).items())
    )
    return session.exec(statement.with_for_update()).one_or_none()


def next_due_of(session: Session, subscription: DigestSubscription, now: datetime) -> datetime:
    """Return when a subscription fires next."""
    newest = session.exec(
        select(func.max(DigestRun.period_start)).where(
            col(DigestRun.tenant_id) == subscription.tenant_id,
            col(DigestRun.subscription_id) == subscription.subscription_id,
        )
    ).one()
    return schedule_of(subscription).next_due(now, after=newest)
