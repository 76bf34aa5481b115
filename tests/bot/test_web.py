"""HTTP mode: only what Slack has signed gets in."""

import json
import time
from urllib.parse import urlencode

import pytest
from payloads import envelope, message
from werkzeug.test import TestResponse
from workplace import FLAGGED, Workplace

from bot.playground.http_mode import signature
from bot.store.tables import Message
from bot.web import wsgi_app


def post(work: Workplace, body: str, *, secret: str | None = None, age: int = 0, **headers: str) -> TestResponse:
    stamp = str(int(time.time()) - age)
    signed = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(secret or work.slack.signing_secret, stamp, body),
        "Content-Type": "application/json",
        **headers,
    }
    return wsgi_app(work.app, work.parts).test_client().post("/slack/events", data=body, headers=signed)


def event(work: Workplace) -> str:
    return json.dumps(envelope(message(FLAGGED), team_id=work.tenant))


def test_what_slack_has_signed_is_counted_before_it_is_answered(work: Workplace) -> None:
    assert post(work, event(work)).status_code == 200
    assert len(work.rows(Message)) == 1
    work.settle()


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another secret"},
        {"age": 301},
        {"age": -301},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "soon"},
    ],
)
def test_what_is_not_signed_by_slack_now_is_refused(work: Workplace, how: dict[str, object]) -> None:
    answer = post(work, event(work), **how)  # type: ignore[arg-type]  # headers and options as named
    assert answer.status_code == 401
    assert work.rows(Message) == []


def test_a_body_changed_on_the_way_is_refused(work: Workplace) -> None:
    body = event(work)
    stamp = str(int(time.time()))
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(work.slack.signing_secret, stamp, body),
        "Content-Type": "application/json",
    }
    changed = body.replace("price", "prize")
    answer = wsgi_app(work.app, work.parts).test_client().post("/slack/events", data=changed, headers=headers)
    assert answer.status_code == 401


def test_slack_can_verify_the_request_url(work: Workplace) -> None:
    assert work.slack.verify_request_url()


def test_a_body_beyond_all_measure_is_not_read(work: Workplace) -> None:
    assert post(work, json.dumps({"text": "x" * 2_000_001})).status_code == 413


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', urlencode({"payload": "{"}), "\x00"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_signed_body_of_no_sense_harms_nothing(
    work: Workplace, body: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(work, body, **{"Content-Type": kind}).status_code in {400, 404, 500}
    assert post(work, event(work)).status_code == 200
    work.settle()


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503), ("/metrics", 404), ("/", 404)])
def test_what_else_stands_on_the_public_port(work: Workplace, path: str, status: int) -> None:
    assert wsgi_app(work.app, work.parts).test_client().get(path).status_code == status


def test_slack_events_are_posted_never_fetched(work: Workplace) -> None:
    assert wsgi_app(work.app, work.parts).test_client().get("/slack/events").status_code == 405
