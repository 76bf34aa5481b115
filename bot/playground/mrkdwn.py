"""What a person types, as Slack writes it down: escaped text, and the ``rich_text`` block that goes with it."""

import re
from collections.abc import Callable, Iterator

from bot.playground.models import Payload

_ENTITY = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_NAME = re.compile(r"(?<![\w&])([@#])([\w.-]*\w)")
_UNESCAPE = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

Resolve = Callable[[str, str], str | None]
"""From a sigil (``@`` or ``#``) and a name to the entity that stands for it, or None."""


def escape(typed: str) -> str:
    """Slack's three entities for the three characters that it keeps for itself."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def resolve_names(text: str, resolve: Resolve) -> str:
    """``@name`` and ``#channel`` turned into entities wherever ``resolve`` knows them."""
    return _NAME.sub(lambda match: resolve(match[1], match[2]) or match[0], text)


def rich_text(text: str) -> Payload:
    """A ``rich_text`` block that holds ``text`` (mrkdwn as the API has it) in one section."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(_parts(text))}],
    }


def _parts(text: str) -> Iterator[Payload]:
    position = 0
    for match in _ENTITY.finditer(text):
        yield from _plain(text[position : match.start()])
        yield _entity(match[1], match[2], match[3])
        position = match.end()
    yield from _plain(text[position:])


def _plain(text: str) -> Iterator[Payload]:
    for entity, character in _UNESCAPE:
        text = text.replace(entity, character)
    if text:
        yield {"type": "text", "text": text}


def _entity(sigil: str, body: str, label: str | None) -> Payload:
    if sigil == "@":
        return {"type": "user", "user_id": body}
    if sigil == "#":
        return {"type": "channel", "channel_id": body}
    if sigil == "!":
        kind, _, rest = body.partition("^")
        return (
            {"type": "usergroup", "usergroup_id": rest} if kind == "subteam" else {"type": "broadcast", "range": body}
        )
    return {"type": "link", "url": body} | ({"text": label} if label else {})
