from pathlib import Path

import pytest

from nlp import Detector

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


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("[{LOWER: zonk}]", "a ZONK!", "ZONK"),
        ("[{NORM: zonk}]", "a zonk", "zonk"),
        ("[{TEXT: Zonk}]", "a zonk and a Zonk", "Zonk"),
        ("[{LOWER: {IN: [zonk, blorp]}}]", "a blorp", "blorp"),
        ("[{LOWER: {REGEX: '^zo+nk$'}}]", "a zoonk", "zoonk"),
        ("[{LOWER: zonk}, {LOWER: {NOT_IN: [not]}}]", "zonk it", "zonk it"),
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


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (rule(pattern="[{LOWER: true}]"), 5, "neither text nor a whole number"),
        (rule(pattern="[{LOWER: null}]"), 5, "neither text nor a whole number"),
        (rule(pattern="[{LOWER: 1.5}]"), 5, "neither text nor a whole number"),
        (rule(pattern="[{LOWERS: a}]"), 5, "allowed: LOWER"),
        (rule(pattern="[{LOWER: a, OP: '~'}]"), 5, "OP: '~' is not allowed; allowed: !"),
        (rule(pattern="[{concept: nowhere}]"), 5, "there is no concept 'nowhere'"),
        (rule(pattern='"@nowhere"'), 5, "there is no concept 'nowhere'"),
        (rule(pattern="[{LOWER: {REGEX: '('}}]"), 5, "not a regular expression"),
        (rule(pattern="[{OP: '?'}]"), 5, "at least one step that must stand there"),
        (rule(pattern="[[a]]"), 5, "a step is a mapping"),
        (rule().replace("title:", "titel:"), 1, "title: Field required"),
        (
            rule().replace("us_them.outsiders", "us_them.rude"),
            1,
            "not a subtype of us_them; allowed: business_as_other",
        ),
        (rule().replace("us_them.outsiders", "rude.words"), 1, "not a label; allowed: us_them"),
        (rule().replace("a <<zonk>> here", "a zonk here"), 7, "mark what is found"),
        (rule().replace('pass: ["nothing of it"]', "pass: []"), 8, "at least 1 item"),
        (rule() + "  mode: loud\n", 1, "mode: 'loud' is not allowed; allowed: nudge, count, shadow"),
        (rule() + "  from_stage: later\n", 1, "from_stage: 'later' is not allowed; allowed: service"),
        (rule() + "  despite: rain\n", 9, "'rain' is no excuse; allowed:"),
        ("nonsense\n", 1, "a rule pack is a list of rules"),
        ("- [\n", 2, "not YAML"),
        ("own:\n  - {verbs: go}\n", 2, "{forms: verb}"),
        ("own: word\n", 1, "expected a list of words"),
    ],
)
def test_an_error_says_where_and_what_is_allowed(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = pack(tmp_path, text)
    problems = Detector([file]).problems
    assert any(problem.startswith(f"{file}:{line}: ") for problem in problems), problems
    assert any(says in problem for problem in problems), problems


def test_a_rule_without_both_kinds_of_example_does_not_load(tmp_path: Path) -> None:
    text = rule().split("    pass:")[0]
    detector = Detector([pack(tmp_path, text)])
    assert "us_them.outsiders.own" not in detector.rules
    assert any("pass" in problem for problem in detector.problems)


def test_one_broken_rule_is_refused_alone(tmp_path: Path) -> None:
    detector = Detector([pack(tmp_path, rule("broken", "[{LOWER: null}]") + rule("whole"))])
    assert "us_them.outsiders.whole" in detector.rules
    assert "us_them.outsiders.broken" not in detector.rules
    assert len(detector.problems) == 1
    assert "us_them.business_as_other.named" in detector.rules


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    detector = Detector([pack(tmp_path, rule() + rule())])
    assert len(detector.problems) == 1
    assert "is taken" in detector.problems[0]


def test_a_folder_holds_rules_and_vocabulary(tmp_path: Path) -> None:
    pack(tmp_path, "zonk_word: [zonk, grand zonk]\nbusiness_word: [firm]\n", "words.yaml")
    pack(tmp_path, rule(pattern='"the @zonk_word"', flag="<<the grand zonk>> is here"), "rules.yaml")
    detector = Detector([tmp_path])
    assert detector.problems == ()
    assert [f.text for f in detector.read("behold the grand zonk").findings] == ["the grand zonk"]


def test_a_wrong_word_costs_only_itself(tmp_path: Path) -> None:
    pack(tmp_path, "zonk_word: [zonk, {verbs: go}]\n", "words.yaml")
    pack(tmp_path, rule(pattern='"@zonk_word"'), "rules.yaml")
    detector = Detector([tmp_path])
    assert len(detector.problems) == 1
    assert detector.read("a zonk").labels == ("us_them",)


def test_a_missing_pack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Detector([tmp_path / "nowhere.yaml"])


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
