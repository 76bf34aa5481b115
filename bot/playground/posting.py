"""Messages written, edited, unfurled and deleted, and the ``message`` events that follow from it."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground import payloads
from bot.playground.models import Channel, Member, Message, Payload, StandInError
from bot.playground.mrkdwn import rich_text
from bot.playground.workspace import Workspace

_WRITTEN_IN_THE_COMPOSER = (None, "thread_broadcast", "file_share")


@dataclass
class Draft:
    """What is about to be posted."""

    text: str
    blocks: list[Payload] | None = None
    attachments: list[Payload] | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Payload | None = None
    files: list[str] = field(default_factory=list)
    extra: Payload = field(default_factory=dict)
    ts: str | None = None


def post(workspace: Workspace, channel: Channel, author: Member, draft: Draft) -> Message:
    """Add a message to the channel and announce it."""
    ts = workspace.timestamps.claim(draft.ts) if draft.ts else workspace.timestamps.next()
    message = Message(
        channel=channel.id,
        ts=ts,
        user=author.id,
        text=draft.text,
        team=author.team_id,
        blocks=_blocks(workspace, draft),
        attachments=draft.attachments,
        thread_ts=draft.thread_ts,
        subtype=draft.subtype,
        metadata=draft.metadata,
        files=list(draft.files),
        extra=dict(draft.extra),
    )
    if author.is_bot:
        _sign_as_bot(workspace, message, author)
    elif draft.subtype is None:
        message.client_msg_id = workspace.client_msg_id()
    channel.messages[ts] = message
    _announce(workspace, channel, payloads.message(channel, message, workspace.team_id, metadata=True), author)
    return message


def edit(workspace: Workspace, channel: Channel, message: Message, editor: Member, content: Payload) -> Message:
    """Replace parts of a message (``text``, ``blocks``, ``attachments``, ``metadata``) and mark it edited."""
    before = payloads.message(channel, message, workspace.team_id)
    for name, value in content.items():
        setattr(message, name, value)
    if "text" in content and "blocks" not in content and not message.bot_id and message.subtype is None:
        message.blocks = with_block_ids(workspace, [rich_text(message.text)])
    message.edited = {"user": editor.id, "ts": _edited_ts(workspace, message)}
    message.versions += 1
    _announce_change(workspace, channel, message, before)
    return message


def unfurl(workspace: Workspace, channel: Channel, message: Message, url: str) -> Message:
    """Attach a preview of a link: a change that is no edit."""
    before = payloads.message(channel, message, workspace.team_id)
    preview = {"from_url": url, "original_url": url, "id": 1, "title": "A page", "fallback": "A page"}
    message.attachments = [*(message.attachments or []), preview]
    _announce_change(workspace, channel, message, before)
    return message


def delete(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Delete a message; the parent of a thread leaves a tombstone while it has replies."""
    before = payloads.message(channel, message, workspace.team_id)
    author = workspace.members.get(message.user or "")
    if channel.replies_to(message.ts):
        message.state = "tombstone"
        _announce_change(workspace, channel, message, before)
        return
    message.state = "deleted"
    ts = workspace.timestamps.next()
    event = {
        "subtype": "message_deleted",
        "previous_message": before,
        "deleted_ts": message.ts,
        "hidden": True,
        "ts": ts,
    }
    _announce(workspace, channel, event, author)


def find(channel: Channel, ts: str) -> Message:
    """The live message at ``ts``; raises StandInError."""
    message = channel.messages.get(ts)
    if message is None or message.state != "live":
        raise StandInError("no such message", ts)
    return message


def with_block_ids(workspace: Workspace, blocks: list[Payload]) -> list[Payload]:
    """The blocks, each with the ``block_id`` that Slack gives to those that have none, and action ids likewise."""
    return [_with_action_ids(workspace, {"block_id": workspace.new_id("b"), **block}) for block in blocks]


def _with_action_ids(workspace: Workspace, block: Payload) -> Payload:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            block[name] = _with_action_id(workspace, block[name])
    if block.get("type") == "actions":
        block["elements"] = [_with_action_id(workspace, element) for element in block["elements"]]
    return block


def _with_action_id(workspace: Workspace, element: Payload) -> Payload:
    return element if element.get("type") == "image" else {"action_id": workspace.new_id("a"), **element}


def _blocks(workspace: Workspace, draft: Draft) -> list[Payload] | None:
    if draft.blocks is not None:
        return with_block_ids(workspace, draft.blocks)
    if draft.subtype not in _WRITTEN_IN_THE_COMPOSER or not draft.text:
        return None
    return with_block_ids(workspace, [rich_text(draft.text)])


def _sign_as_bot(workspace: Workspace, message: Message, author: Member) -> None:
    message.bot_id = author.bot_id
    if message.subtype == "bot_message":  # a classic webhook: no user, no profile
        message.user = None
        return
    message.app_id = author.app_id
    message.bot_profile = {
        "id": author.bot_id,
        "deleted": False,
        "name": author.real_name,
        "app_id": author.app_id,
        "team_id": workspace.team_id,
    }


def _edited_ts(workspace: Workspace, message: Message) -> str:
    """Whole seconds, as Slack has it, yet always after the version before."""
    previous = message.edited["ts"] if message.edited else message.ts
    return f"{max(int(workspace.clock()), int(float(previous)) + 1)}.000000"


def _announce_change(workspace: Workspace, channel: Channel, message: Message, before: Payload) -> None:
    now = payloads.message(channel, message, workspace.team_id, metadata=True)
    author = workspace.members.get(message.user or "")
    if author is not None and message.state == "live":
        now |= {"source_team": author.team_id, "user_team": author.team_id}
    event: dict[str, Any] = {
        "subtype": "message_changed",
        "message": now,
        "previous_message": before,
        "hidden": True,
        "ts": workspace.timestamps.next(),
    }
    _announce(workspace, channel, event, author)


def _announce(workspace: Workspace, channel: Channel, event: Payload, author: Member | None) -> None:
    sent = {
        **event,
        "type": "message",
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": event["ts"],
    }
    workspace.announce(sent, channel, author=author)
