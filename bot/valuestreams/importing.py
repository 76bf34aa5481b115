"""An import: what it changes, told before and after; one transaction, and what is the same stays untouched."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, and_, bindparam
from sqlmodel import Session, SQLModel, col, select

from bot.store.engine import Store
from bot.store.tables import CatalogueState, Channel, EntryChannel
from bot.valuestreams.catalogue import Catalogue, ChannelLink, Entry, Kind, Ref, Service, Stream, Team
from bot.valuestreams.catalogue_rows import Rows, TableRows, read_catalogue, rows_of

_CHANNELS = str(EntryChannel.__tablename__)


class What(StrEnum):
    """What an import does to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that an import adds, changes or removes."""

    what: What
    ref: Ref
    name: str
    fields: tuple[str, ...] = ()
    """For a changed entry: which of its fields differ."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two catalogues compared, entry by entry; a stream's stages count for themselves."""

    changes: tuple[Change, ...]
    unchanged: Mapping[Kind, int]
    about: tuple[str, ...] = ()
    """What differs about the catalogue as a whole: organisation, keeper."""

    def count(self, kind: Kind, what: What) -> int:
        """Return how many entries of a kind are added, changed or removed."""
        return sum(change.ref.kind is kind and change.what is what for change in self.changes)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    difference: Difference
    unresolved: tuple[ChannelLink, ...]
    """Channels named by #name that nobody has told the id of yet."""
    resolved: int
    """Links the catalogue had before, whose channel became known only now."""


def compare(old: Catalogue, new: Catalogue) -> Difference:
    """Return what changes from ``old`` to ``new``; the order of stages, aliases and services counts."""
    before, after = old.by_ref, new.by_ref
    changes = []
    unchanged: Counter[Kind] = Counter()
    for ref, entry in after.items():
        differing = _differing(before[ref], entry) if ref in before else ()
        if ref not in before:
            changes.append(Change(What.ADDED, ref, entry.name))
        elif differing:
            changes.append(Change(What.CHANGED, ref, entry.name, differing))
        else:
            unchanged[ref.kind] += 1
    changes += [Change(What.REMOVED, ref, entry.name) for ref, entry in before.items() if ref not in after]
    about = tuple(name for name in ("organisation", "keeper") if getattr(old, name) != getattr(new, name))
    return Difference(tuple(changes), unchanged, about)


def import_catalogue(
    store: Store, tenant_id: str, new: Catalogue, channel_ids: Mapping[str, str], now: datetime
) -> Imported:
    """Make the tenant's catalogue be ``new``: one transaction, all or nothing, and imports wait for one another.

    ``channel_ids`` (by name without #) adds to what the database knows of channels.
    """
    with store.begin() as session:
        state = _locked_state(store, session, tenant_id, now)
        old = read_catalogue(session, tenant_id)
        imported, links = _prepare(session, tenant_id, old, new, channel_ids)
        _write(session, tenant_id, old, new, links)
        if imported.difference.changes or imported.difference.about or imported.resolved:
            state.version += 1
            state.changed_at = now
            state.organisation = new.organisation
            state.keeper = new.keeper
            session.add(state)
    return imported


def preview_import(store: Store, tenant_id: str, new: Catalogue, channel_ids: Mapping[str, str]) -> Imported:
    """Return what ``import_catalogue`` would do, changing nothing."""
    with store.read() as session:
        old = read_catalogue(session, tenant_id)
        return _prepare(session, tenant_id, old, new, channel_ids)[0]


def _differing(old: Entry, new: Entry) -> tuple[str, ...]:
    names = [field.name for field in fields(new) if field.name != "stages"]
    differing = [name for name in names if _value(old, name) != _value(new, name)]
    if isinstance(old, Stream) and isinstance(new, Stream) and _order(old, new) != _order(new, old):
        differing.append("order of stages")
    return tuple(differing)


def _order(stream: Stream, other: Stream) -> list[str]:
    # A stage that is added or removed counts for itself; it does not change the order of the others.
    common = {stage.stage_id for stage in other.stages}
    return [stage.stage_id for stage in stream.stages if stage.stage_id in common]


def _value(entry: Entry, name: str) -> Any:
    value = getattr(entry, name)
    # Channels are a set, and come back from the database in another order than the file's.
    return frozenset(value) if name == "channels" else value


