"""Alembic's environment: always on a connection Fairview hands over, never from a setting of its own."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

from bot.store import tables  # noqa: F401 (completes the metadata)
from bot.store.types import UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types into new revisions in words that last."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("run migrations with: fairview migrate")
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
