"""Digests through a storm: each is to come once, though clocks are killed, answers get lost, Slack refuses and the
database is away for a while.

Four clock processes work on one database. One post in five is accepted and never answered, one in ten is refused, and
while that goes on processes die by SIGKILL where they stand and are replaced. `main` strikes 30 times amid 600 digests
on SQLite and on PostgreSQL; a smaller storm is in the tests. Time runs faster for Slack and clocks alike, so that
leases and back-offs take seconds; the time-outs of HTTP are shorter by as much.
"""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time as real_time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import psycopg
from sqlmodel import Session, select

from bot import slack_clients
from bot.clock import Job, guarded
from bot.digests.delivery import deliver_due
from bot.digests.schedule import Weekly
from bot.digests.scope import Scope
from bot.digests.subscriptions import Place, subscribe
from bot.digests.summary import WEEKS
from bot.digests.week_counts import ensure_counted
from bot.playground import SlackStandIn
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.migration import migrate
from bot.store.tables import Channel, DigestRun, Message, MessageFinding

ROOT = Path(__file__).parents[1]
POSTGRESQL = os.environ.get("FAIRVIEW_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
TENANT = "T0FAIRVIEW"
SPEED = 30
"""How many seconds pass for Slack and clocks in one real second."""
TIMEOUT_SECONDS = 0.6
CLOCKS = 4
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""A Monday: when the first digests are due."""

_PATIENCE_SECONDS = 600.0
_AWAY_SECONDS = 1.5
_DIRECT = 8
"""One digest in so many goes to a person."""


@dataclass(frozen=True)
class Told:
    """What came of a storm."""

    digests: int
    delivered: int
    lost: int
    doubled: int
    kills: int
    posts: int
    looks: int
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Whether each digest came, and came once."""
        return self.delivered == self.digests and self.lost == self.doubled == 0


@dataclass(frozen=True)
class FastClock:
    """Runs SPEED times as fast as the one on the wall, from the same moment in every process."""

    began: float

    def seconds(self) -> float:
        """The instant, in seconds since the epoch."""
        return NINE.timestamp() - SPEED + (real_time.time() - self.began) * SPEED

    def __call__(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)


def storm(database_url: str, digests: int, kills: int, *, drawn: int = 0, seed: int = 1) -> Told:
    """Send ``digests`` digests, ``drawn`` of them with a picture, through a storm with so many kills."""
    began, clock = real_time.monotonic(), FastClock(real_time.time())
    store = Store(database_url)
    migrate(store)
    with SlackStandIn(clock=clock.seconds, time_scale=1 / SPEED, rate_limits=False) as slack:
        slack.allow_charts(allowed=False)
        places = _furnish(slack, store, digests, minutes=kills, drawn=drawn)
        chance = random.Random(seed)  # noqa: S311 (chance for a storm, no secret)
        _order_faults(slack, chance)
        with Clocks(database_url, slack, clock) as clocks:
            _rage(clocks, store, kills, chance)
            _await_all(store, digests)
        told = _tell(slack, store, places, kills, real_time.monotonic() - began)
    store.close()
    return told


class Clocks:
    """Clock processes, forked from one that has imported everything, so that a new one is there at once."""

    def __init__(self, database_url: str, slack: SlackStandIn, clock: FastClock) -> None:
        arguments = [database_url, slack.api_url, slack.bot_token, str(clock.began)]
        self._nursery = subprocess.Popen(  # noqa: S603 (this very file)
            [sys.executable, "-m", "benchmarks.digest_faults", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pids: list[int] = []

    def __enter__(self) -> "Clocks":
        for _ in range(CLOCKS):
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
        self._nursery.communicate()

    def strike(self, chance: random.Random) -> None:
        """Kill one of them where it stands; another takes its place."""
        os.kill(self._pids.pop(chance.randrange(len(self._pids))), signal.SIGKILL)
        self._start()

    def _start(self) -> None:
        asked, told = self._nursery.stdin, self._nursery.stdout
        if asked is None or told is None:
            raise RuntimeError("started without pipes")
        asked.write("start\n")
        asked.flush()
        self._pids.append(int(told.readline()))


def _nursery(database_url: str, api_url: str, token: str, began: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            _clock(database_url, api_url, token, FastClock(float(began)))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _clock(database_url: str, api_url: str, token: str, clock: FastClock) -> None:
    slack_clients._TIMEOUT_SECONDS = TIMEOUT_SECONDS  # noqa: SLF001 (as much shorter as time is faster)
    store, settings = Store(database_url), Settings()
    client = slack_clients.reading_client(token, api_url)
    tick = guarded(Job("digests", lambda: deliver_due(store, settings, lambda _: client, clock)))
    while True:
        tick()
        real_time.sleep(0.1)


def _furnish(slack: SlackStandIn, store: Store, digests: int, minutes: int, drawn: int) -> dict[str, str]:
    """Set the digests, due one after the other over so many minutes; return who or what gets each, by its place."""
    places, channels = {}, []
    for number in range(digests):
        person = slack.add_member(f"reader{number}", tz="UTC")
        channel = slack.add_channel(f"channel{number}", members=[person], with_app=True)
        channels.append(channel)
        is_direct = number % _DIRECT == 0
        destination = person if is_direct else channel
        places[destination] = slack.direct_channel(person) if is_direct else channel
        schedule = Weekly(0, time(9, number % max(1, minutes)), "UTC")
        subscribe(store, Place(TENANT, Scope.channel(channel), destination), person, schedule, NINE - timedelta(days=1))
        with store.begin() as session:
            since = NINE - timedelta(weeks=12)
            session.add(Channel(tenant_id=TENANT, channel_id=channel, name=f"channel{number}", watched_since=since))
            if number < drawn:
                _count(session, channel)
    weeks = [NINE.date() - timedelta(weeks=back) for back in range(1, WEEKS + 1)]
    ensure_counted(store, TENANT, channels, weeks, Settings().zone)
    return places


def _count(session: Session, channel: str) -> None:
    """Messages of twelve people in each of four weeks."""
    for week in range(1, 5):
        for person in range(12):
            at = NINE - timedelta(weeks=week, minutes=person)
            key = {"tenant_id": TENANT, "channel_id": channel, "ts": f"{at.timestamp():.6f}"}
            session.add(Message(**key, version=key["ts"], author=f"{person:032x}", posted_at=at, has_prose=True))
            session.flush()
            if person < week + 3:
                found = {"rule_id": "us_them.test", "label": "us_them", "subtype": "outsiders"}
                session.add(MessageFinding(**key, ordinal=0, **found))


def _order_faults(slack: SlackStandIn, chance: random.Random) -> None:
    def one_in(often: float) -> dict[str, object]:
        return {"times": None, "when": lambda _call: chance.random() < often}

    slack.faults.add("timeout_after_accept", "chat.postMessage", seconds=2 * TIMEOUT_SECONDS, **one_in(1 / 5))
    slack.faults.add("rate_limit", "chat.postMessage", retry_after=20, **one_in(1 / 16))
    slack.faults.add("error", "chat.postMessage", error="team_access_not_granted", **one_in(1 / 15))


def _rage(clocks: Clocks, store: Store, kills: int, chance: random.Random) -> None:
    for number in range(kills):
        real_time.sleep(chance.uniform(0.3, 1.7))
        clocks.strike(chance)
        if number == kills // 2:
            _take_away(store)


def _take_away(store: Store) -> None:
    """The database is away for a while: SQLite locked, PostgreSQL dropping whoever is connected."""
    if store.is_sqlite:
        connection = sqlite3.connect(str(store.url.database), isolation_level=None, timeout=30)
        connection.execute("BEGIN EXCLUSIVE")
        real_time.sleep(_AWAY_SECONDS)
        connection.execute("ROLLBACK")
        connection.close()
        return
    store.engine.dispose()
    with _server() as server:
        for _ in range(int(_AWAY_SECONDS / 0.1)):
            statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.execute(statement, [store.url.database])
            real_time.sleep(0.1)


def _await_all(store: Store, digests: int) -> None:
    end = real_time.monotonic() + _PATIENCE_SECONDS
    while real_time.monotonic() < end and _states(store)["delivered"] < digests:
        real_time.sleep(0.2)


def _states(store: Store) -> Counter[str]:
    with store.read() as session:
        return Counter(session.exec(select(DigestRun.state)))


def _tell(slack: SlackStandIn, store: Store, places: dict[str, str], kills: int, seconds: float) -> Told:
    came = [
        message.metadata["event_payload"]["run_id"]
        for place in places.values()
        for message in slack.messages(place)
        if message.metadata
    ]
    with store.read() as session:
        known = set(session.exec(select(DigestRun.run_id)))
    return Told(
        digests=len(places),
        delivered=_states(store)["delivered"],
        lost=len(places) - len(known & set(came)),
        doubled=len(came) - len(set(came)),
        kills=kills,
        posts=len(slack.calls("chat.postMessage")),
        looks=len(slack.calls("conversations.history")),
        seconds=seconds,
    )


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3) as server:
        yield server


@contextlib.contextmanager
def _databases() -> Iterator[dict[str, str]]:
    name = f"fairview_{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/fairview.db"}
        try:
            with _server() as server:
                server.execute(f'CREATE DATABASE "{name}"')
        except psycopg.OperationalError:
            sys.stdout.write("no PostgreSQL answers: left out\n")
            yield urls
            return
        yield {**urls, "PostgreSQL": f"{POSTGRESQL.rpartition('/')[0]}/{name}"}
        with _server() as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> bool:
    """Print what came of the storm on each database; False where a digest was lost or came twice."""
    is_exact = True
    with _databases() as urls:
        for name, url in urls.items():
            told = storm(url, digests=600, kills=30, drawn=24)
            sys.stdout.write(
                f"{name:10}  {told.digests} digests, {told.kills} kills, {told.posts} posts, {told.looks} looks, "
                f"{told.seconds:.0f} s: {told.delivered} delivered, {told.lost} lost, {told.doubled} doubled\n"
            )
            is_exact = is_exact and told.is_exact
    return is_exact


if __name__ == "__main__":
    _nursery(*sys.argv[1:])
