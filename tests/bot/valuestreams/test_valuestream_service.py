from dataclasses import replace
from datetime import datetime
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from bot.errors import CommandError
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import EntryChannel, MissedLookup
from bot.valuestreams import service
from bot.valuestreams.catalogue import Catalogue, Kind, Ref
from bot.valuestreams.importing import import_catalogue
from bot.valuestreams.lookup import Empty, Found, Missed

TENANT = "T0ONE"
BOX = SecretBox("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
CHANNELS = {"erp": "C0ERP", "servicedesk": "C0DESK", "infrastructure": "C0INFRA"}


def look(
    store: Store, shelf: service.IndexShelf, text: str, now: datetime, tenant_id: str = TENANT, user_id: str = "U0ANN"
) -> service.Looked:
    return service.look_up_words(
        store, BOX, shelf, tenant_id=tenant_id, user_id=user_id, channel_id="D1", text=text, now=now
    )


def customer(store: Store, channel_id: str, tenant_id: str = TENANT) -> str | None:
    with store.read() as session:
        return service.customer_of_channel(session, tenant_id, channel_id)


def resolve(store: Store, channel_id: str, name: str, tenant_id: str = TENANT) -> int:
    with store.begin() as session:
        return service.resolve_channel_links(session, tenant_id, channel_id, name)


def test_a_channel_linked_to_a_stream_has_its_customer(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, CHANNELS, now)
    assert customer(store, "C0ERP") == "people waiting for a refund"
    assert customer(store, "C0INFRA") == "people waiting for their furniture"
    assert customer(store, "C0ELSE") is None
    assert customer(store, "C0ERP", "T0TWO") is None


def test_a_channel_of_two_streams_has_no_single_customer(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    claims, *others = sample.streams
    both = replace(sample, streams=(replace(claims, channels=(*claims.channels, "#servicedesk")), *others))
    import_catalogue(sqlite_store, TENANT, both, CHANNELS, now)
    assert customer(sqlite_store, "C0DESK") is None


def test_a_channel_of_a_service_or_team_alone_has_no_customer(
    sqlite_store: Store, sample: Catalogue, now: datetime
) -> None:
    streams = tuple(replace(stream, channels=()) for stream in sample.streams)
    import_catalogue(sqlite_store, TENANT, replace(sample, streams=streams), CHANNELS, now)
    assert customer(sqlite_store, "C0ERP") is None


def test_links_wait_for_a_channel_of_that_name_and_follow_it(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    assert customer(store, "C0ERP") is None
    assert resolve(store, "C0ERP", "erp") == 3, "stream, service and team"
    assert customer(store, "C0ERP") == "people waiting for a refund"
    assert resolve(store, "C0ERP", "erp") == 0
    assert resolve(store, "C0ERP", "erp-and-friends") == 3
    assert resolve(store, "C0NEW", "erp") == 0, "a new channel of the old name is another one"
    assert customer(store, "C0ERP") == "people waiting for a refund"
    with store.read() as session:
        names = {row.name for row in session.exec(select(EntryChannel)) if row.channel_id == "C0ERP"}
    assert names == {"erp-and-friends"}


def test_resolving_is_a_matter_of_one_tenant(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, {}, now)
    assert resolve(sqlite_store, "C0ERP", "erp", "T0TWO") == 0
    assert customer(sqlite_store, "C0ERP") is None


def test_a_lookup_sees_the_catalogue_as_it_is_now(store: Store, sample: Catalogue, now: datetime) -> None:
    shelf = service.IndexShelf()
    assert look(store, shelf, "refunds", now).outcome == Empty()
    import_catalogue(store, TENANT, sample, {}, now)
    assert isinstance(look(store, shelf, "refunds", now).outcome, Found)
    import_catalogue(store, TENANT, replace(sample, streams=sample.streams[1:]), {}, now)
    assert not isinstance(look(store, shelf, "money back", now).outcome, Found)
    resolve(store, "C0CLAIMS", "claims")
    outcome = look(store, shelf, "<#C0CLAIMS>", now).outcome
    assert isinstance(outcome, Found)


def test_the_index_is_built_once_a_version(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, {}, now)
    shelf = service.IndexShelf()
    with sqlite_store.read() as session:
        first = shelf.index(session, TENANT)
        assert shelf.index(session, TENANT) is first


def test_each_tenant_sees_only_its_own(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, CHANNELS, now)
    shelf = service.IndexShelf()
    assert isinstance(look(sqlite_store, shelf, "refunds", now).outcome, Found)
    assert look(sqlite_store, shelf, "refunds", now, tenant_id="T0TWO").outcome == Empty()
    looked = service.look_up_entry(sqlite_store, shelf, "T0TWO", "D1", Ref(Kind.STREAM, "refunds"))
    assert looked.catalogue.streams == ()


def test_a_miss_is_kept_and_a_hit_is_not(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, CHANNELS, now)
    shelf = service.IndexShelf()
    look(store, shelf, "refunds", now)
    for user_id in ("U0ANN", "U0BEN"):
        assert isinstance(look(store, shelf, "coffee machine <@U0SECRET>", now, user_id=user_id).outcome, Missed)
    look(store, shelf, "<@U0SECRET>", now)
    with store.read() as session:
        (row,) = session.exec(select(MissedLookup)).all()
    assert (row.words, row.asked) == ("coffee machine", 2)


def test_too_long_a_text_says_so_and_keeps_nothing(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, {}, now)
    with pytest.raises(CommandError, match="200 characters"):
        look(sqlite_store, service.IndexShelf(), "x" * 201, now)


def test_threads_share_one_shelf(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, {}, now)
    shelf = service.IndexShelf()
    start = Barrier(4)
    found: list[object] = []

    def run() -> None:
        start.wait()
        with sqlite_store.read() as session:
            found.append(shelf.index(session, TENANT))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(index) for index in found}) == 1
    assert len(found) == 4
