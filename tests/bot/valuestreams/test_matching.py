from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.valuestreams.catalogue import Kind, Ref
from bot.valuestreams.index import CatalogueIndex
from bot.valuestreams.lookup import MAX_CHARACTERS, parse
from bot.valuestreams.matching import HIT, match_words
from nlp.located_yaml import read_document

QUERIES = read_document(Path(__file__).parent / "queries.yaml").value


def first(index: CatalogueIndex, text: str) -> str | None:
    found = match_words(index, parse(text).words)
    return f"{found[0].ref.kind}:{found[0].ref.entry_id}" if found else None


def test_the_right_entry_comes_first(index: CatalogueIndex) -> None:
    wrong = [(text, first(index, text)) for text, wanted in QUERIES["hits"] if first(index, text) != wanted]
    assert len(QUERIES["hits"]) >= 100
    assert len(wrong) <= 0.05 * len(QUERIES["hits"]), wrong


def test_what_nobody_recorded_misses(index: CatalogueIndex) -> None:
    found = [(text, first(index, text)) for text in QUERIES["misses"] if first(index, text)]
    assert len(QUERIES["misses"]) >= 40
    assert len(found) <= 0.05 * len(QUERIES["misses"]), found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Refunds", "matches its name"),
        ("refund", "matches its name"),
        ("crm", "matches the alias “CRM”"),
        ("OTD", "short for “Order to Delivery”"),
        ("refnuds", "close to “Refunds”"),
        ("ordr to delivery", "close to “Order to Delivery”"),
        ("is SAP broken again", "matches the alias “SAP”"),
        ("sap invoices", "you named “SAP”"),
        ("shop floors", "matches the alias “shop floor”"),
        ("password", "its description speaks of “password”"),
        ("replenish", "“replenish” in “Replenishment”"),
    ],
)
def test_a_match_says_why(index: CatalogueIndex, text: str, why: str) -> None:
    assert match_words(index, text)[0].why == why


def test_an_exact_name_leaves_no_doubt(index: CatalogueIndex) -> None:
    assert [match.ref for match in match_words(index, "Card Payments")] == [Ref(Kind.SERVICE, "card-payments")]


def test_an_unknown_word_beside_a_common_one_is_no_match(index: CatalogueIndex) -> None:
    assert match_words(index, "store")
    assert match_words(index, "store zeppelin harmonica") == []


def test_short_words_are_not_guessed_at(index: CatalogueIndex) -> None:
    assert match_words(index, "SPA") == []
    assert match_words(index, "CRN") == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=MAX_CHARACTERS))
def test_any_text_is_ranked_or_missed(index: CatalogueIndex, text: str) -> None:
    scores = [match.score for match in match_words(index, parse(text).words)]
    assert scores == sorted(scores, reverse=True)
    assert all(HIT <= score <= 100 for score in scores)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_name_and_alias_finds_its_entry_whatever_its_case(index: CatalogueIndex, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(index.entries))
    text = data.draw(st.sampled_from([entry.name, *entry.aliases]))
    turned = data.draw(st.sampled_from([text, text.upper(), f"  {text.lower()}?", text.replace(" ", "-")]))
    assert entry.ref in [match.ref for match in match_words(index, turned)]
