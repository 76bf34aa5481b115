from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, func
from sqlmodel import SQLModel, select

from bot.store.engine import Store
from bot.store.tables import CatalogueState, Channel, EntryChannel, ValueStream
from bot.valuestreams.catalogue import Catalogue, Kind, Ref, Service, Stage, Stream
from bot.valuestreams.catalogue_rows import read_catalogue
from bot.valuestreams.importing import What, compare, import_catalogue, preview_import

TENANT = "T0ONE"


def stored(store: Store, tenant_id: str = TENANT) -> Catalogue:
    with store.read() as session:
        return read_catalogue(session, tenant_id)


def version(store: Store, tenant_id: str = TENANT) -> int:
    with store.read() as session:
        state = session.get(CatalogueState, tenant_id)
    return state.version if state else 0


def rows(store: Store) -> int:
    with store.read() as session:
        counts = [
            session.exec(select(func.count()).select_from(table)).one() for table in SQLModel.metadata.sorted_tables
        ]
    return sum(counts)


@contextmanager
def writes(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"} and "cataloguestate" not in statement:
            seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def test_an_imported_catalogue_is_read_back_the_same(store: Store, sample: Catalogue, now: datetime) -> None:
    imported = import_catalogue(store, TENANT, sample, {}, now)
    assert imported.difference.count(Kind.STREAM, What.ADDED) == 5
    again = compare(stored(store), sample)
    assert again.changes == ()
    assert again.about == ()
    assert sum(again.unchanged.values()) == sum(1 for _ in sample.entries())


def test_importing_the_same_again_writes_nothing(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    with writes(store) as seen:
        imported = import_catalogue(store, TENANT, sample, {}, now)
    assert imported.difference.changes == ()
    assert seen == []
    assert version(store) == 1


def edited(sample: Catalogue) -> Catalogue:
    """Refunds lose their first stage and get a new owner; one service is renamed, one removed, one added."""
    refunds = next(stream for stream in sample.streams if stream.stream_id == "refunds")
    fewer = replace(refunds, stages=refunds.stages[1:], customer="people owed money")
    streams = tuple(fewer if stream is refunds else stream for stream in sample.streams)
    services = [service for service in sample.services if service.service_id != "data-archive"]
    services = [replace(s, name="The ERP", aliases=s.aliases[::-1]) if s.service_id == "erp" else s for s in services]
    return replace(sample, streams=streams, services=(*services, Service("new", "Brand New")))


def test_a_changed_catalogue_changes_only_what_changed(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    with writes(store) as seen:
        imported = import_catalogue(store, TENANT, edited(sample), {}, now)
    by_ref = {change.ref: change for change in imported.difference.changes}
    assert by_ref[Ref(Kind.STREAM, "refunds")].fields == ("customer",)
    assert by_ref[Ref(Kind.SERVICE, "erp")].fields == ("name", "aliases")
    assert by_ref[Ref(Kind.SERVICE, "data-archive")].what is What.REMOVED
    assert by_ref[Ref(Kind.SERVICE, "new")].what is What.ADDED
    assert by_ref[Ref(Kind.STAGE, "refunds/say-it-comes-back")].what is What.REMOVED
    assert len(by_ref) == 5, "a stage that only moved up is not a changed one"
    assert imported.difference.unchanged[Kind.STREAM] == 4
    assert not any("stagefigure" in statement and "INSERT" in statement for statement in seen)
    assert compare(stored(store), edited(sample)).changes == ()
    assert version(store) == 2


def test_another_order_of_stages_is_a_change_of_the_stream(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    first, *others = sample.streams
    turned = replace(sample, streams=(replace(first, stages=first.stages[::-1]), *others))
    imported = import_catalogue(store, TENANT, turned, {}, now)
    (change,) = imported.difference.changes
    assert (change.ref, change.fields) == (first.ref, ("order of stages",))
    assert stored(store).streams_by_id[first.stream_id].stages == first.stages[::-1]


def test_a_preview_says_the_same_and_writes_nothing(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    before = rows(store)
    with writes(store) as seen:
        preview = preview_import(store, TENANT, edited(sample), {})
    assert seen == []
    assert rows(store) == before
    assert preview == import_catalogue(store, TENANT, edited(sample), {}, now)


def test_a_failure_half_way_leaves_everything_as_it_was(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    # Past every check a file goes through: a stage that names a service nobody has breaks the foreign key.
    broken = replace(edited(sample), teams=(), streams=(*sample.streams, dangling()))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        import_catalogue(store, TENANT, broken, {}, now)
    assert compare(stored(store), sample).changes == ()
    assert version(store) == 1


def dangling() -> Stream:
    return Stream("x", "X", "people", stages=(Stage("x/y", "Y", service_ids=("nowhere",)),))


def test_each_tenant_has_its_own_catalogue(store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(store, TENANT, sample, {}, now)
    import_catalogue(store, "T0TWO", replace(sample, streams=sample.streams[:1]), {}, now)
    import_catalogue(store, TENANT, Catalogue(), {}, now)
    assert list(stored(store).entries()) == []
    assert len(stored(store, "T0TWO").streams) == 1


def test_channels_are_resolved_by_what_is_known_and_keep_their_channel(
    store: Store, sample: Catalogue, now: datetime
) -> None:
    with store.begin() as session:
        session.add(Channel(tenant_id=TENANT, channel_id="C0ERP", name="erp", watched_since=now))
        session.add(Channel(tenant_id="T0TWO", channel_id="C0OTHER", name="claims", watched_since=now))
    imported = import_catalogue(store, TENANT, sample, {"servicedesk": "C0DESK"}, now)
    links = {(link.ref.kind, link.given): link for link in stored(store).links}
    assert links[Kind.STREAM, "#erp"].channel_id == "C0ERP"
    assert links[Kind.TEAM, "#servicedesk"].channel_id == "C0DESK"
    unresolved = {link.given for link in imported.unresolved}
    assert "#claims" in unresolved, "another tenant's channel is none of ours"
    assert "#erp" not in unresolved
    # Renamed meanwhile: the link is still to that channel, and a new #erp does not take it over.
    with store.begin() as session:
        for row in session.exec(select(EntryChannel)).all():
            if row.channel_id == "C0ERP":
                row.name = "erp-team"
                session.add(row)
    again = import_catalogue(store, TENANT, sample, {"erp": "C0NEW", "claims": "C0CLAIMS"}, now)
    links = {(link.ref.kind, link.given): link for link in stored(store).links}
    assert links[Kind.STREAM, "#erp"].channel_id == "C0ERP"
    assert links[Kind.STREAM, "#erp"].name == "erp-team"
    assert links[Kind.STREAM, "#claims"].channel_id == "C0CLAIMS"
    assert again.resolved == 1
    assert version(store) == 2


def test_imports_at_the_same_time_wait_for_one_another(store: Store, sample: Catalogue, now: datetime) -> None:
    failures: list[BaseException] = []

    def run(catalogue: Catalogue) -> None:
        try:
            import_catalogue(store, TENANT, catalogue, {}, now)
        except BaseException as error:  # noqa: BLE001 (told to the test's own thread)
            failures.append(error)

    candidates = [sample, edited(sample), replace(sample, streams=sample.streams[:2])]
    threads = [Thread(target=run, args=(catalogue,)) for catalogue in candidates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert any(compare(stored(store), catalogue).changes == () for catalogue in candidates), "one of them, whole"


def test_streams_come_back_by_name(sqlite_store: Store, sample: Catalogue, now: datetime) -> None:
    import_catalogue(sqlite_store, TENANT, sample, {}, now)
    with sqlite_store.read() as session:
        names = session.exec(select(ValueStream.name)).all()
    assert [stream.name for stream in stored(sqlite_store).streams] == sorted(names)
