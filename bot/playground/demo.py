"""`fairview demo`: the app, unmodified, against the stand-in, through one working day, and then your own lines."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from cryptography.fernet import Fernet

from bot.cli.streams import import_streams
from bot.playground import Message, SlackStandIn, StandInError
from bot.playground import working_day as day
from bot.playground.acting import PATIENCE_SECONDS, Day, DemoError, Workplace
from bot.playground.history import generate_weeks
from bot.playground.screen import Screen
from bot.settings import Settings
from bot.slack_time import utc_now
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.migration import migrate

_BEAT_SECONDS = 1.4
_START_LOOKS = 120
_ZONE = "Europe/London"
_SAMPLE = Path(__file__).parents[1] / "valuestreams" / "samples" / "catalogue.yaml"
_GOODBYE = {"quit", "exit", "bye", "q"}


def play(speed: float = 1.0, stdin: TextIO = sys.stdin, stdout: TextIO = sys.stdout) -> int:
    """Play the day; where ``stdin`` is a terminal, go on with what the person types.

    Returns 0, or 1 with the reason where anything that should have happened did not.
    """
    with tempfile.TemporaryDirectory(prefix="fairview-demo-") as folder, SlackStandIn() as slack:
        demonstration = _Demonstration(slack, Path(folder), stdout)
        try:
            with demonstration.app_running():
                today = Day(demonstration.workplace, _BEAT_SECONDS / speed)
                today.play()
                if stdin.isatty():
                    demonstration.take_lines(today)
        except (DemoError, StandInError, TimeoutError) as error:
            stdout.write(f"\nThe demonstration failed: {error}\n{demonstration.log_tail()}")
            return 1
    return 0


class _Demonstration:
    def __init__(self, slack: SlackStandIn, folder: Path, stdout: TextIO) -> None:
        self._slack = slack
        self._log = folder / "app.log"
        self._names: dict[str, str] = {slack.bot_user_id: "Fairview"}
        self._screen = Screen(stdout, self._names)
        self._channels: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "FAIRVIEW_"))},
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": f"sqlite:///{folder / 'fairview.db'}",
            "FAIRVIEW_SECRET_KEY": Fernet.generate_key().decode(),
            "FAIRVIEW_ZONE": _ZONE,
            "FAIRVIEW_TICK_SECONDS": "0.5",
            "FAIRVIEW_OPS_BIND": "off",
            # The day is played at whatever hour somebody likes to see it.
            "FAIRVIEW_TRIAL_DAYS": "0",
            "FAIRVIEW_QUIET_HOURS": "off",
            "FAIRVIEW_QUIET_DAYS": "off",
        }
        self._settings = Settings.load(self._environment)
        self._store = Store(self._settings.database_url.get_secret_value())
        self.workplace = Workplace(slack, self._store, self._screen, self._channels, _ZONE)

    @contextlib.contextmanager
    def app_running(self) -> Iterator[None]:
        """Make the workspace, start `fairview run` against it, and end it afterwards."""
        self._screen.title("Fairview, shown against a Slack stand-in on this machine")
        self._make_workspace()
        migrate(self._store)
        with self._log.open("wb") as log:
            app = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                env=self._environment,
                cwd=self._log.parent,
                stdout=log,
                stderr=log,
            )
            try:
                self._await_connection(app)
                self._settle_in()
                yield
            finally:
                app.terminate()
                try:
                    app.wait(10)
                except subprocess.TimeoutExpired:
                    app.kill()
                    app.wait()
                self._store.close()

    def _await_connection(self, app: subprocess.Popen[bytes]) -> None:
        for _ in range(_START_LOOKS):
            with contextlib.suppress(TimeoutError):
                self._slack.wait_until(lambda: self._slack.connections, 0.5)
                return
            if app.poll() is not None:
                break
        raise DemoError("the app did not start")

    def log_tail(self) -> str:
        """Return the last lines the app logged; they hold nobody's words."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        return "".join(f"  {line}\n" for line in lines[-10:])

    def take_lines(self, today: Day) -> None:
        """Take what the person types until they leave."""
        self._screen.title("Your turn")
        self._screen.note("You are in every channel. Type  #infrastructure The business wants it today  or a command:")
        self._screen.note(
            "/valuestream refunds   /fairview help   or put a channel before it: #erp /valuestream   quit ends"
        )
        while True:
            try:
                line = self._screen.ask("> ").strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line.lower() in _GOODBYE:
                return
            if line:
                self._take(today, line)

    def _take(self, today: Day, line: str) -> None:
        channel = day.INFRASTRUCTURE
        if line.startswith("#"):
            name, _, line = line[1:].partition(" ")
            found = [known for known in day.CHANNELS if known.startswith(name)]
            if not found or not line.strip():
                self._screen.note(f"Channels are {', '.join('#' + known for known in day.CHANNELS)}; then your words.")
                return
            channel = found[0]
        if line.startswith("/"):
            self._type(today, channel, line)
            return
        before = len(self._slack.ephemerals(day.VISITOR))
        self._slack.post(day.VISITOR, channel, line, typed=True)
        self._slack.settle(PATIENCE_SECONDS)
        try:
            nudges = self._slack.wait_until(lambda: self._slack.ephemerals(day.VISITOR)[before:], 1.0)
        except TimeoutError:
            self._screen.note("counted; no nudge")
            return
        for nudge in nudges:
            self._screen.private(day.VISITOR, nudge.text, nudge.blocks)

    def _type(self, today: Day, channel: str, line: str) -> None:
        try:
            today.command(day.VISITOR, channel, line)
        except DemoError as error:
            self._screen.note(str(error))

    def _make_workspace(self) -> None:
        for name, real_name in day.PEOPLE.items():
            is_admin = name == day.ADMINISTRATOR
            self._members[name] = self._slack.add_member(name, real_name=real_name, tz=_ZONE, is_admin=is_admin)
        self._members[day.VISITOR] = self._slack.add_member(day.VISITOR, real_name="You", tz=_ZONE, is_admin=True)
        for channel in day.CHANNELS:
            self._channels[channel] = self._slack.add_channel(
                channel, members=list(self._members), creator=day.ADMINISTRATOR
            )
        self._names.update({member_id: name for name, member_id in self._members.items()})
        self._names.update({channel_id: name for name, channel_id in self._channels.items()})

    def _introduction(self, channel: str) -> Message:
        posts = self._slack.wait_until(
            lambda: [one for one in self._slack.messages(channel) if one.bot_id],
            PATIENCE_SECONDS,
            what=f"an introduction in #{channel}",
        )
        return posts[0]

    def _settle_in(self) -> None:
        for channel in day.CHANNELS:
            self._slack.invite_app(channel, by=day.ADMINISTRATOR)
        self._slack.settle(PATIENCE_SECONDS)
        self._screen.note(f"Fairview was invited to {', '.join('#' + channel for channel in day.CHANNELS)}.")
        first, *others = (self._introduction(channel) for channel in day.CHANNELS)
        self._screen.public(day.CHANNELS[0], first.text, first.blocks)
        self._screen.note(f"It introduced itself once in each of the other {len(others)} channels, too.")
        now = utc_now()
        box = SecretBox(self._environment["FAIRVIEW_SECRET_KEY"])
        people = [self._members[name] for name in day.PEOPLE]
        generate_weeks(self._store, box, self._slack.team_id, list(self._channels.values()), people, now, _ZONE)
        self._screen.note(
            "Eight earlier weeks of figures were generated for the digest; there are no messages behind them."
        )
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            code = import_streams(
                _SAMPLE,
                workspace=self._slack.team_id,
                dry_run=False,
                store=self._store,
                settings=self._settings,
                stdout=nowhere,
                now=now,
            )
        if code:
            raise DemoError("the sample catalogue could not be imported")
        self._screen.note("The sample catalogue of value streams was imported.")
        self._screen.title("A working day")
