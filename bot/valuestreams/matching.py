"""Words to ranked entries, each with why it matched: exact names first, then words, misspellings, descriptions.

Scores run from 0 to 100. A query must be explained by what is found: a word that the catalogue does not know counts
against every entry, the more so as unknown words are rare ones. So nonsense misses instead of finding something.
"""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.valuestreams.catalogue import Kind, Ref
from bot.valuestreams.folding import NOISE_WORDS, content, fold, key, singular, stem
from bot.valuestreams.index import NAME_WEIGHT, CatalogueIndex, Form

HIT = 60.0
"""The least score that counts as found; measured on tests/bot/valuestreams/queries.yaml."""
NEAR = 8.0
"""Entries whose scores differ by less than this are a choice for the person to make."""

_EXACT, _EXACT_ALIAS, _ACRONYM, _CLOSE = 100.0, 99.0, 95.0, 94.0
_MENTION_BASE, _MENTION_SHARE = 60.0, 28.0
_NOISE_COUNTS = 0.3
_QUERY_WORDS = 12
_MISSPELT_WORDS = 4
_RANKED = 12
_SCORED = 60


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found, how surely, and why, in words that follow its name."""

    ref: Ref
    score: float
    why: str


def match_words(index: CatalogueIndex, words: str) -> list[Match]:
    """Return the entries that the words may mean, best first, all over the bar; none where nothing is close."""
    folded = fold(words).split()
    if not folded:
        return []
    exact = _exact(index, folded)
    if exact:
        return _ranked(index, exact)
    asked = list(dict.fromkeys(content(folded)))[:_QUERY_WORDS]
    found = _Best()
    for form, similarity in index.close_forms(key(asked)):
        found.offer(form.position, _CLOSE * similarity, f"close to “{form.text}”")
    _find_mentions(index, asked, found)
    _find_by_words(index, asked, found)
    return _ranked(index, found)


class _Best(dict[int, tuple[float, str]]):
    """Per entry, the best score and why."""

    def offer(self, position: int, score: float, why: str) -> None:
        if score > self.get(position, (0.0, ""))[0]:
            self[position] = (score, why)


def _exact(index: CatalogueIndex, folded: list[str]) -> _Best:
    found = _Best()
    without_noise = [word for word in content(folded) if word not in NOISE_WORDS]
    for asked in (folded, content(folded), without_noise):
        for number in index.by_key.get(key(asked), ()) if asked else ():
            form = index.forms[number]
            if form.is_alias:
                found.offer(form.position, _EXACT_ALIAS, f"matches the alias “{form.text}”")
            else:
                found.offer(form.position, _EXACT, "matches its name")
        for number in index.by_acronym.get("".join(asked), ()) if asked else ():
            form = index.forms[number]
            found.offer(form.position, _ACRONYM, f"short for “{form.text}”")
        if found:
            break
    return found


def _find_mentions(index: CatalogueIndex, asked: list[str], found: _Best) -> None:
    keys = [singular(word) for word in asked]
    # A whole name among other words ("SAP invoices") counts where it is at least half of what was said.
    for start in range(len(asked)):
        for end in range(start + 1, len(asked) + 1):
            beside = sum(word not in NOISE_WORDS for word in asked[:start] + asked[end:])
            share = (end - start) / (end - start + beside)
            if share < 0.5:
                continue
            for number in index.by_key.get("".join(keys[start:end]), ()):
                form = index.forms[number]
                if index.entries[form.position].ref.kind is not Kind.STAGE:
                    why = f"you named “{form.text}”"
                    found.offer(form.position, _MENTION_BASE + _MENTION_SHARE * share, why)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word of a query and the indexed words it may stand for."""

    word: str
    weight: float
    similar: dict[str, float]


