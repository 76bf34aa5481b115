"""What a workspace is made of: members, channels, messages, files; records without rules of their own."""

from dataclasses import dataclass, field
from typing import Any, Literal

Payload = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]
MessageState = Literal["live", "deleted", "tombstone"]


class StandInError(Exception):
    """A person tried what Slack's own client would not let them do, or the caller named something unknown."""

    def __str__(self) -> str:
        return ": ".join(map(str, self.args))


@dataclass(eq=False)
class Member:
    """A person, a bot user or a stranger from another organisation."""

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str = "Europe/London"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None


@dataclass(eq=False)
class Message:
    """One message as the channel keeps it; ``extra`` holds what only its subtype has."""

    channel: str
    ts: str
    user: str | None
    text: str
    team: str
    blocks: list[Payload] | None = None
    attachments: list[Payload] | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    bot_profile: Payload | None = None
    client_msg_id: str | None = None
    edited: Payload | None = None
    metadata: Payload | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    extra: Payload = field(default_factory=dict)
    state: MessageState = "live"
    versions: int = 1

    @property
    def is_reply(self) -> bool:
        """Whether it stands in another message's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(eq=False)
class Ephemeral:
    """A message that one member alone sees, until it is replaced or deleted."""

    channel: str
    user: str
    ts: str
    text: str
    blocks: list[Payload] | None = None
    attachments: list[Payload] | None = None
    thread_ts: str | None = None
    via: Literal["api", "command", "response_url"] = "api"
    replaced: int = 0
    deleted: bool = False


@dataclass(eq=False)
class Channel:
    """A conversation: public (``channel``), private (``group``) or direct (``im``, ``mpim``)."""

    id: str
    name: str
    kind: ChannelKind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    connected_teams: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def is_ext_shared(self) -> bool:
        """Whether members of another organisation are in it (Slack Connect)."""
        return bool(self.connected_teams)

    def replies_to(self, ts: str) -> list[Message]:
        """The live replies in the thread of ``ts``, oldest first."""
        found = [m for m in self.messages.values() if m.is_reply and m.thread_ts == ts and m.state == "live"]
        return sorted(found, key=lambda message: message.ts)

    def live(self) -> list[Message]:
        """What a reader sees, tombstones included, oldest first."""
        return sorted((m for m in self.messages.values() if m.state != "deleted"), key=lambda message: message.ts)


@dataclass(eq=False)
class UploadedFile:
    """A file on its way into the workspace: reserved, uploaded, then completed."""

    id: str
    name: str
    length: int
    uploader: str
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    channels: list[str] = field(default_factory=list)
