"""The detector a process is given: the rules that ship, and the workspace's own."""

import logging
from pathlib import Path

import pytest

from bot.errors import OperatorError, SettingsError
from bot.rules import build_detector, check_rules, log_rules
from nlp import rulebook

RULE = """- id: us_them.outsiders.own
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns: [zonk]
  examples:
    flag: ["a <<zonk>> here"]
    pass: ["nothing of it"]
"""


def test_without_rules_of_its_own_a_workspace_shares_one_detector() -> None:
    assert build_detector(None) is build_detector(None)


@pytest.mark.parametrize("is_folder", [True, False])
def test_rules_come_from_a_folder_or_a_file(tmp_path: Path, is_folder: bool) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(RULE, encoding="utf-8")
    detector = build_detector(tmp_path if is_folder else file)
    assert detector.rules["us_them.outsiders.own"].place() == f"{file}:1"
    assert detector.read("a zonk").labels == ("us_them",)


@pytest.mark.parametrize("name", ["nowhere", "x" * 300, "file/below"])
def test_what_is_not_there_is_named_with_its_setting(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^FAIRVIEW_RULES: ") as caught:
        check_rules(tmp_path / name)
    assert name in caught.value.message
    assert "folder of YAML files" in caught.value.hint


def test_a_shipped_file_that_is_broken_is_an_operators_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    for kind in ("lexicon", "rules"):
        (shipped / kind).mkdir(parents=True)
    (shipped / "rules" / "broken.yaml").write_text("- id: x\n", encoding="utf-8")
    monkeypatch.setattr(rulebook, "SHIPPED", shipped)
    with pytest.raises(OperatorError, match=r"A file that ships with Fairview is broken: nlp/rules/broken\.yaml:1: "):
        build_detector(tmp_path)


def test_each_refusal_is_one_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = RULE + RULE.replace(".own", ".second").replace("title", "titel") + "-\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with caplog.at_level(logging.INFO, "bot.rules"):
        log_rules(build_detector(tmp_path))
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    file = tmp_path / "own.yaml"
    assert [message.partition(": ")[2].partition(": ")[0] for message in errors] == [
        f"{file}:8",
        f"{file}:9",
        f"{file}:15",
    ]
    assert "titel: unknown key; did you mean title?; allowed: id, title" in errors[1]
    assert caplog.records[-1].getMessage().endswith(" that ship, 1 of the workspace's own")


def test_a_workspace_without_rules_of_its_own_is_not_told_of_any(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bot.rules"):
        log_rules(build_detector(None))
    assert caplog.records == []
