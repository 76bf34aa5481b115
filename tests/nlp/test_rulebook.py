"""The rules that ship and a workspace's own, put together."""

from pathlib import Path

import pytest

from nlp import Detector
from nlp.pipeline import Pipeline
from nlp.proof import failures
from nlp.rulebook import Rulebook, read_rulebook

RULE = """- id: us_them.outsiders.{name}
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns: ["{pattern}"]
  examples:
    flag: ["a <<zonk>> here"]
    pass: ["nothing of it"]
"""
SHIPPED = "us_them.business_as_other.named"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def rule(name: str = "own", pattern: str = "zonk", more: str = "") -> str:
    return RULE.format(name=name, pattern=pattern) + (f"  {more}\n" if more else "")


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def own_ids(book: Rulebook) -> list[str]:
    return [compiled.rule.id.rpartition(".")[2] for compiled in book.rules if compiled.rule.is_own]


# --- rules of one's own ---


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(rule("broken").replace("title", "titel"), id="a wrong key"),
        pytest.param(rule("broken").replace('["nothing of it"]', '["nothing of it"'), id="an open bracket"),
        pytest.param(rule("broken").replace("  title", "\ttitle"), id="a tab"),
        pytest.param(rule("broken").replace("A word of", "A word: of"), id="a colon"),
        pytest.param(rule("broken").replace("- id", "- &x id"), id="an anchor"),
        pytest.param(rule("broken", "@nowhere"), id="a concept nobody knows"),
    ],
)
def test_one_broken_rule_is_refused_alone(tmp_path: Path, pipeline: Pipeline, broken: str) -> None:
    book = read_rulebook([written(tmp_path, rules=rule("first") + broken + rule("last"))], pipeline)
    assert own_ids(book) == ["first", "last"]
    assert SHIPPED in {compiled.rule.id for compiled in book.rules}
    assert all(problem.startswith(f"{tmp_path / 'rules.yaml'}:") for problem in book.problems)
    lines = {int(problem.removeprefix(f"{tmp_path / 'rules.yaml'}:").partition(":")[0]) for problem in book.problems}
    assert lines
    assert lines <= set(range(8, 16))


def test_lines_are_right_behind_a_mistake(tmp_path: Path, pipeline: Pipeline) -> None:
    text = rule("first").replace('["nothing of it"]', '["nothing of it"') + rule("second", "@nowhere")
    file = written(tmp_path, rules=text) / "rules.yaml"
    first, second = read_rulebook([file], pipeline).problems
    assert first.startswith(f"{file}:8: not YAML")
    assert second.startswith(f"{file}:11: there is no concept 'nowhere'")


def test_an_id_is_taken_once(tmp_path: Path, pipeline: Pipeline) -> None:
    shipped = rule().replace("us_them.outsiders.own", SHIPPED)
    book = read_rulebook([written(tmp_path, a=rule() + rule(), b=shipped)], pipeline)
    file = tmp_path / "a.yaml"
    first, second = book.problems
    assert first == f"{file}:8: the id us_them.outsiders.own is taken by {file}:1; choose another name"
    assert second.startswith(f"{tmp_path / 'b.yaml'}:1: the id {SHIPPED} is taken by nlp/rules/us_and_them.yaml:")
    assert own_ids(book) == ["own"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("despite: rain", "despite: 'rain' cannot be disregarded; allowed: other_sense, reported"),
        ("despite: [outside_party, quoted]", "despite: 'quoted' cannot be disregarded; allowed: other_sense"),
        ("rewrite: colleges", "rewrite: 'colleges' is no way; did you mean colleagues?; allowed: "),
        ("manner: true", "patterns: a rule needs at least one, unless it is of the manner kind"),
    ],
)
def test_what_a_rule_may_not_ask_for(tmp_path: Path, pipeline: Pipeline, more: str, says: str) -> None:
    book = read_rulebook([written(tmp_path, rules=rule(more=more))], pipeline)
    assert own_ids(book) == []
    assert says in book.problems[0]


def test_only_rules_that_ship_speak_for_the_weights(tmp_path: Path, pipeline: Pipeline) -> None:
    text = rule(more="manner: true").replace('  patterns: ["zonk"]\n', "")
    book = read_rulebook([written(tmp_path, rules=text)], pipeline)
    assert "manner: only rules that ship may be of that kind; give patterns instead" in book.problems[0]
    assert own_ids(book) == []


def test_every_rule_knows_where_it_is_written(tmp_path: Path, detector: Detector) -> None:
    assert detector.rules[SHIPPED].place().startswith("nlp/rules/us_and_them.yaml:")
    assert not detector.rules[SHIPPED].is_own
    own = Detector([written(tmp_path, rules="# ours\n" + rule())]).rules["us_them.outsiders.own"]
    assert own.is_own
    assert own.place() == f"{tmp_path / 'rules.yaml'}:2"
    assert own.place("examples", "pass", 0) == f"{tmp_path / 'rules.yaml'}:8"