def _find_by_words(index: CatalogueIndex, words: Iterable[str], found: _Best) -> None:
    asked = []
    misspelt = 0
    for word in words:
        # Looking for misspellings is what takes time: a query with more of them than this is not a name.
        similar = index.similar_words(stem(word), spelling=misspelt < _MISSPELT_WORDS)
        misspelt += stem(word) not in similar
        if similar or word not in NOISE_WORDS:
            best = max(similar, key=lambda other: similar[other], default=stem(word))
            counts = _NOISE_COUNTS if word in NOISE_WORDS else 1.0
            asked.append(_Asked(word, counts * index.weight(best), similar))
    total = sum(one.weight for one in asked)
    if not total or not any(one.similar for one in asked):
        return
    for position in _candidates(index, asked, total):
        _score(index, position, asked, total, found)


def _candidates(index: CatalogueIndex, asked: list[_Asked], total: float) -> list[int]:
    """Return the entries that explain enough of the words to reach the bar, the best first."""
    # Rare words first. Once the words left over could not lift a new entry over the bar, none is taken in, and those
    # that can no longer reach it are let go.
    asked = sorted(asked, key=lambda one: -one.weight)
    left = total
    sums: dict[int, float] = {}
    for one in asked:
        may_enter = 100 * left / total >= HIT
        left -= one.weight
        for word, similarity in one.similar.items():
            postings = index.postings[word]
            if may_enter:
                for position, weight in postings.items():
                    sums[position] = sums.get(position, 0.0) + one.weight * similarity * weight
            else:
                for position in sums.keys() & postings.keys():
                    sums[position] += one.weight * similarity * postings[position]
        if not may_enter:
            short = HIT * total / 100 - left
            sums = {position: value for position, value in sums.items() if value >= short}
    enough = [(value, -position) for position, value in sums.items() if 100 * value >= HIT * total]
    return [-position for _, position in heapq.nlargest(_SCORED, enough)]


def _score(index: CatalogueIndex, position: int, asked: list[_Asked], total: float, found: _Best) -> None:
    for number in index.forms_of[position]:
        form = index.forms[number]
        score, words = _form_score(index, form, asked, total)
        if score:
            is_close = any(not any(has.startswith(stem(word)) for has in form.words) for word in words)
            found.offer(position, score, f"{'close to' if is_close else f'{_quoted(words)} in'} “{form.text}”")
    explained, words, only_described = 0.0, [], []
    for one in asked:
        weights = [index.postings[word].get(position, 0.0) * similar for word, similar in one.similar.items()]
        best = max(weights, default=0.0)
        explained += one.weight * best
        if best:
            words.append(one.word)
            if not any(index.postings[word].get(position) == NAME_WEIGHT for word in one.similar):
                only_described.append(one.word)
    if only_described:
        found.offer(position, 92 * explained / total, f"its description speaks of {_quoted(only_described)}")


def _form_score(index: CatalogueIndex, form: Form, asked: list[_Asked], total: float) -> tuple[float, list[str]]:
    explained, words = 0.0, []
    covered: set[str] = set()
    for one in asked:
        common = {word: similar for word, similar in one.similar.items() if word in form.words}
        if common:
            explained += one.weight * max(common.values())
            words.append(one.word)
            covered |= common.keys()
    whole = math.fsum(index.weight(word) for word in form.words)
    share = math.fsum(index.weight(word) for word in covered) / whole if whole else 0.0
    return 100 * explained / total * (0.75 + 0.25 * share), words


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


_KIND_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def _ranked(index: CatalogueIndex, found: _Best) -> list[Match]:
    matches = []
    for position, (score, why) in found.items():
        ref = index.entries[position].ref
        # Stages have everyday names (Check, Pay): at the same score the other entry is meant.
        matches.append(Match(ref, score - (2 if ref.kind is Kind.STAGE and score < _ACRONYM else 0), why))
    matches = [match for match in matches if match.score >= HIT]
    matches.sort(key=lambda match: (-match.score, _KIND_RANK[match.ref.kind], match.ref.entry_id))
    return matches[:_RANKED]
