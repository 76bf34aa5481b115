"""Socket Mode: envelopes and acknowledgements by a bare WebSocket, then slack_bolt's own handler."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from workplace import close_socket

from bot.playground import AppConfig, SlackStandIn


class BareSocket:
    """One WebSocket of an app that does nothing by itself: what arrives is kept, and answered when told."""

    def __init__(self, loop: asyncio.AbstractEventLoop, slack: SlackStandIn) -> None:
        self._loop = loop
        self._slack = slack
        self.received: list[dict[str, Any]] = []
        self.acknowledge = True
        self.closed = False
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        self.url = client.apps_connections_open(app_token=slack.app_token)["url"]
        self._run(self._open())
        self._listening = asyncio.run_coroutine_threadsafe(self._listen(), loop)
        self.wait_for(lambda: self.received)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self.url)

    async def _listen(self) -> None:
        async for message in self._socket:
            envelope = message.json()
            # Kept before it is acknowledged: whoever waits for the acknowledgement finds it here.
            self.keep(envelope)
            if self.acknowledge and "envelope_id" in envelope:
                await self._socket.send_json({"envelope_id": envelope["envelope_id"]})
        self.closed = True
        self.keep(None)

    def keep(self, envelope: dict[str, Any] | None) -> None:
        with self._slack._platform.changed:
            if envelope is not None:
                self.received.append(envelope)
            self._slack._platform.changed.notify_all()

    def wait_for(self, predicate: Callable[[], Any]) -> Any:
        return self._slack.wait_until(predicate, 10)

    def envelopes(self) -> list[dict[str, Any]]:
        return [one for one in self.received if "envelope_id" in one]

    def send(self, payload: dict[str, Any]) -> None:
        self._run(self._socket.send_json(payload))

    def close(self) -> None:
        async def leave() -> None:
            await self._socket.close()
            await self._session.close()

        self._run(leave())
        self._listening.result(10)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def connect(slack: SlackStandIn, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[[], BareSocket]]:
    opened: list[BareSocket] = []

    def one_more() -> BareSocket:
        opened.append(BareSocket(loop, slack))
        return opened[-1]

    yield one_more
    for socket in opened:
        socket.close()


def test_hello_comes_first(connect: Callable[[], BareSocket], slack: SlackStandIn) -> None:
    first, second = connect(), connect()
    assert (first.received[0]["type"], first.received[0]["num_connections"]) == ("hello", 1)
    assert second.received[0]["num_connections"] == 2
    assert first.received[0]["connection_info"] == {"app_id": slack.app_id}
    assert slack.connections == 2


def test_an_address_is_good_once(connect: Callable[[], BareSocket]) -> None:
    socket = connect()

    async def again() -> None:
        async with aiohttp.ClientSession() as session:
            await session.ws_connect(socket.url)

    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        socket._run(again())


def test_an_event_envelope(connect: Callable[[], BareSocket], slack: SlackStandIn) -> None:
    socket = connect()
    ts = slack.post("ann", "infra", "hello")
    slack.settle()
    (envelope,) = socket.envelopes()
    assert envelope["type"] == "events_api"
    assert envelope["accepts_response_payload"] is False
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    assert envelope["payload"]["event"]["ts"] == ts
    assert envelope["payload"]["type"] == "event_callback"
    assert [one.outcome for one in slack.deliveries] == ["acked"]
    assert slack.deliveries[0].envelope_id == envelope["envelope_id"]


def test_commands_and_interactions_take_an_answer(connect: Callable[[], BareSocket], slack: SlackStandIn) -> None:
    socket = connect()
    slack.command("ann", "infra", "/fairview", "help", wait=0)
    slack.shortcut("ann", "new", wait=0)
    socket.wait_for(lambda: len(socket.envelopes()) == 2)
    command, shortcut = socket.envelopes()
    assert [(one["type"], one["accepts_response_payload"]) for one in (command, shortcut)] == [
        ("slash_commands", True),
        ("interactive", True),
    ]
    assert "retry_attempt" not in command
    assert command["payload"]["text"] == "help"
    assert shortcut["payload"]["callback_id"] == "new"


def test_each_envelope_goes_to_one_connection(connect: Callable[[], BareSocket], slack: SlackStandIn) -> None:
    sockets = [connect(), connect()]
    for number in range(6):
        slack.post("ann", "infra", f"m{number}")
    slack.settle()
    texts = [[one["payload"]["event"]["text"] for one in socket.envelopes()] for socket in sockets]
    assert sorted(texts[0] + texts[1]) == [f"m{number}" for number in range(6)]
    assert min(map(len, texts)) == 3


def test_what_a_lost_connection_left_goes_to_another(connect: Callable[[], BareSocket], slack: SlackStandIn) -> None:
    deaf = connect()
    deaf.acknowledge = False
    slack.post("ann", "infra", "hello")
    deaf.wait_for(deaf.envelopes)
    heir = connect()
    deaf.close()
    slack.settle()
    assert [one["retry_attempt"] for one in heir.envelopes()] == [1]
    assert heir.envelopes()[0]["payload"]["event_id"] == deaf.envelopes()[0]["payload"]["event_id"]
    assert heir.envelopes()[0]["envelope_id"] != deaf.envelopes()[0]["envelope_id"]
    assert [one.outcome for one in slack.deliveries] == ["connection_lost", "acked"]


def test_an_acknowledgement_on_another_connection_counts(
    connect: Callable[[], BareSocket], slack: SlackStandIn
) -> None:
    first = connect()
    first.acknowledge = False
    slack.post("ann", "infra", "hello")
    first.wait_for(first.envelopes)
    connect().send({"envelope_id": first.envelopes()[0]["envelope_id"]})
    slack.settle()
    assert [one.outcome for one in slack.deliveries] == ["acked"]


def test_what_is_not_acknowledged_comes_again_and_is_dropped(loop: asyncio.AbstractEventLoop) -> None:
    with SlackStandIn(time_scale=0.001, answer_limit=0.1) as slack:
        slack.add_member("ann")
        slack.add_channel("infra", members=["ann"], with_app=True)
        socket = BareSocket(loop, slack)
        socket.acknowledge = False
        slack.post("ann", "infra", "hello")
        slack.settle()
        seen = [(one["retry_attempt"], one["retry_reason"]) for one in socket.envelopes()]
        assert seen == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
        assert [one.dropped for one in slack.deliveries] == [False, False, False, True]
        assert slack.command("ann", "infra", "/fairview").outcome == "operation_timeout"
        socket.close()


def test_without_a_connection_there_is_a_moment_to_come_back(
    connect: Callable[[], BareSocket], slack: SlackStandIn
) -> None:
    connect().close()
    slack.wait_until(lambda: slack.connections == 0)
    slack.post("ann", "infra", "while away")
    back = connect()
    slack.settle()
    assert [one["payload"]["event"]["text"] for one in back.envelopes()] == ["while away"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_slack_announces_that_it_will_hang_up(
    connect: Callable[[], BareSocket], slack: SlackStandIn, reason: str
) -> None:
    old = connect()
    assert slack.faults.drop_socket(reason) == 1
    old.wait_for(lambda: old.received[-1]["type"] == "disconnect")
    assert old.received[-1]["reason"] == reason
    old.wait_for(lambda: old.closed)


# slack_bolt's handler


@pytest.fixture
def bolt_socket(slack: SlackStandIn, client: WebClient) -> Iterator[App]:
    app = App(client=client, process_before_response=True)
    handler = SocketModeHandler(app, slack.app_token, ping_interval=0.2)
    handler.connect()
    slack.wait_for_app()
    yield app
    leave(slack, handler)


def leave(slack: SlackStandIn, handler: SocketModeHandler) -> None:
    """Close a handler without the three seconds that slack_sdk spends in a last read of an open socket."""
    handler.client.auto_reconnect_enabled = False
    slack.faults.drop_socket()
    close_socket(handler)


def test_bolt_in_socket_mode(slack: SlackStandIn, bolt_socket: App) -> None:
    heard = []

    @bolt_socket.event("message")
    def hear(event: dict, client: WebClient) -> None:
        heard.append(event["text"])
        client.chat_postEphemeral(channel=event["channel"], user=event["user"], text="heard")

    bolt_socket.command("/fairview")(lambda ack, command: ack(f"you said {command['text']}"))
    slack.post("ann", "infra", "hello")
    note = slack.wait_until(lambda: slack.ephemerals("ann"))[0]
    assert (note.text, heard) == ("heard", ["hello"])
    assert slack.command("ann", "infra", "/fairview", "hi").text == "you said hi"

    for number, how in enumerate(("close", "warning", "abort")):
        slack.faults.drop_socket(how)
        slack.post("ann", "infra", f"after {number}")
        slack.wait_until(lambda wanted=f"after {number}": wanted in heard)
    slack.settle()
    assert not any(one.dropped for one in slack.deliveries)


def test_bolt_does_not_acknowledge_what_it_could_not_do(slack: SlackStandIn, client: WebClient) -> None:
    config = AppConfig.with_everything()
    with SlackStandIn(app=config, time_scale=0.001, answer_limit=0.6) as hurried:
        hurried.add_member("ann")
        hurried.add_channel("infra", members=["ann"], with_app=True)
        web = WebClient(token=hurried.bot_token, base_url=hurried.api_url)
        app, tries = App(client=web, process_before_response=True), []

        @app.event("message")
        def stumble(request: Any) -> None:
            tries.append(request.headers["x-slack-retry-num"])
            if len(tries) < 3:
                raise RuntimeError

        handler = SocketModeHandler(app, hurried.app_token)
        handler.connect()
        hurried.post("ann", "infra", "hello")
        hurried.settle()
        leave(hurried, handler)
    assert tries == [["0"], ["1"], ["2"]]
    assert [one.outcome for one in hurried.deliveries] == ["http_timeout", "http_timeout", "acked"]
