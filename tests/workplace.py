"""The whole app, as in production, at work in the Slack stand-in, under a clock that moves only when told to."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from cryptography.fernet import Fernet
from flask import Flask
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from sqlmodel import Session, SQLModel, col, select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

from bot.app import build_app
from bot.listening import Parts
from bot.nudging.delivery import Sender
from bot.playground import Ephemeral, Interaction, SlackStandIn
from bot.playground.http_mode import signature
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Gap, Message, MessageFinding, Nudge
from bot.web import wsgi_app
from nlp import Detector

MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
FLAGGED = "The business wants the new price file by Friday, as usual with no notice."
ALSO_FLAGGED = "CAB only meets on Thursday, so you'll have to wait."
HARMLESS = "Deploy finished at ten, all green."
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

_PATIENCE = 15.0
_SCALE = 0.0005


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same instant as the stand-in counts it."""
        return self.now.timestamp()

    def move(self, **by: float) -> None:
        """Let time pass: ``minutes=6``."""
        self.now += timedelta(**by)


@dataclass
class Timers:
    """What was put off, and by how many seconds; done when told to."""

    waiting: list[tuple[float, Any]] = field(default_factory=list)

    def __call__(self, seconds: float, action: Any) -> None:
        self.waiting.append((seconds, action))

    def ring(self) -> None:
        """Do all that was put off."""
        due, self.waiting = self.waiting, []
        for _, action in due:
            action()


@dataclass
class Workplace:
    """A workspace with people and channels, and Fairview working there."""

    slack: SlackStandIn
    parts: Parts
    app: App
    clock: Clock
    timers: Timers
    executor: "WatchedExecutor"

    @property
    def store(self) -> Store:
        return self.parts.store

    @property
    def tenant(self) -> str:
        return self.slack.team_id

    def say(self, who: str, channel: str, text: str, **how: Any) -> str:
        """Post, and wait until the app has done all it will do about it; the message's ts."""
        ts = self.slack.post(who, channel, text, **how)
        self.settle()
        return ts

    def settle(self) -> None:
        """Wait until nothing is under way, in the stand-in or in the app."""
        self.slack.settle(_PATIENCE, quiet=0.01)
        self.executor.drain()
        self.slack.settle(_PATIENCE, quiet=0.01)

    def ask(self, who: str, where: str, text: str = "", command: str = "/fairview") -> str:
        """Type a slash command; the words of its answer."""
        return self.command(who, where, text, command).text

    def command(self, who: str, where: str, text: str = "", command: str = "/fairview") -> Interaction:
        """Type a slash command; all that came of it."""
        return self.slack.command(who, where, command, text, wait=_PATIENCE)

    def dispatch(self, body: Mapping[str, Any], *, as_form: bool = False) -> int:
        """Send the app a payload of our own making, signed as Slack signs; the status it answers."""
        text = urlencode({"payload": json.dumps(body)}) if as_form else json.dumps(body)
        stamp = str(int(time.time()))
        headers = {
            "content-type": ["application/x-www-form-urlencoded" if as_form else "application/json"],
            "x-slack-request-timestamp": [stamp],
            "x-slack-signature": [signature(self.slack.signing_secret, stamp, text)],
        }
        response = self.app.dispatch(BoltRequest(body=text, headers=headers))
        self.settle()
        return response.status

    def nudged(self, who: str = "ann", channel: str = "infra", text: str = FLAGGED) -> Ephemeral:
        """Have a member write something that is nudged; the nudge they see."""
        before = len(self.slack.ephemerals(who))
        self.say(who, channel, text)
        return self.slack.ephemerals(who)[before]

    def rows(self, table: type[SQLModel], **where: Any) -> list[Any]:
        """Every row of a table that has these values."""
        with Session(self.store.engine) as session:
            statement = select(table)
            for name, value in where.items():
                statement = statement.where(col(getattr(table, name)) == value)
            return list(session.exec(statement))

    def counted(self, channel: str | None = None) -> dict[str, list[str]]:
        """The ts of every counted message, with the labels of its findings."""
        counted: dict[str, list[str]] = {one.ts: [] for one in self.rows(Message, is_deleted=False)}
        for finding in self.rows(MessageFinding):
            counted[finding.ts].append(finding.label)
        if channel is not None:
            here = {one.ts for one in self.rows(Message, channel_id=self.slack.channel_id(channel))}
            counted = {ts: labels for ts, labels in counted.items() if ts in here}
        return counted

    def nudge_states(self) -> list[str]:
        return [nudge.state for nudge in sorted(self.rows(Nudge), key=lambda nudge: nudge.ts)]

    def channel(self, name: str) -> Channel | None:
        rows = self.rows(Channel, channel_id=self.slack.channel_id(name))
        return rows[0] if rows else None

    def gaps(self, name: str) -> list[tuple[datetime, datetime | None]]:
        rows = self.rows(Gap, channel_id=self.slack.channel_id(name))
        return sorted((gap.started_at, gap.ended_at) for gap in rows)

    def attempts(self) -> list[str]:
        """What became of every try to deliver an event, in order."""
        return [one.outcome for one in self.slack.deliveries if one.kind == "events_api"]


