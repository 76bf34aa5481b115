"""Regular expressions a rule may use."""

import re
import time

import pytest

from nlp.expressions import LONGEST_WORD, read_expression


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (r"^inc\d+$", "inc0012"),
        (r"^(?:re|un)?do(?:es|ing)?$", "redoing"),
        (r"^(ab)+$", "abab"),
        (r"^[a-z+*()|]+\S$", "a(b)"),
        (r"^\(\+\)\\?$", "(+)"),
        (r"^zo{2,4}nk$", "zooonk"),
        (r"[]a]", "]"),
    ],
)
def test_what_is_allowed(source: str, word: str) -> None:
    assert read_expression(source).search(word)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("(", "not a regular expression: missing )"),
        ("[a", "not a regular expression: unterminated character set"),
        ("a\\", "not a regular expression: bad escape"),
        ("*a", "not a regular expression: nothing to repeat"),
        ("a{99999999999}", "not a regular expression: the repetition number is too large"),
        ("[[a]b]", "not a regular expression: Possible nested set"),
        ("a(?i)", "not a regular expression: global flags"),
        ("^INC[0-9]+$", "in lower case"),
        ("(a+)+$", "a group that holds a repeat or a choice may not be repeated"),
        ("(a|a)*$", "a group that holds a repeat or a choice may not be repeated"),
        ("((a?)b)+", "a group that holds a repeat or a choice may not be repeated"),
        ("(?:a{1,9}){9}", "a group that holds a repeat or a choice may not be repeated"),
        (r"(a)\1", "may not be asked for again"),
        ("a*b+c*d+", "4 repeats; allowed: 3"),
        ("a" * 201, "longer than 200 characters"),
    ],
)
def test_what_is_refused_and_why(source: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read_expression(source)


@pytest.mark.parametrize("source", ["a*a*a*b", "a{0,40}a{0,40}a{0,40}b", "(a)+(a)+(a)+b", "(?:aa)+(?:aaa)+a+b"])
def test_the_worst_that_is_allowed_is_done_at_once(source: str) -> None:
    expression = read_expression(source)
    begun = time.process_time()
    assert expression.search("a" * LONGEST_WORD) is None
    assert time.process_time() - begun < 0.5
