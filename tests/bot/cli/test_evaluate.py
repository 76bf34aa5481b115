import io
import json
from pathlib import Path

import pytest

from bot.cli.evaluate import evaluate
from bot.errors import OperatorError
from bot.rules import build_detector


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    lines = [
        {"text": "No ticket, no work", "labels": ["process_barrier"], "subtypes": ["no_ticket_no_help"]},
        {"text": "The business wants it", "labels": [], "subtypes": []},
        {"text": "the business moved the date", "labels": ["us_them"], "doubtful": True},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_figures_for_a_person(labelled: Path) -> None:
    stdout = io.StringIO()
    assert evaluate(build_detector(None), [labelled], errors=True, as_json=False, stdout=stdout) == 0
    shown = stdout.getvalue()
    assert "3 messages" in shown
    assert "us_them wrong" in shown
    assert f"{labelled}:2" in shown.replace("\n", "")


def test_figures_for_a_program(labelled: Path) -> None:
    stdout = io.StringIO()
    assert evaluate(build_detector(None), [labelled], errors=True, as_json=True, stdout=stdout) == 0
    figures = json.loads(stdout.getvalue())
    assert figures["messages"] == 3
    assert figures["bars"]["count"]["process_barrier"]["f1"] == 1.0
    assert figures["bars"]["count"]["us_them"]["precision"] == 0.5
    assert figures["without_doubtful"]["count"]["us_them"]["recall"] is None
    assert [(error["kind"], error["text"]) for error in figures["errors"]] == [("wrong", "The business wants it")]


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="There is no file"):
        evaluate(build_detector(None), [tmp_path / "nowhere.jsonl"], errors=False, as_json=False, stdout=io.StringIO())


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text("nonsense", encoding="utf-8")
    with pytest.raises(OperatorError, match=r"broken\.jsonl:1: not JSON"):
        evaluate(build_detector(None), [file], errors=False, as_json=False, stdout=io.StringIO())
