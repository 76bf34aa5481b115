"""A linear weighing of words, in two looks: how much a message sounds like each label, and why.

The weights are taught by ``nlp.training`` on the labelled messages of the project. The first look is a sum over single
words and pairs of neighbours, cheap enough for every message there is; what it lets pass is weighed in earnest, with
threes of words, marks and names. The odds give a finding of a shipped rule its confidence, and find what no pattern
foresees; a rule of the ``manner`` kind publishes each such finding.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

from nlp.features import features_of, tokens_of
from nlp.reading import Label

SOURCE = Path(__file__).with_name("weights.json")
WEIGHED: tuple[Label, ...] = ("us_them", "process_barrier", "shared_purpose")

# A message that sounds like an organisation's IT at work loses nothing; the less it does, the surer a label must be.
WORKPLACE_ENOUGH = 2.0
QUICK_FLOOR = 15
_BITS = 20
_ZEROS = repeat(0)
_HALF, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1


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
