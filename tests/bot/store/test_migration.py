import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from bot.errors import StoreError
from bot.store import migration
from bot.store.engine import Store
from bot.store.tables import Channel, MemberChoice, Nudge


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


def test_the_migrated_schema_is_the_models(empty: Store) -> None:
    assert migration.pending(empty)
    migration.migrate(empty)
    assert not migration.pending(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_checks_of_the_models_are_in_the_migrated_schema(empty: Store) -> None:
    # Autogenerate does not compare CHECK constraints, so they are compared here.
    migration.migrate(empty)
    inspector = inspect(empty.engine)
    for table in SQLModel.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint" and c.name}
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} >= wanted, table.name


def test_migrating_twice_and_at_once_changes_nothing(empty: Store) -> None:
    environment = {**os.environ, "DATABASE_URL": empty.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "bot", "migrate"]
    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert not migration.pending(empty)


def test_the_way_down_leaves_nothing(empty: Store) -> None:
    migration.migrate(empty)
    move(empty, downgrade, "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


OLD_ROWS = {
    "tenant": "'T1', '\\x6b', 'service', '2026-01-01 00:00:00+00:00'",
    "channel": "'T1', 'C1', 'infra', false, false, false, true, true, '2026-01-01 00:00:00+00:00', null",
    "message": "'T1', 'C1', '1790000000.000100', '1790000000.000100', false, 'ab', '2026-09-21 12:00:00+00:00', true",
    "messagefinding": "'T1', 'C1', '1790000000.000100', 0, 'us_them.test', 'us_them', 'outsiders'",
    "digestsubscription": "'T1', 'S1', 'C1', 'C1', 'U1', 'weekly', 0, '09:00:00', 'Europe/London', "
    "'2026-01-01 00:00:00+00:00', '2026-10-01 00:00:00+00:00', 'archived'",
    "digestrun": "'T1', 'R1', 'S1', '2026-09-28', '2026-09-28 08:00:00+00:00', 'delivered', null, 1, "
    """'2026-09-28 08:00:00+00:00', null, null, null, '{"text": "x"}', '1790000001.000100'""",
}
"""Of version 0001, parents first."""


@pytest.mark.parametrize("on_the_way", ["0001", "0002"])
def test_what_was_kept_survives(empty: Store, on_the_way: str) -> None:
    move(empty, upgrade, "0001")
    with empty.engine.begin() as connection:
        for table, values in OLD_ROWS.items():
            connection.execute(text(f"INSERT INTO {table} VALUES ({values})"))
    move(empty, upgrade, on_the_way)
    before = {table: rows(empty, table) for table in OLD_ROWS}
    migration.migrate(empty)
    for table, (kept,) in before.items():
        (row,) = rows(empty, table)
        assert row.items() >= kept.items(), table
    (subscription,) = rows(empty, "digestsubscription")
    assert (subscription["scope_kind"], subscription["scope_group"]) == ("channel", "")
    move(empty, downgrade, on_the_way)
    assert {table: rows(empty, table) for table in OLD_ROWS} == before


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def move(store: Store, command: Callable[..., None], revision: str) -> None:
    with store.engine.connect().execution_options(fairview_write=True) as connection:
        config = migration._config()
        config.attributes["connection"] = connection
        command(config, revision)
        connection.commit()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all/fairview.db"])
def test_an_unreachable_database_is_one_clear_sentence(url: str) -> None:
    store = Store(url)
    with pytest.raises(StoreError, match="cannot be reached or opened") as error:
        migration.migrate(store)
    assert "DATABASE_URL" in error.value.hint
    store.close()


def test_the_migrations_are_found_in_the_checkout() -> None:
    assert migration.migrations_folder() == Path(__file__).parents[3] / "migrations"


def test_what_the_first_schema_kept_is_kept_by_the_second(empty: Store) -> None:
    instant = "'2026-11-02 10:00:00'"
    with empty.engine.connect().execution_options(fairview_write=True) as connection:
        config = migration._config()
        config.attributes["connection"] = connection
        upgrade(config, "0001")
        for statement in (
            f"INSERT INTO channel VALUES ('T1', 'C1', 'infra', false, false, false, true, true, {instant}, 'service')",
            "INSERT INTO memberchoice (tenant_id, author, paused_until) VALUES ('T1', 'a', NULL)",
            (
                "INSERT INTO nudge (tenant_id, nudge_id, channel_id, ts, author, rule_id, label, state, created_at,"
                f" changed_at, answer) VALUES ('T1', 'n', 'C1', '1.1', 'a', 'r', 'us_them', 'sent', {instant},"
                f" {instant}, 'helpful')"
            ),
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
    migration.migrate(empty)
    with empty.read() as session:
        channel, nudge = session.get_one(Channel, ("T1", "C1")), session.get_one(Nudge, ("T1", "n"))
        assert (channel.stage, channel.introduced_at) == ("service", channel.watched_since), "it is no new channel"
        assert (nudge.thread_ts, nudge.rule_version, nudge.answer, nudge.became) == ("1.1", "", "helpful", None)
        assert session.get_one(MemberChoice, ("T1", "a")).praise is None
