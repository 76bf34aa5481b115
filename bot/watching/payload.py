"""Slack's message events, read: what happened to whose message, or nothing that concerns Fairview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.slack_time import instant

Event = Mapping[str, Any]

_COUNTED_SUBTYPES = {None, "me_message", "thread_broadcast", "file_share"}
_PRIVATE = {"channel": False, "group": True}
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """A version of a member's message. Its text lives here, in memory, and nowhere else; ``repr`` shows none of it."""

    channel_id: str
    ts: str
    version: str
    author_id: str
    text: str
    thread_ts: str | None
    is_change: bool
    is_ext_shared: bool
    is_private: bool | None = None
    """Whether its channel is private; None where Slack does not say."""

    @property
    def posted_at(self) -> datetime:
        """When the message was first posted."""
        return instant(self.ts)

    @property
    def written_at(self) -> datetime:
        """When this version of it was written."""
        return instant(self.version)


@dataclass(frozen=True, slots=True)
class Removed:
    """A message is gone: deleted, or replaced by the tombstone that keeps its thread together."""

    channel_id: str
    ts: str


def observation_of(body: Mapping[str, Any], bot_user_id: str | None = None) -> Posted | Removed | None:
    """Return what a message event tells, or None where there is nothing to count.

    Nothing to count are bots (Fairview's own posts among them), joins and other notices, direct messages, people of
    another organisation, and changes that leave the text as it was (Slack unfurling a link). Raises KeyError or
    ValueError for a payload that is not shaped as Slack's are.
    """
    event: Event = body["event"]
    if event.get("channel_type") in {"im", "mpim", "app_home"}:
        return None
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        return Removed(str(event["channel"]), _timestamp(event.get("deleted_ts") or event["previous_message"]["ts"]))
    if subtype != "message_changed":
        return _posted(body, event, event, bot_user_id)
    message: Event = event["message"]
    if message.get("subtype") == "tombstone":
        return Removed(str(event["channel"]), _timestamp(message["ts"]))
    previous: Event = event.get("previous_message") or {}
    if previous.get("text") == message.get("text"):
        return None
    return _posted(body, event, message, bot_user_id)


def _posted(body: Mapping[str, Any], event: Event, message: Event, bot_user_id: str | None) -> Posted | None:
    author = message.get("user")
    text = message.get("text")
    if message.get("subtype") not in _COUNTED_SUBTYPES or not isinstance(text, str) or not author:
        return None
    is_change = message is not event
    if not text.strip() and message.get("subtype") == "file_share" and not is_change:
        return None
    if message.get("bot_id") or message.get("bot_profile") or author in {_SLACKBOT, bot_user_id}:
        return None
    if _is_foreign(body, message):
        return None
    ts = _timestamp(message["ts"])
    thread_ts = message.get("thread_ts")
    return Posted(
        channel_id=str(event["channel"]),
        ts=ts,
        version=_timestamp((message.get("edited") or {}).get("ts") or ts),
        author_id=str(author),
        text=text,
        # The first message of a thread names itself, and stands in the channel all the same.
        thread_ts=None if thread_ts in {None, ts} else _timestamp(thread_ts),
        is_change=is_change,
        is_ext_shared=bool(body.get("is_ext_shared_channel")),
        is_private=_PRIVATE.get(str(event.get("channel_type"))),
    )


def _is_foreign(body: Mapping[str, Any], message: Event) -> bool:
    """Say whether the author belongs to another organisation: enterprise and team both differ from the tenant's.

    Slack names the author's team (or, org-wide, enterprise) on the message, but not which enterprise a team is part
    of. So within an enterprise, another team's member is foreign only in a channel shared outside it.
    """
    authorization = next(iter(body.get("authorizations") or ()), None) or {}
    enterprise = authorization.get("enterprise_id")
    home = {authorization.get("team_id") or body.get("team_id"), enterprise}
    team = message.get("user_team") or message.get("team") or message.get("source_team")
    if team is None or team in home:
        return False
    return enterprise is None or bool(body.get("is_ext_shared_channel"))


def _timestamp(value: object) -> str:
    ts = str(value)
    instant(ts)
    return ts
