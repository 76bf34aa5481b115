"""Entries to rows and back: the one place that knows which table holds which part of an entry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from bot.store.tables import (
    CatalogueState,
    EntryAlias,
    EntryChannel,
    EntryPerson,
    Service,
    StageFigure,
    StageService,
    StreamStage,
    Team,
    TenantTable,
    ValueStream,
)
from bot.valuestreams import catalogue as entries
from bot.valuestreams.catalogue import Basis, Catalogue, ChannelLink, Entry, Figure, Kind, Lifecycle, Ref, Role, Unit

Row = dict[str, Any]
TableRows = dict[tuple[Any, ...], Row]
"""A table's rows by primary key."""
Rows = dict[str, TableRows]
"""The same for every table, by its name."""

Table = TypeVar("Table", bound=TenantTable)

_STREAM_COLUMNS = ("stream_id", "name", "description", "customer", "value", "as_of")
_STAGE_COLUMNS = ("stage_id", "name", "description", "team_id", "done_by")
_TEAM_COLUMNS = ("team_id", "name", "description", "user_group")
_SERVICE_COLUMNS = (
    "service_id",
    "name",
    "description",
    "team_id",
    "outcome",
    "commitments",
    "value_now",
    "value_later",
    "total_cost_of_ownership",
    "lifecycle",
    "as_of",
)


def rows_of(catalogue: Catalogue, tenant_id: str) -> Rows:
    """Return every row of the entries; channels without what is known of them."""
    rows: Rows = defaultdict(dict)
    for table, columns in _rows(catalogue):
        row = {"tenant_id": tenant_id, **columns}
        name = str(table.__tablename__)
        primary = SQLModel.metadata.tables[name].primary_key.columns.keys()
        rows[name][tuple(row[column] for column in primary)] = row
    return rows


def read_catalogue(session: Session, tenant_id: str) -> Catalogue:
    """Return the tenant's catalogue as the database holds it, entries by name; an empty one where there is none."""
    shared = _Shared(session, tenant_id)
    state = session.get(CatalogueState, tenant_id)
    return Catalogue(
        streams=tuple(shared.stream(row) for row in _all(session, ValueStream, tenant_id, "name", "stream_id")),
        services=tuple(shared.service(row) for row in _all(session, Service, tenant_id, "name", "service_id")),
        teams=tuple(shared.team(row) for row in _all(session, Team, tenant_id, "name", "team_id")),
        organisation=state.organisation if state else None,
        keeper=state.keeper if state else None,
        links=shared.links,
    )


def _rows(catalogue: Catalogue) -> Iterator[tuple[type[TenantTable], Row]]:
    for stream in catalogue.streams:
        yield ValueStream, _columns(stream, _STREAM_COLUMNS)
        yield from _shared_rows(stream)
        for position, stage in enumerate(stream.stages, 1):
            place = {"stream_id": stream.stream_id, "position": position}
            yield StreamStage, {**_columns(stage, _STAGE_COLUMNS), **place}
            yield from _stage_rows(stage)
    for service in catalogue.services:
        yield Service, _columns(service, _SERVICE_COLUMNS)
        yield from _shared_rows(service)
    for team in catalogue.teams:
        yield Team, _columns(team, _TEAM_COLUMNS)
        yield from _shared_rows(team)


def _stage_rows(stage: entries.Stage) -> Iterator[tuple[type[TenantTable], Row]]:
    yield from _alias_rows(stage)
    for measure, figure in stage.figures.items():
        amounts = {"amount": figure.amount, "unit": figure.unit, "basis": figure.basis}
        origin = {"as_of": figure.as_of, "source": figure.source}
        yield StageFigure, {"stage_id": stage.stage_id, "measure": measure, **amounts, **origin}
    for position, service_id in enumerate(stage.service_ids, 1):
        yield StageService, {"stage_id": stage.stage_id, "service_id": service_id, "position": position}


