"""How long a digest's figures take where ten million messages were counted.

Fills 52 weeks of 500 channels by bulk SQL, has the weeks counted as the clock does, and reads the figures of a channel
and of the workspace, each in sessions of its own; on SQLite, and on PostgreSQL in a database of its own. The median is
what the bar is for: the machine may be busy with other things.
"""

# ruff: noqa: S608 (SQL of its own, with numbers of its own)

import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.digests.blocks import digest_blocks
from bot.digests.figures import Figures, Standing
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.service import Asked, find_figures
from bot.digests.week_counts import count_stale_weeks
from bot.digests.wording import worded
from bot.store.engine import Store
from bot.store.tables import Channel, WeekState

Result = TypeVar("Result")

MESSAGES, WEEKS, CHANNELS = 10_000_000, 52, 500
CHANNEL_BAR, WORKSPACE_BAR = 150.0, 1000.0
"""Milliseconds."""

_POSTGRESQL = os.environ.get("FAIRVIEW_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
_TENANT, _ZONE, _FLOOR = "T0BENCH", "UTC", 10
_FIRST = datetime(2026, 1, 5, tzinfo=UTC)
_LAST = (_FIRST + timedelta(weeks=WEEKS - 1)).date()
_A_CHANNEL = MESSAGES // CHANNELS
_SECONDS = WEEKS * 7 * 86_400 // _A_CHANNEL
"""From one message of a channel to its next."""
_BATCH = 20
"""Channels filled in one transaction."""
_RUNS = 7

# Sixty people write in a channel, some much more than others, but seven in each tenth channel: too few to show. One
# message in twelve is not read; one in twenty-five holds a label, and of those every third another one too.
_SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n + 1 < :end)",
    "postgresql": "WITH s(n) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:end AS bigint) - 1))",
}
_TIMES = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {at}, 'unixepoch')",
    "postgresql": "to_timestamp({at})",
}
_HEX = {"sqlite": "printf('%032x', {n})", "postgresql": "lpad(to_hex({n}), 32, '0')"}
_CHANNEL = f"'C' || (1000000 + n / {_A_CHANNEL})"
_AT = f"({int(_FIRST.timestamp())} + n % {_A_CHANNEL} * {_SECONDS})"
_CHANCE = "(n * 7919 % 10007 * (n * 104729 % 10007) / 10007)"
_PEOPLE = f"(CASE WHEN n / {_A_CHANNEL} % 10 = 0 THEN 7 ELSE 60 END)"
_AUTHOR = f"(n / {_A_CHANNEL} * 37 + {_CHANCE} * {_PEOPLE} / 10007)"
_FOUND = [
    ("us_them", "outsiders"),
    ("process_barrier", "wrong_queue"),
    ("us_them", "business_as_other"),
    ("shared_purpose", "outcome"),
    ("overcommitment", "priorities"),
]


def main() -> bool:
    """Measure on each database, print the figures, and say whether the bars are met."""
    with tempfile.TemporaryDirectory() as folder:
        is_met = _measure("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}")
    with _database() as url:
        if url is None:
            _say("PostgreSQL: none answers, skipped")
            return is_met
        return _measure("PostgreSQL", url) and is_met


