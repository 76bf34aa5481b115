from pathlib import Path

import pytest

from nlp import Detector
from nlp.pipeline import Pipeline
from nlp.rulebook import Rulebook, read_rulebook

RULE = """- id: us_them.outsiders.{name}
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns:
    - {pattern}
  examples:
    flag: ["{flag}"]
    pass: ["nothing of it"]
"""


def pack(tmp_path: Path, text: str, name: str = "own.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def rule(name: str = "own", pattern: str = '"zonk"', flag: str = "a <<zonk>> here") -> str:
    return RULE.format(name=name, pattern=pattern, flag=flag)


def test_a_workspace_adds_rules_of_its_own(tmp_path: Path) -> None:
    detector = Detector([pack(tmp_path, rule())])
    assert detector.problems == ()
    assert detector.read("what a zonk").labels == ("us_them",)
    assert Detector().read("what a zonk").labels == ()


def book(file: Path) -> Rulebook:
    """The rules alone, without what else a detector loads."""
    return read_rulebook([file], Pipeline())


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("[{LOWER: zonk}]", "a ZONK!", "ZONK"),
        ("[{NORM: zonk}]", "a zonk", "zonk"),
        ("[{TEXT: Zonk}]", "a zonk and a Zonk", "Zonk"),
        ("[{LOWER: {IN: [zonk, blorp]}}]", "a blorp", "blorp"),
        ("[{LOWER: {REGEX: '^zo+nk$'}}]", "a zoonk", "zoonk"),
        ("[{LOWER: zonk}, {LOWER: {NOT_IN: [not]}}]", "zonk it", "zonk it"),
        ("[{LOWER: {IN: [zonk, blorp]}, IS_TITLE: true}]", "zonk Blorp", "Blorp"),
        ("[{LOWER: zonk’s}]", "a zonk's here", "zonk's"),
        ("z&k", "our Z&amp;K here", "Z&amp;K"),
        ("[{forms: zonk}, {OP: '?'}, {LOWER: blorp}]", "they zonked a blorp", "zonked a blorp"),
        ("[{nouns: zonk}]", "two zonks", "zonks"),
        ("[{LOWER: zonk}, {OP: '{0,2}'}, {LOWER: blorp}]", "zonk one two blorp", "zonk one two blorp"),
        ("[{LOWER: zonk, IS_TITLE: true}]", "zonk and Zonk", "Zonk"),
        ("[{LOWER: zonk}, {LIKE_NUM: true, OP: '+'}]", "zonk 1 2", "zonk 1 2"),
        ("[{LOWER: zonk}, {LOWER: 'no', OP: '!'}]", "zonk no, zonk yes", "zonk yes"),
        ("[{LOWER: no}, {LOWER: zonk}]", "no zonk", "no zonk"),
        ('"zonk *2 blorp?"', "zonk a blorp", "zonk a blorp"),
        ('"~zonk|@ticket off"', "zonking off", "zonking off"),
    ],
)
def test_patterns_in_the_syntax_of_the_matcher(tmp_path: Path, pattern: str, text: str, found: str) -> None:
    detector = Detector([pack(tmp_path, rule(pattern=pattern))])
    assert detector.problems == ()
    assert found in [finding.text for finding in detector.read(text).findings]


def with_line(line: str) -> str:
    return f"{rule()}  {line}\n"


