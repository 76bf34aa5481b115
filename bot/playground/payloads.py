"""Records of the workspace in the shape in which Slack shows them to apps."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.models import Channel, Member, Message, Payload, UploadedFile

FILE_HOST = "https://files.slack.example"


def user(member: Member, home_team: str, now: float) -> Payload:
    """As ``users.info`` answers it; a deleted member has lost zone and rights."""
    shown: Payload = {
        "id": member.id,
        "team_id": member.team_id,
        "name": member.name,
        "deleted": member.deleted,
        "profile": {"real_name": member.real_name, "display_name": member.name, "team": member.team_id},
        "is_bot": member.is_bot,
        "is_app_user": False,
        "updated": int(now),
    }
    if member.team_id != home_team:
        shown["is_stranger"] = False
    if member.deleted:
        return shown
    offset = datetime.fromtimestamp(now, ZoneInfo(member.tz)).utcoffset()
    return shown | {
        "real_name": member.real_name,
        "tz": member.tz,
        "tz_label": member.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "is_admin": member.is_admin or member.is_owner,
        "is_owner": member.is_owner,
        "is_primary_owner": False,
        "is_restricted": member.is_restricted or member.is_ultra_restricted,
        "is_ultra_restricted": member.is_ultra_restricted,
        "is_email_confirmed": True,
    }


def conversation(channel: Channel, bot: str, team_id: str) -> Payload:
    """As ``conversations.info`` answers it to the app whose bot user is ``bot``."""
    if channel.kind == "im":
        other = next((member for member in channel.members if member != bot), bot)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_archived": channel.is_archived,
            "is_org_shared": False,
            "context_team_id": team_id,
            "user": other,
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": bot in channel.members,
        "context_team_id": team_id,
        "shared_team_ids": [team_id, *channel.connected_teams],
        "connected_team_ids": list(channel.connected_teams),
        "previous_names": list(channel.previous_names),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
    }


def file_url(uploaded: UploadedFile) -> str:
    """Where the file can be read from, by which a ``slack_file`` may also name it."""
    return f"{FILE_HOST}/{uploaded.id}/{uploaded.name}"


def file(uploaded: UploadedFile) -> Payload:
    """As the files methods answer it."""
    return {
        "id": uploaded.id,
        "name": uploaded.name,
        "title": uploaded.title or uploaded.name,
        "user": uploaded.uploader,
        "size": uploaded.length,
        "url_private": file_url(uploaded),
        "permalink": f"{FILE_HOST}/{uploaded.id}",
        "channels": list(uploaded.channels),
    }


def message(channel: Channel, one: Message, home_team: str, *, metadata: bool = False) -> Payload:
    """As history and events show it; ``metadata`` only to those who ask for it."""
    if one.state == "tombstone":
        return _tombstone(channel, one)
    shown: dict[str, Any] = {
        "type": "message",
        "subtype": one.subtype,
        "user": one.user,
        "text": one.text,
        "ts": one.ts,
        "team": one.team if one.subtype is None or one.bot_id else None,
        "client_msg_id": one.client_msg_id,
        "bot_id": one.bot_id,
        "app_id": one.app_id,
        "bot_profile": one.bot_profile,
        "blocks": one.blocks,
        "attachments": one.attachments,
        "edited": one.edited,
        "thread_ts": one.thread_ts,
        "metadata": one.metadata if metadata else None,
    }
    if one.files:
        shown["files"] = [{"id": file_id, "mode": "hosted"} for file_id in one.files]
    if one.team != home_team:
        shown |= {"user_team": one.team, "source_team": one.team}
    if one.reactions:
        shown["reactions"] = reactions(one)
    shown |= one.extra | _thread(channel, one)
    return {key: value for key, value in shown.items() if value is not None}


def reactions(one: Message) -> list[Payload]:
    """A message's reactions in the order in which they were first given."""
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in one.reactions.items()]


def _thread(channel: Channel, one: Message) -> Payload:
    if one.is_reply and one.thread_ts is not None:
        parent = channel.messages.get(one.thread_ts)
        return {"parent_user_id": parent.user} if parent is not None and parent.user else {}
    replies = channel.replies_to(one.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies if reply.user))
    return {
        "thread_ts": one.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": False,
    }


def _tombstone(channel: Channel, one: Message) -> Payload:
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": one.ts,
        "thread_ts": one.ts,
    } | _thread(channel, one)
