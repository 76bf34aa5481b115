"""Teach the weights: ``python -m nlp.training`` reads the project's labelled messages and writes ``weights.json``.

The result is the same on every run: no chance is involved but the seeded draws. It needs scipy, from the development
dependencies. ``--check`` teaches on the messages of other trades and prints how those left out are judged.

A feature's weight is learned by logistic regression on features scaled beforehand by how differently they stand in
messages with and without the label (Wang and Manning 2012, "Baselines and Bigrams", their log-count ratio), and by the
rarity of their rarest word: what only everyday words say is trusted less.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags

from nlp.cues import runs_of, words_of
from nlp.detector import Detector
from nlp.evaluation import Evaluation, Labelled, evaluate, read_labelled
from nlp.features import features_of, kinds_of, tokens_of
from nlp.markup import lay_open, normalise
from nlp.ordinary import ordinary_chat
from nlp.pipeline import Pipeline
from nlp.reframing.offering import samples
from nlp.rulebook import Rulebook, read_rulebook
from nlp.rulepack import SUBTYPES
from nlp.weighing import QUICK_FLOOR, SOURCE, WEIGHED, load, scale_of

MADE_UP = 3_000
SOFTNESS = 60.0
ORDINARY_COUNTS = 2.0
QUICK_ORDINARY_COUNTS = 12.0
# Of ordinary chat not taught with, so much passes the first look: it sets the speed, and costs the least sure findings.
QUICK_PASSES = 0.015
QUICK_LOSES = 0.004
CHECK_PARTS = 3
# Features that weigh less are forgotten: they are many, and what is found without them is as right.
LIGHTEST = 8  # tenths
FOLDS = 5
# Stems and kinds of words stand in no text as they are: about so many texts hold one.
UNKNOWN_SHARE = 0.01
_LABELLED = Path(__file__).parent.parent / "tests" / "labelled"
_ORDINARY = _LABELLED / "ordinary"

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int_]
Matrix = Any  # scipy ships no types


class Corpus:
    """Labelled messages of the workplace, and ordinary chat of which none has a label."""

    def __init__(self, messages: Sequence[Labelled], ordinary: Sequence[str]) -> None:
        self.messages = messages
        self.texts = [message.text for message in messages] + list(ordinary)
        self.labels = [message.labels for message in messages] + [frozenset[str]()] * len(ordinary)
        self.at_work = np.arange(len(self.texts)) < len(messages)

    def carrying(self, *labels: str) -> Floats:
        """Return 1 for each text that has one of ``labels``, else 0."""
        return np.array([not theirs.isdisjoint(labels) for theirs in self.labels], dtype=float)


def read_ordinary(folder: Path = _ORDINARY) -> list[str]:
    """Return the ordinary chat of a folder's text files, one message a line."""
    files = sorted(folder.glob("*.txt"))
    return [line for file in files for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def teach(messages: Sequence[Labelled], ordinary: Sequence[str]) -> dict[str, Any]:
    """Return the weights, as plain values, learned from labelled messages and ordinary chat."""
    book = read_rulebook([], Pipeline())
    # What is offered instead of a line or a barrier is none: each offer is a message without a label.
    offered = [Labelled(offer, frozenset(), frozenset(), False, "offer", "offers.yaml") for offer in samples()]
    corpus = Corpus([*messages, *_examples(book), *offered], ordinary)
    kinds = kinds_of(book.vocabulary.concepts)
    tokens = [tokens_of(lay_open(text).prose) for text in corpus.texts]
    found = [features_of(told, kinds) for told in tokens]
    learner = _Learner(found, [[word for word, _ in told] for told in tokens], scale_of)
    emphasis = np.where(corpus.at_work, 1.0, ORDINARY_COUNTS)
    columns = [learner.fit(corpus.carrying(label), emphasis) for label in WEIGHED]
    columns.append(learner.fit(corpus.at_work.astype(float), emphasis))
    features = {}
    for index, name in enumerate(learner.names):
        weights = [round(float(column[index]) * 10) for column in columns]
        if max(map(abs, weights)) >= LIGHTEST:
            features[name] = weights
    subtypes, subtype_features = _teach_subtypes(corpus.messages, learner.found)
    return {
        "bias": [round(float(column[-1]), 3) for column in columns],
        "features": features,
        "kinds": kinds,
        "subtypes": subtypes,
        "subtype_features": subtype_features,
        **_teach_quick(corpus),
        "common": _common(corpus.texts),
    }


def _examples(book: Rulebook) -> Iterator[Labelled]:
    """Yield what the published rules give as examples of what they flag, and those of the weights of what they pass."""
    for rule in (compiled.rule for compiled in book.rules):
        if rule.label in WEIGHED:
            for example in rule.examples.flag:
                text = example.replace("<<", "").replace(">>", "")
                yield Labelled(text, frozenset({rule.label}), frozenset({rule.subtype}), False, "example", rule.id)
        if rule.manner:
            for example in rule.examples.pass_:
                yield Labelled(example, frozenset(), frozenset(), False, "example", rule.id)


class _Learner:
    """The features of many texts as a matrix, and weights learned on it."""

    def __init__(
        self, found: Sequence[set[str]], words: Sequence[Sequence[str]], scale: Callable[[int], float], least: int = 2
    ) -> None:
        self.found = found
        counts = Counter(name for features in found for name in features)
        self.names = sorted(name for name, count in counts.items() if count >= least)
        self.matrix = _matrix(found, self.names, scale)
        self._present = self.matrix > 0
        share = {word: count / len(found) for word, count in Counter(w for ws in words for w in set(ws)).items()}
        self._rarity = np.array([_rarity(name, share) for name in self.names])

    def fit(self, true: Floats, emphasis: Floats, softness: float = SOFTNESS) -> Floats:
        """Return the weight of each feature, the bias last."""
        with_label, without = (1 + np.asarray(self._present[true == on].sum(0)).ravel() for on in (1, 0))
        ratio = np.abs(np.log((with_label / with_label.sum()) / (without / without.sum())))
        trust = self._rarity * np.sqrt(ratio)
        weights = _fit(self.matrix @ diags(trust), true, softness, emphasis)
        return np.append(trust * weights[:-1], weights[-1])


def _rarity(name: str, share: dict[str, float]) -> float:
    words = [word for word in name.lstrip("~=").split(" ") if word not in {"^", "$"}]
    rarest = min((share.get(word, UNKNOWN_SHARE) for word in words), default=0.05)
    return min(1.5, -math.log(rarest) / 5)


def _matrix(found: Sequence[set[str]], names: Sequence[str], scale: Callable[[int], float]) -> Matrix:
    index = {name: at for at, name in enumerate(names)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, features in enumerate(found):
        known = sorted(index[feature] for feature in features if feature in index)
        rows += [row] * len(known)
        columns += known
        values += [scale(len(known))] * len(known)
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(names)))


