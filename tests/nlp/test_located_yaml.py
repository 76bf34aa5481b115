from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from nlp.located_yaml import DataError, read_document, read_documents, validate


class Team(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    seats: int
    lead: "Person | None" = None
    members: "list[Person]" = []


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(alias="called")
    on_call: bool = False
    shift: Literal["day", "night"] = "day"


def test_words_that_yaml_1_1_turns_into_booleans_stay_words() -> None:
    value = read_document("words: [no, on, yes, off, y]\nflags: [true, False]\n", "x.yaml").value
    assert value == {"words": ["no", "on", "yes", "off", "y"], "flags": [True, False]}


def test_numbers_nulls_and_texts_are_told_apart() -> None:
    value = read_document("[1, -2, 1.5, 1e3, ~, null, 012, 1_000, '7', 0x1f]", "x.yaml").value
    assert value == [1, -2, 1.5, 1000.0, None, None, 12, "1_000", "7", "0x1f"]


def test_every_value_knows_its_line() -> None:
    document = read_document("a:\n  - x\n  -\n    b: 1\n", "x.yaml")
    assert document.line(("a", 0)) == 2
    assert document.line(("a", 1, "b")) == 4
    assert document.line(("a", 1, "missing")) == 4
    assert document.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            "a: 1\nb: [1\n",
            3,
            "not YAML: did not find expected ',' or ']' while parsing a flow sequence, begun in line 2",
        ),
        ("a: 'open\nb: 1\n", 3, "while scanning a quoted scalar, begun in line 1"),
        ("a:\n\t- b\n", 2, "YAML is indented with spaces, never with tabs"),
        ("- id: x\n\ttitle: y\n", 2, "YAML is indented with spaces, never with tabs"),
        ("a: @team\n", 1, "put what begins with @ in quotes"),
        ("a: b: c\n", 1, "put text with a colon in quotes"),
        ("a:\n  b: " + "9" * 5000, 2, "a number of so many digits cannot be meant"),
        ("a: 1\na: 2\n", 2, "'a' stands here twice"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: 1\nb: !secret x\n", 2, "not allowed"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("[" * 50 + "]" * 50, 1, "nested deeper than 40"),
        ("a: \x00", 1, "not YAML"),
        ("a: 1\nb: \x07", 2, "not YAML"),
    ],
)
def test_an_error_says_file_line_and_what_is_wrong(text: str, line: int, says: str) -> None:
    with pytest.raises(DataError) as caught:
        read_documents(text, "pack.yaml")
    assert caught.value.problems[0].startswith(f"pack.yaml:{line}: ")
    assert says in caught.value.problems[0]


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(DataError, match=r"pack\.yaml:2: not UTF-8"):
        read_document(file)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text("a: " + "x" * 10_000_001, encoding="utf-8")
    with pytest.raises(DataError, match="larger than"):
        read_document(file)


def test_a_single_document_is_expected() -> None:
    with pytest.raises(DataError, match="found 2"):
        read_document("a: 1\n---\nb: 1\n", "x.yaml")
    assert [document.value for document in read_documents("a: 1\n---\nb: 1\n", "x.yaml")] == [{"a": 1}, {"b": 1}]


def test_validation_names_every_problem_with_its_line() -> None:
    document = read_document("- name: ops\n  seats: many\n  colour: red\n", "x.yaml")
    with pytest.raises(DataError) as caught:
        validate(Team, document, (0,))
    assert len(caught.value.problems) == 2
    assert caught.value.problems == [
        "x.yaml:2: seats: expected a whole number, found 'many'",
        "x.yaml:3: colour: unknown key; allowed: name, seats, lead, members",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seat: 1", "2: seat: unknown key; did you mean seats?; allowed: name, seats, lead, members"),
        ("lead:\n    name: x", "2: lead.called: missing; needed here: called"),
        ("members: [{called: 5}]", "2: members.0.called: expected text, found 5; put it in quotes"),
        ("members: [{called: [x]}]", "2: members.0.called: expected text, found a list"),
        ("members:\n    - called: x\n      on_call: no", "4: members.0.on_call: expected true or false, found 'no'"),
        ("members: [{called: x, shift: late}]", "2: members.0.shift: 'late' is not allowed; allowed: day, night"),
        ("members: {called: x}", "2: members: expected a list, found a mapping"),
        ("lead: true", "2: lead: expected a mapping of keys to values, found true"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words_with_what_is_allowed(text: str, problem: str) -> None:
    document = read_document(f"- name: ops\n  {text}\n  seats: 4\n", "x.yaml")
    with pytest.raises(DataError) as caught:
        validate(Team, document, (0,))
    assert f"x.yaml:{problem}" in caught.value.problems


def test_a_valid_part_comes_back_as_the_model() -> None:
    document = read_document("- name: ops\n  seats: 4\n", "x.yaml")
    assert validate(Team, document, (0,)) == Team(name="ops", seats=4)
