import io
from pathlib import Path

import pytest

from bot.cli.rules import rules_list, rules_show, rules_test
from bot.errors import OperatorError
from nlp import EXCUSES

RULE = """- id: us_them.outsiders.own
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns: [zonk]
  examples:
    flag: ["a <<zonk>> here"]
    pass: ["{passed}"]
"""


def test_every_rule_and_excuse_is_listed() -> None:
    stdout = io.StringIO()
    assert rules_list(stdout=stdout) == 0
    shown = stdout.getvalue().replace("\n", "")
    assert "overcommitment" in shown
    assert all(excuse in shown for excuse in EXCUSES)


def test_a_rule_is_shown_whole() -> None:
    stdout = io.StringIO()
    assert rules_show("us_them.business_as_other.named", stdout=stdout) == 0
    assert "Everyone inside is the business" in stdout.getvalue()
    assert "<<The business>> wants it by Friday" in stdout.getvalue()


def test_an_unknown_rule_is_one_clear_sentence() -> None:
    with pytest.raises(OperatorError, match=r"There is no rule us_them\.x"):
        rules_show("us_them.x", stdout=io.StringIO())


def test_the_shipped_rules_pass_their_own_test() -> None:
    stdout = io.StringIO()
    assert rules_test(None, stdout=stdout) == 0
    assert stdout.getvalue().endswith("rules, 0 problems\n")


@pytest.mark.parametrize(("passed", "code"), [("nothing of it", 0), ("another zonk", 1)])
def test_a_pack_is_tested_too(tmp_path: Path, passed: str, code: int) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text(RULE.format(passed=passed), encoding="utf-8")
    stdout = io.StringIO()
    assert rules_test(pack, stdout=stdout) == code
    assert ("should pass 'another zonk' and finds 'zonk'" in stdout.getvalue()) is bool(code)


def test_a_refused_rule_is_told_with_its_line(tmp_path: Path) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text(RULE.format(passed="x").replace("[zonk]", "[[{LOWER: null}]]"), encoding="utf-8")
    stdout = io.StringIO()
    assert rules_test(pack, stdout=stdout) == 1
    assert f"{pack}:4: LOWER: None is neither text nor a whole number" in stdout.getvalue()
