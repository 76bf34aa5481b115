"""``conversations.*`` and ``users.conversations``: channels, who is in them, what was said there."""

from bot.playground import membership, payloads
from bot.playground.models import Channel, Message, Payload
from bot.playground.refusals import RateLimited, Refusal
from bot.playground.web_api.call import Method, WebCall, missing

READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}
WRITE = {"im": "im:write", "mpim": "mpim:write"}
_TYPE = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def info(call: WebCall) -> Payload:
    """``conversations.info``."""
    channel = call.conversation(READ)
    shown = _shown(call, channel)
    if call.arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def members(call: WebCall) -> Payload:
    """``conversations.members``."""
    page, metadata = call.page(call.conversation(READ).members, 100, 1000)
    return {"members": page, "response_metadata": metadata}


def listing(call: WebCall) -> Payload:
    """``conversations.list``."""
    found = [channel for channel in _of_types(call) if call.workspace.app_sees(channel)]
    page, metadata = call.page(found, 100, 999)
    return {"channels": [_shown(call, channel) for channel in page], "response_metadata": metadata}


def of_user(call: WebCall) -> Payload:
    """``users.conversations``: those of ``user`` that the app may know of; its own where none is named."""
    user = call.person().id if call.arguments.text("user") else call.bot.id
    found = [one for one in _of_types(call) if user in one.members and call.workspace.app_sees(one)]
    page, metadata = call.page(found, 100, 999)
    return {"channels": [_shown(call, channel) for channel in page], "response_metadata": metadata}


def history(call: WebCall) -> Payload:
    """``conversations.history``: newest first, without the replies in threads."""
    channel = _readable(call)
    top = [message for message in channel.live() if not message.is_reply or message.subtype == "thread_broadcast"]
    return _excerpt(call, channel, list(reversed(_between(call, top))))


def replies(call: WebCall) -> Payload:
    """``conversations.replies``: the thread's parent, then its replies, oldest first."""
    channel = _readable(call)
    parent = channel.messages.get(call.arguments.required("ts"))
    if parent is None or parent.state == "deleted":
        raise Refusal("thread_not_found")
    thread = [parent, *_between(call, channel.replies_to(parent.ts))]
    return _excerpt(call, channel, thread)


def open_direct(call: WebCall) -> Payload:
    """``conversations.open`` with one member."""
    call.needs([WRITE["im"]])
    key = call.arguments.text("users")
    if key is None:
        raise missing("users")
    person = call.workspace.members.get(key)
    if person is None:
        raise Refusal("user_not_found")
    if person.deleted:
        raise Refusal("user_disabled")
    channel = call.workspace.direct_message(person.id)
    return {"channel": _shown(call, channel) if call.arguments.flag("return_im") else {"id": channel.id}}


def join(call: WebCall) -> Payload:
    """``conversations.join``: public channels only."""
    channel = call.workspace.channels.get(call.arguments.required("channel"))
    if channel is None or not call.workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    already = call.bot.id in channel.members
    membership.join(call.workspace, channel, call.bot)
    return {"channel": _shown(call, channel)} | ({"warning": "already_in_channel"} if already else {})


def _shown(call: WebCall, channel: Channel) -> Payload:
    return payloads.conversation(channel, call.bot.id, call.workspace.team_id)


def _of_types(call: WebCall) -> list[Channel]:
    names = (call.arguments.text("types") or "public_channel").split(",")
    unknown = [name for name in names if name.strip() not in _TYPE]
    if unknown:
        raise Refusal("invalid_types")
    kinds = {_TYPE[name.strip()] for name in names}
    for kind in sorted(kinds):
        call.needs([READ[kind]])
    archived = not call.arguments.flag("exclude_archived")
    return [one for one in call.workspace.channels.values() if one.kind in kinds and (archived or not one.is_archived)]


def _readable(call: WebCall) -> Channel:
    channel = call.conversation(HISTORY)
    if call.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    if call.platform.sparing_history:
        wait = call.platform.limits.wait_for_history()
        if wait is not None:
            raise RateLimited(wait)
    return channel


def _between(call: WebCall, messages: list[Message]) -> list[Message]:
    """Those after ``oldest`` and before ``latest``, with the ends where ``inclusive``."""
    oldest = _ts(call, "oldest", "0.000000", "invalid_ts_oldest")
    latest = _ts(call, "latest", "99999999999.000000", "invalid_ts_latest")
    if call.arguments.flag("inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _ts(call: WebCall, name: str, default: str, code: str) -> float:
    try:
        return float(call.arguments.text(name) or default)
    except ValueError as error:
        raise Refusal(code) from error


def _excerpt(call: WebCall, channel: Channel, messages: list[Message]) -> Payload:
    most = 15 if call.platform.sparing_history else 999
    page, metadata = call.page(messages, min(100, most), most)
    with_metadata = call.arguments.flag("include_all_metadata")
    team = call.workspace.team_id
    return {
        "messages": [payloads.message(channel, message, team, metadata=with_metadata) for message in page],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


METHODS = {
    "conversations.info": Method(info, tier=3),
    "conversations.members": Method(members, tier=4),
    "conversations.list": Method(listing, tier=2),
    "conversations.history": Method(history, tier=3),
    "conversations.replies": Method(replies, tier=3),
    "conversations.open": Method(open_direct, tier=3),
    "conversations.join": Method(join, ("channels:join",), tier=3),
    "users.conversations": Method(of_user, tier=3),
}
