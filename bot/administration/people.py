"""Who is asking, and what a channel is to them, as Slack tells it at this moment."""

from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.administration.permissions import Actor, ChannelScope
from bot.errors import CommandError

_PAGE = 200
_NOT_VISIBLE = {"channel_not_found", "not_in_channel", "missing_scope", "method_not_supported_for_channel_type"}


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


def actor_of(client: WebClient, user_id: str) -> Actor:
    """Return what ``users.info`` says of the person; raises SlackApiError where Slack does not answer."""
    user: dict[str, Any] = client.users_info(user=user_id)["user"]
    return Actor(
        user_id=user_id,
        is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_outsider=bool(user.get("is_stranger")),
        zone=user.get("tz") or None,
    )


def channel_facts(client: WebClient, channel_id: str) -> ChannelFacts:
    """Return what ``conversations.info`` says; raises CommandError for a place Fairview cannot see or does not read."""
    try:
        channel: dict[str, Any] = client.conversations_info(channel=channel_id)["channel"]
    except SlackApiError as error:
        if error.response.get("error") in _NOT_VISIBLE:
            raise CommandError(
                "Fairview is not in this channel, so it cannot see it.", "Invite it first: /invite @Fairview."
            ) from None
        raise
    if channel.get("is_im") or channel.get("is_mpim"):
        raise CommandError("Fairview never reads direct messages.", "Ask this from the channel it is about.")
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
            if error.response.get("error") in _NOT_VISIBLE:
                raise CommandError(
                    "Fairview is not in this channel, so it cannot see it.", "Invite it first: /invite @Fairview."
                ) from None
            raise
        if user_id in page["members"]:
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return False
