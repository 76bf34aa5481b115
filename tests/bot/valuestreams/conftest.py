"""The sample catalogue, as read from its file, with its channels known."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import bot.valuestreams
from bot.valuestreams.catalogue import Catalogue, ChannelLink
from bot.valuestreams.catalogue_file import read_catalogue
from bot.valuestreams.index import CatalogueIndex

SAMPLE = Path(bot.valuestreams.__file__).parent / "samples" / "catalogue.yaml"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def sample_path() -> Path:
    return SAMPLE


@pytest.fixture(scope="session")
def sample() -> Catalogue:
    return read_catalogue(SAMPLE, TODAY)


@pytest.fixture(scope="session")
def linked_sample(sample: Catalogue) -> Catalogue:
    """Every channel known: #erp is C0ERP, #people-team is C0PEOPLETEAM."""
    entries = (*sample.streams, *sample.services, *sample.teams)
    links = [
        ChannelLink(entry.ref, given, "C0" + given[1:].upper().replace("-", ""), given[1:])
        for entry in entries
        for given in entry.channels
    ]
    return replace(sample, links=tuple(links))


@pytest.fixture(scope="session")
def index(linked_sample: Catalogue) -> CatalogueIndex:
    return CatalogueIndex(linked_sample)