def _fit(matrix: Matrix, true: Floats, softness: float, emphasis: Floats) -> Floats:
    """Return logistic regression weights, the bias last."""
    transposed = matrix.T.tocsr()

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = matrix @ weights[:-1] + weights[-1]
        error = emphasis * (1 / (1 + np.exp(-np.clip(odds, -500, 500))) - true)
        misfit = emphasis * np.logaddexp(0, -(2 * true - 1) * odds)
        value = misfit.sum() + (weights[:-1] @ weights[:-1]) / (2 * softness)
        return value, np.append(transposed @ error + weights[:-1] / softness, error.sum())

    start = np.zeros(matrix.shape[1] + 1)
    solution: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return solution


def _teach_subtypes(
    messages: Sequence[Labelled], found: Sequence[set[str]]
) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    result: dict[str, dict[str, float]] = {}
    for label in WEIGHED:
        pairs = [(m, f) for m, f in zip(messages, found, strict=False) if m.subtypes & set(SUBTYPES[label])]
        short = [{name for name in features if name.count(" ") < 2 and name[0] != "~"} for _, features in pairs]
        counts = Counter(name for features in short for name in features)
        names = sorted(name for name, count in counts.items() if count >= 4)
        matrix = _matrix(short, names, lambda count: max(1, count) ** -0.5)
        for subtype in SUBTYPES[label]:
            true = np.array([subtype in message.subtypes for message, _ in pairs], dtype=float)
            weights = _fit(matrix, true, 5.0, np.ones(len(pairs)))
            result.setdefault("", {})[subtype] = round(float(weights[-1]), 2)
            for index, name in enumerate(names):
                if abs(weights[index]) >= 0.2:
                    result.setdefault(name, {})[subtype] = round(float(weights[index]), 2)
    return {label: list(SUBTYPES[label]) for label in WEIGHED}, result


