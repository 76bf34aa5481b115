from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from nlp.located_yaml import DataError, read_document, read_documents, validate


class Team(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    seats: int


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
        ("a: 1\nb: [1\n", 3, "not YAML"),
        ("a: 1\na: 2\n", 2, "'a' stands here twice"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: 1\nb: !secret x\n", 2, "not allowed"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("[" * 50 + "]" * 50, 1, "nested deeper than 40"),
        ("a: \x00", 1, "not YAML"),
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
    assert caught.value.problems[0].startswith("x.yaml:2: seats: ")
    assert caught.value.problems[1] == "x.yaml:3: colour: unknown key; remove it or check its spelling"


def test_a_valid_part_comes_back_as_the_model() -> None:
    document = read_document("- name: ops\n  seats: 4\n", "x.yaml")
    assert validate(Team, document, (0,)) == Team(name="ops", seats=4)
