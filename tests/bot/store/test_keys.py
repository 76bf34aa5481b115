from datetime import datetime

import pytest
from cryptography.fernet import Fernet

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.keys import SecretBox, new_author_key, pseudonym
from bot.store.tables import Tenant
from bot.store.tenants import author_key, ensure_tenant, erase_tenant, list_tenants, rotate_keys

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_pseudonym_is_stable_and_differs_by_tenant_and_member() -> None:
    one, other = new_author_key(), new_author_key()
    assert pseudonym(one, "U1") == pseudonym(one, "U1")
    assert len({pseudonym(one, "U1"), pseudonym(one, "U2"), pseudonym(other, "U1")}) == 3
    assert len(pseudonym(one, "U1")) == 32


def test_rotation_keeps_pseudonyms_and_lets_the_old_key_go(store: Store, now: datetime) -> None:
    with store.begin() as session:
        key = ensure_tenant(store, session, SecretBox(OLD), "T1", now)
    assert rotate_keys(store, SecretBox(f"{NEW},{OLD}")) == 1
    with store.read() as session:
        assert author_key(session, SecretBox(NEW), "T1") == key
        with pytest.raises(StoreError, match="does not fit"):
            author_key(session, SecretBox(OLD), "T1")


def test_a_key_is_never_stored_in_the_clear(store: Store, now: datetime) -> None:
    with store.begin() as session:
        key = ensure_tenant(store, session, SecretBox(OLD), "T1", now)
        assert key not in session.get_one(Tenant, "T1").author_key


def test_erasing_a_tenant_leaves_the_others(store: Store, now: datetime) -> None:
    with store.begin() as session:
        ensure_tenant(store, session, SecretBox(OLD), "T1", now)
        ensure_tenant(store, session, SecretBox(OLD), "T2", now)
    erase_tenant(store, "T1")
    with store.read() as session:
        assert list_tenants(session) == ["T2"]
