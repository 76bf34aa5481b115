"""An app that is killed while Slack serves it, and comes back: what it left is delivered again."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.playground import Call, SlackStandIn

APP = """
import os, threading
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], retry_handlers=[])
app = App(client=client, process_before_response=True)

@app.event("message")
def nudge(event):
    client.chat_postEphemeral(channel=event["channel"], user=event["user"], text=event["text"])

SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()
threading.Event().wait()
"""


class AppProcess:
    """The app in a process of its own, which can be killed and started again."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self.start()

    def start(self) -> None:
        told = {
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_APP_TOKEN": self._slack.app_token,
            "SLACK_API_URL": self._slack.api_url,
        }
        self._process = subprocess.Popen([sys.executable, "-c", APP], env={**os.environ, **told})

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def process(slack: SlackStandIn) -> Iterator[AppProcess]:
    process = AppProcess(slack)
    slack.wait_for_app()
    yield process
    process.kill()


@pytest.mark.parametrize(("kind", "shown"), [("timeout_before", 1), ("timeout_after_accept", 2)])
def test_killed_while_sending(slack: SlackStandIn, process: AppProcess, kind: str, shown: int) -> None:
    def strike(call: Call) -> None:
        process.kill()
        process.start()

    slack.faults.add(kind=kind, method="chat.postEphemeral", on_hit=strike)
    slack.post("ann", "infra", "hello")
    slack.settle(timeout=30)
    assert [one.outcome for one in slack.deliveries] == ["connection_lost", "acked"]
    assert len(slack.ephemerals("ann")) == shown, "an app that keeps no record sends it twice where it was accepted"
    assert [call.status for call in slack.calls("chat.postEphemeral")] == [0, 200]
