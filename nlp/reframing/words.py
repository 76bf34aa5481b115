"""The lists of words that reframing goes by, as ``words.yaml`` holds them."""

import re
from functools import cache
from pathlib import Path

from nlp.located_yaml import read_document

_SOURCE = Path(__file__).with_name("words.yaml")


@cache
def words(*names: str) -> frozenset[str]:
    """Return the words of the lists ``names`` together."""
    return frozenset(word for name in names for word in _lists()[name])


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of the words of one list, in either case."""
    said = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in _lists()[name])
    return re.compile(rf"(?<![\w'-])(?:{said})(?![\w'])", re.IGNORECASE)


@cache
def _lists() -> dict[str, list[str]]:
    source: dict[str, list[list[str]]] = read_document(_SOURCE, _SOURCE.name).value
    return {name: [word for line in lines for word in line] for name, lines in source.items()}
