import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.valuestreams.folding import acronyms, content, fold, key, singular, slug, stem


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Order-to-Delivery!", "order to delivery"),
        ("S.A.P.", "sap"),
        ("chip & pin", "chip and pin"),
        ("Café ＡＢＣ", "cafe abc"),
        ("What's up", "whats up"),
        ("snake_case", "snake case"),
        ("???", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("refunds", "refund"),
        ("deliveries", "delivery"),
        ("boxes", "box"),
        ("address", "address"),
        ("status", "status"),
        ("sms", "sms"),
        ("series", "sery"),
    ],
)
def test_plurals(word: str, one: str) -> None:
    assert singular(word) == one


def test_the_forms_of_a_verb_meet() -> None:
    assert {stem(word) for word in ["ship", "ships", "shipping", "shipped"]} == {"ship"}
    assert stem("training") == stem("trained") == "train"


def test_spaces_and_plurals_do_not_make_another_key() -> None:
    assert key(["work", "days"]) == key(["workday"])


def test_acronyms_with_and_without_small_words() -> None:
    assert acronyms(["order", "to", "delivery"]) == {"otd", "od"}
    assert acronyms(["refunds"]) == set()


def test_a_query_of_small_words_only_keeps_them() -> None:
    assert content(["the", "who"]) == ["the", "who"]
    assert content(["the", "till"]) == ["till"]


def test_slugs_are_ids() -> None:
    assert slug("Say it comes back!") == "say-it-comes-back"
    assert slug("???") == "stage"
