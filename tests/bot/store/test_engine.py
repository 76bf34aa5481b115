from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.errors import SettingsError
from bot.store.engine import Store, database_url
from bot.store.tables import Heartbeat


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_is_spoken_with_psycopg(given: str) -> None:
    assert database_url(given).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("given", ["mysql://u@h/d", "nonsense", "", "sqlite+aiosqlite:///x"])
def test_another_database_is_refused_with_a_way_out(given: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as error:
        database_url(given)
    assert "sqlite:///fairview.db" in error.value.hint


def test_an_instant_comes_back_aware_in_utc(store: Store) -> None:
    given = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.begin() as session:
        session.add(Heartbeat(name="x", beat_at=given))
    with store.read() as session:
        kept = session.get_one(Heartbeat, "x").beat_at
    assert kept == given
    assert kept.tzinfo is UTC


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"), store.begin() as session:
        session.add(Heartbeat(name="x", beat_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_transaction_that_raises_leaves_nothing(store: Store, now: datetime) -> None:
    def fail() -> None:
        with store.begin() as session:
            session.add(Heartbeat(name="x", beat_at=now))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as session:
        assert session.get(Heartbeat, "x") is None


def test_sqlite_is_in_wal_mode_with_foreign_keys_and_erases_what_it_deletes(sqlite_store: Store) -> None:
    with sqlite_store.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


def test_an_error_hides_its_parameters(store: Store) -> None:
    with pytest.raises(Exception, match="hidden") as error, store.begin() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:word)"), {"word": "plantedword"})
    assert "plantedword" not in str(error.value)


def test_the_file_of_an_sqlite_store_is_where_it_was_asked_to_be(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.begin() as session:
        session.execute(text("CREATE TABLE t (x)"))
    store.close()
    assert (tmp_path / "a.db").exists()
