"""What members look for and nobody has recorded: the catalogue's most valuable gaps, kept without telling who asked.

The first time, only a keyed digest of the normalised words and the asker's pseudonym are kept. Once a second member
has asked the same, the words themselves are kept, at most 80 characters of them. All of it goes 90 days after it was
last asked.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from bot.store.engine import Store
from bot.store.keys import pseudonym
from bot.store.tables import MissedLookup, MissedLookupAsker
from bot.store.tables.valuestreams import MISSED_CHARACTERS
from bot.valuestreams.folding import fold

KEPT = timedelta(days=90)

_ASKERS = 2
_DIGEST_CHARACTERS = 32


def record_miss(
    store: Store, session: Session, tenant_id: str, author_key: bytes, user_id: str, words: str, now: datetime
) -> None:
    """Keep that a member looked for words that miss; ``words`` hold no mention of a person."""
    normalised = fold(words)[:MISSED_CHARACTERS].strip()
    if not normalised:
        return
    forget_misses(session, now)
    # A purpose of its own in front, so that no digest is ever somebody's pseudonym.
    digest = hmac.new(author_key, f"missed lookup: {normalised}".encode(), hashlib.sha256).hexdigest()
    key = {"tenant_id": tenant_id, "digest": digest[:_DIGEST_CHARACTERS]}
    first = store.insert(MissedLookup).values(**key, asked=0, first_at=now, last_at=now)
    session.execute(first.on_conflict_do_nothing())
    asker = store.insert(MissedLookupAsker).values(**key, author=pseudonym(author_key, user_id))
    session.execute(asker.on_conflict_do_nothing())
    missed = session.exec(
        select(MissedLookup)
        .where(col(MissedLookup.tenant_id) == tenant_id, col(MissedLookup.digest) == key["digest"])
        .with_for_update()
    ).one()
    missed.asked += 1
    missed.last_at = max(missed.last_at, now)
    if missed.words is None and _askers(session, tenant_id, key["digest"]) >= _ASKERS:
        missed.words = normalised
    session.add(missed)


def forget_misses(session: Session, now: datetime) -> int:
    """Delete, for every tenant, what was last asked more than 90 days ago; return how many."""
    # Who asked goes with it: the foreign key cascades.
    gone = session.connection().execute(delete(MissedLookup).where(col(MissedLookup.last_at) < now - KEPT))
    return gone.rowcount


def _askers(session: Session, tenant_id: str, digest: str) -> int:
    statement = select(func.count()).select_from(MissedLookupAsker)
    where = (col(MissedLookupAsker.tenant_id) == tenant_id, col(MissedLookupAsker.digest) == digest)
    return int(session.exec(statement.where(*where)).one())
