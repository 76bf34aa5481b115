"""Escaped mrkdwn as a ``rich_text`` block: what a person changes and copies with mentions, links and emoji intact.

Sources: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block and, for what a message's text may hold,
https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from bot.block_kit import Block

_PREFORMATTED = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>)(?![-=]) ?")
_ENTITY = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_EMOJI = r":(?:100|1234|[+-]1|(?=[^:\s]*[^\W\d_])(?:[a-z0-9_+'-]|[^\W\x00-\x7f]){1,100})(?:::skin-tone-[2-6])?:"
# Beside a letter or another colon it is more likely 10:30:15 or std::move than an emoji.
_EMOJIS = rf"(?<![\w:])(?:{_EMOJI})++(?![\w:])"
_TOKEN = re.compile(rf"(?P<code>`[^`\n]+`)|(?P<entity>{_ENTITY.pattern})|(?P<emojis>{_EMOJIS})|(?P<mark>[*_~])")
_ONE_EMOJI = re.compile(_EMOJI)
_SURROGATE = re.compile("[\ud800-\udfff]")
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_ADDRESS = re.compile(r"(?:mailto:|tel:|[a-z][a-z0-9+.-]{0,30}://)\S+", re.IGNORECASE)
_MEMBER, _CHANNEL = re.compile(r"[UW][A-Z0-9]+"), re.compile(r"[CDG][A-Z0-9]+")
_GROUP = re.compile(r"subteam\^(S[A-Z0-9]+)")
_SENT = re.compile(
    "type|elements|text|url|name|user_id|usergroup_id|channel_id|team_id|range|value|timestamp|format|fallback|"
    "style|indent|bold|italic|strike|code|underline"
)


def rich_text_of(text: str) -> Block:
    """Return the ``rich_text`` block that says what ``text``, mrkdwn as Slack sends it, says; no word is lost.

    Lists stay lines of text. What only looks like markup is text too; a lone surrogate becomes U+FFFD, since Slack
    takes none. Time grows with the length of the text alone.
    """
    pieces = _PREFORMATTED.split(_SURROGATE.sub("\ufffd", text))
    elements: list[Block] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            elements += _element("rich_text_preformatted", _preformatted(piece))
        else:
            # The line break beside a block of code is the block's own edge.
            lines = piece.removeprefix("\n") if index else piece
            elements += _paragraphs(lines.removesuffix("\n") if index < len(pieces) - 1 else lines)
    return {"type": "rich_text", "elements": elements or [{"type": "rich_text_section", "elements": []}]}


def resent(value: Any) -> Any:
    """Return what a ``rich_text_input`` answered, as it may be sent: Slack adds keys that it refuses to take back."""
    if isinstance(value, dict):
        return {key: resent(part) for key, part in value.items() if _SENT.fullmatch(key)}
    return [resent(part) for part in value] if isinstance(value, list) else value


def _element(kind: str, parts: Iterable[Block]) -> list[Block]:
    merged: list[Block] = []
    for part in parts:
        if merged and part["type"] == merged[-1]["type"] == "text" and part.get("style") == merged[-1].get("style"):
            merged[-1]["text"].append(part["text"])
        elif part["type"] == "text":
            merged.append(part | {"text": [part["text"]]})
        else:
            merged.append(part)
    whole = [part | {"text": "".join(part["text"])} if part["type"] == "text" else part for part in merged]
    return [{"type": kind, "elements": whole}] if whole else []


def _paragraphs(text: str) -> Iterator[Block]:
    for is_quote, lines in groupby(text.split("\n"), lambda line: _QUOTE.match(line) is not None):
        kind = "rich_text_quote" if is_quote else "rich_text_section"
        yield from _element(kind, _joined(_QUOTE.sub("", line, count=1) if is_quote else line for line in lines))


def _joined(lines: Iterable[str]) -> Iterator[Block]:
    for index, line in enumerate(lines):
        if index:
            yield {"type": "text", "text": "\n"}
        yield from _line(line)


def _line(line: str) -> Iterator[Block]:
    tokens = list(_TOKEN.finditer(line))
    marks = _paired(line, [token.start() for token in tokens if token.lastgroup == "mark"])
    position, active = 0, dict.fromkeys(_STYLES, 0)
    for token in tokens:
        if token.lastgroup == "mark" and token.start() not in marks:
            continue
        styles = [_STYLES[mark] for mark in active if active[mark]]
        yield from _text(line[position : token.start()], styles)
        position = token.end()
        if token.lastgroup == "mark":
            active[token[0]] += 1 if marks[token.start()] else -1
        else:
            yield from _special(token, styles)
    yield from _text(line[position:])


def _paired(line: str, marks: list[int]) -> dict[int, bool]:
    """Return where a style begins (True) or ends (False): properly nested, and never around nothing."""
    paired: dict[int, bool] = {}
    waiting: list[int] = []
    count = Counter[str]()
    for at in marks:
        mark, before, after = line[at], line[at - 1 : at], line[at + 1 : at + 2]
        beside = ("", mark)
        if count[mark] and not before.isspace() and before not in beside and not after.isalnum():
            while line[waiting[-1]] != mark:
                count[line[waiting.pop()]] -= 1
            count[mark] -= 1
            paired |= {waiting.pop(): True, at: False}
        elif not before.isalnum() and after not in beside and not after.isspace():
            waiting.append(at)
            count[mark] += 1
    return paired


def _special(token: re.Match[str], styles: list[str]) -> Iterator[Block]:
    if token.lastgroup == "code":
        yield from _code(token[0][1:-1])
    elif token.lastgroup == "emojis":
        yield from ({"type": "emoji", "name": name[1:-1]} for name in _ONE_EMOJI.findall(token[0]))
    else:
        yield from _entity(token[0], styles)


def _entity(written: str, styles: list[str]) -> Iterator[Block]:
    element = _mention_or_link(written)
    if element is None:
        _, _, label = _parts(written)
        yield from _text(label or written, styles)
    else:
        yield element | _styled(styles)


def _mention_or_link(written: str) -> Block | None:
    sigil, body, label = _parts(written)
    if sigil == "@" and _MEMBER.fullmatch(body):
        return {"type": "user", "user_id": body}
    if sigil == "#" and _CHANNEL.fullmatch(body):
        return {"type": "channel", "channel_id": body}
    if sigil == "!" and body in {"here", "channel", "everyone"}:
        return {"type": "broadcast", "range": body}
    if sigil == "!" and (group := _GROUP.fullmatch(body)):
        return {"type": "usergroup", "usergroup_id": group[1]}
    if not sigil and _ADDRESS.fullmatch(body):
        return {"type": "link", "url": _unescaped(body)} | ({"text": _unescaped(label)} if label else {})
    return None


def _code(code: str) -> Iterator[Block]:
    """Yield code within a line; Slack lets neither a mention nor a link be code, so these stay what they are."""
    for part in _literal(code, mentions=True):
        yield part | _styled(["code"]) if part["type"] == "text" else part


def _preformatted(code: str) -> Iterator[Block]:
    """Yield a block of code, which holds text and links only: a mention is written out."""
    yield from _literal(code.removeprefix("\n").removesuffix("\n"), mentions=False)


def _literal(code: str, *, mentions: bool) -> Iterator[Block]:
    position = 0
    for match in _ENTITY.finditer(code):
        part = _mention_or_link(match[0])
        if part is None or not (mentions or part["type"] == "link"):
            continue
        yield from _text(code[position : match.start()])
        yield _typed(part)
        position = match.end()
    yield from _text(code[position:])


def _typed(part: Block) -> Block:
    # An address that Slack made a link by itself was typed as text.
    shown = part.get("text") or part.get("url", "")
    return {"type": "text", "text": shown} if part["type"] == "link" and part["url"].endswith(shown) else part


def _parts(written: str) -> tuple[str, str, str]:
    match = _ENTITY.fullmatch(written)
    return (match[1], match[2], match[3] or "") if match else ("", "", written)


def _text(escaped: str, styles: Iterable[str] = ()) -> Iterator[Block]:
    if escaped:
        yield {"type": "text", "text": _unescaped(escaped)} | _styled(styles)


def _styled(styles: Iterable[str]) -> Block:
    style = dict.fromkeys(styles, True)
    return {"style": style} if style else {}


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
