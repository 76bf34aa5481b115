"""A workspace and what is in it: who there is, which channels, who is in them, and who hears of a change."""

import re
import uuid
from collections import Counter
from typing import Protocol

from bot.playground.app_config import AppConfig
from bot.playground.clock import Clock, Timestamps
from bot.playground.models import Channel, ChannelKind, Member, Payload, StandInError, UploadedFile

_LINK = re.compile(r"<[@#]([A-Z0-9]+)(?:\|[^>]*)?>")


class Announce(Protocol):
    """Whoever carries an event to the app."""

    def __call__(self, event: Payload, channel: Channel | None, *, author: Member | None, regardless: bool) -> None:
        """Take one inner event; ``regardless``: even where the app is not in ``channel``."""
        ...


class Workspace:
    """Members, channels and files by id. Not thread-safe: the platform's lock guards it."""

    def __init__(self, *, name: str, team_id: str, app: AppConfig, clock: Clock, announce: Announce) -> None:
        self.name = name
        self.domain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "workspace"
        self.team_id = team_id
        self.app = app
        self.app_id = "A0FAIRVIEW"
        self.clock = clock
        self.timestamps = Timestamps(clock)
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, UploadedFile] = {}
        self._announce = announce
        self._numbers: Counter[str] = Counter()
        self.bot = self.add_member(app.name.lower(), real_name=app.name, is_bot=True)
        self.bot.app_id = self.app_id
        self.bot.bot_id = self.new_id("B")

    def new_id(self, letter: str) -> str:
        """An id of Slack's form, such as ``U00000001``."""
        self._numbers[letter] += 1
        return f"{letter}{self._numbers[letter]:08d}"

    def client_msg_id(self) -> str:
        """What a person's own client calls a message it sends."""
        return str(uuid.uuid4())

    def announce(
        self, event: Payload, channel: Channel | None = None, *, author: Member | None = None, regardless: bool = False
    ) -> None:
        """Tell the app of an event; the event gets its ``event_ts`` here where it has none."""
        event.setdefault("event_ts", self.timestamps.next())
        self._announce(event, channel, author=author, regardless=regardless)

    def add_member(self, name: str, *, real_name: str, team_id: str | None = None, is_bot: bool = False) -> Member:
        """A new member, of another organisation where ``team_id`` says so."""
        member = Member(self.new_id("U"), name, real_name, team_id or self.team_id, is_bot=is_bot)
        self.members[member.id] = member
        return member

    def add_channel(self, name: str, kind: ChannelKind, creator: str, members: list[str]) -> Channel:
        """A new channel with these members; nobody is told."""
        channel = Channel(
            self.new_id("D" if kind == "im" else "C"), name, kind, creator, int(self.clock()), list(members)
        )
        self.channels[channel.id] = channel
        return channel

    def member(self, key: str) -> Member:
        """The member of this id or name; raises StandInError."""
        found = self.members.get(key) or next((m for m in self.members.values() if m.name == key.lstrip("@")), None)
        if found is None:
            raise StandInError("no such member", key)
        return found

    def channel(self, key: str) -> Channel:
        """The channel of this id or name; raises StandInError."""
        found = self.channels.get(key) or self.channel_named(key)
        if found is None:
            raise StandInError("no such channel", key)
        return found

    def channel_named(self, name: str) -> Channel | None:
        """The public or private channel called ``name`` or ``#name``."""
        plain = name.lstrip("#")
        return next((c for c in self.channels.values() if c.kind != "im" and c.name == plain), None)

    def direct_message(self, user: str) -> Channel:
        """The direct message channel between the app and ``user``, opened where there is none yet."""
        both = [self.bot.id, user]
        for channel in self.channels.values():
            if channel.kind == "im" and sorted(channel.members) == sorted(both):
                return channel
        return self.add_channel(f"dm-{user}", "im", self.bot.id, both)

    def app_sees(self, channel: Channel) -> bool:
        """Whether the app may know that this channel exists."""
        return channel.kind == "channel" or self.bot.id in channel.members

    def resolve_name(self, reader: Member) -> "NameResolver":
        """How ``@name`` and ``#channel`` read when ``reader`` types them."""
        return NameResolver(self, reader)


class NameResolver:
    """Turns names into entities as Slack's client does for one reader."""

    def __init__(self, workspace: Workspace, reader: Member) -> None:
        self._workspace = workspace
        self._reader = reader

    def __call__(self, sigil: str, name: str) -> str | None:
        """The entity for ``@name`` or ``#name``, or None where this reader knows nothing of that name."""
        if sigil == "@":
            member = next((m for m in self._workspace.members.values() if m.name == name and not m.deleted), None)
            return f"<@{member.id}>" if member is not None else None
        channel = self._workspace.channel_named(name)
        if channel is None or (channel.kind != "channel" and self._reader.id not in channel.members):
            return None
        # The name of a private channel that the app is not in is kept from it.
        return f"<#{channel.id}|{channel.name if self._workspace.app_sees(channel) else ''}>"
