"""What a digest may tell where it goes: looked at in Slack when it is about to go there, not only when it was set.

A private channel's figures go to that channel alone, or to the direct messages of who is in it.
"""

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.administration.people import channel_facts, is_member
from bot.digests.scope import Scope
from bot.digests.subscriptions import Place, is_person
from bot.errors import CommandError


@dataclass(frozen=True, slots=True)
class Tellable:
    """What may be told: ``scope`` is None where that is nothing; ``left_out`` counts the channels that may not be."""

    scope: Scope | None
    left_out: int = 0


def find_tellable(client: WebClient, place: Place) -> Tellable:
    """Return what may be told at a place now; raises what slack_sdk raises where Slack does not say.

    A workspace is told everywhere: its figures leave private channels out by themselves.
    """
    scope = place.scope
    if scope.kind == "workspace" or is_own(place):
        return Tellable(scope)
    allowed = tuple(one for one in scope.channel_ids if _may_be_told(client, one, place.destination_id))
    left_out = len(scope.channel_ids) - len(allowed)
    if not left_out:
        return Tellable(scope)
    if not allowed:
        return Tellable(None, left_out)
    return Tellable(Scope("group", allowed) if len(allowed) > 1 else Scope.channel(allowed[0]), left_out)


def is_own(place: Place) -> bool:
    """Say whether it is a channel's digest in that channel."""
    return place.scope == Scope.channel(place.destination_id)


def _may_be_told(client: WebClient, channel_id: str, destination_id: str) -> bool:
    try:
        facts = channel_facts(client, channel_id)
        if not facts.is_private:
            return True
        return is_person(destination_id) and is_member(client, channel_id, destination_id)
    except CommandError:  # gone, or out of Fairview's sight: so nobody can say who is in it
        return False
