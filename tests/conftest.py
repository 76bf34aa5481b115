"""Fixtures every test may use: a real database of each kind, and an instant that never moves."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlmodel import SQLModel

from bot.store import tables  # noqa: F401 (completes the metadata)
from bot.store.engine import Store

POSTGRESQL = os.environ.get("FAIRVIEW_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


# A busy machine is no failure: examples are judged by what they show, not by how long they take to make.
settings.register_profile("fairview", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fairview")


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'fairview.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A database of its own on the PostgreSQL server; skipped where none answers, failed in CI."""
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL must answer in CI")
        pytest.skip("no PostgreSQL answers")
    name = f"fairview_{uuid.uuid4().hex}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield POSTGRESQL.rpartition("/")[0] + "/" + name
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _with_tables(url: str) -> Iterator[Store]:
    store = Store(url)
    SQLModel.metadata.create_all(store.engine)
    yield store
    store.close()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with every table, once on each kind of database."""
    yield from _with_tables(database_url)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    yield from _with_tables(sqlite_url)
