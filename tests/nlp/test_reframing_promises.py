"""The promises of every suggestion, held to on each labelled message that draws a line or shuts a door."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp import Detector
from nlp.reframing.offering import offers, samples

LABELLED = sorted((Path(__file__).parents[1] / "labelled").glob("*.jsonl"))
CUSTOMERS = (None, "people waiting for a refund", "R&D visitors")
SHUT = {"us_them", "process_barrier"}
MARKUP = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:)[^<>]*>|&(?:amp|lt|gt);")
REFERENCE = re.compile(r"<[@#!h][^>]*>|\b[A-Z]{2,8}-?\d{3,}\b")


def positives(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if SHUT & set(message["labels"]):
            yield message["text"]


@pytest.mark.parametrize("path", LABELLED, ids=lambda path: path.stem)
def test_a_suggestion_keeps_its_promises(detector: Detector, path: Path) -> None:
    for number, text in enumerate(positives(path)):
        customer = CUSTOMERS[number % len(CUSTOMERS)]
        said = detector.read(text, stage="one_business", customer=customer).suggestion
        if said is None:
            continue
        bare = MARKUP.sub("", said)
        assert said != text
        assert len(said.split()) <= len(text.split()) + 40, text
        assert not re.search(r"[<>&{}]", bare), said
        assert all(bare.count(mark) % 2 == 0 for mark in "*`"), said
        assert all(reference in said for reference in REFERENCE.findall(text)), said
        assert not SHUT & set(detector.read(said, stage="one_business").labels), said


def test_every_offer_has_only_blanks_that_can_be_filled() -> None:
    known = {"customer", "them", "thing", "when", "span", "due"}
    for strategy, told in offers().items():
        assert all(blanks <= known for _, blanks in told), strategy
        assert any(not blanks for _, blanks in told), strategy
        assert any(blanks == {"customer"} for _, blanks in told), strategy


def test_no_offer_is_itself_a_line_or_a_barrier(detector: Detector) -> None:
    for said in samples():
        assert not SHUT & set(detector.read(said, stage="one_business").labels), said
