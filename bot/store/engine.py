"""The database: one engine, and the two ways to use it."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import ColumnElement, Engine, create_engine, event, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel

from bot.errors import SettingsError

Insert = postgresql.Insert | sqlite.Insert

_BUSY_MILLISECONDS = 5_000
_CONNECT_SECONDS = 3


def database_url(text: str) -> URL:
    """Return ``text`` as a SQLAlchemy URL with psycopg for PostgreSQL; raises SettingsError for anything else than
    SQLite or PostgreSQL.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError("DATABASE_URL is not a database address.", _URL_HINT) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise SettingsError(f"DATABASE_URL names {url.drivername}, which Fairview does not speak.", _URL_HINT)
    return url


_URL_HINT = "Use sqlite:///fairview.db or postgresql://user:password@host/database."


class Store:
    """The one way to the tables: ``begin`` to change them, ``read`` to look.

    SQLite runs in WAL mode with foreign keys on, and takes its write lock when a transaction begins, so that two
    writers wait for one another instead of failing half-way. Writers of one process take turns before that: SQLite
    itself waits by naps of up to 100 ms, and lets whoever is lucky go first. Rows stay readable after the transaction.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.engine = _sqlite_engine(self.url) if self.url.drivername == "sqlite" else _postgresql_engine(self.url)
        self._writing: AbstractContextManager[Any] = threading.RLock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite, which has no row locks and needs none."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction that commits at the end of the block, or rolls back where the block raises."""
        with self._writing, Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.is_sqlite:
                session.connection(execution_options={"fairview_write": True})
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def insert(self, table: Any) -> Insert:
        """Return the dialect's INSERT, which knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def add_if_absent(self, session: Session, table: type[SQLModel], row: Mapping[str, Any]) -> bool:
        """Insert ``row`` unless one with its key (or another unique value) is there; return whether it was inserted."""
        one: ColumnElement[int] = literal_column("1")
        statement = self.insert(table).values(row).on_conflict_do_nothing().returning(one)
        return session.execute(statement).first() is not None

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "options": "-c timezone=utc"},
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", f"busy_timeout={_BUSY_MILLISECONDS}", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        # Deleted rows are overwritten, so that what was erased cannot be read from the file.
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        write = connection.get_execution_options().get("fairview_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
