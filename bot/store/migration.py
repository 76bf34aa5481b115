"""The schema's history: found wherever Fairview is installed, and run."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

import bot.store
from bot.errors import StoreError
from bot.store.engine import Store


def migrations_folder() -> Path:
    """Return the folder of migrations: inside an installed wheel, else at the top of the checkout.

    Raises StoreError where neither is there.
    """
    package = Path(bot.store.__file__).parent
    for folder in (package / "migrations", package.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise StoreError("The migrations are missing from this installation.", "Install Fairview again.")


def migrate(store: Store) -> None:
    """Bring the schema to the newest version; several processes may ask at once, one at a time does it.

    Raises StoreError where the database cannot be reached or used, or was made by a newer Fairview.
    """
    config = _config()
    with connection_errors(), store.engine.connect().execution_options(fairview_write=True) as connection:
        if not store.is_sqlite:
            # Released when the transaction ends. The number is Fairview's own, for this one purpose.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7254001)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def pending(store: Store) -> bool:
    """Say whether the schema is behind this version of Fairview; raises StoreError as ``migrate`` does."""
    scripts = ScriptDirectory.from_config(_config())
    with connection_errors(), store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None:
            scripts.get_revision(current)  # one that is not known here raises
        return current != scripts.get_current_head()


class connection_errors:  # noqa: N801 (reads as the context manager it is)
    """Turn a database that cannot be reached or used into a StoreError that says so and names no secret."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError):
            raise StoreError(
                "The database cannot be reached or opened.",
                "Check DATABASE_URL, that the server runs, and that the folder of an SQLite file exists and can be "
                "written.",
            ) from None
        if isinstance(error, ProgrammingError) or type(error) is DatabaseError:
            raise StoreError(
                "The database cannot be used.",
                "Check that DATABASE_URL names Fairview's own database, and that its user may make tables there.",
            ) from None
        if isinstance(error, CommandError):
            raise StoreError(
                "The database was made by a newer version of Fairview.",
                "Install that version, or give another DATABASE_URL.",
            ) from None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config
