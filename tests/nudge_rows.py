"""Nudges as rows: decided, claimed and settled by the services alone, without Slack."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cryptography.fernet import Fernet
from readings import TERMS, finding, reading
from sqlmodel import select

from bot.metrics import NOT_NUDGED
from bot.nudging import service
from bot.nudging.facts import Terms
from bot.nudging.policy import Member, Refusal
from bot.nudging.service import Pending
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Nudge, NudgeState
from bot.watching.payload import Posted
from bot.watching.service import Recorded, record
from nlp import Reading

TENANT, CHANNEL = "T1", "C1"
BOX = SecretBox(Fernet.generate_key().decode())
RETENTION = timedelta(400)
RULE = "us_them.test"

_numbers = count(100)


def posted(at: datetime, author: str = "U1", **changes: Any) -> Posted:
    """A message written at ``at``; no two are written at the same microsecond."""
    ts = f"{int(at.timestamp())}.{next(_numbers):06}"
    values: dict[str, Any] = {
        "channel_id": CHANNEL,
        "ts": ts,
        "version": ts,
        "author_id": author,
        "text": "The business wants it",
        "thread_ts": None,
        "is_change": False,
        "is_ext_shared": False,
    }
    return Posted(**{**values, **changes})


def edited(message: Posted, at: datetime) -> Posted:
    """A later version of a message."""
    return replace(message, version=f"{int(at.timestamp())}.{next(_numbers):06}", is_change=True)


def count_it(
    store: Store, message: Posted, now: datetime, found: Reading | None = None, terms: Terms = TERMS
) -> Recorded:
    """Count a message, in which something is to be nudged unless ``found`` says otherwise."""
    return record(store, BOX, TENANT, message, found or reading(finding(RULE)), now, RETENTION, terms)


def decided(
    store: Store,
    now: datetime,
    message: Posted | None = None,
    *,
    rule: str = RULE,
    author: str = "U1",
    terms: Terms = TERMS,
) -> Pending:
    """A nudge that waits to be sent, for a message written now."""
    pending = count_it(store, message or posted(now, author), now, reading(finding(rule)), terms).nudge
    assert pending is not None
    return pending


def claimed(store: Store, pending: Pending, now: datetime, member: Member | None = None, terms: Terms = TERMS) -> bool:
    """Whether it may be sent, to a member in no zone that is known."""
    return service.claim(store, pending, member or Member(), now, terms)


def sent(
    store: Store,
    now: datetime,
    message: Posted | None = None,
    *,
    member: Member | None = None,
    state: NudgeState = NudgeState.SENT,
    **how: Any,
) -> Pending:
    """A nudge that went out; ``state``: what Slack said."""
    pending = decided(store, now, message, **how)
    assert claimed(store, pending, now, member, how.get("terms", TERMS))
    assert service.settle(store, TENANT, pending.nudge_id, state, now)
    return pending


def nudge_row(store: Store, pending: Pending) -> Nudge | None:
    with store.read() as session:
        return session.get(Nudge, (TENANT, pending.nudge_id))


def state_of(store: Store, pending: Pending) -> str | None:
    """The state of a nudge; None where it is no more."""
    row = nudge_row(store, pending)
    return row.state if row else None


def nudges(store: Store) -> list[Nudge]:
    with store.read() as session:
        return list(session.exec(select(Nudge)))


class Refusals:
    """What ``fairview_not_nudged_total`` has moved by since this was made."""

    def __init__(self) -> None:
        self._before = self._now()

    def moved(self) -> dict[str, float]:
        """The reasons that have moved, in lower case, and by how much; begins anew."""
        before, self._before = self._before, self._now()
        return {reason: total - before[reason] for reason, total in self._before.items() if total != before[reason]}

    def _now(self) -> dict[str, float]:
        return {one.name.lower(): NOT_NUDGED.labels(one.name.lower())._value.get() for one in Refusal}
