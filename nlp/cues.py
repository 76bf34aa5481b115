"""The cheap look that comes first: most messages hold no word that any rule needs, and are done with there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.matching import Pattern, Phrase, Step
from nlp.pipeline import Pipeline, normal
from nlp.vocabulary import Vocabulary

_RUN = re.compile(r"[^\W\d_]+|\d+")
_ELONGATED = re.compile(r"([^\W\d_])\1\1")

# Words of everyday chat: a poor sign of anything. A pattern is looked up by the step that holds fewest of them.
EVERYDAY = frozenset(
    """a about after all already also am an and any are as at back be because been before being but by can check could
    day did do does done down each else even every few first fix for from get getting give go going good got had has
    have he her here him his how i if in into is it its just know last let like ll look m make many may me might more
    most much my n need new next no not now of off ok on once one only or other our out over own please put re really
    right run s same say see server she should so some something still stop such sure t take team than thanks that the
    their them then there these they thing think this those through time to today too try two up us use using ve very
    via want was way we well were what when where which while who why will with without work working would yes yet you
    your""".split()
)

Keys = frozenset[str]


def words_of(text: str) -> set[str]:
    """Return the runs of letters and of digits in ``text``, in lower case; letters drawn out also stand there once."""
    lowered = text.lower()
    found = set(_RUN.findall(lowered))
    if _ELONGATED.search(lowered):
        found.update([normal(word) for word in found])
    return found


@dataclass(frozen=True, slots=True)
class Need:
    """What one pattern cannot do without: one word of ``anchor``, and one of each group in ``others``."""

    anchor: Keys
    others: tuple[Keys, ...]


class Cues:
    """For every pattern, the words without which it cannot match; ``candidates`` names the patterns worth running."""

    def __init__(self, patterns: Sequence[Pattern], vocabulary: Vocabulary, pipeline: Pipeline) -> None:
        self._pieces = _contraction_pieces(pipeline)
        self._concepts: dict[str, Keys | None] = {}
        self._vocabulary = vocabulary
        self.always: list[int] = []
        self.needs: list[Need] = []
        index: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            need = self._need(pattern)
            self.needs.append(need)
            if not need.anchor:
                self.always.append(number)
            for word in need.anchor:
                index.setdefault(word, []).append(number)
        self.index = {word: tuple(numbers) for word, numbers in index.items()}
        self.anchors = frozenset(index)

    def candidates(self, words: set[str]) -> list[int]:
        """Return the numbers of the patterns whose every necessary word is among ``words``, in order."""
        if not self.always and self.anchors.isdisjoint(words):
            return []
        numbers = set(self.always)
        index = self.index
        for word in self.anchors.intersection(words):
            numbers.update(index[word])
        needs = self.needs
        return sorted(n for n in numbers if not any(group.isdisjoint(words) for group in needs[n].others))

    def may_say(self, concept: str, words: set[str]) -> bool:
        """Return whether a phrase of ``concept`` can stand in a text of ``words``."""
        keys = self._concept_keys(concept)
        return keys is None or not keys.isdisjoint(words)

    def _need(self, pattern: Pattern) -> Need:
        groups = [keys for step in pattern if step.least and (keys := self._keys(step))]
        groups.sort(key=lambda keys: (len(keys & EVERYDAY), len(keys)))
        return Need(groups[0], tuple(groups[1:])) if groups else Need(frozenset(), ())

    def _keys(self, step: Step) -> Keys | None:
        if step.negated or step.anything or not (step.words or step.phrases or step.concepts):
            return None
        keys: set[str] = set()
        for phrase in [*[(word,) for word in step.words], *step.phrases]:
            found = self._phrase_keys(phrase)
            if not found:
                return None
            keys |= found
        for concept in step.concepts:
            of_concept = self._concept_keys(concept)
            if of_concept is None:
                return None
            keys |= of_concept
        return frozenset(keys)

    def _concept_keys(self, concept: str) -> Keys | None:
        if concept not in self._concepts:
            keys: set[str] = set()
            whole = True
            for phrase in self._vocabulary.concepts[concept]:
                found = self._phrase_keys(phrase)
                whole = whole and bool(found)
                keys |= found
            self._concepts[concept] = frozenset(keys) if whole else None
        return self._concepts[concept]

    def _phrase_keys(self, phrase: Phrase) -> set[str]:
        """Return words of which one stands in every text that holds the phrase; empty where there is none."""
        best: set[str] = set()
        for token in phrase:
            runs = _RUN.findall(token)
            if not runs:
                continue
            keys = {max(runs, key=len), *self._pieces.get(token, ())}
            if not best or _rank(keys) < _rank(best):
                best = keys
        return best


def _rank(keys: Iterable[str]) -> tuple[int, int]:
    listed = list(keys)
    return sum(key in EVERYDAY for key in listed), len(listed)


def _contraction_pieces(pipeline: Pipeline) -> dict[str, set[str]]:
    # "can't" is told apart as "ca" and "n't", normalised to "can" and "not": neither is a run of letters in the text.
    pieces: dict[str, set[str]] = {}
    tokenizer = pipeline.language.tokenizer
    for written in tokenizer.rules:  # type: ignore[attr-defined]  # spaCy's stubs know no rules on a tokenizer
        runs = _RUN.findall(written.lower())
        if not runs:
            continue
        for token in pipeline.language.make_doc(written):
            for piece in (normal(token.norm_.lower()), token.lower_):
                pieces.setdefault(piece, set()).add(max(runs, key=len))
    return pieces
