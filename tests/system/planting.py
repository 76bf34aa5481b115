"""Rare words, put wherever words of persons, of Slack or of the database come in to a running app."""

import contextlib
import io
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from payloads import envelope, message
from sqlalchemy import text
from system.app_process import AppProcess

from bot.cli.streams import import_streams
from bot.playground import Fault, SlackStandIn
from bot.playground.delivery import Job, JobKind
from bot.playground.http_mode import signature
from bot.settings import Settings
from bot.slack_time import utc_now
from bot.store.engine import Store

RARE = "vexquorn"
"""What every planted word begins with; the rest says where it was planted."""
_PATIENCE = 60.0
_LOOK_SECONDS = 0.1
_FLAGGED = "No ticket, no help, sorry."
_NOBODY = "http://127.0.0.1:1/"


class Planting:
    """Plants words in one app, in #infrastructure, by members whose very names are rare."""

    def __init__(self, slack: SlackStandIn, app: AppProcess) -> None:
        self._slack = slack
        self._app = app
        self.writer = slack.add_member(f"{RARE}handle", real_name=f"{RARE.title()}a Realname")
        self.others = [slack.add_member(f"{RARE}other{n}", real_name=f"Other {RARE.title()}") for n in range(2)]
        self.room = slack.add_channel("infrastructure", members=[self.writer, *self.others])

    def join(self) -> None:
        """Bring Fairview in, while Slack does not tell what the channel is called."""
        self._slack.faults.add("error", "conversations.info", error=f"{RARE}info")
        self._slack.invite_app(self.room)
        self._slack.settle(_PATIENCE)

    def messages(self) -> None:
        """What is written, edited, answered in a thread, and deleted."""
        slack, words = self._slack, f"{_FLAGGED} {RARE}"
        ts = slack.post(self.writer, self.room, f"{words}message and <@{self.others[0]}> too")
        slack.post(self.writer, self.room, f"{words}reply", thread_ts=ts)
        slack.post(self.writer, self.room, f"{words}broadcast", thread_ts=ts, subtype="thread_broadcast")
        slack.post(self.writer, self.room, f"The business wants {RARE}file", subtype="file_share")
        slack.wait_until(
            lambda: RARE in str([one.blocks for one in slack.ephemerals(self.writer)]), _PATIENCE, "a nudge"
        )
        slack.settle(_PATIENCE)
        slack.edit(self.room, ts, f"CAB only meets on Thursday, so you'll have to wait, {RARE}edit.")
        gone = slack.post(self.writer, self.room, f"{words}deleted")
        slack.delete(self.room, gone)
        slack.post(self.writer, self.room, f"\0 \ud800 {'(' * 5_000} {RARE}hostile. {_FLAGGED}")
        slack.post_as_bot(self.room, f"{words}bot", name=f"{RARE} Bot")
        slack.settle(_PATIENCE)

    def commands(self) -> None:
        """What is typed after a command."""
        for line in (
            f"{RARE}word",
            f"stage {RARE}stage",
            f"pause {RARE}pause",
            f"watch {RARE}watch",
            f"digest here {RARE}day 09:00 {RARE}/Zone",
            f"digest stop #{RARE}channel",
        ):
            self._slack.command(self.writer, self.room, "/fairview", line, wait=_PATIENCE)
        assert self._slack.command(self.writer, self.room, "/valuestream", f"{RARE}lookup", wait=_PATIENCE).text
        self._slack.open_home(self.writer)
        self._slack.settle(_PATIENCE)

    def slack_errors(self) -> None:
        """What Slack answers instead of doing what it is asked."""
        faults, slack = self._slack.faults, self._slack
        told = {"detail": f"{RARE}detail", "response_metadata": {"messages": [f"{RARE}metadata"]}}
        refused = [
            faults.add("error", "chat.postEphemeral", error=f"{RARE}_error", response=told),
            faults.add("error", "chat.postEphemeral", error="user_not_in_channel", response=told),
            faults.add("http_500", "chat.postEphemeral", body=f"{RARE}unavailable"),
            faults.add("http_500_after_accept", "chat.postEphemeral", body=json.dumps({"error": f"{RARE}json"})),
            faults.add("drop_after_accept", "chat.postEphemeral"),
        ]
        for number, fault in enumerate(refused):
            slack.post(self.writer, self.room, f"{_FLAGGED} {RARE}refused{number}")
            self._await_hit(fault)
        faults.add("error", "users.info", error=f"{RARE}_user", response=told)
        assert "went wrong" in slack.command(self.writer, self.room, "/fairview", "stage service", wait=_PATIENCE).text
        faults.add("error", "views.open", error=f"{RARE}_view", response=told)
        assert slack.click(self.writer, slack.ephemerals(self.writer)[0], "nudge_why", wait=_PATIENCE).text
        unheard = faults.add("http_500", "response_url", body=f"{RARE}response")
        slack.command(self.writer, self.room, "/fairview", "help", wait=0)
        self._await_hit(unheard)
        slack.settle(_PATIENCE)

    def database_errors(self) -> None:
        """What the database says where it fails: while counting, answering a command, sending, and by the clock."""
        slack = self._slack
        with self._failing("message", "memberchoice", "heartbeat"):
            before = self.failures()
            slack.post(self.writer, self.room, f"{_FLAGGED} {RARE}uncounted")
            answer = slack.command(self.writer, self.room, "/fairview", "pause", wait=_PATIENCE)
            assert "went wrong" in answer.text
            self._await(lambda: self.failures() >= before + 2, "the database to fail")
            self._await(lambda: b"heartbeat failed" in self._app.log.read_bytes(), "the clock to fail")
        slack.settle(_PATIENCE)
        with self._failing("nudge"):
            before = self.failures()
            slack.post(self.writer, self.room, f"{_FLAGGED} {RARE}unclaimed")
            self._await(lambda: self.failures() > before, "the claim to fail")
        slack.settle(_PATIENCE)

    def misshapen_payloads(self) -> None:
        """What is not shaped as Slack shapes it, so that listeners, or Bolt itself, raise with the words in hand."""
        before = self.failures()
        jobs = [Job("events_api", "event", body, copy=1) for body in self._misshapen_events()]
        jobs += [Job(kind, kind, body) for kind, body in self._misshapen_interactions()]
        with self._slack._platform.changed:
            for job in jobs:
                self._slack._platform.dispatcher.submit(job)
        self._slack.settle(_PATIENCE)
        self._await(lambda: self.failures() >= before + len(self._misshapen_events()) // 2, "listeners to fail")

    def broken_requests(self) -> None:
        """What is no JSON, not signed, or hardly HTTP, sent to the request URL."""
        words = f'{{"type": "event_callback", "event": {{"type": "message", "text": "{RARE}'.encode()
        for body, content_type in (
            (words + b"broken", "application/json"),
            (words + b'\xff\xfe"}}', "application/json"),
            (f'["{RARE}list"]'.encode(), "application/json"),
            (f'"{RARE}text"'.encode(), "application/json"),
            (b"payload=" + words, "application/x-www-form-urlencoded"),
            (words, f"{RARE}/type"),
            (words * 40_000, "application/json"),
        ):
            self._send(body, {"Content-Type": content_type}, is_signed=True)
            self._send(body, {"Content-Type": content_type, "X-Slack-Signature": RARE}, is_signed=False)
        self._send_raw(b"POST /slack/events HTTP/1.1\r\nContent-Length: 4\r\n\r\n" + words + b"rest\r\n\r\n")
        self._send_raw(f"POST /slack/events HTTP/1.1\r\n{RARE} header\r\n\r\n".encode())
        self._send_raw(f"{RARE} /{RARE} {RARE}\r\n\r\n".encode())
        self._send_raw(f"GET /{RARE}?{RARE} HTTP/1.0\r\n\r\n".encode())

    def catalogue(self) -> None:
        """What whoever keeps the catalogue enters, and Fairview is to keep."""
        file = self._app.log.with_name("catalogue.yaml")
        stream = {"id": "refunds", "name": f"{RARE.title()} refunds", "customer": "people waiting for a refund"}
        file.write_text(json.dumps({"fairview": 1, "streams": [stream]}), encoding="utf-8")
        settings = Settings.load(self._app.environment)
        store = Store(settings.database_url.get_secret_value())
        import_streams(
            file,
            workspace=self._slack.team_id,
            dry_run=False,
            store=store,
            settings=settings,
            stdout=io.StringIO(),
            now=utc_now(),
        )
        store.close()

    def failures(self) -> int:
        """How many requests the app says have failed unexpectedly."""
        counted = [line for line in self.metrics().decode().splitlines() if line.startswith("fairview_failures_total{")]
        return sum(int(float(line.rpartition(" ")[2])) for line in counted)

    def metrics(self) -> bytes:
        """What the app tells a monitoring system."""
        with urllib.request.urlopen(f"http://{self._app.ops_url}/metrics", timeout=10) as answer:
            content: bytes = answer.read()
            return content

    def _misshapen_events(self) -> list[dict[str, Any]]:
        fine = message(f"{_FLAGGED} {RARE}misshapen", channel=self.room, user=self.writer, team=self._slack.team_id)
        changed = {**fine, "subtype": "message_changed"}
        events: list[Any] = [
            {**fine, "ts": f"{RARE}ts"},
            {**fine, "thread_ts": f"{RARE}thread"},
            {**fine, "edited": f"{RARE}edited"},
            {key: value for key, value in fine.items() if key != "channel"},
            {**changed, "message": f"{RARE}changed"},
            {**changed, "message": {"text": RARE}, "previous_message": [RARE]},
            {**fine, "subtype": "message_deleted", "deleted_ts": f"{RARE}deletedts"},
            {"type": "member_joined_channel", "user": self._slack.bot_user_id, "channel": "C1", "event_ts": RARE},
            {"type": "channel_rename", "channel": f"{RARE}channel"},
            {"type": f"{RARE}type", "text": RARE},
            {"type": "message", "subtype": f"{RARE}subtype", "text": RARE},
            f"{RARE}event",
        ]
        bodies = [envelope(event, event_id=f"{RARE}id{number}") for number, event in enumerate(events)]
        return [*bodies, envelope(fine, authorizations=[f"{RARE}authorization"]), {"type": f"{RARE}envelope"}]

    def _misshapen_interactions(self) -> Iterator[tuple[JobKind, dict[str, Any]]]:
        team = {"id": self._slack.team_id, "domain": RARE}
        person = {"id": self.writer, "username": f"{RARE}handle", "team_id": self._slack.team_id}
        base = {"team": team, "user": person, "response_url": _NOBODY + RARE, "trigger_id": f"{RARE}trigger"}
        click = {**base, "type": "block_actions", "container": {"channel_id": self.room}}
        for action_id in ("nudge_helpful", "nudge_why", f"{RARE}action"):
            action = {"type": "button", "action_id": action_id, "block_id": RARE, "value": f"{RARE}value"}
            yield "interactive", {**click, "actions": [action]}
            yield "interactive", {**click, "actions": [{**action, "value": json.dumps({"nudge": RARE})}], "user": RARE}
        # No modal of Fairview's takes input: what is typed into one is nobody's, and must go nowhere.
        typed = {"type": "plain_text_input", "value": f"{RARE}modal"}
        for callback_id in ("nudge_why", f"{RARE}callback"):
            view = {"type": "modal", "callback_id": callback_id, "state": {"values": {"b": {"a": typed}}}}
            yield "interactive", {**base, "type": "view_submission", "view": view}
        yield "interactive", {**base, "type": "message_action", "callback_id": RARE, "message": {"text": RARE}}
        command = {"team_id": self._slack.team_id, "text": f"{RARE}text", "response_url": _NOBODY + RARE}
        for name in ("/fairview", "/valuestream", f"/{RARE}"):
            yield "slash_commands", {**command, "command": name, "user_name": f"{RARE}handle"}

    @contextlib.contextmanager
    def _failing(self, *tables: str) -> Iterator[None]:
        """Let every write to these tables fail, the database saying a rare word that stands nowhere in its schema."""
        store = Store(self._app.environment["DATABASE_URL"])
        make, drop = (_sqlite_triggers if store.is_sqlite else _postgresql_triggers)(tables)
        _execute(store, make)
        try:
            yield
        finally:
            _execute(store, drop)
            store.close()

    def _send(self, body: bytes, headers: Mapping[str, str], *, is_signed: bool) -> None:
        sent = dict(headers)
        if is_signed:
            now = str(int(time.time()))
            signed = signature(self._slack.signing_secret, now, body.decode("utf-8", "replace"))
            sent |= {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signed}
        request = urllib.request.Request(self._app.request_url, body, sent)
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(request, timeout=10).close()

    def _send_raw(self, content: bytes) -> None:
        with socket.create_connection(self._app.address, timeout=2) as connection, contextlib.suppress(OSError):
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass

    def _await_hit(self, fault: Fault) -> None:
        self._slack.wait_until(lambda: fault.hits, _PATIENCE, f"a call to be met by {fault.kind}")

    def _await(self, happened: Callable[[], bool], what: str) -> None:
        # What goes on inside the app after its acknowledgement, it tells nobody: it must be asked.
        pause = threading.Event()
        for _ in range(int(_PATIENCE / _LOOK_SECONDS)):
            if happened():
                return
            pause.wait(_LOOK_SECONDS)
        raise TimeoutError(f"waited in vain for {what}")


def _sqlite_triggers(tables: tuple[str, ...]) -> tuple[list[str], list[str]]:
    spelt = ", ".join(str(ord(letter)) for letter in f"{RARE}database")
    make = [
        f"CREATE TRIGGER fails_{table}_{verb} BEFORE {verb} ON {table} "
        f"BEGIN SELECT json_extract('{{}}', char({spelt})); END"
        for table in tables
        for verb in ("INSERT", "UPDATE")
        if (table, verb) != ("nudge", "INSERT")
    ]
    return make, [f"DROP TRIGGER {statement.split()[2]}" for statement in make]


def _postgresql_triggers(tables: tuple[str, ...]) -> tuple[list[str], list[str]]:
    spelt = " || ".join(f"chr({ord(letter)})" for letter in f"{RARE}database")
    make = [
        f"CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', {spelt}; END $$"
    ]
    make += [
        f"CREATE TRIGGER fails BEFORE {'UPDATE' if table == 'nudge' else 'INSERT OR UPDATE'} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION fails()"
        for table in tables
    ]
    return make, ["DROP FUNCTION fails() CASCADE"]


def _execute(store: Store, statements: list[str]) -> None:
    with store.engine.connect().execution_options(fairview_write=True) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
