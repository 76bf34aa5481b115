"""Vocabulary as data: how a list of words is read from a file, and what is wrong with it if it is not well made."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.complaints import nearest, quotable, shown
from nlp.inflection import noun_forms, verb_forms
from nlp.located_yaml import DataError, Document, Location

LONGEST_PHRASE = 100
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INFLECTIONS: dict[str, Callable[[str], list[str]]] = {
    "words": lambda word: [word],
    "forms": verb_forms,
    "nouns": noun_forms,
}
_ENTRY_KINDS = ("forms", "nouns", "concept")
_ALLOWED = "a word or phrase as text, {forms: verb}, {nouns: noun} or {concept: name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: words as they are, to be inflected, or the names of other concepts; and where it stands."""

    kind: str
    words: tuple[str, ...]
    document: Document
    location: Location

    def phrases(self) -> Iterator[str]:
        """Yield the phrases that the entry itself says; one that names concepts says none."""
        for word in self.words if self.kind in _INFLECTIONS else ():
            yield from _INFLECTIONS[self.kind](word)

    def problem(self, message: str) -> str:
        """Return what is wrong with the entry, as ``file:line: message``."""
        return self.document.problem(self.location, message)


WordLists = dict[str, list[Entry]]


def adopt(documents: Iterable[Document], lists: WordLists) -> list[str]:
    """Add what ``documents`` say to ``lists``, and return a ``file:line: what is wrong`` for each entry left out.

    A list may name concepts of any of the documents. An entry that is wrong costs only itself.
    """
    problems: list[str] = []
    entries: list[tuple[str, Entry]] = []
    for document in documents:
        for name, location, value in _items(document, problems):
            lists.setdefault(name, [])
            try:
                entries.append((name, _read_entry(document, location, value)))
            except DataError as error:
                problems.extend(error.problems)
    for name, entry in entries:
        wrong = _wrong_reference(name, entry, lists) if entry.kind == "concept" else None
        if wrong is None:
            lists[name].append(entry)
        else:
            problems.append(wrong)
    return problems


def phrases_of(lists: Mapping[str, list[Entry]]) -> dict[str, list[str]]:
    """Return each concept's phrases, inflections written out and other concepts' phrases filled in."""
    done: dict[str, list[str]] = {}
    for name in lists:
        _fill_in(name, lists, done)
    return done


def _fill_in(name: str, lists: Mapping[str, list[Entry]], done: dict[str, list[str]]) -> list[str]:
    if name not in done:
        phrases: list[str] = []
        for entry in lists[name]:
            phrases.extend(entry.phrases())
            for other in entry.words if entry.kind == "concept" else ():
                phrases.extend(_fill_in(other, lists, done))
        done[name] = list(dict.fromkeys(phrases))
    return done[name]


def _items(document: Document, problems: list[str]) -> Iterator[tuple[str, Location, Any]]:
    """Yield the concept, the place and the value of every entry; a long list may stand as lines of lists."""
    for name, listed in document.value.items():
        wrong = _wrong_list(name, listed)
        if wrong:
            problems.append(document.problem((name,), wrong))
            continue
        for index, value in enumerate(listed):
            if isinstance(value, list):
                for place, inner in enumerate(value):
                    yield name, (name, index, place), inner
            else:
                yield name, (name, index), value


def _wrong_list(name: str, listed: Any) -> str | None:
    if not _NAME.fullmatch(name):
        return f"{name!r} cannot be the name of a concept; allowed: lower-case letters, digits and _"
    if not isinstance(listed, list):
        return f"{name}: expected a list of words and phrases, as {name}: [word, another phrase]; found {shown(listed)}"
    if not listed:
        return f"{name}: the list is empty"
    return None


def _wrong_reference(name: str, entry: Entry, lists: WordLists) -> str | None:
    for other in entry.words:
        if other not in lists:
            return entry.problem(f"there is no concept {other!r}{nearest(other, lists)}")
        if _reaches(other, name, lists):
            return entry.problem(f"the concept {name!r} would contain itself, by way of {other!r}")
    return None


def _reaches(start: str, end: str, lists: WordLists) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(other for entry in lists[name] if entry.kind == "concept" for other in entry.words)
    return False


def _read_entry(document: Document, location: Location, value: Any) -> Entry:
    kind, words = "words", value
    if isinstance(value, dict):
        if "id" in value:
            raise document.error(location, "a rule stands in a list of rules, '- id: …', with no key above the list")
        kind, words = next(iter(value.items())) if len(value) == 1 else ("", None)
        if kind not in _ENTRY_KINDS:
            raise document.error(
                location, f"a mapping of {', '.join(value) or 'nothing'} is no entry; allowed: {_ALLOWED}"
            )
    several = words if isinstance(words, list) and words and isinstance(value, dict) else [words]
    for word in several:
        wrong = _wrong_word(word)
        if wrong:
            raise document.error(location, wrong)
    return Entry(kind, tuple(str(word) for word in several), document, location)


def _wrong_word(word: Any) -> str | None:
    if isinstance(word, bool) or not isinstance(word, str | int):
        return f"expected {_ALLOWED}; found {shown(word)}{quotable(word)}"
    if not str(word).strip():
        return "an entry of no words"
    if len(str(word)) > LONGEST_PHRASE:
        return f"{shown(word)} is longer than {LONGEST_PHRASE} characters"
    return None
