"""The concepts that rules are made of: each a name and the words and phrases people say it with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.inflection import noun_forms, verb_forms
from nlp.located_yaml import Document, Location
from nlp.matching import Phrase
from nlp.pipeline import Pipeline, Sentence

# "I can" is an offer, "I can't" is none: phrases of these concepts do not stand before a "not".
AFFIRMED = frozenset({"help_offer", "help_done", "route"})
ENTRY_KINDS = ("forms", "nouns", "concept")
_INFLECTIONS: dict[str, Callable[[str], list[str]]] = {
    "words": lambda word: [word],
    "forms": verb_forms,
    "nouns": noun_forms,
}

Entry = tuple[Document, Location, Any]


@dataclass(frozen=True, slots=True)
class Branch:
    """What may follow a first word: concepts it says by itself, and longer phrases by their second word."""

    alone: tuple[str, ...]
    longer: Mapping[str, tuple[tuple[Phrase, str], ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Concepts by name, and a tree of their phrases by first and second word."""

    concepts: Mapping[str, frozenset[Phrase]]
    tree: Mapping[str, Branch]

    def mark(self, sentence: Sentence) -> Sentence:
        """Fill in which concepts stand where in ``sentence``, and return it."""
        norms, lowers, found = sentence.norms, sentence.lowers, sentence.concepts
        following = [*norms[1:], ""]
        tree = self.tree
        for at, norm in enumerate(norms):
            for word in (norm,) if lowers[at] == norm else (norm, lowers[at]):
                branch = tree.get(word)
                if branch is None:
                    continue
                for concept in branch.alone:
                    if not (concept in AFFIRMED and following[at] == "not"):
                        found.setdefault(concept, {}).setdefault(at, []).append(at + 1)
                for phrase, concept in branch.longer.get(following[at], ()):
                    end = at + len(phrase)
                    if tuple(norms[at + 1 : end]) == phrase[1:] and not (
                        concept in AFFIRMED and norms[end : end + 1] == ["not"]
                    ):
                        found.setdefault(concept, {}).setdefault(at, []).append(end)
        return sentence


def build(lists: Mapping[str, Iterable[str]], pipeline: Pipeline) -> Vocabulary:
    """Return the Vocabulary of concept names and their phrases as text."""
    concepts = {name: frozenset(pipeline.norms(phrase) for phrase in phrases) for name, phrases in lists.items()}
    alone: dict[str, list[str]] = {}
    longer: dict[str, dict[str, list[tuple[Phrase, str]]]] = {}
    for name, phrases in concepts.items():
        for phrase in sorted(phrases):
            if len(phrase) == 1:
                alone.setdefault(phrase[0], []).append(name)
            elif phrase:
                longer.setdefault(phrase[0], {}).setdefault(phrase[1], []).append((phrase, name))
    tree = {
        word: Branch(
            tuple(alone.get(word, ())),
            {second: tuple(branches) for second, branches in longer.get(word, {}).items()},
        )
        for word in {*alone, *longer}
    }
    return Vocabulary(concepts, tree)


def collect(document: Document, raw: dict[str, list[Entry]]) -> None:
    """Add the entries of one vocabulary document to ``raw``, by concept."""
    if not isinstance(document.value, dict):
        raise document.error((), "a vocabulary maps the name of a concept to a list of words and phrases")
    for name, entries in document.value.items():
        if not isinstance(entries, list):
            raise document.error((name,), f"{name}: expected a list of words and phrases")
        for index, entry in enumerate(entries):
            # A long list is kept readable as lines of lists.
            inner = entry if isinstance(entry, list) else [entry]
            for place, item in enumerate(inner):
                location: Location = (name, index, place) if isinstance(entry, list) else (name, index)
                raw.setdefault(name, []).append((document, location, item))


def resolve(raw: Mapping[str, list[Entry]]) -> dict[str, list[str]]:
    """Return each concept's phrases, inflections written out and other concepts' phrases filled in.

    Raises DataError with ``file:line`` for an entry that is neither text nor ``{forms}``, ``{nouns}`` or ``{concept}``.
    """
    done: dict[str, list[str]] = {}
    for name in raw:
        _resolve_one(name, (name,), raw, done)
    return done


def _resolve_one(
    name: str, trail: tuple[str, ...], raw: Mapping[str, list[Entry]], done: dict[str, list[str]]
) -> list[str]:
    if name not in done:
        phrases: list[str] = []
        for document, location, entry in raw[name]:
            kind, words = _read_entry(document, location, entry)
            if kind == "concept":
                for other in words:
                    if other not in raw:
                        raise document.error(location, f"there is no concept {other!r}")
                    if other in trail:
                        raise document.error(location, f"the concept {other!r} contains itself")
                    phrases.extend(_resolve_one(other, (*trail, other), raw, done))
            else:
                inflect = _INFLECTIONS[kind]
                phrases.extend(form for word in words for form in inflect(word))
        done[name] = list(dict.fromkeys(phrases))
    return done[name]


def _read_entry(document: Document, location: Location, entry: Any) -> tuple[str, list[str]]:
    """Return what kind of entry it is, and its words."""
    if isinstance(entry, str) and entry.strip():
        return "words", [entry]
    if isinstance(entry, int) and not isinstance(entry, bool):
        return "words", [str(entry)]
    if isinstance(entry, dict) and len(entry) == 1 and next(iter(entry)) in ENTRY_KINDS:
        kind, value = next(iter(entry.items()))
        words = [value] if isinstance(value, str) else value
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return kind, words
    raise document.error(location, "expected a word or phrase as text, {forms: verb}, {nouns: noun} or {concept: name}")
