"""Who asks for a digest, what it is to be about and where it is to go: understood, and allowed or refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from slack_sdk import WebClient

from bot.administration.channels import find_channel
from bot.administration.people import ChannelFacts, actor_of, channel_facts, is_member
from bot.administration.permissions import Action, Actor, ChannelScope, GroupScope, WorkspaceScope, may, require
from bot.digests.access import is_own
from bot.digests.request import HERE, ME, Where
from bot.digests.schedule import Schedule
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.subscriptions import Place, Subscribed, is_person, subscribe
from bot.digests.zones import is_zone
from bot.errors import CommandError, NotAllowedError
from bot.listening import Parts

_DIRECT = "D"
_PRIVATE_HINT = "Say `me` to have it as a direct message; or set a digest of that channel alone, in the channel."


@dataclass(frozen=True)
class Asker:
    """Somebody who asks, by command or in a window."""

    parts: Parts
    tenant_id: str
    user_id: str
    client: WebClient
    now: datetime
    here: str = ""
    """Where it was asked: a channel, or a direct message with Fairview; empty where that is not known."""
    _facts: dict[str, ChannelFacts] = field(default_factory=dict, repr=False)
    _joined: dict[str, bool] = field(default_factory=dict, repr=False)

    @cached_property
    def actor(self) -> Actor:
        """Who it is, as Slack describes them."""
        return actor_of(self.client, self.tenant_id, self.user_id)

    @property
    def zone(self) -> str:
        """The time zone of whoever asks, else the installation's."""
        return self.actor.zone if self.actor.zone and is_zone(self.actor.zone) else self.parts.settings.zone

    def facts(self, channel_id: str) -> ChannelFacts:
        """Return what Slack says of a channel Fairview is in; raises CommandError for any other place."""
        if channel_id not in self._facts:
            self._facts[channel_id] = channel_facts(self.client, channel_id)
        if not self._facts[channel_id].is_member:
            raise CommandError(f"Fairview is not in <#{channel_id}>.", "Invite it first: `/invite @Fairview`.")
        return self._facts[channel_id]

    def is_in(self, channel_id: str) -> bool:
        """Say whether whoever asks is in a channel; raises CommandError for one that Fairview cannot see."""
        if channel_id not in self._joined:
            self._joined[channel_id] = is_member(self.client, channel_id, self.user_id)
        return self._joined[channel_id]

    def names(self) -> dict[str, str]:
        """Return the names of the channels that were asked about, by id."""
        return {channel_id: facts.name for channel_id, facts in self._facts.items()}


def find_place(asker: Asker, where: Where) -> Place:
    """Return the place that is meant; raises CommandError for one that Fairview does not read or cannot see."""
    in_channel = not asker.here.startswith(_DIRECT)
    destination = where.destination or (where.channel_ids[0] if where.channel_ids else HERE)
    if destination == HERE and not in_channel and (where.is_workspace or where.channel_ids):
        destination = ME
    destination_id = {HERE: asker.here, ME: asker.user_id}.get(destination, destination)
    if where.is_workspace:
        scope = WORKSPACE
    elif where.channel_ids:
        scope = _scope(where.channel_ids)
    else:
        scope = Scope.channel(asker.here if is_person(destination_id) else destination_id)
    for channel_id in scope.channel_ids:
        asker.facts(channel_id)
    return Place(asker.tenant_id, scope, destination_id)


def require_sight(asker: Asker, scope: Scope) -> None:
    """Raise NotAllowedError where whoever asks may not see the digest of a scope."""
    require(asker.actor, Action.SUBSCRIBE_DIGEST, _seen_from(asker, scope))


def require_setting(asker: Asker, place: Place) -> None:
    """Raise NotAllowedError or CommandError where whoever asks may not have that digest in that place."""
    require_sight(asker, place.scope)
    if not is_person(place.destination_id):
        require(asker.actor, Action.SUBSCRIBE_DIGEST, _seen_from(asker, Scope.channel(place.destination_id)))
    for channel_id in _channels(place):
        if asker.facts(channel_id).is_archived:
            raise CommandError(f"<#{channel_id}> is archived.", "Ask again once it is open.")
    if is_person(place.destination_id) or is_own(place):
        return
    for channel_id in place.scope.channel_ids:
        if asker.facts(channel_id).is_private:
            raise CommandError(
                f"<#{channel_id}> is private: what is written there is told in it alone, or to its members.",
                _PRIVATE_HINT,
            )


def may_stop(asker: Asker, place: Place, owner_id: str = "") -> bool:
    """Say whether whoever asks may stop a digest: its owner, its reader, and whoever could set it."""
    if asker.user_id in (owner_id, place.destination_id):
        return True
    return not is_person(place.destination_id) and may(
        asker.actor, Action.SUBSCRIBE_DIGEST, _seen_from(asker, place.scope)
    )


def require_stopping(asker: Asker, place: Place, owner_id: str = "") -> None:
    """Raise NotAllowedError where whoever asks may not stop a digest."""
    if may_stop(asker, place, owner_id):
        return
    if is_person(place.destination_id):
        raise NotAllowedError("A direct message is stopped by who gets it.", "Nothing was changed.")
    require_sight(asker, place.scope)


def set_digest(asker: Asker, place: Place, schedule: Schedule) -> Subscribed:
    """Set the digest of a place; raises NotAllowedError or CommandError where it may not be."""
    require_setting(asker, place)
    return subscribe(asker.parts.store, place, asker.user_id, schedule, asker.now)


def warnings_of(asker: Asker, place: Place) -> list[str]:
    """Return what whoever set a digest should know of its channels."""
    said = []
    destination_id = place.destination_id
    if not is_person(destination_id) and asker.facts(destination_id).is_ext_shared:
        said.append("People of another organisation are in that channel, and will see it too.")
    silent = [one for one in place.scope.channel_ids if not _is_watched(asker, one)]
    if silent and is_own(place):
        said.append("Nothing is counted there now: `/fairview watch on` in the channel changes that.")
    elif silent:
        where = ", ".join(f"<#{one}>" for one in silent)
        said.append(f"Nothing is counted in {where} now: `/fairview watch on` there changes that.")
    return said


def _scope(channel_ids: Iterable[str]) -> Scope:
    ids = tuple(sorted(set(channel_ids)))
    return Scope("group", ids) if len(ids) > 1 else Scope.channel(ids[0])


def _seen_from(asker: Asker, scope: Scope) -> ChannelScope | GroupScope | WorkspaceScope:
    if scope.kind == "workspace":
        return WorkspaceScope()
    channels = tuple(ChannelScope(one, is_member=asker.is_in(one)) for one in scope.channel_ids)
    return channels[0] if scope.kind == "channel" else GroupScope(channels)


def _channels(place: Place) -> list[str]:
    ids = place.scope.channel_ids
    return list(dict.fromkeys(ids if is_person(place.destination_id) else (*ids, place.destination_id)))


def _is_watched(asker: Asker, channel_id: str) -> bool:
    known = find_channel(asker.parts.store, asker.tenant_id, channel_id)
    return known is None or known.is_watched
