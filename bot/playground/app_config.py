"""What a Slack app asks for when it is installed: the parts of its manifest that Slack acts on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

ALL_BOT_SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    }
)
MESSAGE_EVENTS = frozenset({"message.channels", "message.groups", "message.im", "message.mpim"})
ALL_EVENTS = MESSAGE_EVENTS | {
    "app_home_opened",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "reaction_added",
    "tokens_revoked",
    "user_change",
}

ShortcutKind = Literal["message", "global"]
_SHORTCUTS: Mapping[str, ShortcutKind] = MappingProxyType({"reframe_message": "message"})


@dataclass(frozen=True)
class SlashCommand:
    """A command such as ``/fairview``; ``should_escape`` turns ``#channel`` and ``@name`` into ids."""

    command: str
    should_escape: bool = False


@dataclass(frozen=True)
class AppConfig:
    """An app's scopes, event subscriptions, commands and shortcuts, as its manifest has them."""

    name: str = "Fairview"
    scopes: frozenset[str] = ALL_BOT_SCOPES
    events: frozenset[str] = ALL_EVENTS
    commands: Mapping[str, SlashCommand] = field(default_factory=lambda: MappingProxyType({}))
    shortcuts: Mapping[str, ShortcutKind] = field(default_factory=lambda: MappingProxyType({}))
    home_tab: bool = True
    interactivity: bool = True

    @classmethod
    def with_everything(cls, *commands: str, shortcuts: Mapping[str, ShortcutKind] | None = None) -> "AppConfig":
        """An app that may do all that the stand-in knows, for tests that are about something else."""
        known = {name: SlashCommand(name, should_escape=True) for name in commands or ("/fairview", "/valuestream")}
        return cls(commands=known, shortcuts=dict(_SHORTCUTS if shortcuts is None else shortcuts))

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "AppConfig":
        """Read a manifest as https://docs.slack.dev/reference/app-manifest has it."""
        features, settings = manifest.get("features") or {}, manifest.get("settings") or {}
        commands = [
            SlashCommand(entry["command"], bool(entry.get("should_escape")))
            for entry in features.get("slash_commands") or []
        ]
        home = features.get("app_home") or {}
        return cls(
            name=(manifest.get("display_information") or {}).get("name", "App"),
            scopes=frozenset(((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
            commands={command.command: command for command in commands},
            shortcuts={entry["callback_id"]: entry["type"] for entry in features.get("shortcuts") or []},
            home_tab=bool(home.get("home_tab_enabled")),
            interactivity=bool((settings.get("interactivity") or {}).get("is_enabled")),
        )
