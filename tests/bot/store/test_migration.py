import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
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
    with empty.engine.connect().execution_options(fairview_write=True) as connection:
        config = migration._config()
        config.attributes["connection"] = connection
        downgrade(config, "base")
        connection.commit()
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


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
