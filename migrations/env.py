"""Alembic's environment: always on a connection Fairview hands over, never from a setting of its own."""

from alembic import context
from sqlmodel import SQLModel

from bot.store import tables  # noqa: F401 (completes the metadata)


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("run migrations with: fairview migrate")
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
