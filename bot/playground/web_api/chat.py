"""``chat.*``: messages posted, shown to one member, updated and deleted."""

from typing import Any

from bot.playground import payloads, posting
from bot.playground.blockkit import message_problems
from bot.playground.models import Channel, Ephemeral, Message, Payload
from bot.playground.platform import Platform
from bot.playground.refusals import RateLimited, Refusal
from bot.playground.web_api.call import Method, WebCall

MOST_CHARACTERS = 40_000
MOST_IN_UPDATE = 4_000
_CONTENT = ("text", "blocks", "attachments")


def post_message(call: WebCall) -> Payload:
    """``chat.postMessage``."""
    channel = _destination(call)
    content = checked_content(call.platform, call.arguments.raw)
    wait = call.platform.limits.wait_for_channel(channel.id)
    if wait is not None:
        raise RateLimited(wait)
    thread_ts = call.arguments.text("thread_ts")
    draft = posting.Draft(
        text=str(content.get("text") or "")[:MOST_CHARACTERS],
        blocks=content.get("blocks"),
        attachments=content.get("attachments"),
        thread_ts=thread_ts,
        subtype="thread_broadcast" if thread_ts and call.arguments.flag("reply_broadcast") else None,
        metadata=_metadata(call),
    )
    message = posting.post(call.workspace, channel, call.bot, draft)
    return {"channel": channel.id, "ts": message.ts, "message": _shown(call, channel, message)}


def post_ephemeral(call: WebCall) -> Payload:
    """``chat.postEphemeral``."""
    channel = _destination(call)
    content = checked_content(call.platform, call.arguments.raw, MOST_CHARACTERS)
    user = call.workspace.members.get(call.arguments.required("user"))
    if user is None or user.deleted or user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    ephemeral = Ephemeral(
        channel=channel.id,
        user=user.id,
        ts=call.workspace.timestamps.next(),
        text=str(content.get("text") or ""),
        blocks=content.get("blocks"),
        attachments=content.get("attachments"),
        thread_ts=call.arguments.text("thread_ts"),
    )
    call.platform.show_ephemeral(ephemeral)
    return {"message_ts": ephemeral.ts}


def update(call: WebCall) -> Payload:
    """``chat.update``."""
    channel, message = _message(call)
    if message.bot_id != call.bot.bot_id:
        raise Refusal("cant_update_message")
    raw = call.arguments.raw
    content = checked_content(call.platform, raw, MOST_IN_UPDATE)
    changed: dict[str, Any] = {name: content[name] for name in _CONTENT if content.get(name) is not None}
    if "blocks" in changed:
        changed["blocks"] = posting.with_block_ids(call.workspace, changed["blocks"]) or None
    if raw.get("metadata") is not None:
        changed["metadata"] = _metadata(call)
    posting.edit(call.workspace, channel, message, call.bot, changed)
    shown = _shown(call, channel, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: WebCall) -> Payload:
    """``chat.delete``."""
    channel, message = _message(call)
    if message.bot_id != call.bot.bot_id:
        raise Refusal("cant_delete_message")
    posting.delete(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: WebCall) -> Payload:
    """``chat.getPermalink``."""
    channel = call.workspace.channels.get(call.arguments.required("channel"))
    if channel is None or not call.workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    message = channel.messages.get(call.arguments.required("message_ts"))
    if message is None or message.state == "deleted":
        raise Refusal("message_not_found")
    path = f"/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": f"https://{call.workspace.domain}.slack.com{path}{thread}"}


def checked_content(platform: Platform, raw: Payload, most_characters: int | None = None) -> Payload:
    """The text, blocks and attachments of a message that Slack would take; raises Refusal."""
    content = {name: raw.get(name) for name in _CONTENT}
    if not any(content.values()):
        raise Refusal("no_text")
    blocks = content["blocks"]
    if blocks is not None:
        if not isinstance(blocks, list):
            raise Refusal("invalid_blocks_format")
        problems = message_problems(blocks, charts=platform.charts, file_exists=platform.file_exists)
        if problems:
            refusal = Refusal.because("invalid_blocks", map(str, problems))
            refusal.beside["errors"] = [problem.message for problem in problems]
            raise refusal
    if content["attachments"] is not None and not isinstance(content["attachments"], list):
        raise Refusal("invalid_attachments")
    if most_characters is not None and len(str(content["text"] or "")) > most_characters:
        raise Refusal("msg_too_long")
    return content


def _destination(call: WebCall) -> Channel:
    """The channel of a post, by id or name, or a member's direct messages; one where the app may post."""
    workspace, key = call.workspace, call.arguments.required("channel")
    if key in workspace.members:
        return workspace.direct_message(key)
    channel = workspace.channels.get(key) or workspace.channel_named(key)
    if channel is None or not workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    if call.bot.id not in channel.members and "chat:write.public" not in call.platform.app.scopes:
        raise Refusal("not_in_channel")
    return channel


def _message(call: WebCall) -> tuple[Channel, Message]:
    """The message of ``channel`` and ``ts``; ephemeral ones are no messages to this method."""
    channel = call.workspace.channels.get(call.arguments.required("channel"))
    if channel is None or not call.workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    message = channel.messages.get(call.arguments.required("ts"))
    if message is None or message.state != "live":
        raise Refusal("message_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    return channel, message


def _metadata(call: WebCall) -> Payload | None:
    metadata = call.arguments.raw.get("metadata")
    if metadata is None or metadata == "":
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    return metadata


def _shown(call: WebCall, channel: Channel, message: Message) -> Payload:
    return payloads.message(channel, message, call.workspace.team_id, metadata=True)


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), tier=4),
    "chat.update": Method(update, ("chat:write",), tier=3),
    "chat.delete": Method(delete, ("chat:write",), tier=3),
    "chat.getPermalink": Method(get_permalink),
}
