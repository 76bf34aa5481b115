"""The spaCy Language that rules run on, and the sentences it makes."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import spacy
from spacy.language import Language

from nlp.markup import EMOJI, normalise

LANGUAGE = "en"
LONGEST_SENTENCE = 1_000

_BOUNDARY = re.compile(r"[.!?…]{1,4}[\"')\]]{0,2}(?=\s|\Z)|[\n;•]")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_LETTER = re.compile(r"\w")

# spaCy tells these apart as "I'd" and "we'd" without an apostrophe; in an IT channel they are a number and a day.
_WHOLE = frozenset({"id", "Id", "wed", "Wed"})

Concepts = dict[str, dict[int, list[int]]]


@dataclass(slots=True)
class Sentence:
    """One sentence as its tokens: ``norms`` to match on, places in the message, and which of them are punctuation.

    ``concepts`` is filled by the vocabulary: for a concept, where its phrases begin and where they may end.
    """

    start: int
    end: int
    text: str
    norms: list[str]
    lowers: list[str]
    places: list[tuple[int, int]]
    punctuation: list[bool]
    question: bool = False
    concepts: Concepts = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.norms)

    def has(self, concept: str) -> bool:
        """Return whether a phrase of ``concept`` stands anywhere in the sentence."""
        return concept in self.concepts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points in the message that the tokens from ``start`` up to ``end`` cover, as whole words."""
        while end - start > 1 and self.punctuation[end - 1]:
            end -= 1
        while start > 0 and self._one_word(start - 1):
            start -= 1
        while end < len(self.norms) and self._one_word(end - 1):
            end += 1
        return self.places[start][0], self.places[end - 1][1]

    def _one_word(self, at: int) -> bool:
        # "don't" is two tokens with nothing between them.
        joined = self.places[at][1] == self.places[at + 1][0]
        return joined and not self.punctuation[at] and not self.punctuation[at + 1]


def cut(prose: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, bool]]:
    """Yield each sentence of ``prose`` as (start, end, whether it is a question), none longer than LONGEST_SENTENCE."""
    stop = len(prose) if end is None else end
    at = start
    for match in _BOUNDARY.finditer(prose, start, stop):
        yield from _pieces(prose, at, match.start(), "?" in match[0])
        at = match.end()
    yield from _pieces(prose, at, stop, False)


def _pieces(prose: str, start: int, end: int, question: bool) -> Iterator[tuple[int, int, bool]]:
    while end - start > LONGEST_SENTENCE:
        space = prose.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        middle = space if space > start else start + LONGEST_SENTENCE
        yield start, middle, False
        start = middle
    if start < end:
        yield start, end, question


class Pipeline:
    """Turns sentences into tokens on a blank English pipeline; safe to share between threads.

    spaCy's memory zones are not thread-safe, so one thread is in a zone at a time. Reading waits for Python
    itself anyway, and a Language a thread costs each thread's first message up to a third of a second.
    """

    # Phrases of vocabulary and rules are the same for every pipeline, and as many as the files hold.
    _phrases: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.language: Language = spacy.blank(LANGUAGE)
        # spaCy's stubs know a tokenizer as any callable.
        tokenizer: Any = self.language.tokenizer
        tokenizer.rules = {word: parts for word, parts in tokenizer.rules.items() if word not in _WHOLE}

    def remember(self, words: Iterable[str]) -> None:
        """Keep ``words`` for good: a zone forgets each new word when it ends."""
        kept = list(words)
        with self._lock:
            for at in range(0, len(kept), 50):
                self.language.make_doc(" ".join(kept[at : at + 50]))

    @contextmanager
    def zone(self) -> Iterator[None]:
        """Hold what the tokenizer learns from one message only as long as that message is read."""
        with self._lock, self.language.memory_zone():
            yield

    def norms(self, phrase: str) -> tuple[str, ...]:
        """Return the tokens of a phrase of the vocabulary or of a rule, as they will stand in a message."""
        known = self._phrases.get(phrase)
        if known is None:
            with self._lock:
                tokens = self.language.make_doc(normalise(phrase).lower())
            known = self._phrases[phrase] = tuple(normal(token.norm_) for token in tokens if not token.is_space)
        return known

    def spellings(self, phrase: str) -> set[tuple[str, ...]]:
        """Return the tokens of a phrase as people type it and as Slack sends it: "R&D" comes as "R&amp;D", and stays as
        long as that is.
        """
        return {self.norms(phrase), self.norms(phrase.replace("&", "& "))}

    def sentence(self, prose: str, start: int, end: int, *, question: bool = False) -> Sentence:
        """Return ``prose[start:end]`` as a Sentence; call it inside ``zone``."""
        text = prose[start:end]
        result = Sentence(start, end, text, [], [], [], [], question)
        # In lower case "DON'T" is told apart as "don't" is.
        lowered = text.lower()
        for token in self.language.make_doc(lowered if len(lowered) == len(text) else text):
            if token.is_space:
                continue
            at = start + token.idx
            shown = token.text
            if shown[0] == EMOJI:
                lower = norm = prose[at - 1 : at + len(shown) + 1].lower()
            else:
                lower, norm = token.lower_, normal(token.norm_.lower())
            result.norms.append(norm)
            result.lowers.append(lower)
            result.places.append((at, at + len(shown)))
            result.punctuation.append(not _LETTER.search(shown) and shown[0] < "\ue000")
        return result


def normal(word: str) -> str:
    """Return ``word`` with letters drawn out ("nooo") said once; words of the language never triple a letter."""
    return _ELONGATED.sub(r"\1", word)
