"""The cheap look that comes first: most messages hold no word that any rule needs, and are done with there."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.matching import Pattern, Phrase, Step
from nlp.pipeline import Pipeline, normal
from nlp.vocabulary import Vocabulary

_RUN = re.compile(r"[^\W\d_]+|\d+|[?!.,]")
# The same for text of these letters only, and three times as fast.
_ASCII_RUN = re.compile(r"[a-z]+|[0-9]+|[?!.,]")
_CONTRACTIONS = (
    ("can't", "can not"),
    ("won't", "will not"),
    ("n't", " not"),
    ("'m", " am"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
)
_ELONGATED = re.compile(r"([^\W\d_])\1\1")
_ASCII_ELONGATED = re.compile(r"([a-z])\1\1")

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a step can stand in a text: every word of ``rest``, and one word of each set in ``either``."""

    rest: Keys
    either: tuple[Keys, ...]

    def open(self, words: set[str]) -> bool:
        """Return whether ``words`` allow it."""
        return self.rest <= words and not any(choice.isdisjoint(words) for choice in self.either)


@dataclass(frozen=True, slots=True)
class Group:
    """The ways in which one step can stand in a text, by a word that each cannot do without."""

    ways: Mapping[str, tuple[Way, ...]]
    cost: float
    words: Keys
    single: bool

    def holds(self, words: set[str]) -> bool:
        """Return whether ``words`` allow one of the ways; ``single``: each is one word of ``words``."""
        if self.single or self.words.isdisjoint(words):
            return not self.words.isdisjoint(words)
        ways = self.ways
        return any(way.open(words) for word in words if word in ways for way in ways[word])


def runs_of(text: str) -> list[str]:
    """Return the runs of letters and of digits in ``text`` and its marks, in lower case and in order.

    "don't" is "do" and "not", so that it is the same to whoever writes both words.
    """
    lowered = text.lower()
    if "'" in lowered:
        for written, said in _CONTRACTIONS:
            lowered = lowered.replace(written, said)
    return (_ASCII_RUN if lowered.isascii() else _RUN).findall(lowered)


def words_of(text: str, runs: list[str] | None = None) -> set[str]:
    """Return the runs of ``text`` as a set, in which letters drawn out also stand once."""
    found = set(runs_of(text) if runs is None else runs)
    if _is_elongated(text):
        found.update([normal(word) for word in found])
    return found


def _is_elongated(text: str) -> bool:
    lowered = text.lower()
    return (_ASCII_ELONGATED if lowered.isascii() else _ELONGATED).search(lowered) is not None


class Cues:
    """For each numbered pattern, the words without which it cannot match; ``candidates`` names those worth running."""

    def __init__(self, needs: Mapping[int, tuple[Group, ...]]) -> None:
        self._needs = needs
        self.numbers = frozenset(needs)
        self._always = [number for number, groups in needs.items() if not groups]
        index: dict[str, list[int]] = {}
        for number, groups in needs.items():
            for word in groups[0].ways if groups else ():
                index.setdefault(word, []).append(number)
        self._index = {word: tuple(numbers) for word, numbers in index.items()}
        self._anchors = frozenset(index)

    def only(self, numbers: Iterable[int]) -> "Cues":
        """Return the cues of the patterns with ``numbers``."""
        return Cues({number: self._needs[number] for number in numbers})

    def stir(self, runs: Sequence[str], plain: str) -> bool:
        """Return whether ``plain``, of which ``runs`` are, may hold a candidate: the cheapest question, asked of every
        message."""
        return not self._anchors.isdisjoint(runs) or bool(self._always) or _is_elongated(plain)

    def candidates(self, words: set[str]) -> list[int]:
        """Return the numbers of the patterns whose every necessary word is among ``words``, in order."""
        if not self._always and self._anchors.isdisjoint(words):
            return []
        numbers = set(self._always)
        for word in self._anchors.intersection(words):
            numbers.update(self._index[word])
        known: dict[int, bool] = {}
        return sorted(number for number in numbers if self._possible(number, words, known))

    def _possible(self, number: int, words: set[str], known: dict[int, bool]) -> bool:
        # Patterns share groups (a concept is one group): each is asked once a message.
        for group in self._needs[number]:
            holds = known.get(id(group))
            if holds is None:
                holds = known[id(group)] = group.holds(words)
            if not holds:
                return False
        return True