def without(start: str) -> str:
    return "".join(line for line in rule().splitlines(keepends=True) if not line.lstrip(" -").startswith(start))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        # what a rule is made of
        (rule().replace("title:", "titel:"), 2, "titel: unknown key; did you mean title?; allowed: id, title, why"),
        (rule().replace("title:", "titel:"), 1, "title: missing; needed here: id, title, why, examples"),
        (
            rule().replace("pass:", "passes:"),
            8,
            "examples.passes: unknown key; did you mean pass?; allowed: flag",
        ),
        (with_line("stage: service"), 9, "stage: unknown key; allowed: id, title, why, from_stage"),
        (rule().replace("A word of our own", "5"), 2, "title: expected text, found 5; put it in quotes"),
        (rule().replace("A word of our own", "x" * 121), 2, "title: must have at most 120 characters"),
        ("- zonk\n", 1, "expected a mapping of keys to values, found 'zonk'"),
        # its id
        (rule().replace("us_them.outsiders", "rude.words"), 1, "'rude' is not a label; allowed: us_them"),
        (
            rule().replace("us_them.outsiders", "us_them.rude"),
            1,
            "not a subtype of us_them; allowed: business_as_other",
        ),
        (rule("our-own"), 1, "'our-own' is not a name; allowed: lower-case letters, digits and _"),
        (rule("x" * 100), 1, "id: must have at most 100 characters"),
        (rule().replace("us_them.outsiders.own", "5"), 1, "id: expected text, found 5; put it in quotes"),
        # its mode and the like
        (with_line("mode: loud"), 9, "mode: 'loud' is not allowed; allowed: nudge, count, shadow"),
        (with_line("mode: no"), 9, "mode: 'no' is not allowed; allowed: nudge, count, shadow"),
        (with_line("from_stage: later"), 9, "from_stage: 'later' is not allowed; allowed: service, partnership"),
        (with_line("confidence: high"), 9, "confidence: expected a number, found 'high'"),
        (with_line("confidence: 2"), 9, "confidence: must be less than or equal to 1"),
        (with_line("certain: yes"), 9, "certain: expected true or false, found 'yes'"),
        (
            with_line("mode: nudge").replace("us_them.outsiders", "shared_purpose.outcome"),
            1,
            "mode: only us_them and process_barrier nudge; allowed for shared_purpose: count, shadow",
        ),
        # its patterns
        (rule(pattern="5"), 5, "or a list of steps; found 5; put it in quotes"),
        (rule(pattern="true"), 5, "or a list of steps; found true; put it in quotes"),
        (rule(pattern=""), 5, "or a list of steps; found nothing"),
        (rule(pattern='"  "'), 5, "a pattern has 1 to 40 steps, this one 0"),
        (rule(pattern=f'"{"zonk " * 41}"'), 5, "a pattern has 1 to 40 steps, this one 41"),
        (rule().replace('\n    - "zonk"', " zonk"), 4, "patterns: expected a list, found 'zonk'"),
        (without("patterns").replace('    - "zonk"\n', ""), 1, "patterns: a rule needs at least one"),
        (rule(pattern='"@departement"'), 5, "there is no concept 'departement'; did you mean department?"),
        (rule(pattern='"@nowhere"'), 5, "there is no concept 'nowhere'; a vocabulary makes one: nowhere: [word"),
        (rule(pattern="[{concept: nowhere}]"), 5, "there is no concept 'nowhere'"),
        (rule(pattern='"zonk *99 blorp"'), 5, "'*99': a gap is written *1 to *12"),
        (rule(pattern='"zonk * blorp"'), 5, "'*': a gap is written *1 to *12"),
        (rule(pattern=f'"zonk *{"9" * 5000} blorp"'), 5, "a gap is written *1 to *12"),
        (rule(pattern='"zonk|"'), 5, "'zonk|': nothing stands beside |, or behind @ or ~"),
        (rule(pattern='"@ zonk"'), 5, "'@': nothing stands beside |, or behind @ or ~"),
        # its steps
        (rule(pattern="[[a]]"), 5, "a step is text, or a mapping such as {LOWER: word}; found a list"),
        (rule(pattern="[{LOWER: true}]"), 5, "LOWER: true is neither text nor a whole number; put a word in quotes"),
        (rule(pattern="[{LOWER: null}]"), 5, "LOWER: nothing is neither text nor a whole number"),
        (rule(pattern="[{LOWER: 1.5}]"), 5, "LOWER: 1.5 is neither text nor a whole number"),
        (rule(pattern="[{LOWER: ' '}]"), 5, "a step of no words"),
        (rule(pattern="[{LOWER: {IN: zonk}}]"), 5, "LOWER: expected a list of texts, found 'zonk'"),
        (rule(pattern="[{LOWER: {FUZZY: a}}]"), 5, "LOWER: expected text, {IN: [texts]}, {NOT_IN: [texts]} or {REGEX:"),
        (rule(pattern="[{LOWERS: a}]"), 5, "did you mean LOWER or IS_LOWER?; allowed: LOWER"),
        (rule(pattern="[{concept: team, IS_TITLE: true}]"), 5, "concept stands in a step of its own, or with OP alone"),
        (rule(pattern="[{LOWER: a, IS_TITLE: yes}]"), 5, "IS_TITLE: expected true or false, found 'yes'"),
        (rule(pattern="[{LOWER: a, OP: '~'}]"), 5, "OP: '~' is not allowed; allowed: !"),
        (rule(pattern="[{LOWER: a, OP: [1]}]"), 5, "OP: a list is not allowed; allowed: !"),
        (rule(pattern="[{LOWER: a}, {OP: '{0,99}'}]"), 5, "OP: '{0,99}': at most 12, the smaller number first"),
        (rule(pattern="[{OP: '?'}]"), 5, "at least one step that must stand there"),
        (rule(pattern="[{LOWER: a, OP: '!'}]"), 5, "at least one step that must stand there"),
        (rule(pattern="[{LOWER: {REGEX: '('}}]"), 5, "REGEX '(': not a regular expression: missing )"),
        (
            rule(pattern="[{LOWER: {REGEX: '(a+)+$'}}]"),
            5,
            "REGEX '(a+)+$': a group that holds a repeat or a choice may not",
        ),
        (rule(pattern="[{LOWER: {REGEX: 5}}]"), 5, "REGEX: expected text, found 5; put it in quotes"),
        # its conditions
        (with_line("requires: please"), 9, "requires: expected a list, found 'please'"),
        (with_line("requires: [{in: page, any: [x]}]"), 9, "requires.0.in: 'page' is not allowed; allowed: sentence"),
        (with_line("unless: [{in: message}]"), 9, "unless.0.any: missing"),
        (with_line("unless:\n    - maybe\n    - '@nope'"), 11, "there is no concept 'nope'"),
        # its examples
        (rule().split("  examples")[0], 1, "examples: missing"),
        (without("pass:"), 6, "examples.pass: missing; needed here: flag, pass"),
        (without("flag:"), 6, "examples.flag: missing; needed here: flag, pass"),
        (rule().replace('["nothing of it"]', "[]"), 8, "examples.pass: must have at least 1 item"),
        (rule(flag="a zonk here"), 7, "mark what is found with << and >>, once: 'a zonk here'"),
        (rule(flag="<<a>> <<zonk>> here"), 7, "mark what is found with << and >>, once"),
        (rule().replace("nothing of it", "<<nothing>>"), 8, "an example to pass marks nothing"),
    ],
)
def test_an_error_says_where_and_what_is_allowed(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = pack(tmp_path, text)
    problems = book(file).problems
    assert any(problem.startswith(f"{file}:{line}: ") and says in problem for problem in problems), problems


def test_a_rule_without_both_kinds_of_example_does_not_load(tmp_path: Path) -> None:
    text = rule().split("    pass:")[0]
    detector = Detector([pack(tmp_path, text)])
    assert "us_them.outsiders.own" not in detector.rules
    assert any("pass" in problem for problem in detector.problems)


@pytest.mark.parametrize(("mode", "labels", "nudge"), [("nudge", 1, 1), ("count", 1, 0), ("shadow", 0, 0)])
def test_the_mode_decides_what_is_done(tmp_path: Path, mode: str, labels: int, nudge: int) -> None:
    detector = Detector([pack(tmp_path, rule() + f"  mode: {mode}\n")])
    reading = detector.read("a zonk", stage="one_business")
    assert (len(reading.labels), len(reading.nudge)) == (labels, nudge)
    assert [finding.mode for finding in reading.findings] == [mode]
    assert len(reading.as_json()["findings"]) == (0 if mode == "shadow" else 1)
    assert len(reading.as_json(shadow=True)["findings"]) == 1


def test_conditions_look_where_they_are_told(tmp_path: Path) -> None:
    conditions = "  requires:\n    - in: message\n      any: [please]\n  unless:\n    - maybe\n"
    detector = Detector([pack(tmp_path, rule() + conditions)])
    assert detector.read("a zonk").labels == ()
    assert detector.read("please. a zonk").labels == ("us_them",)
    assert detector.read("please. maybe a zonk").labels == ()
    assert detector.read("please, maybe. a zonk").labels == ("us_them",)


def test_an_excuse_can_be_waived(tmp_path: Path) -> None:
    text = "the vendor sent a zonk"
    assert Detector([pack(tmp_path, rule())]).read(text).labels == ()
    assert Detector([pack(tmp_path, rule() + "  despite: outside_party\n")]).read(text).labels == ("us_them",)


def test_the_version_changes_with_what_the_rule_says(tmp_path: Path) -> None:
    first = Detector([pack(tmp_path, rule())]).rules["us_them.outsiders.own"].version
    again = Detector([pack(tmp_path, rule())]).rules["us_them.outsiders.own"].version
    other = Detector([pack(tmp_path, rule(pattern='"zonk|zink"'))]).rules["us_them.outsiders.own"].version
    assert first == again != other


def test_a_long_chain_of_wildcards_takes_no_time(tmp_path: Path) -> None:
    gaps = ", ".join("{OP: '{0,12}'}" for _ in range(12))
    detector = Detector([pack(tmp_path, rule(pattern=f"[{{LOWER: zonk}}, {gaps}, {{LOWER: blorp}}]"))])
    assert detector.read("zonk " * 150).labels == ()
