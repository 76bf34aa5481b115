"""Token patterns in the syntax of spaCy's Matcher, matched over phrases as well as tokens.

Matcher looks at one token a time and its time can explode on chains of optional wildcards; a concept here may be
several words long ("change advisory board"), and time is bounded by tokens × steps × the longest gap.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nlp.expressions import LONGEST_WORD
from nlp.pipeline import Sentence

_NUMBERS = frozenset(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "hundred")
)
FLAGS: dict[str, Callable[[str], bool]] = {
    "IS_ALPHA": str.isalpha,
    "IS_DIGIT": str.isdigit,
    "IS_TITLE": str.istitle,
    "IS_UPPER": str.isupper,
    "IS_LOWER": str.islower,
    "LIKE_NUM": lambda text: text[0].isdigit() or text.lower() in _NUMBERS,
}

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: what may stand here, and how often."""

    words: frozenset[str] = frozenset()
    phrases: tuple[Phrase, ...] = ()
    concepts: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    expression: re.Pattern[str] | None = None
    exact: frozenset[str] = frozenset()
    flags: tuple[tuple[str, bool], ...] = ()
    anything: bool = False
    negated: bool = False
    least: int = 1
    most: int = 1

    def ends(self, sentence: Sentence, at: int) -> Iterable[int]:
        """Return every token position at which this step, begun at ``at``, may end."""
        if self.negated:
            positive = self._positive(sentence, at)
            return () if positive else (at + 1,)
        return self._positive(sentence, at)

    def _positive(self, sentence: Sentence, at: int) -> list[int]:
        ends: list[int] = []
        for concept in self.concepts:
            places = sentence.concepts.get(concept)
            if places is not None:
                ends.extend(places.get(at, ()))
        if self.words and (sentence.norms[at] in self.words or sentence.lowers[at] in self.words):
            ends.append(at + 1)
        norms = sentence.norms
        ends.extend(at + len(phrase) for phrase in self.phrases if tuple(norms[at : at + len(phrase)]) == phrase)
        if not (self.concepts or self.words or self.phrases) and self._one(sentence, at):
            ends.append(at + 1)
        return ends

    def _one(self, sentence: Sentence, at: int) -> bool:
        if self.anything:
            return not sentence.punctuation[at]
        place = sentence.places[at]
        shown = sentence.text[place[0] - sentence.start : place[1] - sentence.start]
        if self.exact and shown not in self.exact:
            return False
        if self.excluded and sentence.lowers[at] in self.excluded:
            return False
        word = sentence.lowers[at]
        if self.expression is not None and (len(word) > LONGEST_WORD or not self.expression.search(word)):
            return False
        return all(FLAGS[name](shown) is wanted for name, wanted in self.flags)


Pattern = tuple[Step, ...]
Match = tuple[int, int]


def matches(pattern: Pattern, sentence: Sentence) -> list[Match]:
    """Return where ``pattern`` stands in ``sentence`` as (first token, token after the last), tightest first start
    kept.

    Punctuation between two steps is passed over, so "no ticket, no work" is "no ticket no work".
    """
    size = len(sentence)
    frontier = {at: at for at in range(size) if not sentence.punctuation[at]}
    for step in pattern:
        frontier = _advance(step, frontier, sentence, size)
        if not frontier:
            return []
    longest: dict[int, int] = {}
    for end, start in frontier.items():
        if end > start and longest.get(start, 0) < end:
            longest[start] = end
    return sorted(longest.items())


def _advance(step: Step, frontier: dict[int, int], sentence: Sentence, size: int) -> dict[int, int]:
    result = dict(frontier) if step.least == 0 else {}
    current = frontier
    for count in range(1, step.most + 1):
        current = _once(step, current, sentence, size)
        if not current:
            break
        if count >= step.least:
            for end, start in current.items():
                if result.get(end, -1) < start:
                    result[end] = start
    return result


def _once(step: Step, frontier: dict[int, int], sentence: Sentence, size: int) -> dict[int, int]:
    # Of two ways to the same place, a gap keeps the tighter match and a phrase the longer one.
    following: dict[int, int] = {}
    for position, begun in frontier.items():
        at = position
        while at < size:
            start = at if position == begun else begun
            for end in step.ends(sentence, at):
                known = following.get(end)
                if known is None or (start > known if step.anything else start < known):
                    following[end] = start
            if not sentence.punctuation[at]:
                break
            at += 1
    return following
