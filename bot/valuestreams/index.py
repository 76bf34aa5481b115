"""One catalogue made ready to be searched: names by key, words by entry, channels, people and user groups.

Built once for a version of a catalogue and never changed, so that any number of threads may read it.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.valuestreams.catalogue import Catalogue, Entry, Kind, Ref, Role, Service, Stage, Stream, Team
from bot.valuestreams.folding import acronyms, content, fold, key, stem

NAME_WEIGHT = 1.0
DESCRIPTION_WEIGHT = 0.75

_PREFIX_SIMILARITY = 0.85
_PREFIX_CHARACTERS = 4
_PREFIX_WORDS = 20
_SPELLINGS = 20


@dataclass(frozen=True, slots=True)
class Form:
    """One way an entry is written: its name or an alias."""

    position: int
    """Of the entry in the index."""
    text: str
    is_alias: bool
    words: frozenset[str]
    """Stemmed, without function words."""


class CatalogueIndex:
    """What a lookup reads instead of the database; 10,000 entries take about a second to build."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.entries: list[Entry] = list(catalogue.entries())
        self.forms: list[Form] = []
        self.forms_of: list[list[int]] = [[] for _ in self.entries]
        self.by_key: dict[str, list[int]] = defaultdict(list)
        self.by_acronym: dict[str, list[int]] = defaultdict(list)
        self.postings: dict[str, dict[int, float]] = defaultdict(dict)
        """Per stemmed word, the entries that have it and how much it weighs there."""
        for position, entry in enumerate(self.entries):
            self._add_names(position, entry)
            self._add_descriptions(position, entry)
        self._name_words = _Spellings({word for form in self.forms for word in form.words})
        self._keys = _Spellings(self.by_key)
        self._sorted_words = sorted(self.postings)
        self._index_places(catalogue)

    def weight(self, word: str) -> float:
        """Return how much a word tells: the rarer in the catalogue, the more; an unknown word the most."""
        return math.log(2 + len(self.entries) / len(self.postings.get(word, (0,))))

    def similar_words(self, word: str, *, spelling: bool = True) -> dict[str, float]:
        """Return the indexed words that a stemmed word may stand for, each with a similarity of at most 1.

        A word that is indexed stands for itself; otherwise it may begin a longer word or, with ``spelling``, be a
        misspelt word of a name.
        """
        if word in self.postings:
            return {word: 1.0}
        found: dict[str, float] = {}
        if len(word) >= _PREFIX_CHARACTERS:
            start = bisect_left(self._sorted_words, word)
            for longer in self._sorted_words[start : start + _PREFIX_WORDS]:
                if not longer.startswith(word):
                    break
                found[longer] = _PREFIX_SIMILARITY
        for close, slips in self._name_words.close_to(word, _word_slack(word)).items() if spelling else ():
            found[close] = max(found.get(close, 0), 1 - slips / (len(word) + 1))
        return found

    def close_forms(self, asked: str) -> Iterator[tuple[Form, float]]:
        """Yield the forms whose whole key is a misspelling of ``asked``, with the similarity, less than 1."""
        for close, slips in self._keys.close_to(asked, _key_slack(asked)).items():
            for number in self.by_key[close]:
                yield self.forms[number], 1 - slips / (len(asked) + 1)

    def _add_names(self, position: int, entry: Entry) -> None:
        for number, text in enumerate((entry.name, *entry.aliases)):
            words = fold(text).split()
            form = Form(position, text, number > 0, frozenset(stem(word) for word in content(words)))
            self.forms_of[position].append(len(self.forms))
            for name_key in {key(words), key(content(words))} - {""}:
                self.by_key[name_key].append(len(self.forms))
            # A stage is called by its name or not at all: the initials of hundreds of stages mean something else.
            for letters in acronyms(words) if entry.ref.kind is not Kind.STAGE else ():
                self.by_acronym[letters].append(len(self.forms))
            self.forms.append(form)
            for word in form.words:
                self.postings[word][position] = NAME_WEIGHT

    def _add_descriptions(self, position: int, entry: Entry) -> None:
        for text in _descriptions(entry):
            for word in content(fold(text).split()):
                self.postings[stem(word)].setdefault(position, DESCRIPTION_WEIGHT)

    def _index_places(self, catalogue: Catalogue) -> None:
        # Computed on first use, and that is not to be somebody's lookup.
        self.stages_of = catalogue.stages_of
        self.by_ref = catalogue.by_ref
        self.channels: dict[str, list[Ref]] = defaultdict(list)
        """By channel id, and by #name."""
        for link in catalogue.links:
            names = {link.channel_id, f"#{link.name}" if link.name else link.given} - {None}
            for name in names:
                self.channels[str(name)].append(link.ref)
        self.people: dict[str, list[tuple[Ref, Role]]] = defaultdict(list)
        responsible: list[Stream | Service | Team] = [*catalogue.streams, *catalogue.services, *catalogue.teams]
        for entry in responsible:
            for role, person in entry.people.items():
                self.people[person].append((entry.ref, role))
        self.groups = {team.user_group.lower(): team.ref for team in catalogue.teams if team.user_group}


def _descriptions(entry: Entry) -> Iterator[str]:
    if entry.description:
        yield entry.description
    if isinstance(entry, Stream):
        yield from (entry.customer, entry.value or "")
    elif isinstance(entry, Service):
        yield entry.outcome or ""
    elif isinstance(entry, Stage):
        yield entry.done_by or ""
    elif isinstance(entry, Team):
        yield (entry.user_group or "").lstrip("@")


def _word_slack(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _key_slack(asked: str) -> int:
    return 0 if len(asked) < 5 else 1 if len(asked) < 8 else 2 if len(asked) < 14 else 3


class _Spellings:
    """Words to look for misspellings among, by length and by either end.

    One slip changes the first letter or the last one, not both: only words that share an end are compared.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_end: dict[tuple[int, int, str], list[str]] = defaultdict(list)
        for word in words:
            for end in (0, -1):
                self._by_end[len(word), end, word[end]].append(word)

    def close_to(self, word: str, slack: int) -> dict[str, int]:
        """Return the words within ``slack`` slips (letters changed, left out, added or swapped), with how many."""
        found: dict[str, int] = {}
        for length in range(len(word) - slack, len(word) + slack + 1) if slack else ():
            for end in (0, -1):
                some = self._by_end.get((length, end, word[end]), ())
                for close, slips, _ in process.extract(
                    word, some, scorer=OSA.distance, score_cutoff=slack, limit=_SPELLINGS
                ):
                    found[close] = int(slips)
        return found