def _shared_rows(
    entry: entries.Stream | entries.Service | entries.Team,
) -> Iterator[tuple[type[TenantTable], Row]]:
    yield from _alias_rows(entry)
    named = {"kind": entry.ref.kind, "entry_id": entry.ref.entry_id}
    for role, person in entry.people.items():
        yield EntryPerson, {**named, "role": role, "person": person}
    for given in entry.channels:
        yield EntryChannel, {**named, "given": given}


def _alias_rows(entry: Entry) -> Iterator[tuple[type[TenantTable], Row]]:
    named = {"kind": entry.ref.kind, "entry_id": entry.ref.entry_id}
    for position, alias in enumerate(entry.aliases, 1):
        yield EntryAlias, {**named, "alias": alias, "position": position}


def _columns(entry: Any, names: Iterable[str]) -> Row:
    return {name: getattr(entry, name) for name in names}


def _all(session: Session, table: type[Table], tenant_id: str, *order: str) -> list[Table]:
    statement = select(table).where(col(table.tenant_id) == tenant_id)
    return list(session.exec(statement.order_by(*(getattr(table, column) for column in order))))


class _Shared:
    """The rows that hang on entries, fetched once and grouped by entry."""

    def __init__(self, session: Session, tenant_id: str) -> None:
        self._aliases: dict[Ref, list[str]] = defaultdict(list)
        self._people: dict[Ref, dict[Role, str]] = defaultdict(dict)
        self._channels: dict[Ref, list[str]] = defaultdict(list)
        self._figures: dict[str, dict[str, Figure]] = defaultdict(dict)
        self._services: dict[str, list[str]] = defaultdict(list)
        self._stages: dict[str, list[StreamStage]] = defaultdict(list)
        for alias in _all(session, EntryAlias, tenant_id, "position"):
            self._aliases[_ref(alias)].append(alias.alias)
        for person in _all(session, EntryPerson, tenant_id):
            self._people[_ref(person)][Role(person.role)] = person.person
        channels = _all(session, EntryChannel, tenant_id, "given")
        for channel in channels:
            self._channels[_ref(channel)].append(channel.given)
        self.links = tuple(ChannelLink(_ref(row), row.given, row.channel_id, row.name) for row in channels)
        for figure in _all(session, StageFigure, tenant_id):
            self._figures[figure.stage_id][figure.measure] = Figure(
                figure.amount, Unit(figure.unit), Basis(figure.basis), figure.as_of, figure.source
            )
        for carried in _all(session, StageService, tenant_id, "position"):
            self._services[carried.stage_id].append(carried.service_id)
        for stage in _all(session, StreamStage, tenant_id, "position"):
            self._stages[stage.stream_id].append(stage)

    def stream(self, row: ValueStream) -> entries.Stream:
        stages = tuple(self._stage(stage) for stage in self._stages[row.stream_id])
        ref = Ref(Kind.STREAM, row.stream_id)
        return entries.Stream(**_columns(row, _STREAM_COLUMNS), **self._parts(ref), stages=stages)

    def service(self, row: Service) -> entries.Service:
        columns = _columns(row, _SERVICE_COLUMNS)
        columns["lifecycle"] = Lifecycle(row.lifecycle) if row.lifecycle else None
        return entries.Service(**columns, **self._parts(Ref(Kind.SERVICE, row.service_id)))

    def team(self, row: Team) -> entries.Team:
        return entries.Team(**_columns(row, _TEAM_COLUMNS), **self._parts(Ref(Kind.TEAM, row.team_id)))

    def _stage(self, row: StreamStage) -> entries.Stage:
        aliases = tuple(self._aliases[Ref(Kind.STAGE, row.stage_id)])
        service_ids = tuple(self._services[row.stage_id])
        figures = self._figures[row.stage_id]
        columns: Row = {**_columns(row, _STAGE_COLUMNS), **figures}
        return entries.Stage(**columns, aliases=aliases, service_ids=service_ids)

    def _parts(self, ref: Ref) -> Row:
        return {
            "aliases": tuple(self._aliases[ref]),
            "people": self._people[ref],
            "channels": tuple(self._channels[ref]),
        }


def _ref(row: EntryAlias | EntryPerson | EntryChannel) -> Ref:
    return Ref(Kind(row.kind), row.entry_id)
