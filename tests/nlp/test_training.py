"""Teaching the weights: the same messages give the same weights, and what was taught is found again."""

from pathlib import Path

import pytest

from nlp import Detector
from nlp.evaluation import Labelled, read_labelled
from nlp.training import main, read_ordinary, teach
from nlp.weighing import load

LABELLED = Path(__file__).parent.parent / "labelled"


@pytest.fixture(scope="module")
def messages() -> list[Labelled]:
    return read_labelled([LABELLED / "dev.jsonl"])[::2]


@pytest.fixture(scope="module")
def ordinary() -> list[str]:
    return read_ordinary()[::10]


def test_teaching_twice_gives_the_same_weights(messages: list[Labelled], ordinary: list[str]) -> None:
    assert teach(messages[::4], ordinary[::4]) == teach(messages[::4], ordinary[::4])


def test_what_was_taught_is_found(messages: list[Labelled], ordinary: list[str]) -> None:
    detector = Detector(weights=load(teach(messages, ordinary)))
    found = [detector.read(message.text).labels for message in messages if "process_barrier" in message.labels]
    assert sum("process_barrier" in labels for labels in found) > len(found) * 0.8
    flagged = [text for text in ordinary if detector.read(text).labels]
    assert len(flagged) < len(ordinary) * 0.02


def test_the_command_writes_weights_that_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labelled = tmp_path / "few.jsonl"
    lines = (LABELLED / "dev.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    labelled.write_text("".join(lines[:120]), encoding="utf-8")
    main([str(labelled), "--to", str(tmp_path / "weights.json"), "--ordinary", str(tmp_path)])
    assert "features from 1 files" in capsys.readouterr().out
    assert (tmp_path / "weights.json").read_text(encoding="utf-8").endswith("}\n")
