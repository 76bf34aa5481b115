"""The floor under the quality of the rules and weights, on messages that nothing was learned from."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from nlp import Detector, Reading
from nlp.evaluation import Evaluation, evaluate, read_labelled
from nlp.ordinary import ordinary_chat

LABELLED = Path(__file__).parent.parent / "labelled"
# Real chat of other people: it may be measured against where it lies beside the project, and is no part of it.
CHAT = Path(__file__).parents[3] / "shared" / "language" / "chat_sample.jsonl"
COUNTED = {"us_them", "process_barrier"}


@pytest.fixture(scope="module")
def result(detector: Detector) -> Evaluation:
    messages = read_labelled(sorted((LABELLED / "heldout").glob("*.jsonl")))
    return evaluate(messages, lambda text: detector.read(text, stage="one_business"))


@pytest.mark.parametrize(
    ("bar", "label", "precision", "recall"),
    [
        ("count", "us_them", 0.93, 0.67),
        ("count", "process_barrier", 0.92, 0.68),
        ("count", "shared_purpose", 0.95, 0.74),
        ("nudge", "us_them", 0.95, 0.48),
        ("nudge", "process_barrier", 0.95, 0.50),
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
    flagged = _flagged(detector.read_many(ordinary_chat(4_000, seed=77), stage="one_business"))
    assert len(flagged) <= 4, flagged


@pytest.mark.skipif(not CHAT.is_file(), reason="no sample of real chat lies beside the project")
def test_real_ordinary_chat_is_left_alone(detector: Detector) -> None:
    lines = CHAT.read_text(encoding="utf-8").splitlines()
    readings = list(detector.read_many((json.loads(line)["text"] for line in lines), stage="one_business"))
    assert len(_flagged(readings)) <= len(lines) * 0.0015
    assert sum(bool(reading.nudge) for reading in readings) <= len(lines) * 0.0003


def _flagged(readings: Iterable[Reading]) -> list[Reading]:
    return [reading for reading in readings if COUNTED & set(reading.labels)]