def cues_of(
    patterns: Sequence[Pattern], vocabulary: Vocabulary, pipeline: Pipeline, common: Mapping[str, float]
) -> Cues:
    """Return the cues of ``patterns``, numbered in order.

    ``common`` is how often a word stands in a message (0 to 1): a pattern is looked up by the step that is seldom
    there.
    """
    needs = _Needs(vocabulary, pipeline, common)
    return Cues({number: needs.of(pattern) for number, pattern in enumerate(patterns)})


class _Needs:
    """What the steps of a pattern need, worked out once a concept."""

    def __init__(self, vocabulary: Vocabulary, pipeline: Pipeline, common: Mapping[str, float]) -> None:
        self._pieces = _contraction_pieces(pipeline)
        self._concepts: dict[str, Group | None] = {}
        self._vocabulary = vocabulary
        self._common = common

    def of(self, pattern: Pattern) -> tuple[Group, ...]:
        groups = [group for step in pattern if step.least and (group := self._group(step)) is not None]
        return tuple(sorted(groups, key=lambda group: group.cost))

    def _group(self, step: Step) -> Group | None:
        if step.negated or step.anything or not (step.words or step.phrases or step.concepts):
            return None
        if len(step.concepts) == 1 and not (step.words or step.phrases):
            return self._concept(step.concepts[0])
        phrases = [*[(word,) for word in step.words], *step.phrases]
        for concept in step.concepts:
            phrases.extend(self._vocabulary.concepts[concept])
        return self._of(phrases)

    def _concept(self, concept: str) -> Group | None:
        if concept not in self._concepts:
            self._concepts[concept] = self._of(self._vocabulary.concepts[concept])
        return self._concepts[concept]

    def _of(self, phrases: Iterable[Phrase]) -> Group | None:
        ways: dict[str, set[Way]] = {}
        for phrase in phrases:
            keys, either = self._needed(phrase)
            if keys:
                rarest = min(keys, key=lambda key: (self._common.get(key, 0.0), key))
                ways.setdefault(rarest, set()).add(Way(keys - {rarest}, either))
            elif either:
                for piece in either[0]:
                    ways.setdefault(piece, set()).add(Way(frozenset(), either[1:]))
            else:
                return None
        never = math.prod(1 - self._common.get(word, 0.0005) for word in ways)
        single = all(not way.rest and not way.either for found in ways.values() for way in found)
        return Group({word: tuple(found) for word, found in ways.items()}, 1 - never, frozenset(ways), single)

    def _needed(self, phrase: Phrase) -> tuple[Keys, tuple[Keys, ...]]:
        """Return the words that stand whole in every text that holds the phrase, and sets of which one word does
        each."""
        needed: set[str] = set()
        either: set[Keys] = set()
        for token in phrase:
            runs = runs_of(token)
            if token in self._pieces:
                either.add(frozenset({*runs, *self._pieces[token]}))
            else:
                needed.update(runs)
        by_cost = sorted(either, key=lambda runs: (sum(self._common.get(run, 0.0) for run in runs), sorted(runs)))
        return frozenset(needed), tuple(by_cost)


_PIECES: dict[str, set[str]] = {}


def _contraction_pieces(pipeline: Pipeline) -> dict[str, set[str]]:
    if not _PIECES:
        _PIECES.update(_find_pieces(pipeline))
    return _PIECES


def _find_pieces(pipeline: Pipeline) -> dict[str, set[str]]:
    # "can't" is told apart as "ca" and "n't", normalised to "can" and "not": neither is a run of letters in the text.
    pieces: dict[str, set[str]] = {}
    tokenizer: Any = pipeline.language.tokenizer
    for written in tokenizer.rules:
        runs = runs_of(written)
        if not runs:
            continue
        for token in pipeline.language.make_doc(written):
            for piece in (normal(token.norm_.lower()), token.lower_):
                pieces.setdefault(piece, set()).add(max(runs, key=len))
    return pieces
