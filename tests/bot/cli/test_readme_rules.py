"""The README's example of words and rules of one's own, as it stands there, at work."""

import re
from pathlib import Path

import pytest
from cli_outcome import Fairview

from nlp.pipeline import Pipeline
from nlp.rulebook import read_rulebook

README = Path(__file__).parents[3] / "README.md"
RULE = "process_barrier.no_ticket_no_help.berth_form"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The files that the README shows."""
    section = README.read_text(encoding="utf-8").partition("## Your own words and rules\n")[2].partition("\n## ")[0]
    folder = tmp_path / "rules"
    folder.mkdir()
    for block in re.findall(r"^```yaml\n(.+?)^```", section, re.DOTALL | re.MULTILINE):
        name = re.match(r"# (\w+\.yaml)\n", block)
        assert name, block
        (folder / name[1]).write_text(block, encoding="utf-8")
    assert sorted(file.name for file in folder.iterdir()) == ["rules.yaml", "words.yaml"]
    return folder


def test_every_word_and_rule_is_accepted(own: Path) -> None:
    pipeline = Pipeline()
    shipped, book = read_rulebook([], pipeline), read_rulebook([own], pipeline)
    assert book.problems == ()
    assert set(book.vocabulary.concepts) - set(shipped.vocabulary.concepts) == {"berth_form"}
    for concept, phrase in (
        ("department", ("berth", "offices")),
        ("it_team", ("lighthouse",)),
        ("outside_party", ("acme", "towage")),
        ("real_customer", ("skippers",)),
    ):
        assert phrase in book.vocabulary.concepts[concept]
        assert phrase not in shipped.vocabulary.concepts[concept]


def test_its_examples_hold(fairview: Fairview, own: Path) -> None:
    ended = fairview("rules", "test", FAIRVIEW_RULES=str(own))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("rules, 0 problems\n")


@pytest.mark.parametrize("text", ["so no form 27, no berth", "Kindly filling in the B-27 before anything"])
def test_it_is_on_trial_and_then_works(fairview: Fairview, own: Path, text: str) -> None:
    tried = fairview("check", text, "--shadow", FAIRVIEW_RULES=str(own)).out
    assert f"({RULE})" in tried
    assert "on trial" in tried
    rules = own / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("  mode: shadow\n", ""), encoding="utf-8")
    said = fairview("check", text, FAIRVIEW_RULES=str(own)).out
    assert "counted, and nudged" in said
    assert "form together, so that nothing gets lost?" in said
    assert fairview("check", f"{text}, happy to help.", FAIRVIEW_RULES=str(own)).out.count("counted, and nudged") == 0
