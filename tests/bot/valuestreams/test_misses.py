from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.store.engine import Store
from bot.store.keys import pseudonym
from bot.store.tables import MissedLookup, MissedLookupAsker
from bot.valuestreams.misses import KEPT, forget_misses, record_miss

KEY = b"k" * 32
TENANT = "T0ONE"


def ask(store: Store, user_id: str, words: str, now: datetime, tenant_id: str = TENANT, key: bytes = KEY) -> None:
    with store.begin() as session:
        record_miss(store, session, tenant_id, key, user_id, words, now)


def missed(store: Store, tenant_id: str = TENANT) -> list[MissedLookup]:
    with store.read() as session:
        statement = select(MissedLookup).where(col(MissedLookup.tenant_id) == tenant_id)
        return list(session.exec(statement.order_by(col(MissedLookup.first_at))))


def everything(store: Store) -> str:
    with store.read() as session:
        rows = [*session.exec(select(MissedLookup)), *session.exec(select(MissedLookupAsker))]
        return " ".join(str(row.model_dump()) for row in rows)


def test_one_members_words_are_not_kept_however_often_they_ask(store: Store, now: datetime) -> None:
    for _ in range(3):
        ask(store, "U0ANN", "Zanzibar printer", now)
    (row,) = missed(store)
    assert row.words is None
    assert row.asked == 3
    assert "zanzibar" not in everything(store).lower()
    assert "U0ANN" not in everything(store)
    assert pseudonym(KEY, "U0ANN") in everything(store)


def test_the_words_are_kept_once_a_second_member_asks_the_same(store: Store, now: datetime) -> None:
    ask(store, "U0ANN", "Zanzibar  Printer?", now)
    ask(store, "U0BEN", "zanzibar printer", now + timedelta(days=3))
    (row,) = missed(store)
    assert (row.words, row.asked) == ("zanzibar printer", 2)
    assert (row.first_at, row.last_at) == (now, now + timedelta(days=3))


def test_the_digest_is_keyed_and_no_pseudonym(sqlite_store: Store, now: datetime) -> None:
    ask(sqlite_store, "U0ANN", "zanzibar", now)
    ask(sqlite_store, "U0BEN", "zanzibar", now, tenant_id="T0TWO", key=b"o" * 32)
    (one,), (two,) = missed(sqlite_store), missed(sqlite_store, "T0TWO")
    assert one.digest != two.digest
    assert one.digest != pseudonym(KEY, "zanzibar")


def test_two_members_of_two_workspaces_are_not_two_members(sqlite_store: Store, now: datetime) -> None:
    # The same key would be a fault elsewhere; even then the rows lead with the tenant.
    ask(sqlite_store, "U0ANN", "zanzibar", now)
    ask(sqlite_store, "U0BEN", "zanzibar", now, tenant_id="T0TWO")
    assert [row.words for row in missed(sqlite_store) + missed(sqlite_store, "T0TWO")] == [None, None]


@pytest.mark.parametrize("words", ["", "???", "   "])
def test_nothing_is_kept_of_nothing(sqlite_store: Store, now: datetime, words: str) -> None:
    ask(sqlite_store, "U0ANN", words, now)
    assert missed(sqlite_store) == []


def test_at_most_eighty_characters_are_kept(sqlite_store: Store, now: datetime) -> None:
    for user_id in ("U0ANN", "U0BEN"):
        ask(sqlite_store, user_id, "long word " * 20, now)
    (row,) = missed(sqlite_store)
    assert row.words is not None
    assert len(row.words) <= 80
    assert row.words.startswith("long word long")


def test_a_miss_is_kept_for_ninety_days(store: Store, now: datetime) -> None:
    for user_id in ("U0ANN", "U0BEN"):
        ask(store, user_id, "zanzibar", now)
    with store.begin() as session:
        assert forget_misses(session, now + KEPT) == 0
        assert forget_misses(session, now + KEPT + timedelta(seconds=1)) == 1
    assert everything(store) == "", "who asked goes with it"


def test_two_members_more_than_ninety_days_apart_are_not_two(sqlite_store: Store, now: datetime) -> None:
    ask(sqlite_store, "U0ANN", "zanzibar", now)
    ask(sqlite_store, "U0BEN", "zanzibar", now + timedelta(days=91))
    (row,) = missed(sqlite_store)
    assert row.words is None
    assert row.asked == 1
