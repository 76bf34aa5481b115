"""The processes themselves: they start, do their work against the stand-in, and end cleanly when told to."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from workplace import FLAGGED

from bot.playground import SlackStandIn
from bot.store.engine import Store
from bot.store.migration import migrate

pytestmark = pytest.mark.usefixtures("bare_environment")
PATIENCE = 60.0


@pytest.fixture
def start(settings: dict[str, str], tmp_path: Path) -> Callable[..., "Running"]:
    def begin(command: str, **more: str) -> Running:
        return Running(command, {**os.environ, **settings, "FAIRVIEW_TICK_SECONDS": "0.1", **more}, tmp_path)

    return begin


class Running:
    """A process of Fairview's, with its output kept in a file."""

    def __init__(self, command: str, environment: dict[str, str], folder: Path) -> None:
        self._log = folder / f"{command}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", command], env=environment, cwd=folder, stdout=log, stderr=log
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def end(self, number: signal.Signals) -> int:
        """Tell it to end; its exit code."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def migrated(bare_environment: None) -> None:
    store = Store("sqlite:///fairview.db")
    migrate(store)
    store.close()


def answer(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return str(response.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def test_run_counts_nudges_answers_and_ends_cleanly(slack: SlackStandIn, start: Callable[..., Running]) -> None:
    port = free_port()
    with start("run", FAIRVIEW_OPS_BIND=f"127.0.0.1:{port}") as app:
        slack.wait_for_app(PATIENCE)
        slack.post("ann", "infra", FLAGGED)
        slack.wait_until(lambda: slack.ephemerals("ann"), PATIENCE)
        assert "You: nudges are on." in slack.command("ann", "infra", "/fairview", "status", wait=PATIENCE).text
        assert answer(f"http://127.0.0.1:{port}/readyz") == "ok\n"
        assert "fairview_read_seconds_count 1.0" in answer(f"http://127.0.0.1:{port}/metrics")
        assert app.end(signal.SIGTERM) == 0
    assert "clock stopped" in app.output
    assert "Traceback" not in app.output
    assert "price file" not in app.output


OWN_RULES = """- id: us_them.outsiders.own
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns: [zonk]
  rewrite: Could we look at it together?
  examples:
    flag: ["a <<zonk>> here"]
    pass: ["nothing of it"]
- id: us_them.outsiders.trial
  title: A word on trial
  why: A reason that is long enough to be read.
  mode: shadow
  patterns: [zonk|blorp]
  examples:
    flag: ["a <<blorp>> here"]
    pass: ["nothing of it"]
- id: us_them.rude.own
"""


def test_run_reads_with_the_rules_of_the_workspace(
    slack: SlackStandIn, start: Callable[..., Running], tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text(OWN_RULES, encoding="utf-8")
    port = free_port()
    with start("run", FAIRVIEW_RULES="own.yaml", FAIRVIEW_OPS_BIND=f"127.0.0.1:{port}") as app:
        slack.wait_for_app(PATIENCE)
        slack.post("ann", "infra", "Such a zonk again.")
        (nudge,) = slack.wait_until(lambda: slack.ephemerals("ann"), PATIENCE)
        assert "Could we look at it together?" in str(nudge.blocks)
        trial = 'fairview_shadow_findings_total{rule="us_them.outsiders.trial"} 1.0'
        assert trial in answer(f"http://127.0.0.1:{port}/metrics")
        assert app.end(signal.SIGTERM) == 0
    refused = [line for line in app.output.splitlines() if " ERROR bot.rules refused: own.yaml:17: " in line]
    assert len(refused) == 4, app.output
    assert "'rude' is not a subtype of us_them; allowed: business_as_other" in refused[0]
    assert "zonk" not in app.output


def test_web_serves_what_slack_signs_and_ends_cleanly(
    slack: SlackStandIn, start: Callable[..., Running], migrated: None
) -> None:
    port = free_port()
    with start("web", PORT=str(port)) as app:
        until_answered(slack, f"http://127.0.0.1:{port}/healthz")
        slack.connect_http(f"http://127.0.0.1:{port}/slack/events")
        assert slack.verify_request_url()
        slack.post("ann", "infra", FLAGGED)
        slack.wait_until(lambda: slack.ephemerals("ann"), PATIENCE)
        assert answer(f"http://127.0.0.1:{port}/readyz") == "ok\n"
        assert app.end(signal.SIGTERM) == 0
    assert "Traceback" not in app.output
    assert "price file" not in app.output


def test_clock_ticks_and_ends_cleanly(start: Callable[..., Running], migrated: None, slack: SlackStandIn) -> None:
    port = free_port()
    with start("clock", FAIRVIEW_OPS_BIND=f"127.0.0.1:{port}") as app:
        until_answered(slack, f"http://127.0.0.1:{port}/healthz")
        assert app.end(signal.SIGINT) == 0
    assert (
        "clock started: digests, introductions, nudges, muted rules, week counts, retention, missed lookups"
        in app.output
    )
    assert "clock stopped" in app.output


def until_answered(slack: SlackStandIn, address: str) -> None:
    """Wait until the process serves; the stand-in's wait is the only one there is."""
    for _ in range(int(PATIENCE * 10)):
        if answer(address):
            return
        try:
            slack.wait_until(lambda: False, 0.1)
        except TimeoutError:
            continue
    raise AssertionError(address)
