"""A linear weighing of words, word pairs and concepts: how much a message sounds like each label, and why.

The weights are taught by ``nlp.training`` on the labelled messages of the project. They give a finding of a shipped
rule its confidence, and find what no pattern foresees; a rule of the ``manner`` kind publishes each such finding.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from nlp.message import Message
from nlp.pipeline import Sentence

SOURCE = Path(__file__).with_name("weights.json")
SIGNALS = {"us_them": "them_signal", "process_barrier": "barrier_signal", "shared_purpose": "purpose_signal"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a message weighs for each label (log odds), where most of it stands, and of which subtype it sounds."""

    odds: Mapping[str, float]
    sentences: Mapping[str, int]
    subtypes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """The taught weights: for each feature one number a label, and one a subtype.

    ``quick`` weighs single words for a first look, and ``common`` says how often a word stands in a message.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    features: Mapping[str, tuple[float, ...]]
    subtypes: Mapping[str, tuple[str, ...]]
    subtype_features: Mapping[str, Mapping[str, float]]
    quick: Mapping[str, float]
    quick_bias: float
    common: Mapping[str, float]

    def worth_weighing(self, runs: Sequence[str]) -> bool:
        """Return whether words and pairs of words, as they stand, make it possible that the message weighs anything."""
        get = self.quick.get
        found = quick_features(runs)
        total = sum([get(feature, 0.0) for feature in found])
        return total > self.quick_bias * math.sqrt(len(found) + 8)

    def weigh(self, message: Message) -> Weighed:
        """Return what the author's own words weigh, quotations left out."""
        found = [set(features_of(sentence, message)) for sentence in message.own]
        known = {feature for features in found for feature in features if feature in self.features}
        scale = scale_of(len(known))
        odds: dict[str, float] = {}
        sentences: dict[str, int] = {}
        subtypes: dict[str, str] = {}
        for column, label in enumerate(self.labels):
            odds[label] = self.bias[column] + scale * sum([self.features[feature][column] for feature in known])
            parts = [sum([self.features[f][column] for f in features if f in self.features]) for features in found]
            sentences[label] = max(range(len(parts)), key=lambda at: (parts[at], -at), default=0)
            subtypes[label] = self._subtype(label, known)
        return Weighed(odds, sentences, subtypes)

    def _subtype(self, label: str, known: set[str]) -> str:
        told = [self.subtype_features[feature] for feature in known if feature in self.subtype_features]
        scale = 1 / math.sqrt(max(1, len(told)))
        bias = self.subtype_features.get("", {})
        scores = {
            subtype: bias.get(subtype, 0.0) + scale * sum([weights.get(subtype, 0.0) for weights in told])
            for subtype in self.subtypes[label]
        }
        return max(scores, key=lambda subtype: scores[subtype])


def quick_features(runs: Sequence[str]) -> set[str]:
    """Return the features of the first look: words, and pairs of neighbours."""
    return {*runs, *map(" ".join, pairwise(runs))}


def scale_of(known: int) -> float:
    """Return what each of ``known`` features counts for: long messages hold more of them, short ones are no surer."""
    return 1 / math.sqrt(known + 15)


@cache
def read_weights(source: Path = SOURCE) -> Weights:
    """Return the weights that ship."""
    raw = json.loads(source.read_text(encoding="utf-8"))
    return Weights(
        tuple(raw["labels"]),
        tuple(raw["bias"]),
        {feature: tuple(weights) for feature, weights in raw["features"].items()},
        {label: tuple(subtypes) for label, subtypes in raw["subtypes"].items()},
        raw["subtype_features"],
        raw["quick"],
        raw["quick_bias"],
        raw["common"],
    )


def features_of(sentence: Sentence, message: Message) -> Iterator[str]:
    """Yield the features of a sentence: words (w:), pairs of neighbours (b:), concepts (c:), pairs of these (p:)."""
    spoken = message.markup.spoken
    own = [
        at
        for at in range(len(sentence))
        if not any(start < sentence.places[at][0] and sentence.places[at][1] < end for start, end in spoken)
    ]
    words = [sentence.norms[at] for at in own if not sentence.punctuation[at]]
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    outside = set(own) if spoken else None
    concepts = sorted(_concepts(sentence, outside))
    yield from (f"c:{concept}" for concept in concepts)
    yield from (f"p:{first}+{second}" for at, first in enumerate(concepts) for second in concepts[at + 1 :])


def _concepts(sentence: Sentence, outside: set[int] | None) -> Iterable[str]:
    for concept, places in sentence.concepts.items():
        if concept.endswith("_signal"):
            continue
        if outside is None or not outside.isdisjoint(places):
            yield concept
