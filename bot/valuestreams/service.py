"""A lookup in a tenant's catalogue, and what other features ask of it: the customer of a channel, channels renamed."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bot.errors import CommandError
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import CatalogueState, EntryChannel, ValueStream
from bot.store.tenants import ensure_tenant
from bot.valuestreams.catalogue import Catalogue, Kind, Ref
from bot.valuestreams.catalogue_rows import read_catalogue
from bot.valuestreams.index import CatalogueIndex
from bot.valuestreams.lookup import MAX_CHARACTERS, Missed, Outcome, look_up, look_up_choice, parse
from bot.valuestreams.misses import record_miss

Version = tuple[int, datetime]

_KEPT_INDEXES = 32
_EMPTY = CatalogueIndex(Catalogue())


@dataclass(frozen=True, slots=True)
class Looked:
    """What a lookup found, and the catalogue to tell it with."""

    outcome: Outcome
    catalogue: Catalogue


class IndexShelf:
    """The indexes of the tenants asked last, each read again only when its catalogue's version has moved.

    Any number of threads may use one shelf; one tenant's index is built by one thread at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}
        self._indexes: OrderedDict[str, tuple[Version, CatalogueIndex]] = OrderedDict()

    def index(self, session: Session, tenant_id: str) -> CatalogueIndex:
        """Return the index of the tenant's present catalogue."""
        with self._lock:
            building = self._building.setdefault(tenant_id, threading.Lock())
        with building:
            version = _version(session, tenant_id)
            kept = self._indexes.get(tenant_id)
            while version is not None and (kept is None or kept[0] != version):
                # Read again where an import commits between the reads: a catalogue is whole, or not used.
                session.expire_all()
                kept = (version, CatalogueIndex(read_catalogue(session, tenant_id)))
                version = _version(session, tenant_id)
            if version is None or kept is None:
                return _EMPTY
            self._keep(tenant_id, kept)
        return kept[1]

    def _keep(self, tenant_id: str, kept: tuple[Version, CatalogueIndex]) -> None:
        with self._lock:
            self._indexes[tenant_id] = kept
            self._indexes.move_to_end(tenant_id)
            while len(self._indexes) > _KEPT_INDEXES:
                self._indexes.popitem(last=False)


def look_up_words(
    store: Store,
    box: SecretBox,
    shelf: IndexShelf,
    *,
    tenant_id: str,
    user_id: str,
    channel_id: str,
    text: str,
    now: datetime,
) -> Looked:
    """Return what the tenant's catalogue says of ``text`` asked in a channel; a miss is kept as ``misses`` says.

    Raises CommandError for a text too long to be a name.
    """
    if len(text) > MAX_CHARACTERS:
        raise CommandError(
            f"That is longer than {MAX_CHARACTERS} characters.",
            "Ask with a few words: a system, a team, a channel or what it is for.",
        )
    query = parse(text)
    with store.read() as session:
        index = shelf.index(session, tenant_id)
    outcome = look_up(index, query, channel_id)
    if isinstance(outcome, Missed):
        with store.begin() as session:
            author_key = ensure_tenant(store, session, box, tenant_id, now)
            record_miss(store, session, tenant_id, author_key, user_id, query.words, now)
    return Looked(outcome, index.catalogue)


def look_up_entry(store: Store, shelf: IndexShelf, tenant_id: str, channel_id: str, ref: Ref) -> Looked:
    """Return what the tenant's catalogue says of the entry a person picked."""
    with store.read() as session:
        index = shelf.index(session, tenant_id)
    return Looked(look_up_choice(index, ref, channel_id), index.catalogue)


def customer_of_channel(session: Session, tenant_id: str, channel_id: str) -> str | None:
    """Return the customer of the stream that is linked to the channel, as a plural noun phrase.

    None where no stream is linked, or several with different customers.
    """
    statement = (
        select(ValueStream.customer)
        .join(
            EntryChannel,
            (col(EntryChannel.tenant_id) == col(ValueStream.tenant_id))
            & (col(EntryChannel.entry_id) == col(ValueStream.stream_id)),
        )
        .where(
            col(EntryChannel.tenant_id) == tenant_id,
            col(EntryChannel.channel_id) == channel_id,
            col(EntryChannel.kind) == Kind.STREAM,
        )
        .distinct()
        .limit(2)
    )
    customers = session.exec(statement).all()
    return customers[0] if len(customers) == 1 else None


def resolve_channel_links(session: Session, tenant_id: str, channel_id: str, name: str) -> int:
    """Tell the catalogue the id and present name (without #) of a channel; return how many links that changes.

    Links to the channel follow it to its new name; links that waited for a channel of that name now have its id.
    """
    name = name.lower()
    # The same order of locks as an import takes.
    state = select(CatalogueState).where(col(CatalogueState.tenant_id) == tenant_id).with_for_update()
    catalogue = session.exec(state).one_or_none()
    if catalogue is None:
        return 0
    links = session.exec(
        select(EntryChannel).where(
            col(EntryChannel.tenant_id) == tenant_id,
            or_(
                col(EntryChannel.channel_id) == channel_id,
                col(EntryChannel.channel_id).is_(None) & (col(EntryChannel.given) == f"#{name}"),
            ),
        )
    ).all()
    changed = [link for link in links if (link.channel_id, link.name) != (channel_id, name)]
    for link in changed:
        link.channel_id, link.name = channel_id, name
        session.add(link)
    if changed:
        catalogue.version += 1
        session.add(catalogue)
    return len(changed)


def _version(session: Session, tenant_id: str) -> Version | None:
    statement = select(CatalogueState.version, CatalogueState.changed_at)
    row = session.exec(statement.where(col(CatalogueState.tenant_id) == tenant_id)).one_or_none()
    return None if row is None else (row[0], row[1])
