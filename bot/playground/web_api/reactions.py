"""``reactions.*``: an emoji under a message."""

from bot.playground import payloads
from bot.playground.models import Channel, Member, Message, Payload
from bot.playground.refusals import Refusal
from bot.playground.web_api.call import Method, WebCall
from bot.playground.workspace import Workspace


def add(call: WebCall) -> Payload:
    """``reactions.add``."""
    name = call.arguments.required("name").strip(":")
    channel, message = _message(call)
    if call.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    if call.bot.id in message.reactions.get(name, []):
        raise Refusal("already_reacted")
    react(call.workspace, channel, message, call.bot, name)
    return {}


def get(call: WebCall) -> Payload:
    """``reactions.get``."""
    channel, message = _message(call)
    shown = {"type": "message", "ts": message.ts, "text": message.text, "user": message.user}
    return {
        "type": "message",
        "channel": channel.id,
        "message": shown | {"reactions": payloads.reactions(message)},
    }


def react(workspace: Workspace, channel: Channel, message: Message, member: Member, name: str) -> None:
    """Put one member's emoji under a message, with ``reaction_added``."""
    message.reactions.setdefault(name, []).append(member.id)
    event = {
        "type": "reaction_added",
        "user": member.id,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
    }
    workspace.announce(event, channel, author=member)


def _message(call: WebCall) -> tuple[Channel, Message]:
    channel = call.workspace.channels.get(call.arguments.required("channel"))
    if channel is None or not call.workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    message = channel.messages.get(call.arguments.required("timestamp"))
    if message is None or message.state != "live":
        raise Refusal("message_not_found")
    return channel, message


METHODS = {
    "reactions.add": Method(add, ("reactions:write",), tier=3),
    "reactions.get": Method(get, ("reactions:read",), tier=3),
}
