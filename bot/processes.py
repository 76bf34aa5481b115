"""The processes Fairview runs as: everything in one, HTTP mode, or the clock."""

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode import SocketModeClient

from bot.administration.introducing import introduce_due
from bot.app import LISTENER_THREADS, build_app, build_parts
from bot.cli.database import open_store
from bot.clock import Job, build_scheduler, run_clock
from bot.digests.delivery import deliver_due
from bot.digests.week_counts import count_stale_weeks
from bot.errors import SettingsError
from bot.listening import Parts
from bot.logs import configure_logging
from bot.nudging.service import settle_stale
from bot.nudging.telling import tell_administrators
from bot.operations import serve_operations
from bot.rules import check_rules
from bot.settings import Settings
from bot.slack_clients import reading_client, slack_trouble, who_am_i
from bot.slack_time import utc_now
from bot.store.keys import SecretBox
from bot.store.migration import migrate
from bot.store.retention import purge
from bot.store.tenants import check_keys
from bot.valuestreams.misses import forget_misses
from bot.watching.absence import beat
from bot.web import wsgi_app

logger = logging.getLogger(__name__)

_HOURLY = 3600.0
_PING_SECONDS = 5
"""How often a WebSocket is asked whether it lives; five times that without an answer, and it is opened anew."""


def run(settings: Settings) -> None:
    """Run Socket Mode and the clock in this process until SIGTERM or SIGINT; migrations run first.

    Raises OperatorError where a setting is missing or Slack or the database cannot be used.
    """
    settings.require("slack_bot_token", "slack_app_token", "secret_key")
    configure_logging(settings.log_level)
    with _parts(settings) as parts, ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener") as executor:
        migrate(parts.store)
        check_keys(parts.store, parts.box)
        with _connected(build_app(parts, executor=executor), settings) as client:

            def beat_while_listening() -> None:
                if client.is_connected():
                    beat(parts.store, parts.clock())

            _run_jobs(parts, [*clock_jobs(parts), Job("heartbeat", beat_while_listening)])


def web(settings: Settings) -> None:
    """Become gunicorn serving HTTP mode; what can be checked is checked first.

    Raises OperatorError where a setting is missing or wrong, or Slack or the database cannot be used.
    """
    settings.require("slack_bot_token", "slack_signing_secret", "secret_key")
    configure_logging(settings.log_level)
    check_rules(settings.rules)
    _check_database(settings)
    who_am_i(_client(settings))
    _check_port(settings.port)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:bot.gunicorn_settings"]
    os.execv(sys.executable, command)  # noqa: S606 (our own interpreter; no shell)


def create_wsgi() -> Flask:
    """Return the WSGI app gunicorn serves, with its health checks and heartbeat running beside it."""
    settings = Settings.load(os.environ, Path(".env"))
    settings.require("slack_bot_token", "slack_signing_secret", "secret_key")
    configure_logging(settings.log_level)
    parts = build_parts(settings, utc_now)
    app = build_app(parts, signing_secret=settings.reveal("slack_signing_secret"))
    _serve_operations(parts)
    build_scheduler([Job("heartbeat", lambda: beat(parts.store, parts.clock()))], settings.tick_seconds).start()
    return wsgi_app(app, parts)


def clock(settings: Settings) -> None:
    """Run the clock until SIGTERM or SIGINT; any number may run at once.

    Raises OperatorError where a setting is missing or Slack or the database cannot be used.
    """
    settings.require("slack_bot_token", "secret_key")
    configure_logging(settings.log_level)
    check_rules(settings.rules)
    _check_database(settings)
    who_am_i(_client(settings))
    with _parts(settings) as parts:
        _run_jobs(parts, clock_jobs(parts))


def clock_jobs(parts: Parts) -> list[Job]:
    """Return what the clock does: what is due (digests, introductions), what a dead sender left, counts, and
    forgetting.
    """
    settings, store = parts.settings, parts.store
    client_for = _client_for(settings)
    return [
        Job("digests", lambda: deliver_due(store, settings, client_for, parts.clock, parts.detector.rules)),
        Job("introductions", lambda: introduce_due(store, client_for, parts.clock, settings.trial_days)),
        Job("nudges", lambda: settle_stale(store, parts.clock())),
        Job("muted rules", lambda: tell_administrators(store, parts.detector.rules, client_for, parts.clock)),
        Job("week counts", lambda: count_stale_weeks(store, settings.zone, parts.clock())),
        Job("retention", lambda: _purge(parts), every_seconds=_HOURLY),
        Job("missed lookups", lambda: _forget_misses(parts), every_seconds=_HOURLY),
    ]


@contextmanager
def _parts(settings: Settings) -> Iterator[Parts]:
    parts = build_parts(settings, utc_now)
    try:
        yield parts
    finally:
        parts.store.close()


@contextmanager
def _connected(app: App, settings: Settings) -> Iterator[SocketModeClient]:
    client = SocketModeHandler(app, settings.reveal("slack_app_token"), ping_interval=_PING_SECONDS).client
    try:
        _connect(client)
        yield client
    finally:
        client.close()


def _connect(client: SocketModeClient) -> None:
    try:
        client.connect()
    except (SlackClientError, OSError) as error:
        raise slack_trouble(error, "SLACK_APP_TOKEN") from None


def _check_database(settings: Settings) -> None:
    with open_store(settings) as store:
        check_keys(store, SecretBox(settings.reveal("secret_key")))


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 (as gunicorn will)
        except OSError as error:
            raise SettingsError(f"PORT {port} cannot be had ({error.strerror}).", "Give a free PORT.") from None


def _purge(parts: Parts) -> None:
    purge(parts.store, parts.settings.retention, parts.clock(), parts.settings.time_zone)


def _forget_misses(parts: Parts) -> None:
    with parts.store.begin() as session:
        forget_misses(session, parts.clock())


def _client_for(settings: Settings) -> Callable[[str], WebClient | None]:
    # One token serves one workspace; with OAuth each tenant will have its own.
    client = _client(settings)
    return lambda _tenant_id: client


def _client(settings: Settings) -> WebClient:
    return reading_client(settings.reveal("slack_bot_token"), settings.slack_api_url)


def _run_jobs(parts: Parts, jobs: list[Job]) -> None:
    stop = _serve_operations(parts)
    try:
        run_clock(build_scheduler(jobs, parts.settings.tick_seconds))
    finally:
        stop()


def _serve_operations(parts: Parts) -> Callable[[], None]:
    if parts.settings.ops_bind == "off":
        return lambda: None
    return serve_operations(parts.store, parts.settings.ops_bind)
