"""`fairview migrate` and `fairview rotate-keys`."""

from datetime import UTC, datetime

import pytest
from cli_outcome import KEY, Fairview

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.migration import pending
from bot.store.tenants import author_key, ensure_tenant

NEW_KEY = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_migrate_brings_the_schema_up_to_date_and_again_changes_nothing(fairview: Fairview, database_url: str) -> None:
    assert fairview("migrate", DATABASE_URL=database_url).out == "The schema is now up to date.\n"
    assert fairview("migrate", DATABASE_URL=database_url).out == "The schema was up to date already.\n"
    store = Store(database_url)
    assert not pending(store)
    store.close()


def test_migrate_needs_no_other_setting_and_makes_the_default_file(fairview: Fairview) -> None:
    ended = fairview("migrate")
    assert (ended.code, ended.err) == (0, "")
    store = Store("sqlite:///fairview.db")
    assert not pending(store)
    store.close()


def test_rotated_keys_open_with_the_new_key_alone(fairview: Fairview) -> None:
    fairview("migrate")
    store = Store("sqlite:///fairview.db")
    with store.begin() as session:
        before = {tenant: ensure_tenant(store, session, SecretBox(KEY), tenant, NOW) for tenant in ("T1", "T2")}
    ended = fairview("rotate-keys", FAIRVIEW_SECRET_KEY=f"{NEW_KEY},{KEY}")
    assert ended.out == "Keys of 2 workspaces are under the newest key; the old one may go.\n"
    with store.read() as session:
        assert {tenant: author_key(session, SecretBox(NEW_KEY), tenant) for tenant in before} == before
        with pytest.raises(StoreError, match="does not fit"):
            author_key(session, SecretBox(KEY), "T1")
    store.close()


def test_rotating_with_nobody_installed_is_no_mistake(fairview: Fairview) -> None:
    fairview("migrate")
    ended = fairview("rotate-keys", FAIRVIEW_SECRET_KEY=KEY)
    assert ended.out == "Keys of 0 workspaces are under the newest key; the old one may go.\n"


def test_rotating_without_the_old_key_changes_nothing(fairview: Fairview) -> None:
    fairview("migrate")
    store = Store("sqlite:///fairview.db")
    with store.begin() as session:
        before = ensure_tenant(store, session, SecretBox(KEY), "T1", NOW)
    assert "does not fit this database" in fairview("rotate-keys", FAIRVIEW_SECRET_KEY=NEW_KEY).sentence
    with store.read() as session:
        assert author_key(session, SecretBox(KEY), "T1") == before
    store.close()
