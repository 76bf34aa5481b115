"""Lists of words read from YAML, and what is said of those that are not well made."""

from typing import Any

import pytest

from nlp.located_yaml import read_document
from nlp.wordlists import WordLists, adopt, phrases_of


def lists_of(*texts: str) -> tuple[dict[str, list[str]], list[str]]:
    """The phrases of each concept, and the problems, of documents adopted one after the other."""
    lists: WordLists = {}
    problems: list[str] = []
    for number, text in enumerate(texts):
        problems += adopt([read_document(text, f"{number}.yaml")], lists)
    return phrases_of(lists), problems


@pytest.mark.parametrize(
    ("entry", "phrases"),
    [
        ("zonk", ["zonk"]),
        ("no", ["no"]),
        ("42", ["42"]),
        ("grand zonk", ["grand zonk"]),
        ("[zonk, blorp]", ["zonk", "blorp"]),
        ("{forms: log}", ["log", "logs", "logged", "logging"]),
        ("{nouns: [person, grand zonk]}", ["person", "people", "grand zonk", "grand zonks"]),
        ("{concept: base}", ["one", "two"]),
        ("{concept: [base]}", ["one", "two"]),
    ],
)
def test_kinds_of_entry(entry: str, phrases: list[str]) -> None:
    found, problems = lists_of("base: [one, two]\n", f"own:\n  - {entry}\n")
    assert (found["own"], problems) == (phrases, [])


def test_a_list_adds_to_one_that_is_there_and_to_those_that_hold_it() -> None:
    found, problems = lists_of("base: [one]\nall: [{concept: base}, three]\n", "base: [two]\n")
    assert found == {"base": ["one", "two"], "all": ["one", "two", "three"]}
    assert problems == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("own: word\n", 1, "own: expected a list of words and phrases, as own: [word, another phrase]; found 'word'"),
        ("own:\n", 1, "own: expected a list of words and phrases, as own: [word, another phrase]; found nothing"),
        ("own: []\n", 1, "own: the list is empty"),
        (
            "Our Words: [x]\n",
            1,
            "'Our Words' cannot be the name of a concept; allowed: lower-case letters, digits and _",
        ),
        ("own:\n  - a\n  - true\n", 3, "expected a word or phrase as text, {forms: verb}, {nouns: noun} or {concept:"),
        ("own:\n  - a\n  - true\n", 3, "found true; put it in quotes"),
        ("own: [1.5]\n", 1, "found 1.5; put it in quotes"),
        ("own: [~]\n", 1, "found nothing"),
        ("own: ['  ']\n", 1, "an entry of no words"),
        ("own: [[a, [b]]]\n", 1, "found a list"),
        (f"own: [{'x' * 101}]\n", 1, "is longer than 100 characters"),
        (
            "own:\n  - {verbs: go}\n",
            2,
            "a mapping of verbs is no entry; allowed: a word or phrase as text, {forms: verb}",
        ),
        ("own:\n  - {forms: go, nouns: x}\n", 2, "a mapping of forms, nouns is no entry; allowed"),
        ("own:\n  - {}\n", 2, "a mapping of nothing is no entry; allowed"),
        ("own: [{forms: []}]\n", 1, "found a list"),
        ("own: [{forms: true}]\n", 1, "found true; put it in quotes"),
        ("own: [{concept: bose}]\n", 1, "there is no concept 'bose'; did you mean base?"),
        ("own: [{concept: own}]\n", 1, "the concept 'own' would contain itself, by way of 'own'"),
        ("base: [{concept: all}]\n", 1, "the concept 'base' would contain itself, by way of 'all'"),
        (
            "rules:\n  - id: us_them.outsiders.own\n",
            2,
            "a rule stands in a list of rules, '- id: …', with no key above",
        ),
    ],
)
def test_an_error_says_where_and_what_is_allowed(text: str, line: int, says: str) -> None:
    found, problems = lists_of("base: [one]\nall: [{concept: base}]\n", text)
    (problem,) = problems
    assert problem.startswith(f"1.yaml:{line}: ")
    assert says in problem
    assert found["all"] == ["one"]


def test_what_is_wrong_costs_only_itself() -> None:
    found, problems = lists_of("own: [a, {verbs: go}, b]\nWrong: [x]\nother: [{concept: own}, {concept: nowhere}]\n")
    assert found == {"own": ["a", "b"], "other": ["a", "b"]}
    assert len(problems) == 3


def test_concepts_in_a_circle_end() -> None:
    found, problems = lists_of("a: [x, {concept: b}]\nb: [y, {concept: c}]\nc: [z, {concept: a}]\n")
    assert found == {"a": ["x", "y", "z"], "b": ["y", "z"], "c": ["z"]}
    assert problems == ["0.yaml:3: the concept 'c' would contain itself, by way of 'a'"]


def test_a_place_is_known_of_every_entry() -> None:
    lists: WordLists = {}
    adopt([read_document("own:\n  - [a, b]\n  - c\n", "x.yaml")], lists)
    places: list[Any] = [entry.problem("here") for entry in lists["own"]]
    assert places == ["x.yaml:2: here", "x.yaml:2: here", "x.yaml:3: here"]
