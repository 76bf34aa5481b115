"""The digests there are, as rows. No Slack here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.digests.schedule import Schedule
from bot.digests.subscriptions import Place, is_person, next_due_of, schedule_of, scope_of
from bot.store.engine import Store
from bot.store.tables import Channel, DigestSubscription, StopReason


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription as its readers see it."""

    subscription_id: str
    place: Place
    owner_id: str
    schedule: Schedule
    next_due: datetime
    stop_reason: StopReason | None
    private_ids: frozenset[str]
    """Those of its channels that are private, or not known to be public; where it goes is one of them."""


def list_subscriptions(store: Store, tenant_id: str, now: datetime) -> Sequence[Listed]:
    """Return a tenant's subscriptions, those Fairview had to stop itself included, oldest first."""
    statement = (
        select(DigestSubscription)
        .where(
            col(DigestSubscription.tenant_id) == tenant_id,
            col(DigestSubscription.stop_reason).is_distinct_from(StopReason.ASKED),
        )
        .order_by(col(DigestSubscription.since), col(DigestSubscription.subscription_id))
    )
    with store.read() as session:
        public = _public_channels(session, tenant_id)
        return [_listed(session, one, public, now) for one in session.exec(statement).all()]


def channel_names(store: Store, tenant_id: str) -> dict[str, str]:
    """Return the names of a tenant's channels, as far as they are known, by id."""
    statement = select(Channel.channel_id, Channel.name).where(col(Channel.tenant_id) == tenant_id)
    with store.read() as session:
        return {channel_id: name for channel_id, name in session.exec(statement) if name}


def _listed(session: Session, subscription: DigestSubscription, public: set[str], now: datetime) -> Listed:
    place = Place(subscription.tenant_id, scope_of(session, subscription), subscription.destination_id)
    channels = {*place.scope.channel_ids, *(() if is_person(place.destination_id) else (place.destination_id,))}
    return Listed(
        subscription_id=subscription.subscription_id,
        place=place,
        owner_id=subscription.owner_id,
        schedule=schedule_of(subscription),
        next_due=next_due_of(session, subscription, now),
        stop_reason=StopReason(subscription.stop_reason) if subscription.stop_reason else None,
        private_ids=frozenset(channels - public),
    )


def _public_channels(session: Session, tenant_id: str) -> set[str]:
    # A channel whose name Slack has not told yet is taken as private.
    statement = select(Channel.channel_id).where(
        col(Channel.tenant_id) == tenant_id, col(Channel.name) != "", col(Channel.is_private).is_(False)
    )
    return set(session.exec(statement))
