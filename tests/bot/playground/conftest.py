"""A small office in the stand-in, and real Bolt apps that work for it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient
from werkzeug.serving import make_server

from bot.playground import AppConfig, SlackStandIn

QUICK = 0.0002
SHORTCUTS = {"look": "message", "new": "global"}


@dataclass
class Clock:
    """A clock that moves only when told to."""

    now: float = 1_732_354_800.0

    def __call__(self) -> float:
        return self.now


@dataclass
class RecordingApp:
    """A request URL that keeps what it is sent and answers as told; no Bolt, to see the bytes themselves."""

    received: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Response | str] = lambda _: ""

    def wsgi(self) -> Flask:
        flask = Flask("recording")

        @flask.post("/slack/events")
        def take() -> Response | str:
            seen = {"headers": dict(request.headers), "body": request.get_data(as_text=True)}
            seen["json"] = request.get_json(silent=True)
            seen["form"] = request.form.to_dict()
            self.received.append(seen)
            return self.answer(seen)

        return flask


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    config = AppConfig.with_everything("/fairview", "/valuestream", shortcuts=SHORTCUTS)
    with SlackStandIn(app=config, time_scale=QUICK, clock=clock, rate_limits=False) as standin:
        furnish(standin)
        yield standin


def furnish(standin: SlackStandIn) -> None:
    """Three members, an outsider; #infra and #erp with the app, #lounge and the private #board without it."""
    standin.add_member("ann", real_name="Ann Archer", tz="Europe/London")
    standin.add_member("ben", real_name="Ben Baker")
    standin.add_member("cara", real_name="Cara Clark", is_admin=True)
    standin.add_member("olga", real_name="Olga Outside", team_id="T0PARTNER")
    standin.add_channel("infra", members=["ann", "ben"], with_app=True)
    standin.add_channel("erp", private=True, members=["ann", "cara"], with_app=True)
    standin.add_channel("lounge", members=["ann", "ben"])
    standin.add_channel("board", private=True, members=["ann", "cara"])
    standin.add_channel("partners", members=["ann", "olga"], is_ext_shared=True, with_app=True)


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve a WSGI app on a thread; answers its request URL."""
    running = []

    def start(flask: Flask) -> str:
        server = make_server("127.0.0.1", 0, flask, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/slack/events"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def make_recording() -> type[RecordingApp]:
    return RecordingApp


@pytest.fixture
def recording(slack: SlackStandIn, serve: Callable[[Flask], str]) -> RecordingApp:
    app = RecordingApp()
    slack.connect_http(serve(app.wsgi()))
    return app


@pytest.fixture
def serve_bolt(serve: Callable[[Flask], str]) -> Callable[[App], str]:
    """Serve a Bolt app as Flask does; answers its request URL."""

    def start(app: App) -> str:
        handler, flask = SlackRequestHandler(app), Flask("bolt")
        flask.add_url_rule("/slack/events", view_func=lambda: handler.handle(request), methods=["POST"])
        return serve(flask)

    return start


@pytest.fixture
def bolt(slack: SlackStandIn, client: WebClient, serve_bolt: Callable[[App], str]) -> App:
    """A Bolt app in HTTP mode; add listeners to it."""
    app = App(signing_secret=slack.signing_secret, client=client, process_before_response=True)
    slack.connect_http(serve_bolt(app))
    return app


@pytest.fixture
def events(slack: SlackStandIn, recording: RecordingApp) -> Callable[[], list[dict[str, Any]]]:
    """The envelopes that have arrived, once everything has settled."""

    def arrived() -> list[dict[str, Any]]:
        slack.settle()
        return sorted((one["json"] for one in recording.received if one["json"]), key=lambda one: one["event_id"])

    return arrived
