"""Teach the weights: ``python -m nlp.training`` reads the labelled messages of the project and writes ``weights.json``.

The result is the same on every run: no chance is involved but the seeded draw of ordinary chat. It needs scipy,
from the development dependencies.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlp.cues import runs_of, words_of
from nlp.evaluation import Labelled, read_labelled
from nlp.markup import lay_open, normalise
from nlp.message import Message
from nlp.ordinary import ordinary_chat
from nlp.pipeline import Pipeline
from nlp.rulebook import read_rulebook
from nlp.rulepack import SUBTYPES
from nlp.weighing import SIGNALS, SOURCE, features_of, quick_features, scale_of

LABELS = tuple(SIGNALS)
MADE_UP = 6_000
QUICK_MADE_UP = 10_000
SOFTNESS = 20.0
_LABELLED = Path(__file__).parent.parent / "tests" / "labelled"

Floats = npt.NDArray[np.float64]
Matrix = Any  # scipy ships no types


def extract(texts: Sequence[str]) -> list[set[str]]:
    """Return the features of each text."""
    pipeline = Pipeline()
    vocabulary = read_rulebook([], pipeline).vocabulary
    result = []
    for text in texts:
        message = Message(lay_open(text), pipeline, vocabulary)
        with pipeline.zone():
            result.append({feature for sentence in message.own for feature in features_of(sentence, message)})
    return result


def teach(messages: Sequence[Labelled], made_up: int = MADE_UP) -> dict[str, Any]:
    """Return the weights, as plain values, learned from labelled messages and made-up ordinary chat."""
    texts = [message.text for message in messages] + list(ordinary_chat(made_up))
    found = extract(texts)
    names = _kept(found)
    matrix = _matrix(found, names, scale_of)
    columns = []
    for label in LABELS:
        true = np.array([label in message.labels for message in messages] + [False] * made_up, dtype=float)
        columns.append(_fit(matrix, true))
    features = {}
    for index, name in enumerate(names):
        weights = [round(float(column[index]), 2) for column in columns]
        if any(weights):
            features[name] = weights
    subtypes, subtype_features = _teach_subtypes(messages, found)
    quick, quick_bias = _teach_quick(messages)
    return {
        "labels": list(LABELS),
        "bias": [round(float(column[-1]), 3) for column in columns],
        "features": features,
        "subtypes": subtypes,
        "subtype_features": subtype_features,
        "quick": quick,
        "quick_bias": quick_bias,
        "common": _common(messages),
    }


def _kept(found: Sequence[set[str]], least: int = 2) -> list[str]:
    counts = Counter(feature for features in found for feature in features)
    return sorted(feature for feature, count in counts.items() if count >= least)


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


def _fit(matrix: Matrix, true: Floats, softness: float = SOFTNESS) -> Floats:
    """Return logistic regression weights, the bias last."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = matrix @ weights[:-1] + weights[-1]
        error = 1 / (1 + np.exp(-odds)) - true
        value = np.logaddexp(0, -(2 * true - 1) * odds).sum() + (weights[:-1] @ weights[:-1]) / (2 * softness)
        return value, np.append(matrix.T @ error + weights[:-1] / softness, error.sum())

    start = np.zeros(matrix.shape[1] + 1)
    solution: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return solution


def _teach_subtypes(
    messages: Sequence[Labelled], found: Sequence[set[str]]
) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    result: dict[str, dict[str, float]] = {}
    for label in LABELS:
        pairs = [(m, f) for m, f in zip(messages, found, strict=False) if m.subtypes & set(SUBTYPES[label])]
        plain = [{name for name in features if name[0] in "wc"} for _, features in pairs]
        names = _kept(plain, 3)
        matrix = _matrix(plain, names, lambda count: max(1, count) ** -0.5)
        for subtype in SUBTYPES[label]:
            weights = _fit(matrix, np.array([subtype in m.subtypes for m, _ in pairs], dtype=float), 5.0)
            result.setdefault("", {})[subtype] = round(float(weights[-1]), 2)
            for index, name in enumerate(names):
                if abs(weights[index]) >= 0.15:
                    result.setdefault(name, {})[subtype] = round(float(weights[index]), 2)
    return {label: list(SUBTYPES[label]) for label in LABELS}, result


def _teach_quick(messages: Sequence[Labelled]) -> tuple[dict[str, float], float]:
    """Return weights of the first look, and the bar under which no message is weighed: 1 labelled in 100 is lost."""
    texts = [message.text for message in messages] + list(ordinary_chat(QUICK_MADE_UP, seed=2))
    found = [quick_features(runs_of(normalise(text))) for text in texts]
    names = _kept(found)
    matrix = _matrix(found, names, lambda count: (count + 8) ** -0.5)
    true = np.array([bool(message.labels) for message in messages] + [False] * QUICK_MADE_UP, dtype=float)
    weights = _fit(matrix, true, 8.0)
    quick = {name: round(float(weights[at]), 2) for at, name in enumerate(names) if abs(weights[at]) >= 0.05}
    scores = sorted(
        sum(quick.get(name, 0.0) for name in features) / (len(features) + 8) ** 0.5
        for features, positive in zip(found, true, strict=True)
        if positive
    )
    return quick, round(scores[len(scores) // 100], 3)


def _common(messages: Sequence[Labelled]) -> dict[str, float]:
    """Return in which part of the messages each word stands that stands in 1 of 200 or more."""
    counts = Counter(word for message in messages for word in words_of(normalise(message.text)))
    shares = {word: round(count / len(messages), 4) for word, count in counts.items()}
    return {word: share for word, share in sorted(shares.items()) if share >= 0.005}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read labelled JSONL files and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training", description=main.__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="labelled JSONL; default: all of tests/labelled")
    parser.add_argument("--to", type=Path, default=SOURCE)
    options = parser.parse_args(arguments)
    files = options.files or sorted(_LABELLED.glob("*.jsonl"))
    weights = teach(read_labelled(files))
    lines = json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace('],"', '],\n"')
    options.to.write_text(lines + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(weights['features'])} features from {len(files)} files to {options.to}\n")


if __name__ == "__main__":
    main()
