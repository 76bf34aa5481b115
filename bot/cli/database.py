"""`fairview migrate`, `fairview rotate-keys`, and opening the database for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bot.errors import StoreError
from bot.settings import Settings
from bot.store import migration
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tenants import rotate_keys as rotate


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Open the database with its schema as this version expects it; raises StoreError where that is not so."""
    store = Store(settings.database_url.get_secret_value())
    try:
        with migration.connection_errors():
            if migration.pending(store):
                raise StoreError("The database's schema is not the one this version needs.", "Run: fairview migrate")
            yield store
    finally:
        store.close()


def migrate(settings: Settings, stdout: TextIO) -> None:
    """Bring the schema to this version; doing it again changes nothing."""
    store = Store(settings.database_url.get_secret_value())
    try:
        changed = migration.pending(store)
        migration.migrate(store)
    finally:
        store.close()
    stdout.write("The schema is now up to date.\n" if changed else "The schema was up to date already.\n")


def rotate_keys(settings: Settings, stdout: TextIO) -> None:
    """Seal every workspace's key under the newest key in FAIRVIEW_SECRET_KEY."""
    settings.require("secret_key")
    box = SecretBox(settings.reveal("secret_key"))
    with open_store(settings) as store:
        count = rotate(store, box)
    stdout.write(
        f"Keys of {count} workspace{'' if count == 1 else 's'} are under the newest key; the old one may go.\n"
    )