@contextmanager
def _database() -> Iterator[str | None]:
    """Make a database of its own, and drop it; None where no server answers."""
    try:
        server = psycopg.connect(_POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        yield None
        return
    name = f"fairview_bench_{uuid.uuid4().hex}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{_POSTGRESQL.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()


def _measure(name: str, url: str) -> bool:
    store = Store(url)
    SQLModel.metadata.create_all(store.engine)
    try:
        filled, _ = _timed(lambda: _fill(store))
        counted, weeks = _timed(lambda: _count(store))
        _say(
            f"{name}: {MESSAGES:,} messages filled in {filled / 1000:.0f} s, "
            f"{weeks:,} weeks counted in {counted / 1000:.0f} s"
        )
        return _read(store)
    finally:
        store.close()


def _read(store: Store) -> bool:
    channels = [_figures(store, Scope.channel(f"C{1000001 + 31 * run % CHANNELS}")) for run in range(1, _RUNS + 1)]
    workspace = [_figures(store, WORKSPACE) for _ in range(_RUNS)]
    return all([_report("a channel", channels, CHANNEL_BAR), _report("the workspace", workspace, WORKSPACE_BAR)])


def _fill(store: Store) -> None:
    kind = store.engine.dialect.name
    with store.begin() as session:
        if kind == "postgresql":  # what is lost in a crash may be: it is written once, not twice
            session.execute(text("ALTER TABLE messagefinding SET UNLOGGED"))
            session.execute(text("ALTER TABLE message SET UNLOGGED"))
        for number in range(CHANNELS):
            since = _FIRST - timedelta(days=1)
            named = {"channel_id": f"C{1000000 + number}", "name": f"channel-{number}"}
            session.add(Channel(tenant_id=_TENANT, watched_since=since, **named))
            for week in range(WEEKS):
                start = _FIRST.date() + timedelta(weeks=week)
                session.add(WeekState(tenant_id=_TENANT, channel_id=f"C{1000000 + number}", week_start=start, zone=""))
    for first in range(0, MESSAGES, _BATCH * _A_CHANNEL):
        with store.begin() as session:
            for statement in _statements(kind):
                session.execute(text(statement), {"first": first, "end": first + _BATCH * _A_CHANNEL})
    if kind == "postgresql":  # as autovacuum would, in time
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _statements(kind: str) -> Iterator[str]:
    series, ts = _SERIES[kind], f"{_AT} || '.000000'"
    yield (
        "INSERT INTO message (tenant_id, channel_id, ts, version, is_deleted, author, posted_at, has_prose) "
        f"{series} SELECT '{_TENANT}', {_CHANNEL}, {ts}, {ts}, false, {_HEX[kind].format(n=_AUTHOR)}, "
        f"{_TIMES[kind].format(at=_AT)}, n % 12 <> 0 FROM s"
    )
    for ordinal, which in enumerate(("n % 25 = 0", "n % 75 = 0")):
        label, subtype = (_case(f"(n / 25 + {ordinal})", names) for names in zip(*_FOUND, strict=True))
        yield (
            "INSERT INTO messagefinding (tenant_id, channel_id, ts, ordinal, rule_id, label, subtype) "
            f"{series} SELECT '{_TENANT}', {_CHANNEL}, {ts}, {ordinal}, 'bench', {label}, {subtype} "
            f"FROM s WHERE {which}"
        )


def _case(number: str, names: Sequence[str]) -> str:
    return (
        f"CASE {number} % {len(names)} " + " ".join(f"WHEN {at} THEN '{one}'" for at, one in enumerate(names)) + " END"
    )


def _count(store: Store) -> int:
    counted, now = 0, datetime.combine(_LAST, datetime.min.time(), UTC) + timedelta(days=8)
    while some := count_stale_weeks(store, _ZONE, now):
        counted += some
    return counted


def _figures(store: Store, scope: Scope) -> float:
    taken, figures = _timed(lambda: _render(store, scope))
    if figures.standing is not Standing.SHOWN:
        raise ValueError("the benchmark shows no figures")
    return taken


def _render(store: Store, scope: Scope) -> Figures:
    figures = find_figures(store, Asked(_TENANT, scope, _LAST, _ZONE, _FLOOR))
    digest_blocks(worded(figures))
    return figures


def _report(name: str, times: list[float], bar: float) -> bool:
    median = statistics.median(times)
    is_met = median <= bar
    verdict = "met" if is_met else "MISSED"
    _say(f"  {name:14}  median {median:7.1f}  max {max(times):7.1f} ms, of {bar:.0f}: {verdict}")
    return is_met


def _say(line: str) -> None:
    """Print a line of the report at once."""
    print(line, flush=True)  # noqa: T201 (the report)


def _timed(call: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = call()
    return 1000 * (time.perf_counter() - began), result


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
