"""`fairview demo`: the app, unmodified, against the stand-in, through one working day, and then your own lines."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from cryptography.fernet import Fernet
from sqlmodel import select

from bot.cli.streams import import_streams
from bot.playground import Ephemeral, Interaction, SlackStandIn, StandInError
from bot.playground import working_day as day
from bot.playground.history import generate_weeks
from bot.playground.screen import Screen
from bot.settings import Settings
from bot.slack_time import utc_now
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.migration import migrate
from bot.store.tables import DigestSubscription, Message, MessageFinding

_PATIENCE_SECONDS = 20.0
_BEAT_SECONDS = 1.4
_START_LOOKS = 120
_ZONE = "Europe/London"
_SAMPLE = Path(__file__).parents[1] / "valuestreams" / "samples" / "catalogue.yaml"
_GOODBYE = {"quit", "exit", "bye", "q"}


class DemoError(Exception):
    """Something that should have happened in the demonstration did not."""


def play(speed: float = 1.0, stdin: TextIO = sys.stdin, stdout: TextIO = sys.stdout) -> int:
    """Play the day; where ``stdin`` is a terminal, go on with what the person types.

    Returns 0, or 1 with the reason where anything that should have happened did not.
    """
    with tempfile.TemporaryDirectory(prefix="fairview-demo-") as folder, SlackStandIn() as slack:
        demonstration = _Demonstration(slack, Path(folder), stdout, speed if not stdin.isatty() else min(speed, 4.0))
        try:
            with demonstration.app_running():
                demonstration.play_day()
                if stdin.isatty():
                    demonstration.take_lines()
        except (DemoError, StandInError, TimeoutError) as error:
            stdout.write(f"\nThe demonstration failed: {error}\n{demonstration.log_tail()}")
            return 1
    return 0


class _Demonstration:
    def __init__(self, slack: SlackStandIn, folder: Path, stdout: TextIO, speed: float) -> None:
        self._slack = slack
        self._log = folder / "app.log"
        self._pause = threading.Event()
        self._beat = _BEAT_SECONDS / speed
        self._names: dict[str, str] = {slack.bot_user_id: "Fairview"}
        self._screen = Screen(stdout, self._names)
        self._channels: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._posted: dict[str, day.Says] = {}
        self._ts: dict[str, str] = {}
        self._nudges: dict[str, Ephemeral] = {}
        self._seen: dict[str, bool] = dict.fromkeys(
            (
                *(f"a nudge in #{channel}" for channel in day.CHANNELS),
                *(f"the button “{button}”" for button in ("Helpful", "Not relevant", "Why this?")),
                "an edit",
                "a deletion",
                "a message delivered twice, counted once",
                "a digest",
                "a lookup that hits",
                "a lookup that misses",
            ),
            False,
        )
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
        }
        self._settings = Settings.load(self._environment)
        self._store = Store(self._settings.database_url.get_secret_value())

    @contextlib.contextmanager
    def app_running(self) -> Iterator[None]:
        """Make the workspace, start `fairview run` against it, and end it afterwards."""
        self._screen.title("Fairview, shown against a Slack stand-in on this machine")
        self._make_workspace()
        migrate(self._store)
        with self._log.open("wb") as log:
            app = subprocess.Popen(  # noqa: S603 (our own command line, in an environment of our own)
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

    def play_day(self) -> None:
        """Play every step, and raise DemoError where something did not happen."""
        for step in day.DAY:
            self._play(step)
            self._wait()
        self._check_counts()
        self._screen.title("What was to be seen")
        self._screen.verdict(self._seen, self._figures())
        missing = [what for what, happened in self._seen.items() if not happened]
        if missing:
            raise DemoError(f"never seen: {', '.join(missing)}")

    def take_lines(self) -> None:
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
                self._take(line)

    def _take(self, line: str) -> None:
        channel = day.INFRASTRUCTURE
        if line.startswith("#"):
            name, _, line = line[1:].partition(" ")
            found = [known for known in day.CHANNELS if known.startswith(name)]
            if not found or not line.strip():
                self._screen.note(f"Channels are {', '.join('#' + known for known in day.CHANNELS)}; then your words.")
                return
            channel = found[0]
        if line.startswith("/"):
            self._command(day.VISITOR, channel, line)
            return
        before = len(self._slack.ephemerals(day.VISITOR))
        self._slack.post(day.VISITOR, channel, line, typed=True)
        self._slack.settle(_PATIENCE_SECONDS)
        try:
            nudges = self._slack.wait_until(lambda: self._slack.ephemerals(day.VISITOR)[before:], 1.0)
        except TimeoutError:
            self._screen.note("counted; no nudge")
            return
        for nudge in nudges:
            self._screen.private(day.VISITOR, nudge.text, nudge.blocks)

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

    def _settle_in(self) -> None:
        for channel in day.CHANNELS:
            self._slack.invite_app(channel, by=day.ADMINISTRATOR)
        self._slack.settle(_PATIENCE_SECONDS)
        self._screen.note(f"Fairview was invited to {', '.join('#' + channel for channel in day.CHANNELS)}.")
        now = utc_now()
        box = SecretBox(self._environment["FAIRVIEW_SECRET_KEY"])
        people = [self._members[name] for name in day.PEOPLE]
        generate_weeks(self._store, box, self._slack.team_id, list(self._channels.values()), people, now, _ZONE)
        self._screen.note(
            "Eight earlier weeks of figures were generated for the digest; there are no messages behind them."
        )
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
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

    def _play(self, step: day.Step) -> None:
        match step:
            case day.Says():
                self._says(step)
            case day.Clicks():
                self._clicks(step)
            case day.Edits():
                self._edits(step)
            case day.Deletes():
                self._deletes(step)
            case day.BotSays():
                self._screen.says("Build Bot (another app)", step.channel, step.text)
                self._slack.post_as_bot(step.channel, step.text, name="Build Bot")
                self._slack.settle(_PATIENCE_SECONDS)
                self._screen.note("another app's words: not counted")
            case day.Types():
                self._types(step)
            case day.Digest():
                self._digest(step)

    def _says(self, step: day.Says) -> None:
        self._screen.says(step.who, step.channel, step.text, in_thread=bool(step.in_thread_of))
        before = len(self._slack.ephemerals(step.who, step.channel))
        if step.delivered_twice:
            self._slack.faults.duplicate_events(lambda _envelope: 1)
        thread_ts = self._ts[step.in_thread_of] if step.in_thread_of else None
        ts = self._slack.post(step.who, step.channel, step.text, thread_ts=thread_ts)
        self._posted[ts] = step
        self._ts[step.key] = ts
        if not step.nudged:
            self._slack.settle(_PATIENCE_SECONDS)
        else:
            self._see_nudge(step, before)
        if step.delivered_twice:
            self._slack.settle(_PATIENCE_SECONDS)
            self._slack.faults.clear()
            deliveries = [d for d in self._slack.deliveries if d.payload.get("event", {}).get("ts") == ts]
            if len(deliveries) < 2 or len(self._nudges_of(step)) != before + 1:
                raise DemoError("the message delivered twice was not handled once")
            self._screen.note("Slack delivered that message twice; it was counted once and nudged once")
            self._seen["a message delivered twice, counted once"] = True

    def _nudges_of(self, step: day.Says) -> list[Ephemeral]:
        return self._slack.ephemerals(step.who, step.channel)

    def _see_nudge(self, step: day.Says, before: int) -> None:
        what = f"a nudge for “{step.text}”"
        nudge = self._slack.wait_until(lambda: self._nudges_of(step)[before:], _PATIENCE_SECONDS, what=what)[0]
        if len(nudge.blocks or ()) < 3:
            raise DemoError(f"the nudge for “{step.text}” offers no sentence to send instead")
        self._screen.private(step.who, nudge.text, nudge.blocks)
        self._nudges[step.key] = nudge
        self._seen[f"a nudge in #{step.channel}"] = True

    def _clicks(self, step: day.Clicks) -> None:
        who = self._posted[self._ts[step.key]].who
        nudge = self._nudges[step.key]
        action = next(
            element["action_id"]
            for block in nudge.blocks or ()
            if block["type"] == "actions"
            for element in block["elements"]
            if element["text"]["text"] == step.button
        )
        self._screen.note(f"{who} clicks “{step.button}”")
        answer = self._slack.click(who, nudge, action, wait=_PATIENCE_SECONDS)
        if answer.view is not None:
            self._screen.modal(who, answer.view.title, answer.view.blocks)
        elif answer.replaced_original:
            self._screen.private(who, nudge.text, nudge.blocks)
        else:
            raise DemoError(f"the button “{step.button}” was not answered: {answer.text or answer.outcome}")
        self._seen[f"the button “{step.button}”"] = True

    def _edits(self, step: day.Edits) -> None:
        said = self._posted[self._ts[step.key]]
        self._slack.edit(said.channel, self._ts[step.key], step.text)
        self._slack.settle(_PATIENCE_SECONDS)
        self._screen.says(said.who, said.channel, f"{step.text} (edited)")
        if self._findings(said.channel, self._ts[step.key]):
            raise DemoError("the edit did not replace what the first version counted")
        self._screen.note("the edit replaced what the first version counted")
        self._seen["an edit"] = True

    def _deletes(self, step: day.Deletes) -> None:
        said = self._posted[self._ts[step.key]]
        self._slack.delete(said.channel, self._ts[step.key])
        self._slack.settle(_PATIENCE_SECONDS)
        if self._findings(said.channel, self._ts[step.key]):
            raise DemoError("the deletion did not take the message out of the count")
        self._screen.note(f"{said.who} deletes that message; it is out of every count")
        self._seen["a deletion"] = True

    def _types(self, step: day.Types) -> None:
        answer = self._command(step.who, step.channel, step.command)
        shown = f"{answer.text} {[a.blocks for a in answer.answers] if answer.answers else ''}"
        if step.expects.lower() not in shown.lower():
            raise DemoError(f"{step.command} was not answered as it should be: {answer.text or answer.outcome}")
        if step.command.startswith("/valuestream"):
            hit = "nothing" not in shown.lower() and "toaster" not in step.command
            self._seen["a lookup that hits" if hit else "a lookup that misses"] = True

    def _command(self, who: str, channel: str, line: str) -> Interaction:
        command, _, words = line.partition(" ")
        self._screen.says(who, channel, line)
        try:
            answer = self._slack.command(who, channel, command, words, wait=_PATIENCE_SECONDS)
        except StandInError as error:
            raise DemoError(str(error)) from None
        for shown in answer.answers[-1:]:
            self._screen.private(who, shown.text, shown.blocks)
        return answer

    def _digest(self, step: day.Digest) -> None:
        self._command(step.who, step.channel, f"/fairview digest here monday 09:00 {_ZONE}")
        with self._store.begin() as session:
            for subscription in session.exec(select(DigestSubscription)):
                subscription.since = subscription.since - timedelta(days=8)
                session.add(subscription)
        self._screen.note("The demonstration sets that subscription back by eight days, so that a digest is due now.")
        posts = self._slack.wait_until(
            lambda: [m for m in self._slack.messages(step.channel) if m.user == self._slack.bot_user_id and m.metadata],
            _PATIENCE_SECONDS,
            what="a digest",
        )
        self._screen.public(step.channel, posts[0].text, posts[0].blocks)
        self._seen["a digest"] = True

    def _findings(self, channel: str, ts: str) -> list[MessageFinding]:
        with self._store.read() as session:
            rows = session.exec(select(MessageFinding)).all()
        return [row for row in rows if (row.channel_id, row.ts) == (self._channels[channel], ts)]

    def _counted(self) -> list[Message]:
        today = datetime.fromtimestamp(min(float(ts) for ts in self._posted), UTC)
        with self._store.read() as session:
            return [row for row in session.exec(select(Message)) if row.posted_at >= today and not row.is_deleted]

    def _check_counts(self) -> None:
        deleted = {self._ts[step.key] for step in day.DAY if isinstance(step, day.Deletes)}
        expected = set(self._posted) - deleted
        counted = [row.ts for row in self._counted()]
        if sorted(counted) != sorted(expected):
            raise DemoError(f"{len(expected)} messages were to be counted, {len(counted)} were")

    def _figures(self) -> dict[str, str]:
        return {
            "messages posted by members, less the one deleted": str(len(self._counted())),
            "private nudges": str(len(self._nudges)),
            "kept of what anybody wrote": "nothing but counts",
        }

    def _wait(self) -> None:
        self._pause.wait(self._beat)