def test_an_example_that_does_not_hold_is_told_with_its_line(tmp_path: Path) -> None:
    flagged = '[\n      "a <<zonk>> here",\n      "<<a zonk>> here",\n      "> <<zonk>>"]'
    text = rule().replace('["a <<zonk>> here"]', flagged).replace("nothing of it", "another zonk")
    file = written(tmp_path, rules=text) / "rules.yaml"
    detector = Detector([file])
    assert list(failures(detector, [detector.rules["us_them.outsiders.own"]])) == [
        f"{file}:8: us_them.outsiders.own: should flag '<<a zonk>> here' and finds 'zonk'",
        f"{file}:9: us_them.outsiders.own: should flag '> <<zonk>>' and finds it excused as quoted",
        f"{file}:10: us_them.outsiders.own: should pass 'another zonk' and finds 'zonk'",
    ]


# --- words of one's own ---


def test_a_folder_holds_rules_and_words(tmp_path: Path) -> None:
    words = "zonk_word: [zonk, grand zonk]\nbusiness_word: [firm]\n"
    detector = Detector([written(tmp_path, words=words, rules=rule(pattern="the @zonk_word"))])
    assert detector.problems == ()
    assert [f.text for f in detector.read("behold the grand zonk").findings] == ["the grand zonk"]


def test_one_file_holds_both_as_two_documents(tmp_path: Path, pipeline: Pipeline) -> None:
    text = "zonk_word: [zonk]\n---\n" + rule(pattern="@zonk_word")
    book = read_rulebook([written(tmp_path, own=text) / "own.yaml"], pipeline)
    assert (own_ids(book), book.problems) == (["own"], ())


def test_words_join_the_concepts_that_ship(tmp_path: Path) -> None:
    words = "department: [Zorbas]\nit_team: [{nouns: [blorp]}]\nreal_customer_strict: [{nouns: [skipper]}]\n"
    detector = Detector([written(tmp_path, words=words, rules=rule(pattern="@team *2 @real_customer"))])
    for text in ("Zorbas and the skippers", "blorps for skippers", "finance for the patients"):
        assert detector.read(text).labels == ("us_them",), text
    assert detector.read("we are our internal client, Zorbas is our internal client").findings[-1].text == (
        "Zorbas is our internal client"
    )


def test_words_may_name_what_another_file_says_later(tmp_path: Path, pipeline: Pipeline) -> None:
    folder = written(tmp_path, a="everybody: [{concept: [zonk_word, team]}]\n", b="zonk_word: [zonk]\n")
    book = read_rulebook([folder], pipeline)
    assert book.problems == ()
    assert {("zonk",), ("finance",)} <= book.vocabulary.concepts["everybody"]


def test_a_wrong_word_costs_only_itself(tmp_path: Path) -> None:
    detector = Detector([written(tmp_path, words="zonk_word: [zonk, {verbs: go}]\n", rules=rule(pattern="@zonk_word"))])
    assert len(detector.problems) == 1
    assert detector.read("a zonk").labels == ("us_them",)


NAMES = ["AT&T", "R&D", "O'Brien's", "Zorba’s", "C++", "3M", "SAP S/4HANA", "Café Noir", "E.ON", "24/7", "no"]


@pytest.fixture(scope="module")
def knows_names(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    words = "zonk_word:\n" + "".join(f'  - "{name}"\n' for name in NAMES)
    return Detector([written(tmp_path_factory.mktemp("own"), words=words, rules=rule(pattern="the @zonk_word"))])


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found_as_people_and_slack_write_them(knows_names: Detector, name: str) -> None:
    assert knows_names.problems == ()
    for sent in (name, name.replace("&", "&amp;")):
        for text in (f"see the {sent} there", f"see the {sent}", f"I know the {sent.lower()} well"):
            assert [finding.rule for finding in knows_names.read(text).findings] == ["us_them.outsiders.own"], text


@pytest.mark.parametrize("name", ["Dr. Oetker", "Yahoo!", "*star*", "`code`"])
def test_a_name_that_its_marks_hide_is_told(tmp_path: Path, pipeline: Pipeline, name: str) -> None:
    book = read_rulebook([written(tmp_path, words=f'zonk_word:\n  - zonk\n  - "{name}"\n')], pipeline)
    (problem,) = book.problems
    assert problem.startswith(f"{tmp_path / 'words.yaml'}:3: '{name}' can never be found in a message")


def test_five_thousand_names_are_no_burden(tmp_path: Path, pipeline: Pipeline) -> None:
    names = "".join(f"  - Zonk {number} and Sons\n" for number in range(5000))
    book = read_rulebook([written(tmp_path, words=f"customer_name:\n{names}")], pipeline)
    assert len(book.vocabulary.concepts["customer_name"]) == 5000


# --- where they are ---


def test_a_missing_pack_is_an_error(tmp_path: Path, pipeline: Pipeline) -> None:
    with pytest.raises(FileNotFoundError):
        read_rulebook([tmp_path / "nowhere.yaml"], pipeline)
