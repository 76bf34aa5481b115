"""Who is asking, and what a channel is to them, as Slack tells it at this moment."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.administration.permissions import Actor, ChannelScope
from bot.errors import CommandError

_PAGE = 1_000  # the most that Slack gives at once
# Fairview holds the scopes for public and private channels: a scope that is missing means a direct message.
_NOT_VISIBLE = {"channel_not_found", "not_in_channel", "missing_scope", "method_not_supported_for_channel_type"}
_DIRECT = "D"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel as Slack describes it to Fairview."""

    channel_id: str
    name: str
    creator_id: str | None
    is_private: bool
    is_ext_shared: bool
    is_archived: bool
    is_member: bool
    """Whether Fairview is in it."""


def actor_of(client: WebClient, tenant_id: str, user_id: str) -> Actor:
    """Return what ``users.info`` says of the person; raises SlackApiError where Slack does not answer."""
    user: dict[str, Any] = client.users_info(user=user_id)["user"]
    return Actor(
        user_id=user_id,
        is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_outsider=is_outsider(user, tenant_id),
        zone=known_zone(user.get("tz")),
    )


def channel_facts(client: WebClient, channel_id: str) -> ChannelFacts:
    """Return what ``conversations.info`` says; raises CommandError for a place Fairview cannot see or does not read."""
    if channel_id.startswith(_DIRECT):
        raise _never_direct()
    try:
        channel: dict[str, Any] = client.conversations_info(channel=channel_id)["channel"]
    except SlackApiError as error:
        raise _unseen(error) from None
    if channel.get("is_im") or channel.get("is_mpim"):
        raise _never_direct()
    return ChannelFacts(
        channel_id=channel_id,
        name=str(channel.get("name") or ""),
        creator_id=channel.get("creator"),
        is_private=bool(channel.get("is_private")),
        is_ext_shared=bool(channel.get("is_ext_shared")),
        is_archived=bool(channel.get("is_archived")),
        is_member=bool(channel.get("is_member")),
    )


def scope_of(client: WebClient, actor: Actor, channel: ChannelFacts) -> ChannelScope:
    """Return the channel as a scope for ``may``: whether the actor is in it, and created it."""
    return ChannelScope(
        channel_id=channel.channel_id,
        is_member=is_member(client, channel.channel_id, actor.user_id),
        is_creator=channel.creator_id == actor.user_id,
    )


def is_member(client: WebClient, channel_id: str, user_id: str) -> bool:
    """Say whether the person is in the channel; raises CommandError for a channel Fairview cannot see."""
    cursor = ""
    while True:
        try:
            page = client.conversations_members(channel=channel_id, limit=_PAGE, cursor=cursor or None)
        except SlackApiError as error:
            raise _unseen(error) from None
        if user_id in page["members"]:
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return False


def is_outsider(user: dict[str, Any], tenant_id: str) -> bool:
    """Say whether a user, as ``users.info`` shows them, belongs to another organisation than the tenant."""
    # Slack's ``is_stranger`` is false for everybody one shares a channel with: only the teams tell.
    enterprise_user = user.get("enterprise_user") or {}
    home = {user.get("team_id"), enterprise_user.get("enterprise_id"), *(enterprise_user.get("teams") or ())}
    return tenant_id not in home


def known_zone(name: str | None) -> str | None:
    """Return the name of a time zone where it is one that is known here, else None."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _unseen(error: SlackApiError) -> CommandError | SlackApiError:
    if error.response.get("error") not in _NOT_VISIBLE:
        return error
    return CommandError(
        "Fairview is not in this channel, so it cannot see it.", "Invite it first: `/invite @Fairview`."
    )


def _never_direct() -> CommandError:
    return CommandError("Fairview never reads direct messages.", "Ask this from the channel it is about.")
