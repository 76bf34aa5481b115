"""The app as an operator runs it: a process of its own, which can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from cryptography.fernet import Fernet

from bot.playground import SlackStandIn

READY_SECONDS = 60.0
_DEATH_SECONDS = 30.0


def free_port() -> int:
    """Return a port of the loopback interface that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AppProcess:
    """`fairview run` (Socket Mode) or `fairview web` against a stand-in; what it writes goes to ``log``."""

    def __init__(self, slack: SlackStandIn, folder: Path, database_url: str, command: str = "run") -> None:
        self._slack = slack
        self._folder = folder
        self.command = command
        self._process: subprocess.Popen[bytes] | None = None
        # Who knocks while nobody is in waits in the queue of this socket, as at a load balancer.
        self._door = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.log = folder / "app.log"
        self.ops_url = f"127.0.0.1:{free_port()}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "FAIRVIEW_"))},
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": database_url,
            "FAIRVIEW_SECRET_KEY": Fernet.generate_key().decode(),
            "FAIRVIEW_TICK_SECONDS": "0.5",
            # Tests run at any hour, in channels that are new; the limits have tests of their own.
            "FAIRVIEW_TRIAL_DAYS": "0",
            "FAIRVIEW_QUIET_HOURS": "off",
            "FAIRVIEW_QUIET_DAYS": "off",
            "FAIRVIEW_NUDGES_PER_DAY": "1000",
            "FAIRVIEW_NUDGES_PER_RULE_AND_DAY": "1000",
            "FAIRVIEW_OPS_BIND": self.ops_url,
            "PORT": str(free_port()),
            # As many threads as Socket Mode has: each makes itself a language pipeline, and a test has few processors.
            "GUNICORN_CMD_ARGS": f"--threads 10 --bind fd://{self._door.fileno()}",
        }
        self.address: tuple[str, int] = self._door.getsockname()
        self.request_url = f"http://127.0.0.1:{self.address[1]}/slack/events"

    def start(self, *, hooks: Path | None = None, **environment: str) -> None:
        """Start it and return once Slack reaches it.

        ``hooks``, a folder with a sitecustomize.py, and ``environment`` hold for this time only.
        """
        if hooks is not None:
            path = os.environ.get("PYTHONPATH")
            environment["PYTHONPATH"] = f"{hooks}{os.pathsep}{path}" if path else str(hooks)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", self.command],
                env={**self.environment, **environment},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[self._door.fileno()],
            )
        if self.command == "run":
            self._slack.wait_for_app(READY_SECONDS)
        else:
            self._slack.connect_http(self.request_url)
            self._await_web()

    def strike(self) -> None:
        """End it where it stands, with SIGKILL, its children too; it may be dead already."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Strike it and return once it is gone."""
        if self._process is not None:
            self.strike()
            self.await_death()

    def close(self) -> None:
        """Kill it, and let its address go."""
        self.kill()
        self._door.close()

    def await_death(self) -> int:
        """Return its exit code once it is gone, and Slack has noticed; raises TimeoutExpired."""
        assert self._process is not None
        code = self._process.wait(_DEATH_SECONDS)
        if self.command == "run":
            self._slack.wait_until(lambda: not self._slack.connections, what="the connection to be lost")
        return code

    def stop(self) -> int:
        """Ask it to end, as an operator does; what it has begun, it finishes. Return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self.await_death()

    def _await_web(self) -> None:
        assert self._process is not None
        end = time.monotonic() + READY_SECONDS
        while self._process.poll() is None and time.monotonic() < end:
            if self._slack.verify_request_url():  # waits for an answer as long as Slack does
                return
        raise TimeoutError("the web process did not answer")
