"""What a digest may tell where it goes: looked at in Slack when it is about to go there, not only when it was set.

A private channel's figures go to that channel alone, or to the direct messages of who is in it; the workspace's, as
direct messages, to administrators; and to a guest or somebody of another organisation, nothing goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import col, select

from bot.administration.channels import change
from bot.administration.people import channel_facts, is_member, is_outsider
from bot.digests.scope import Scope
from bot.digests.subscriptions import Place, is_person
from bot.errors import CommandError
from bot.store.engine import Store
from bot.store.tables import Channel, StopReason

_PAGE = 999
_NO_SUCH_PERSON = {"user_not_found", "user_not_visible"}


class Untold(Enum):
    """Why a channel may not be told somewhere."""

    ARCHIVED = auto()
    NOT_IN_CHANNEL = auto()
    """Fairview is not in it any more."""
    PRIVATE = auto()
    """It is private, and where it would go is not one of its members."""
    UNSEEN = auto()
    """It is gone, or out of Fairview's sight: so nobody can say who is in it."""


_STOPS = {
    Untold.ARCHIVED: StopReason.ARCHIVED,
    Untold.NOT_IN_CHANNEL: StopReason.NOT_IN_CHANNEL,
    Untold.PRIVATE: StopReason.NOT_A_MEMBER,
    Untold.UNSEEN: StopReason.CHANNEL_GONE,
}


@dataclass(frozen=True, slots=True)
class Tellable:
    """What may be told of ``about``, the channels that are known to be meant; and why others are left out."""

    scope: Scope
    about: tuple[str, ...] = ()
    left_out: tuple[Untold, ...] = ()


def find_tellable(store: Store, client: WebClient, place: Place) -> Tellable | StopReason:
    """Return what may be told at a place now, or why nothing may; raises what slack_sdk raises where Slack does not
    say.

    Which channels of a workspace are public is kept on the way: its figures leave the others out by themselves.
    """
    scope = place.scope
    if is_person(place.destination_id) and (barred := _why_barred(client, place)):
        return barred
    if scope.kind == "workspace":
        return Tellable(scope, learn_public(store, client, place.tenant_id))
    if is_own(place):
        return Tellable(scope, scope.channel_ids)
    untold = {one: _why_untold(client, one, place.destination_id) for one in scope.channel_ids}
    allowed = tuple(one for one, why in untold.items() if why is None)
    left_out = tuple(why for why in untold.values() if why)
    if not allowed:
        return _STOPS[left_out[0]] if len(left_out) == 1 else StopReason.NOTHING_LEFT
    told = Scope("group", allowed) if len(allowed) > 1 else Scope.channel(allowed[0])
    return Tellable(told if left_out else scope, allowed, left_out)


def is_own(place: Place) -> bool:
    """Say whether it is a channel's digest in that channel."""
    return place.scope == Scope.channel(place.destination_id)


def learn_public(store: Store, client: WebClient, tenant_id: str) -> tuple[str, ...]:
    """Keep which of a tenant's channels are public now, and what those are called that had no name; return the public
    ones' ids, in order.

    Slack has no event for a channel that becomes private. Raises what slack_sdk raises where it does not say.
    """
    public = {channel["id"]: str(channel.get("name") or "") for channel in _public_channels(client)}
    known = select(Channel.channel_id, Channel.name, Channel.is_private).where(col(Channel.tenant_id) == tenant_id)
    with store.read() as session:
        rows = session.exec(known.order_by(col(Channel.channel_id))).all()
    for channel_id, name, is_private in rows:
        is_unnamed = not name and public.get(channel_id)
        if is_private != (channel_id not in public) or is_unnamed:
            named = {"name": public[channel_id]} if is_unnamed else {}
            change(store, tenant_id, channel_id, is_private=channel_id not in public, **named)
    return tuple(channel_id for channel_id, _, _ in rows if channel_id in public)


def _public_channels(client: WebClient) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        # The archived ones too: what was written in them before is as public as it was.
        page = client.conversations_list(types="public_channel", limit=_PAGE, cursor=cursor or None)
        yield from page["channels"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _why_barred(client: WebClient, place: Place) -> StopReason | None:
    """Return why a person may have no digest in that place, if they may not."""
    try:
        user: dict[str, Any] = client.users_info(user=place.destination_id)["user"]
    except SlackApiError as error:
        if error.response.get("error") in _NO_SUCH_PERSON:
            return StopReason.PERSON_GONE
        raise
    if user.get("deleted"):
        return StopReason.PERSON_GONE
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    is_admin = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    if is_guest or is_outsider(user, place.tenant_id) or (place.scope.kind == "workspace" and not is_admin):
        return StopReason.MAY_NOT_SEE
    return None


def _why_untold(client: WebClient, channel_id: str, destination_id: str) -> Untold | None:
    try:
        facts = channel_facts(client, channel_id)
        is_reader_in = facts.is_private and is_person(destination_id) and is_member(client, channel_id, destination_id)
    except CommandError:
        return Untold.UNSEEN
    if facts.is_archived:
        return Untold.ARCHIVED
    if not facts.is_member:
        return Untold.NOT_IN_CHANNEL
    return Untold.PRIVATE if facts.is_private and not is_reader_in else None