class WatchedExecutor(ThreadPoolExecutor):
    """Knows what it has been given, so that a test can wait for it."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self._given: set[Future[Any]] = set()

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(function, *args, **kwargs)
        self._given.add(future)
        return future

    def drain(self) -> None:
        """Wait for all of it."""
        while self._given:
            self._given.pop().exception(_PATIENCE)


def furnish(slack: SlackStandIn) -> None:
    """People of every kind; Fairview is in #infra, the private #erp and the shared #partners, but not in the others."""
    slack.add_member("ann", real_name="Ann Archer", tz="Europe/London")
    slack.add_member("ben", real_name="Ben Baker", tz="America/New_York")
    slack.add_member("cara", real_name="Cara Clark", is_admin=True)
    slack.add_member("otto", real_name="Otto Owner", is_owner=True)
    slack.add_member("gus", real_name="Gus Guest", is_restricted=True)
    slack.add_member("olga", real_name="Olga Outside", team_id="T0PARTNER")
    everyone = ["ann", "ben", "cara", "otto", "gus"]
    slack.add_channel("infra", members=everyone, creator="ben", with_app=True)
    slack.add_channel("erp", private=True, members=["ann", "cara"], creator="ann", with_app=True)
    slack.add_channel("partners", members=["ann", "cara", "olga"], creator="ann", is_ext_shared=True, with_app=True)
    slack.add_channel("lounge", members=everyone, creator="ann")
    slack.add_channel("board", private=True, members=["ann", "cara"], creator="cara")


class PooledServer(socketserver.ThreadingMixIn, BaseWSGIServer):
    """Serves every request on a thread of a pool that outlives it, as gunicorn does."""

    multithread = True

    def __init__(self, app: Flask, pool: ThreadPoolExecutor) -> None:
        super().__init__("127.0.0.1", 0, app, handler=_SilentHandler)
        self._pool = pool

    def process_request(self, request: Any, client_address: Any) -> None:
        self._pool.submit(self.process_request_thread, request, client_address)


class _SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (werkzeug's word)
        pass


@contextmanager
def serving(app: Flask, pool: ThreadPoolExecutor) -> Iterator[str]:
    """Serve a WSGI app; its address."""
    server = PooledServer(app, pool)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def manifest() -> dict[str, Any]:
    """The app's manifest as Slack is given it."""
    content: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return content


@contextmanager
def workplace(
    database_url: str,
    detector: Detector,
    pool: ThreadPoolExecutor,
    *,
    by_socket: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Workplace]:
    """Open a workplace, over HTTP or by Socket Mode; everything is closed again, and no thread is left."""
    clock, timers = Clock(), Timers()
    with SlackStandIn(app=manifest(), time_scale=_SCALE, clock=clock.seconds, rate_limits=False) as slack:
        furnish(slack)
        parts = parts_for(slack, database_url, detector, clock, settings or {})
        secret = None if by_socket else slack.signing_secret
        sender = Sender(parts, timers)
        with WatchedExecutor(8) as executor:
            app = build_app(parts, signing_secret=secret, executor=executor, sender=sender)
            with connected(slack, app, parts, pool, by_socket=by_socket):
                yield Workplace(slack, parts, app, clock, timers, executor)
        parts.store.close()


def parts_for(
    slack: SlackStandIn, database_url: str, detector: Detector, clock: Clock, settings: Mapping[str, str]
) -> Parts:
    """What the app is built from, with a key of its own."""
    key = Fernet.generate_key().decode()
    given = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
        "FAIRVIEW_SECRET_KEY": key,
        "FAIRVIEW_ZONE": "Europe/London",
        "FAIRVIEW_TRIAL_DAYS": "0",  # what a new channel is spared has tests of its own
        **settings,
    }
    return Parts(Settings.load(given), Store(database_url), SecretBox(key), detector, clock)


@contextmanager
def connected(
    slack: SlackStandIn, app: App, parts: Parts, pool: ThreadPoolExecutor, *, by_socket: bool
) -> Iterator[None]:
    if not by_socket:
        with serving(wsgi_app(app, parts), pool) as address:
            slack.connect_http(f"{address}/slack/events")
            yield
        return
    handler = SocketModeHandler(app, slack.app_token, ping_interval=0.2)
    try:
        handler.connect()
        slack.wait_for_app()
        yield
    finally:
        # slack_sdk hangs up only when nothing has come in for three seconds; Slack may do so at once.
        handler.client.auto_reconnect_enabled = False
        slack.faults.drop_socket("close")
        slack.wait_until(lambda: not slack.connections)
        close_socket(handler)


def close_socket(handler: Any) -> None:
    """Close a Socket Mode handler, though slack_sdk looks for its socket before it takes the lock and may lose it."""
    try:
        handler.close()
    except AttributeError:
        # Another thread closed the socket in between: without one, the rest is closed now.
        handler.close()
