"""Offers and questions that take the place of a closed door or a line: chosen by what is named, varied by the text."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from zlib import crc32

from nlp.located_yaml import read_document

_SOURCE = Path(__file__).with_name("offers.yaml")
# Any number would do; with this one "No ticket, no work" and its like get the offer that the README shows.
_TURN = 29
_SAMPLE = {
    "customer": "passengers",
    "them": "the network team",
    "thing": "the printer",
    "when": "Thursday",
    "span": "five days",
    "due": "Friday",
}
_CONTRACTED = {
    "let's": "let us",
    "i'll": "I will",
    "i'm": "I am",
    "what's": "what is",
    "who's": "who is",
    "that's": "that is",
    "it's": "it is",
    "we're": "we are",
    "we've": "we have",
    "can't": "cannot",
    "don't": "do not",
    "doesn't": "does not",
    "aren't": "are not",
    "isn't": "is not",
    "they'd": "they would",
}
_LETTER = re.compile(
    r"\b(?:dear|kindly|regards|hereby|regret|pursuant|sincerely|upon review|we appreciate|thank you for|"
    r"with reference to|in accordance|please be|herewith)\b",
    re.IGNORECASE,
)


@cache
def offers() -> Mapping[str, tuple[tuple[str, frozenset[str]], ...]]:
    """Return the offers that ship, by strategy, each with the names of its blanks."""
    source: dict[str, list[str]] = read_document(_SOURCE, _SOURCE.name).value
    return {name: tuple((offer, _blanks(offer)) for offer in said) for name, said in source.items()}


def samples() -> Iterator[str]:
    """Yield every offer once, its blanks filled: what no weights should take for a line or a barrier."""
    for told in offers().values():
        for offer, _ in told:
            yield _filled(offer, _SAMPLE)


def fitting(strategy: str, known: Mapping[str, str], text: str) -> Iterator[str]:
    """Yield the offers of ``strategy`` that what is ``known`` can fill, the fullest first, in the register of ``text``.

    Among those that are equally full a checksum of ``text`` decides: the same text has the same offer.
    """
    told = [
        (offer, blanks)
        for offer, blanks in offers()[strategy]
        if blanks <= known.keys() and not ("customer" in blanks and "wait" in offer and "wait" in known["customer"])
    ]
    turn = crc32(text.encode("utf-8", "replace"), _TURN)
    ranked = sorted(
        enumerate(told), key=lambda item: (-_fullness(item[1][1]), crc32(f"{turn}{item[0]}".encode()), item[0])
    )
    for _, (offer, _) in ranked:
        yield _filled(in_register(offer, text), known)


def writes_small(text: str) -> bool:
    """Return whether the author of ``text`` does without capitals."""
    return text[:1].islower() and not re.search(r"[.!?] [A-Z][a-z]", text)


def in_register(offer: str, text: str) -> str:
    """Return an offer as the author of ``text`` would write it: without capitals, or without contractions."""
    if writes_small(text):
        lowered = re.sub(r"(^|[.?!] )([A-Z])(?!['’]| )", lambda match: match[1] + match[2].lower(), offer)
        return lowered.removesuffix(".")
    if _LETTER.search(text):
        return re.sub(r"\b[A-Za-z]+'[a-z]+\b", _written_out, offer)
    return offer


def _written_out(match: re.Match[str]) -> str:
    long = _CONTRACTED.get(match[0].lower(), match[0])
    return long[0].upper() + long[1:] if match[0][0].isupper() else long


def _fullness(blanks: frozenset[str]) -> int:
    # The customer counts most: where one is known, the suggestion leads to them.
    return len(blanks) + 10 * ("customer" in blanks)


def _blanks(offer: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(offer) if name)


def _filled(offer: str, known: Mapping[str, str]) -> str:
    filled = offer.format(**known)
    if offer[:1].isupper():
        return re.sub(r"(^|[.?!] )([a-z])", lambda match: match[1] + match[2].upper(), filled)
    return filled
