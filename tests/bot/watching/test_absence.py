from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlmodel import select

from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Gap
from bot.store.tenants import ensure_tenant
from bot.watching.absence import beat


def gaps(store: Store) -> list[tuple[str, str, datetime, datetime | None]]:
    with store.read() as session:
        return [(g.tenant_id, g.channel_id, g.started_at, g.ended_at) for g in session.exec(select(Gap))]


def test_only_a_silence_longer_than_slacks_retries_is_a_gap(store: Store, now: datetime) -> None:
    with store.begin() as session:
        ensure_tenant(store, session, SecretBox(Fernet.generate_key().decode()), "T1", now)
    beat(store, now)
    beat(store, now + timedelta(minutes=6))
    assert gaps(store) == []
    beat(store, now + timedelta(minutes=30))
    beat(store, now + timedelta(minutes=31))
    assert gaps(store) == [("T1", "", now + timedelta(minutes=6), now + timedelta(minutes=30))]


def test_a_clock_set_back_makes_no_gap(store: Store, now: datetime) -> None:
    beat(store, now)
    beat(store, now - timedelta(hours=1))
    beat(store, now + timedelta(minutes=1))
    assert gaps(store) == []