def _locked_state(store: Store, session: Session, tenant_id: str, now: datetime) -> CatalogueState:
    first = {"tenant_id": tenant_id, "version": 0, "changed_at": now}
    session.execute(store.insert(CatalogueState).values(first).on_conflict_do_nothing())
    statement = select(CatalogueState).where(col(CatalogueState.tenant_id) == tenant_id)
    return session.exec(statement.with_for_update()).one()


def _prepare(
    session: Session, tenant_id: str, old: Catalogue, new: Catalogue, channel_ids: Mapping[str, str]
) -> tuple[Imported, dict[tuple[Ref, str], ChannelLink]]:
    links = _resolve(session, tenant_id, old, new, channel_ids)
    was_unresolved = {(link.ref, link.given) for link in old.links if link.channel_id is None}
    imported = Imported(
        difference=compare(old, new),
        unresolved=tuple(link for link in links.values() if link.channel_id is None),
        resolved=sum(key in was_unresolved and link.channel_id is not None for key, link in links.items()),
    )
    return imported, links


def _resolve(
    session: Session, tenant_id: str, old: Catalogue, new: Catalogue, channel_ids: Mapping[str, str]
) -> dict[tuple[Ref, str], ChannelLink]:
    statement = select(Channel.name, Channel.channel_id).where(col(Channel.tenant_id) == tenant_id)
    ids = {**channel_ids, **{name: channel_id for name, channel_id in session.exec(statement) if name}}
    names = {channel_id: name for name, channel_id in ids.items()}
    known = {(link.ref, link.given): link for link in old.links if link.channel_id}
    links: dict[tuple[Ref, str], ChannelLink] = {}
    named: list[Stream | Service | Team] = [*new.streams, *new.services, *new.teams]
    for entry in named:
        for given in entry.channels:
            key = (entry.ref, given)
            channel_id = ids.get(given[1:]) if given.startswith("#") else given
            name = given[1:] if given.startswith("#") else names.get(given)
            # A link that was resolved once keeps its channel, whatever that is called by now.
            links[key] = known.get(key) or ChannelLink(entry.ref, given, channel_id, name)
    return links


def _write(
    session: Session,
    tenant_id: str,
    old: Catalogue,
    new: Catalogue,
    links: Mapping[tuple[Ref, str], ChannelLink],
) -> None:
    before, after = rows_of(old, tenant_id), rows_of(new, tenant_id)
    _tell_channels(before, {(link.ref, link.given): link for link in old.links})
    _tell_channels(after, links)
    ordered = [table for table in SQLModel.metadata.sorted_tables if table.name in before or table.name in after]
    for table in reversed(ordered):
        _delete(session, table, before.get(table.name, {}).keys() - after.get(table.name, {}).keys())
    for table in ordered:
        _save(session, table, before.get(table.name, {}), after.get(table.name, {}))


def _tell_channels(rows: Rows, links: Mapping[tuple[Ref, str], ChannelLink]) -> None:
    for row in rows.get(_CHANNELS, {}).values():
        link = links[Ref(Kind(row["kind"]), row["entry_id"]), row["given"]]
        row.update(channel_id=link.channel_id, name=link.name)


def _delete(session: Session, table: Table, keys: Iterable[tuple[Any, ...]]) -> None:
    gone = [dict(zip(_bound(table), key, strict=True)) for key in keys]
    if gone:
        session.connection().execute(table.delete().where(_is_row(table)), gone)


def _save(session: Session, table: Table, old: TableRows, new: TableRows) -> None:
    added = [row for key, row in new.items() if key not in old]
    changed = [
        {**dict(zip(_bound(table), key, strict=True)), **row}
        for key, row in new.items()
        if key in old and row != old[key]
    ]
    if added:
        session.connection().execute(table.insert(), added)
    if changed:
        session.connection().execute(table.update().where(_is_row(table)), changed)


def _bound(table: Table) -> list[str]:
    return [f"key_{column.name}" for column in table.primary_key.columns]


def _is_row(table: Table) -> Any:
    names = _bound(table)
    columns = table.primary_key.columns
    return and_(*(column == bindparam(name) for column, name in zip(columns, names, strict=True)))
