"""A linear weighing of words, in two looks: how much a message sounds like each label, and why.

The weights are taught by ``nlp.training`` on the labelled messages of the project. The first look is a sum over single
words and pairs of neighbours, cheap enough for every message there is; what it lets pass is weighed in earnest, with
threes of words, marks and names. The odds give a finding of a shipped rule its confidence, and find what no pattern
foresees; a rule of the ``manner`` kind publishes each such finding.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

from nlp.markup import CHANNEL, CODE, EMOJI, LINK, MENTION
from nlp.reading import Label

SOURCE = Path(__file__).with_name("weights.json")
WEIGHED: tuple[Label, ...] = ("us_them", "process_barrier", "shared_purpose")

# A message that sounds like an organisation's IT at work loses nothing; the less it does, the surer a label must be.
WORKPLACE_ENOUGH = 2.0
LONGEST_WEIGHED = 4_000
QUICK_FLOOR = 15
_BITS = 20
_ZEROS = repeat(0)
_HALF, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!.,:\"]|[\ue000-\ue004]|\n")
_STAND_INS = {MENTION: "<person>", CHANNEL: "<channel>", LINK: "<link>", EMOJI: "<emoji>", CODE: "<code>"}
_OPENING = frozenset(".?!:")
_ONESELF = frozenset(("I", "I'm", "I'll", "I've", "I'd"))
_ENDING = re.compile(r"(?:ing|edly|ed|ies|es|s|ly|'s|er|ers)$")
_ENDINGS = {"t": "not", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_SPELT_OUT: Mapping[str, Sequence[str]] = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "there's": ("there", "is"),
    "he's": ("he", "is"),
    "she's": ("she", "is"),
    "what's": ("what", "is"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "cant": ("can", "not"),
    "couldnt": ("could", "not"),
    "wont": ("will", "not"),
    "wouldnt": ("would", "not"),
    "shouldnt": ("should", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "havent": ("have", "not"),
    "hasnt": ("has", "not"),
    "thats": ("that", "is"),
    "theres": ("there", "is"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
}
NAME = "<name>"
_KINDS = (
    "department",
    "it_team",
    "real_customer_strict",
    "users_word",
    "customer_word",
    "outside_party",
    "ticket_strict",
    "change_body",
    "freeze",
    "sla",
    "hours",
    "policy_noun",
    "queue_strict",
    "scope",
    "priority",
    "time_unit",
    "weekend",
    "day",
    "number",
    "scorn",
    "contempt",
    "refuse",
    "toss",
    "problem_word",
    "raise",
    "wait",
)

Token = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Weights:
    """The taught weights: for each feature one number a label and one for the workplace; for some, one a subtype.

    ``kinds`` says for what kind a word of the vocabulary stands, as "finance" is a department. ``quick`` and
    ``quick_pairs`` are the weights of the first look, packed; ``quick_first_bars`` and ``quick_bars`` are what words
    alone, and words and pairs together, must weigh for a label; ``common`` says how often a word stands in a message.
    Weights are whole tenths: their sum is exact, in whatever order a set gives them.
    """

    bias: tuple[float, ...]
    features: Mapping[str, int]
    subtypes: Mapping[str, tuple[str, ...]]
    subtype_features: Mapping[str, Mapping[str, float]]
    kinds: Mapping[str, str]
    quick: Mapping[str, int]
    quick_pairs: Mapping[tuple[str, str], int]
    quick_first_bars: Sequence[float]
    quick_bars: Sequence[float]
    common: Mapping[str, float]

    def worth_weighing(self, runs: Sequence[str]) -> bool:
        """Return whether words and neighbours make it likely enough that the message has any label."""
        get, scale = self.quick.get, math.sqrt(len(runs) + QUICK_FLOOR)
        total = sum(map(get, runs, _ZEROS))
        if not _any_over(total, self.quick_first_bars, scale):
            return False
        total += sum(map(self.quick_pairs.get, pairwise(runs), _ZEROS))
        return _any_over(total, self.quick_bars, scale)

    def weigh(self, prose: str) -> Mapping[str, float]:
        """Return the odds (natural log) of each label for ``prose``, in which stand-ins mark what is not prose."""
        sums, known = self._sums(prose)
        scale = scale_of(known) / 10
        odds = [bias + scale * total for bias, total in zip(self.bias, sums, strict=True)]
        strange = min(0.0, odds[-1] - WORKPLACE_ENOUGH)
        return {label: odds[column] + strange for column, label in enumerate(WEIGHED)}

    def heaviest(self, label: Label, pieces: Sequence[str]) -> int:
        """Return the index of the piece of prose that weighs most for ``label``; the first where all weigh the same."""
        column = WEIGHED.index(label)
        weights = [self._sums(piece)[0][column] for piece in pieces]
        return max(range(len(pieces)), key=lambda at: (weights[at], -at), default=0)

    def subtype(self, label: Label, prose: str) -> str:
        """Return the subtype of ``label`` that ``prose`` sounds like."""
        known = self.subtype_features
        told = [known[name] for name in features_of(tokens_of(prose), self.kinds) if name in known]
        scale = 1 / math.sqrt(max(1, len(told)))
        bias = known.get("", {})
        scores = {
            subtype: bias.get(subtype, 0.0) + scale * round(math.fsum(each.get(subtype, 0.0) for each in told), 6)
            for subtype in self.subtypes[label]
        }
        return max(scores, key=lambda subtype: scores[subtype])

    def _sums(self, prose: str) -> tuple[list[int], int]:
        get = self.features.get
        found = [weights for weights in map(get, features_of(tokens_of(prose), self.kinds)) if weights is not None]
        return list(_unpacked(sum(found), len(self.bias))), len(found)


def scale_of(known: int) -> float:
    """Return what each of ``known`` features counts for: long messages hold more of them, short ones are no surer."""
    return 1 / math.sqrt(known + 15)


@cache
def read_weights() -> Weights:
    """Return the weights that ship."""
    return load(json.loads(SOURCE.read_text(encoding="utf-8")))


def load(raw: Mapping[str, Any]) -> Weights:
    """Return the weights that ``nlp.training`` gave as plain values."""
    quick: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for name, weights in raw["quick"].items():
        first, _, second = name.partition(" ")
        if second:
            pairs[first, second] = _packed(weights)
        else:
            quick[first] = _packed(weights)
    return Weights(
        tuple(raw["bias"]),
        {feature: _packed(weights) for feature, weights in raw["features"].items()},
        {label: tuple(subtypes) for label, subtypes in raw["subtypes"].items()},
        raw["subtype_features"],
        raw["kinds"],
        quick,
        pairs,
        raw["quick_first_bars"],
        raw["quick_bars"],
        raw["common"],
    )


def _packed(weights: Sequence[int]) -> int:
    # One sum for all labels: each weight has 20 bits of a number to itself, its sign borrowed from the next.
    return sum(weight << (_BITS * at) for at, weight in enumerate(weights))


def _unpacked(packed: int, size: int) -> Iterator[int]:
    for _ in range(size):
        weight = ((packed + _HALF) & _MASK) - _HALF
        yield weight
        packed = (packed - weight) >> _BITS


def _any_over(packed: int, bars: Sequence[float], scale: float) -> bool:
    # Asked of every message: written out, it takes a third of the time that ``_unpacked`` would.
    for bar in bars:
        weight = ((packed + _HALF) & _MASK) - _HALF
        if weight > bar * scale:
            return True
        packed = (packed - weight) >> _BITS
    return False


def tokens_of(prose: str) -> list[Token]:
    """Return the words, numbers, marks and stand-ins of ``prose``, and of each whether it is written as a name.

    "don't", "dont" and "do not" are the same two tokens.
    """
    tokens: list[Token] = []
    opening = True
    for found in _TOKEN.findall(prose[:LONGEST_WEIGHED]):
        made, opens, closes = _token(found)
        if len(made) == 1 and made[0][1] and opening:
            made = ((made[0][0], False),)
        # A row of emoji or of mentions says no more than one.
        if not (made[0][0][0] == "<" and tokens and tokens[-1] == made[0]):
            tokens.extend(made)
        opening = opens or (opening and not closes)
    return tokens


@lru_cache(maxsize=8_192)
def _token(found: str) -> tuple[tuple[Token, ...], bool, bool]:
    """Return what is made of a run of characters, whether a sentence may open after it, and whether it has begun."""
    stand_in = _STAND_INS.get(found)
    if stand_in is not None:
        return ((stand_in, False),), False, False
    if found == "\n" or found in _OPENING:
        return (("." if found == "\n" else found, False),), True, False
    if found in '",':
        return ((found, False),), False, False
    if found[0].isdigit():
        # A number's size says little more than whether it counts days or names a ticket.
        return (("0" if len(found) < 3 else "000", False),), False, True
    parts = _spelt_out(found.lower())
    if len(parts) > 1:
        return tuple((part, False) for part in parts), False, True
    return ((parts[0], found[0].isupper() and found not in _ONESELF),), False, True


def _spelt_out(word: str) -> Sequence[str]:
    whole = _SPELT_OUT.get(word)
    if whole is not None:
        return whole
    base, mark, ending = word.rpartition("'")
    if not mark or ending not in _ENDINGS:
        return (word,)
    return (base.removesuffix("n"), "not") if ending == "t" else (base, _ENDINGS[ending])


def kinds_of(concepts: Mapping[str, Iterable[Sequence[str]]]) -> Mapping[str, str]:
    """Return for each single word of the vocabulary the kind it stands for: "finance" is a department."""
    kinds: dict[str, str] = {}
    for concept in _KINDS:
        for phrase in concepts[concept]:
            if len(phrase) == 1:
                kinds.setdefault(phrase[0], f"<{concept}>")
    return kinds


def features_of(tokens: Sequence[Token], kinds: Mapping[str, str]) -> set[str]:
    """Return what ``tokens`` are weighed by: each, and its pairs and threes of neighbours (as they stand; without
    their endings, after ``~``; and with names and words of the vocabulary replaced by their kind, after ``=``)."""
    words = [word for word, _ in tokens]
    stems = [_stem(word) for word in words]
    shapes: list[str] = []
    for word, named in tokens:
        shape = kinds.get(word) or (NAME if named else word)
        if shape == word or not shapes or shapes[-1] != shape:
            shapes.append(shape)
    names = {*words, *_runs(words), *stems, *map(" ".join, pairwise(stems))}
    names.update([f"={run}" for run in _runs(shapes) if "<" in run])
    names.update([f"={shape}" for shape in shapes if shape[0] == "<"])
    return names


def _runs(words: Sequence[str]) -> list[str]:
    edged = ["^", *words, "$"]
    pairs = list(map(" ".join, pairwise(edged)))
    return [*pairs, *map(" ".join, zip(pairs, edged[2:], strict=False))]


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    # As crude as it is: it need only be the same for the forms of a word, not a word.
    if len(word) < 5:
        return f"~{word}"
    stem = _ENDING.sub("", word)
    stem = stem if len(stem) >= 3 else word
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "sl":
        stem = stem[:-1]
    return f"~{stem.removesuffix('e')}"
