"""`fairview rules`: listed, shown whole, and tested."""

import io
from pathlib import Path

import pytest
from cli_outcome import Fairview

from bot.cli.rules import rules_test
from nlp import EXCUSES, Detector

RULE = """- id: us_them.outsiders.own
  title: A word of our own
  why: A reason that is long enough to be read.
  mode: shadow
  patterns: [zonk, [{LOWER: {IN: [grand, petty]}}, {forms: zonk}]]
  requires:
    - please
    - {in: message, any: [thanks, "~want it"]}
  unless: [{in: neighbours, any: ["@not"]}]
  despite: outside_party
  examples:
    flag: ["please, a <<zonk>> here, thanks"]
    pass: ["{passed}"]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(RULE.replace("{passed}", "nothing of it"), encoding="utf-8")
    return file


def test_every_rule_with_its_mode_and_every_excuse_is_listed(fairview: Fairview, detector: Detector) -> None:
    shown = fairview("rules", "list").out
    for rule in detector.rules.values():
        assert any(line.split() == [rule.id, rule.stage, rule.acts] for line in shown.splitlines()), rule.id
        assert rule.title in shown
    assert all(f"  {excuse}: {meaning}\n" in shown for excuse, meaning in EXCUSES.items())
    assert "your own" not in shown


def test_a_rule_of_ones_own_is_listed_with_its_place(fairview: Fairview, pack: Path) -> None:
    lines = fairview("rules", "list", FAIRVIEW_RULES=str(pack)).out.splitlines()
    at = next(number for number, line in enumerate(lines) if "us_them.outsiders.own" in line)
    assert lines[at].split() == ["us_them.outsiders.own", "service", "shadow"]
    assert lines[at + 1 : at + 3] == ["      A word of our own", f"      your own: {pack}:1"]


def test_a_rule_is_shown_whole(fairview: Fairview) -> None:
    shown = fairview("rules", "show", "us_them.business_as_other.named").out
    for part in (
        "Everyone inside is the business",
        "written in: nlp/rules/us_and_them.yaml:3\n",
        "from stage: partnership    mode: nudge    version: ",
        "\n  @the_business\n",
        "never where one of these stands in the same sentence:\n",
        "\n  <<The business>> wants it by Friday\n",
        "\n  job only runs in business hours\n",
    ):
        assert part in shown


def test_a_rule_of_ones_own_is_shown_with_its_conditions(fairview: Fairview, pack: Path) -> None:
    shown = fairview("rules", "show", "us_them.outsiders.own", FAIRVIEW_RULES=str(pack)).out
    assert f"written in: {pack}:1\n" in shown
    assert "disregards the excuses: outside_party\n" in shown
    assert "\n  zonk\n  {LOWER: {IN: [grand, petty]}} {forms: zonk}\n" in shown
    assert "\nonly where one of these stands in the same sentence:\n  please\n" in shown
    assert "\nonly where one of these stands anywhere in the message:\n  thanks\n  ~want it\n" in shown
    assert "\nnever where one of these stands in the same sentence or one beside it:\n  @not\n" in shown


def test_a_rule_of_the_manner_kind_says_that_it_has_no_patterns(fairview: Fairview) -> None:
    assert "the weights find it" in fairview("rules", "show", "us_them.business_as_other.manner").out


def test_an_unknown_rule_is_one_clear_sentence(fairview: Fairview) -> None:
    ended = fairview("rules", "show", "us_them.x")
    assert ended.sentence == "There is no rule us_them.x. fairview rules list shows them all."


def test_the_shipped_rules_pass_their_own_test(fairview: Fairview, detector: Detector) -> None:
    ended = fairview("rules", "test")
    assert (ended.code, ended.out, ended.err) == (0, f"{len(detector.rules)} rules, 0 problems\n", "")


@pytest.mark.parametrize(("passed", "code"), [("nothing of it", 0), ("please another zonk, thanks", 1)])
@pytest.mark.parametrize("how", ["file", "folder", "setting"])
def test_rules_of_ones_own_are_tested_too(
    fairview: Fairview, detector: Detector, pack: Path, how: str, passed: str, code: int
) -> None:
    pack.write_text(RULE.replace("{passed}", passed), encoding="utf-8")
    if how == "setting":
        ended = fairview("rules", "test", FAIRVIEW_RULES=str(pack.parent))
    else:
        ended = fairview("rules", "test", str(pack if how == "file" else pack.parent))
    failure = f"{pack}:13: us_them.outsiders.own: should pass 'please another zonk, thanks' and finds 'zonk'\n"
    assert ended.code == code
    assert ended.out == (failure if code else "") + f"{len(detector.rules) + 1} rules, {code} problems\n"
    assert ended.err == ""


def test_a_refused_rule_is_told_with_its_line(fairview: Fairview, pack: Path) -> None:
    pack.write_text(RULE.replace("[zonk,", "[[{LOWER: null}],"), encoding="utf-8")
    ended = fairview("rules", "test", str(pack))
    assert ended.code == 1
    assert ended.out.startswith(f"{pack}:5: LOWER: nothing is neither text nor a whole number")


def test_a_missing_pack_is_one_clear_sentence(fairview: Fairview) -> None:
    assert (
        fairview("rules", "test", "nowhere.yaml").sentence == "There is no rule pack at nowhere.yaml. Check the path."
    )


def test_a_copy_of_ones_own_rules_is_tested_in_their_place(pack: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "own.yaml").write_text(pack.read_text(encoding="utf-8"), encoding="utf-8")
    stdout = io.StringIO()
    assert rules_test(draft / "own.yaml", pack, stdout=stdout) == 0, stdout.getvalue()


def test_one_file_of_the_folder_is_tested_with_the_words_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("zonk_word: [zonk]\n", encoding="utf-8")
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULE.replace("[zonk,", '["@zonk_word",').replace("{passed}", "nothing of it"), encoding="utf-8")
    assert rules_test(rules, None, stdout=io.StringIO()) == 1
    assert rules_test(rules, tmp_path, stdout=io.StringIO()) == 0
