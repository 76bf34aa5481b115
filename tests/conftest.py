"""Fixtures every test may use: a real database of each kind, and an instant that never moves."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, those of whole processes, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: "system" not in item.path.parts)


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'fairview.db'}"


@contextmanager
def _database() -> Iterator[str]:
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


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with _database() as url:
        yield url


@pytest.fixture(scope="session")
def _shared_postgresql() -> Iterator[Store]:
    with _database() as url:
        store = Store(url)
        SQLModel.metadata.create_all(store.engine)
        yield store
        store.close()


@pytest.fixture
def postgresql_tables_url(_shared_postgresql: Store) -> Iterator[str]:
    """A PostgreSQL database with every table, and nothing in them: made once, and emptied after each test."""
    yield _shared_postgresql.url.render_as_string(hide_password=False)
    with _shared_postgresql.engine.begin() as connection:
        connection.exec_driver_sql("SET lock_timeout = '10s'")  # else a test that left a transaction open hangs here
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table, to be copied: quicker than making them each time."""
    path = tmp_path_factory.mktemp("template") / "fairview.db"
    store = Store(f"sqlite:///{path}")
    SQLModel.metadata.create_all(store.engine)
    store.close()
    return path


@pytest.fixture
def fresh_sqlite_url(database_template: Path, tmp_path: Path) -> str:
    """An SQLite database with every table, and nothing in them."""
    shutil.copy(database_template, tmp_path / "fairview.db")
    return f"sqlite:///{tmp_path / 'fairview.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["fresh_sqlite_url", "postgresql_tables_url"], ids=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with every table, once on each kind of database."""
    with closing(Store(request.getfixturevalue(request.param))) as store:
        yield store


@pytest.fixture
def sqlite_store(fresh_sqlite_url: str) -> Iterator[Store]:
    """A store with every table, on SQLite."""
    with closing(Store(fresh_sqlite_url)) as store:
        yield store
