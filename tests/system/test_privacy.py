"""No word of a watched message, and no name of its author, is in anything that is written while Fairview runs."""

import base64
import http.client
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import text
from system.app_process import AppProcess

from bot.playground import SlackStandIn
from bot.store.engine import Store
from bot.store.migration import migrate

# Each word is planted in one place only, so that a word that is found tells where it came from.
PLANTED = {
    place: f"zq{place.replace(' ', '')}xv"
    for place in (
        "message",
        "thread",
        "edit",
        "deleted",
        "bot",
        "suggestion",
        "command",
        "lookup",
        "slack error",
        "slack page",
        "database error",
        "broken json",
        "malformed event",
        "real name",
        "display name",
        "click",
    )
}
ALLOWED = "zqcatalogueentryxv"
"""Planted where it may be kept, so that a search that finds nothing is known to be able to find."""


@pytest.fixture(params=["run-sqlite-INFO", "run-sqlite-DEBUG", "web-postgresql-DEBUG"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AppProcess]:
    command, kind, level = request.param.split("-")
    url = request.getfixturevalue(f"{kind}_url")
    store = Store(url)
    migrate(store)
    store.close()
    with SlackStandIn(time_scale=0.02, rate_limits=False) as slack:
        process = AppProcess(slack, tmp_path, url, command)
        process.environment["FAIRVIEW_LOG_LEVEL"] = level
        yield process
        process.kill()


def test_nothing_that_is_written_holds_a_planted_word(app: AppProcess, tmp_path: Path) -> None:
    slack = app._slack
    slack.add_member("ann", real_name=f"Ann {PLANTED['real name']}")
    slack.add_member(PLANTED["display name"], real_name="Ben Bell", is_admin=True)
    slack.add_channel("infra", members=["ann", PLANTED["display name"]], with_app=True)
    app.start()
    _import_catalogue(app, tmp_path)
    _live_through_a_day(slack, app)
    metrics = urllib.request.urlopen(f"http://{app.ops_url}/metrics", timeout=10).read()
    assert b"fairview_events_total" in metrics
    assert app.stop() == 0
    written = {"metrics": metrics, "log": app.log.read_bytes(), **_database(app)}
    assert len(written["log"]) > 100
    for place, word in PLANTED.items():
        for name, content in written.items():
            for form in _forms(word):
                assert form not in content, f"{place!r} is in the {name}"
    assert any(ALLOWED.encode() in content for name, content in written.items() if name not in {"metrics", "log"})


def _live_through_a_day(slack: SlackStandIn, app: AppProcess) -> None:
    ann, ben = "ann", PLANTED["display name"]
    ts = slack.post(ann, "infra", f"The business wants the {PLANTED['message']} by Friday")
    nudge = slack.wait_until(lambda: slack.ephemerals(ann), what="a nudge")[0]
    assert PLANTED["message"] in json.dumps(nudge.blocks), "the nudge did not hold the word: nothing would be tested"
    slack.click(ann, nudge, "nudge_why")
    slack.click(ann, nudge, "nudge_helpful", value=json.dumps({"nudge": PLANTED["click"]}))
    slack.post(ben, "infra", f"No ticket, no work, says {PLANTED['thread']}.", thread_ts=ts)
    slack.edit("infra", ts, f"The business wants the {PLANTED['edit']} by Friday")
    gone = slack.post(ben, "infra", f"Typical Marketing, they never read {PLANTED['deleted']}")
    slack.settle()
    slack.delete("infra", gone)
    slack.post_as_bot("infra", f"The business wants {PLANTED['bot']}")
    slack.command(ann, "infra", "/fairview", f"pause {PLANTED['command']}")
    slack.command(ann, "infra", "/fairview", f"digest here {PLANTED['command']}")
    slack.command(ann, "infra", "/valuestream", PLANTED["lookup"])
    _fail_in_slack(slack)
    _fail_in_the_database(slack, app)
    _send_nonsense(slack, app)
    slack.settle()


def _fail_in_slack(slack: SlackStandIn) -> None:
    for fault in (
        {"kind": "error", "error": PLANTED["slack error"]},
        {"kind": "http_500", "body": f"<html>{PLANTED['slack page']}</html>"},
    ):
        slack.faults.add(method="chat.postEphemeral", **fault)
        calls = len(slack.calls("chat.postEphemeral"))
        slack.post("ann", "infra", f"The business wants {PLANTED['suggestion']} by Friday")
        slack.wait_until(lambda calls=calls: len(slack.calls("chat.postEphemeral")) > calls, what="a nudge to fail")
        slack.settle()
    slack.faults.add(method="users.info", kind="error", error=PLANTED["slack error"])
    answer = slack.command("ann", "infra", "/fairview", "stage service")
    assert "tell whoever runs Fairview this number" in answer.text


def _fail_in_the_database(slack: SlackStandIn, app: AppProcess) -> None:
    word = PLANTED["database error"]
    store = Store(app.environment["DATABASE_URL"])
    if store.is_sqlite:
        make = [f"CREATE TRIGGER fails BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, '{word}'); END"]
        unmake = ["DROP TRIGGER fails"]
    else:
        body = f"BEGIN RAISE EXCEPTION '{word}'; END"
        make = [
            f"CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS '{body.replace(chr(39), chr(39) * 2)}'",
            "CREATE TRIGGER fails BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION fails()",
        ]
        unmake = ["DROP TRIGGER fails ON message", "DROP FUNCTION fails"]
    _execute(store, make)
    before = len([one for one in slack.deliveries if one.outcome != "acked"])
    slack.post("ann", "infra", "That's the network team's problem, not ours.")
    slack.wait_until(lambda: len([d for d in slack.deliveries if d.outcome != "acked"]) > before, what="a failure")
    _execute(store, unmake)
    store.close()
    slack.settle(30)


def _execute(store: Store, statements: list[str]) -> None:
    with store.begin() as session:
        for statement in statements:
            session.execute(text(statement))


def _send_nonsense(slack: SlackStandIn, app: AppProcess) -> None:
    if app.command != "web":
        return
    address = urlsplit(app.request_url)
    sign = SignatureVerifier(slack.signing_secret)
    word = PLANTED["malformed event"]
    malformed = {
        "type": "event_callback",
        "team_id": slack.team_id,
        "event": {"type": "message", "ts": word, "text": word},
    }
    for body in (f'{{"text": "{PLANTED["broken json"]}', json.dumps(malformed), json.dumps({"event": word}), "\x00"):
        timestamp = str(int(time.time()))
        for signature in (sign.generate_signature(timestamp=timestamp, body=body) or "", "v0=forged"):
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
            headers = {
                "Content-Type": "application/json",
                "X-Slack-Request-Timestamp": timestamp,
                "X-Slack-Signature": signature,
            }
            connection.request("POST", address.path, body, headers)
            assert connection.getresponse().status >= 400
            connection.close()


def _import_catalogue(app: AppProcess, tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "bot" / "valuestreams" / "samples" / "catalogue.yaml"
    mine = tmp_path / "catalogue.yaml"
    mine.write_text(sample.read_text(encoding="utf-8").replace("Lena Fischer", f"Lena {ALLOWED}"), encoding="utf-8")
    assert ALLOWED in mine.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "bot", "streams", "import", str(mine), "--workspace", app._slack.team_id]
    subprocess.run(command, env=app.environment, cwd=tmp_path, check=True, capture_output=True)
    mine.unlink()


def _database(app: AppProcess) -> dict[str, bytes]:
    store = Store(app.environment["DATABASE_URL"])
    if store.is_sqlite:
        path = Path(store.url.database or "")
        return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
    dump = shutil.which("pg_dump")
    if dump is None:
        pytest.fail("pg_dump must be there to read a PostgreSQL database whole")
    address = app.environment["DATABASE_URL"]
    return {"dump": subprocess.run([dump, address], check=True, capture_output=True).stdout}


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield word.upper().encode()
    yield word.encode("utf-16-le")
    yield base64.b64encode(word.encode())[:-4]
    yield word.encode().hex().encode()
