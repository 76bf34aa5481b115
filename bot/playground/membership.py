"""Who is in a channel and what becomes of it: joins, removals, renames, archives, sharing, each with its events."""

from bot.playground.models import Channel, Member, Payload
from bot.playground.posting import Draft, post
from bot.playground.workspace import Workspace

_TYPE_LETTER = {"channel": "C", "group": "G"}


def join(workspace: Workspace, channel: Channel, member: Member, inviter: Member | None = None) -> None:
    """Add a member, with the notice in the channel and ``member_joined_channel``; nothing where already in."""
    if member.id in channel.members:
        return
    channel.members.append(member.id)
    by = {"inviter": inviter.id} if inviter is not None else {}
    _notice(workspace, channel, member, "channel_join", f"<@{member.id}> has joined the channel", by)
    event = _membership_event(channel, member, "member_joined_channel") | by
    workspace.announce(event, channel, author=member)


def leave(workspace: Workspace, channel: Channel, member: Member, remover: Member | None = None) -> None:
    """Take a member out; the app itself hears ``channel_left`` (``group_left``) only, as Slack does it."""
    if member.id not in channel.members:
        return
    channel.members.remove(member.id)
    _notice(workspace, channel, member, "channel_leave", f"<@{member.id}> has left the channel", {})
    if member is workspace.bot:
        event = {"type": _named(channel, "left"), "channel": channel.id}
        actor = {"actor_id": remover.id} if remover is not None else {}
        workspace.announce(event | actor, channel, author=remover, regardless=True)
    else:
        workspace.announce(_membership_event(channel, member, "member_left_channel"), channel, author=member)


def rename(workspace: Workspace, channel: Channel, name: str, by: Member) -> None:
    """Give the channel another name."""
    channel.previous_names.insert(0, channel.name)
    old, channel.name = channel.name, name
    extra = {"old_name": old, "name": name}
    _notice(workspace, channel, by, "channel_name", f"<@{by.id}> has renamed the channel", extra)
    shown = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    workspace.announce({"type": _named(channel, "rename"), "channel": shown}, channel, author=by)


def set_topic(workspace: Workspace, channel: Channel, topic: str, by: Member) -> None:
    """Set the topic, which Slack shows as a message of its own subtype."""
    channel.topic = topic
    _notice(workspace, channel, by, "channel_topic", f"<@{by.id}> set the channel topic: {topic}", {"topic": topic})


def archive(workspace: Workspace, channel: Channel, by: Member) -> None:
    """Archive the channel: nothing can be posted there any more."""
    _notice(workspace, channel, by, "channel_archive", f"<@{by.id}> archived the channel", {})
    channel.is_archived = True
    event = {"type": _named(channel, "archive"), "channel": channel.id, "user": by.id}
    workspace.announce(event, channel, author=by)


def unarchive(workspace: Workspace, channel: Channel, by: Member) -> None:
    """Take the channel back into use."""
    channel.is_archived = False
    event = {"type": _named(channel, "unarchive"), "channel": channel.id, "user": by.id}
    workspace.announce(event, channel, author=by)


def share(workspace: Workspace, channel: Channel, team_id: str) -> None:
    """Open the channel to another organisation (Slack Connect)."""
    channel.connected_teams.append(team_id)
    event = {"type": "channel_shared", "channel": channel.id, "connected_team_id": team_id}
    workspace.announce(event, channel)


def unshare(workspace: Workspace, channel: Channel, team_id: str) -> None:
    """Close the channel to that organisation again; its members leave without notice."""
    channel.connected_teams.remove(team_id)
    channel.members = [one for one in channel.members if workspace.members[one].team_id != team_id]
    event = {
        "type": "channel_unshared",
        "channel": channel.id,
        "previously_connected_team_id": team_id,
        "is_ext_shared": channel.is_ext_shared,
    }
    workspace.announce(event, channel)


def _named(channel: Channel, what: str) -> str:
    return f"{'channel' if channel.kind == 'channel' else 'group'}_{what}"


def _membership_event(channel: Channel, member: Member, kind: str) -> Payload:
    return {
        "type": kind,
        "user": member.id,
        "channel": channel.id,
        "channel_type": _TYPE_LETTER[channel.kind],
        "team": member.team_id,
    }


def _notice(workspace: Workspace, channel: Channel, author: Member, subtype: str, text: str, extra: Payload) -> None:
    """A notice is a message without blocks and without a bot's signature, whoever it is about."""
    signed = Member(author.id, author.name, author.real_name, author.team_id)
    post(workspace, channel, signed, Draft(text, subtype=subtype, extra=extra))
