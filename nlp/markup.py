"""Slack mrkdwn told apart: the author's own prose, and what is quoted, code, a link or a machine's words.

Every text here is as long as the message it came from, so that an offset in one is an offset in all of them.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Aside = Literal["quoted", "code", "bot_text"]

# Stand-ins from the private use area: a reader of the prose sees that a person, a channel, a link … is named here.
MENTION, CHANNEL, LINK, EMOJI, CODE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"

_ITEM = re.compile(
    r"""
      (?P<block>```.*?(?:```|\Z))
    | (?P<code>`[^`\n]+`)
    | (?P<mention><(?:@|!)[^<>\n]*>)
    | (?P<channel><\#[^<>\n]*>)
    | (?P<link><(?:https?|mailto|tel|slack|ftp):[^<>\n]*>)
    | (?P<bare>\bhttps?://[^\s<>]+)
    | (?P<emoji>:[a-z+\-][a-z0-9_+'\-]{0,60}:(?::skin-tone-\d:)?)
    | (?P<entity>&(?:amp|lt|gt);)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SPECIAL = re.compile(r"[<>`&:*_~\"“”]|https?://|(?<!\w)'|bot|auto", re.IGNORECASE)
_QUOTE_LINE = re.compile(r"^[ \t]*(?:&gt;|>)(?![-=]).*$", re.MULTILINE)
_QUOTE_REST = re.compile(r"^[ \t]*(?:&gt;|>){3}.*\Z", re.MULTILINE | re.DOTALL)
_MACHINE = re.compile(
    r"^[ \t]*(?::robot_face:.*|\*[^*\n]{1,40}\*[ \t]*:?[ \t]*(?:APP|BOT)\b.*|\[(?:AUTO|BOT|automated)[^\]\n]*\].*)$",
    re.MULTILINE | re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\"[^\"\n]{2,400}\"|(?<![\w'])'(?=[^\s'])(?:[^'\n]|(?<=\w)'(?=\w)){2,300}'(?!\w)",
)
_EMPHASIS = re.compile(r"(?<!\w)[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}(?!\w)")
_PUNCTUATION_RUN = re.compile(r"[^\w\s]{4,}")
_STAND_IN = {"mention": MENTION, "channel": CHANNEL, "bare": LINK, "emoji": EMOJI, "code": CODE}


@dataclass(frozen=True, slots=True)
class Markup:
    """A message laid open.

    ``plain`` is the whole message with letters and apostrophes normalised; ``prose`` is the same with everything that
    is not the author's own words blanked or replaced by stand-ins; ``asides`` are the places of other people's and
    machines' words (start, end, kind); ``spoken`` are the places in quotation marks, which stay part of the prose.
    """

    plain: str
    prose: str
    asides: tuple[tuple[int, int, Aside], ...]
    spoken: tuple[tuple[int, int], ...]


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if character in "’‘ʼ`´′":
        return "'" if character != "`" else character
    if character in "“”„«»":
        return '"'
    if 0xD800 <= ord(character) <= 0xDFFF or 0xE000 <= ord(character) <= 0xF8FF:
        return "\ufffd"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def normalise(text: str) -> str:
    """Return ``text`` with curly marks, wide letters and lone surrogates replaced one for one."""
    if text.isascii():
        return text
    return "".join([character if character < "\x80" else _plain_character(character) for character in text])


def lay_open(text: str) -> Markup:
    """Return the markup of a message as Slack sends it, or as somebody types it with raw ``>``, ``&`` and ``@``."""
    plain = normalise(text)
    if not _SPECIAL.search(plain):
        return Markup(plain, plain, (), ())
    asides: list[tuple[int, int, Aside]] = []
    prose = _mask_items(plain, asides)
    prose = _mask_lines(prose, _QUOTE_REST, "quoted", asides)
    prose = _mask_lines(prose, _QUOTE_LINE, "quoted", asides)
    prose = _mask_lines(prose, _MACHINE, "bot_text", asides)
    prose = _EMPHASIS.sub(lambda match: " " * len(match[0]), prose)
    spoken = tuple(match.span() for match in _SPOKEN.finditer(prose))
    return Markup(plain, prose, tuple(asides), spoken)


def quieten(prose: str) -> str:
    """Return ``prose`` with long runs of punctuation blanked: a tokenizer's time grows with the square of their
    length."""
    return _PUNCTUATION_RUN.sub(lambda match: match[0][0] + " " * (len(match[0]) - 1), prose)


def escape(text: str) -> str:
    """Return plain text escaped as Slack wants it in mrkdwn; entities of mentions and links are not to be passed
    here."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mask_items(plain: str, asides: list[tuple[int, int, Aside]]) -> str:
    def mask(match: re.Match[str]) -> str:
        kind, whole = match.lastgroup or "", match[0]
        if kind == "block":
            asides.append((*match.span(), "code"))
            return re.sub(r"[^\n]", " ", whole)
        if kind == "entity":
            return {"&amp;": "&    ", "&lt;": "<   ", "&gt;": ">   "}[whole.lower()]
        if kind == "link":
            return _label(whole)
        if kind == "code":
            asides.append((*match.span(), "code"))
        return " " + _STAND_IN[kind] * (len(whole) - 2) + " "

    return _ITEM.sub(mask, plain)


def _label(link: str) -> str:
    # <https://example.com|the words shown>: only the words shown are the author's.
    address, bar, words = link[1:-1].partition("|")
    if not bar:
        return " " + LINK * (len(link) - 2) + " "
    return " " * (len(address) + 2) + words + " "


def _mask_lines(prose: str, pattern: re.Pattern[str], kind: Aside, asides: list[tuple[int, int, Aside]]) -> str:
    def mask(match: re.Match[str]) -> str:
        asides.append((*match.span(), kind))
        return re.sub(r"[^\n]", " ", match[0])

    return pattern.sub(mask, prose)
