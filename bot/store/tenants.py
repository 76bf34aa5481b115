"""Installations: their rows, their keys, and their end."""

from datetime import datetime

from sqlalchemy import Table, delete
from sqlmodel import Session, SQLModel, col, select

from bot.store.engine import Store
from bot.store.keys import SecretBox, new_author_key
from bot.store.tables import Tenant


def ensure_tenant(store: Store, session: Session, box: SecretBox, tenant_id: str, now: datetime) -> bytes:
    """Return the key of the tenant's pseudonyms, creating the tenant where it is not known yet."""
    key = author_key(session, box, tenant_id)
    if key is None:
        row = {"tenant_id": tenant_id, "author_key": box.seal(new_author_key()), "created_at": now}
        store.add_if_absent(session, Tenant, row)
        key = author_key(session, box, tenant_id)
    if key is None:
        raise LookupError("tenant vanished while it was being created")
    return key


def author_key(session: Session, box: SecretBox, tenant_id: str) -> bytes | None:
    """Return the key of the tenant's pseudonyms, or None where Fairview knows no such tenant."""
    statement = select(Tenant.author_key).where(col(Tenant.tenant_id) == tenant_id)
    sealed = session.exec(statement).one_or_none()
    return None if sealed is None else box.open(sealed)


def list_tenants(session: Session) -> list[str]:
    """Return every tenant's id, oldest first."""
    return list(session.exec(select(Tenant.tenant_id).order_by(col(Tenant.created_at), col(Tenant.tenant_id))))


def check_keys(store: Store, box: SecretBox) -> None:
    """Raise StoreError where FAIRVIEW_SECRET_KEY does not open what the database holds."""
    with store.read() as session:
        for tenant_id in list_tenants(session):
            author_key(session, box, tenant_id)


def rotate_keys(store: Store, box: SecretBox) -> int:
    """Seal every tenant's key under the newest of the keys in FAIRVIEW_SECRET_KEY; return how many there are."""
    with store.begin() as session:
        tenants = session.exec(select(Tenant).with_for_update()).all()
        for tenant in tenants:
            tenant.author_key = box.reseal(tenant.author_key)
            session.add(tenant)
        return len(tenants)


def erase_tenant(store: Store, tenant_id: str) -> None:
    """Delete everything kept for a tenant, its key included, or nothing; for when Fairview is uninstalled."""
    with store.begin() as session:
        for table in reversed(_tenant_tables()):
            session.execute(delete(table).where(table.c.tenant_id == tenant_id))


def _tenant_tables() -> list[Table]:
    # Parents first, as foreign keys want it; every table that leads with a tenant, so a new one cannot be forgotten.
    return [table for table in SQLModel.metadata.sorted_tables if "tenant_id" in table.c]
