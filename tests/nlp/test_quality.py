"""The floor under the quality of the rules and weights, on the labelled messages of the project."""

from pathlib import Path

import pytest

from nlp import Detector
from nlp.evaluation import Evaluation, evaluate, read_labelled
from nlp.ordinary import ordinary_chat

LABELLED = Path(__file__).parent.parent / "labelled"


@pytest.fixture(scope="module")
def result(detector: Detector) -> Evaluation:
    messages = read_labelled([LABELLED / "dev.jsonl"])
    return evaluate(messages, lambda text: detector.read(text, stage="one_business"))


@pytest.mark.parametrize(
    ("bar", "label", "precision", "recall"),
    [
        ("count", "us_them", 0.95, 0.70),
        ("count", "process_barrier", 0.95, 0.65),
        ("count", "shared_purpose", 0.93, 0.75),
        ("nudge", "us_them", 0.95, 0.40),
        ("nudge", "process_barrier", 0.95, 0.40),
    ],
)
def test_quality_does_not_fall(result: Evaluation, bar: str, label: str, precision: float, recall: float) -> None:
    score = result.bars[bar][label]
    assert score.precision is not None
    assert score.recall is not None
    assert score.precision >= precision
    assert score.recall >= recall


def test_made_up_ordinary_chat_is_left_alone(detector: Detector) -> None:
    # Other draws than the weights were taught with.
    flagged = [
        text
        for text in ordinary_chat(4_000, seed=77)
        if {"us_them", "process_barrier"} & set(detector.read(text, stage="one_business").labels)
    ]
    assert len(flagged) <= 20, flagged
