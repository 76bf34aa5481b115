"""Counted messages as rows, for tests of what is made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.store.engine import Store
from bot.store.tables import Channel, Message, MessageFinding, Nudge

TENANT, CHANNEL = "T0FAIRVIEW", "C0INFRA"
AUTHORS = [f"{number:032x}" for number in range(14)]


def ts_of(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def watch(store: Store, since: datetime = datetime(2026, 1, 1, tzinfo=UTC), **changes: object) -> None:
    """Make the channel known, watched since then."""
    with store.begin() as session:
        row = {"tenant_id": TENANT, "channel_id": CHANNEL, "name": "infra", "watched_since": since, **changes}
        session.add(Channel(**row))


def count(
    session: Session,
    at: datetime,
    author: str = AUTHORS[0],
    findings: Sequence[tuple[str, str | None]] = (),
    **changes: object,
) -> None:
    """Count one message at an instant, with findings (label, subtype)."""
    row = {
        "tenant_id": TENANT,
        "channel_id": CHANNEL,
        "ts": ts_of(at),
        "version": ts_of(at),
        "author": author,
        "posted_at": at,
        "has_prose": True,
        **changes,
    }
    session.add(Message(**row))
    session.flush()
    for ordinal, (label, subtype) in enumerate(findings):
        session.add(
            MessageFinding(
                tenant_id=row["tenant_id"],
                channel_id=row["channel_id"],
                ts=row["ts"],
                ordinal=ordinal,
                rule_id=f"{label}.{subtype}.test",
                label=label,
                subtype=subtype,
            )
        )


def count_week(
    store: Store, monday: datetime, findings: Sequence[tuple[str, str | None]] = (), people: int = 12, **changes: object
) -> None:
    """Count a message of each of so many people, a minute apart from Monday noon; each finding in one of them."""
    with store.begin() as session:
        for number in range(people):
            found = [one for index, one in enumerate(findings) if index % people == number]
            count(session, monday + timedelta(hours=12, minutes=number), AUTHORS[number], found, **changes)


def nudge(session: Session, at: datetime, author: str = AUTHORS[0], **changes: object) -> None:
    """Record one nudge of that instant, sent unless told otherwise."""
    row = {
        "tenant_id": TENANT,
        "nudge_id": ts_of(at),
        "channel_id": CHANNEL,
        "ts": ts_of(at),
        "thread_ts": ts_of(at),
        "author": author,
        "rule_version": "1",
        "rule_id": "us_them.outsiders.test",
        "label": "us_them",
        "state": "sent",
        "created_at": at,
        "changed_at": at,
        **changes,
    }
    session.add(Nudge(**row))
