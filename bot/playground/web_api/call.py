"""One call of a Web API method as the method sees it: who calls, with which arguments, and what may be refused."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.models import Channel, Member, Payload
from bot.playground.platform import Platform
from bot.playground.refusals import Refusal

Caller = Literal["bot", "app", "anyone"]
_AS_JSON = ("blocks", "attachments", "view", "metadata", "files")
_TRUE = (True, 1, "1", "true", "True")


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what it does, the scopes of which it needs one, its Tier, whose token it takes."""

    run: "Callable[[WebCall], Payload]"
    scopes: tuple[str, ...] = ()
    tier: int | None = None
    caller: Caller = "bot"


class Arguments:
    """Arguments as they came, from JSON or a form; what is structured is a string in a form."""

    def __init__(self, raw: Payload) -> None:
        self.raw = {name: _loaded(name, value) for name, value in raw.items() if name != "token"}

    def text(self, name: str) -> str | None:
        """A string argument, None where it is absent or empty."""
        value = self.raw.get(name)
        return None if value is None or value == "" else str(value)

    def required(self, name: str) -> str:
        """A string argument that must be there."""
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """A yes-or-no argument."""
        return self.raw.get(name) in _TRUE

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        value = self.text(name)
        if value is None:
            return default
        if not _is_number(value) or int(value) < 1:
            raise Refusal.because("invalid_arguments", [f"[ERROR] must be a positive integer [json-pointer:/{name}]"])
        return min(int(value), most)


class WebCall:
    """A call that has passed the checks on its token and scopes."""

    def __init__(self, platform: Platform, arguments: Arguments) -> None:
        self.platform = platform
        self.workspace = platform.workspace
        self.arguments = arguments

    @property
    def bot(self) -> Member:
        """The app's own bot user."""
        return self.workspace.bot

    def needs(self, scopes: Iterable[str]) -> None:
        """Raise ``missing_scope`` unless the app holds one of these."""
        wanted = tuple(scopes)
        if wanted and not self.platform.app.scopes.intersection(wanted):
            raise Refusal("missing_scope", needed=",".join(wanted), provided=",".join(sorted(self.platform.app.scopes)))

    def conversation(self, scopes: dict[str, str], name: str = "channel") -> Channel:
        """The conversation of an argument, if the app may know of it and holds the scope for its kind."""
        key = self.arguments.required(name)
        channel = self.workspace.channels.get(key)
        if channel is None or not self.workspace.app_sees(channel):
            raise Refusal("channel_not_found")
        self.needs([scopes[channel.kind]])
        return channel

    def person(self, name: str = "user") -> Member:
        """The member of an argument."""
        member = self.workspace.members.get(self.arguments.required(name))
        if member is None:
            raise Refusal("user_not_found")
        return member

    def page(self, items: list[Any], default: int, most: int) -> tuple[list[Any], Payload]:
        """One page of ``items`` by ``cursor`` and ``limit``, and the ``response_metadata`` that leads to the next."""
        limit = self.arguments.number("limit", default, most)
        cursor = self.arguments.text("cursor") or "next:0"
        start = cursor.removeprefix("next:")
        if not cursor.startswith("next:") or not _is_number(start):
            raise Refusal("invalid_cursor")
        end = int(start) + limit
        return items[int(start) : end], {"next_cursor": f"next:{end}" if end < len(items) else ""}


def missing(name: str) -> Refusal:
    """The refusal of a call without a required argument."""
    return Refusal.because("invalid_arguments", [f"[ERROR] missing required field: {name}"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _loaded(name: str, value: Any) -> Any:
    if name in _AS_JSON and isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            return value  # the method says in its own words that this is no JSON
    return value