def _teach_quick(corpus: Corpus) -> dict[str, Any]:
    """Return the weights of the first look and its bars: QUICK_PASSES of ordinary chat, judged untaught, is over."""
    runs = [runs_of(normalise(text)) for text in corpus.texts]
    true = np.array([corpus.carrying(label) for label in WEIGHED])
    emphasis = np.where(corpus.at_work, 1.0, QUICK_ORDINARY_COUNTS)
    scales = np.array([math.sqrt(len(found) + QUICK_FLOOR) for found in runs])
    fold = np.random.default_rng(1).integers(FOLDS, size=len(runs))

    def taught(rows: Integers) -> tuple[dict[str, list[int]], Floats]:
        found = [{*runs[row], *map(" ".join, pairwise(runs[row]))} for row in rows]
        learner = _Learner(found, [runs[row] for row in rows], lambda count: 1 / math.sqrt(count + QUICK_FLOOR), 3)
        columns = np.array([learner.fit(label[rows], emphasis[rows]) for label in true])
        tenths = np.rint(columns[:, :-1].T * 10).astype(int).tolist()
        return {name: each for name, each in zip(learner.names, tenths, strict=True) if any(each)}, columns[:, -1]

    firsts, odds = np.zeros(true.shape), np.zeros(true.shape)
    for number in range(FOLDS):
        weights, bias = taught(np.flatnonzero(fold != number))
        for row in np.flatnonzero(fold == number):
            first = _total(weights, runs[row]) / scales[row]
            firsts[:, row] = first + bias * 10
            odds[:, row] = firsts[:, row] + _total(weights, map(" ".join, pairwise(runs[row]))) / scales[row]
    bar = np.quantile(odds[:, ~corpus.at_work].max(0), 1 - QUICK_PASSES)
    # Words alone are asked first, and dismiss what would hardly have passed.
    passing = [(label == 1) & (over > bar) for label, over in zip(true, odds, strict=True)]
    first_bars = np.array([np.quantile(first[rows], QUICK_LOSES) for first, rows in zip(firsts, passing, strict=True)])
    weights, bias = taught(np.arange(len(runs)))
    return {
        "quick": weights,
        "quick_first_bars": np.round(first_bars - bias * 10, 1).tolist(),
        "quick_bars": np.round(bar - bias * 10, 1).tolist(),
    }


def _total(weights: Mapping[str, Sequence[int]], names: Iterable[str]) -> Floats:
    found = [weights[name] for name in names if name in weights]
    return np.array(found, dtype=float).sum(0) if found else np.zeros(len(WEIGHED))


def _common(texts: Sequence[str]) -> dict[str, float]:
    """Return in which part of the texts each word stands that stands in 1 of 200 or more."""
    counts = Counter(word for text in texts for word in words_of(normalise(text)))
    shares = {word: round(count / len(texts), 4) for word, count in counts.items()}
    return {word: share for word, share in sorted(shares.items()) if share >= 0.005}


def check(messages: Sequence[Labelled], ordinary: Sequence[str]) -> Evaluation:
    """Return how messages are judged by weights taught on other trades only, CHECK_PARTS parts in turn."""
    trades = sorted({_trade(message) for message in messages})
    random.Random(2).shuffle(trades)  # noqa: S311 (a split, not a key)
    part = {trade: at % CHECK_PARTS for at, trade in enumerate(trades)}
    reads = {}
    for number in range(CHECK_PARTS):
        weights = teach([message for message in messages if part[_trade(message)] != number], ordinary)
        detector = Detector(weights=load(weights))
        left_out = [message for message in messages if part[_trade(message)] == number]
        reads.update({message.text: detector.read(message.text, stage="one_business") for message in left_out})
    return evaluate(messages, lambda text: reads[text])


def _trade(message: Labelled) -> str:
    return message.setting.split(",")[0]


def _lines(evaluation: Evaluation) -> Iterator[str]:
    for bar, scores in evaluation.bars.items():
        for label, score in scores.items():
            yield f"{bar:6} {label:16} precision {score.precision or 0:.3f} recall {score.recall or 0:.3f}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read labelled JSONL files and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training", description=main.__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="labelled JSONL; default: all of tests/labelled")
    parser.add_argument("--ordinary", type=Path, default=_ORDINARY, help="folder of ordinary chat, a message a line")
    parser.add_argument("--to", type=Path, default=SOURCE)
    parser.add_argument("--check", action="store_true", help="judge trades that were left out; write nothing")
    options = parser.parse_args(arguments)
    files = options.files or sorted(_LABELLED.glob("*.jsonl"))
    messages, ordinary = read_labelled(files), [*read_ordinary(options.ordinary), *ordinary_chat(MADE_UP)]
    if options.check:
        sys.stdout.writelines(_lines(check(messages, ordinary)))
        return
    weights = teach(messages, ordinary)
    lines = json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace('],"', '],\n"')
    options.to.write_text(lines + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(weights['features'])} features from {len(files)} files to {options.to}\n")


if __name__ == "__main__":
    main()
