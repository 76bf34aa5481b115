"""HTTP mode: signatures, retries and their headers, the three seconds, and what is dropped."""

import hashlib
import hmac
import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.playground import AppConfig, SlackStandIn


def test_requests_are_signed(slack: SlackStandIn, recording: Any) -> None:
    slack.post("ann", "infra", "hello é")
    slack.command("ann", "infra", "/fairview", "status", wait=0)
    slack.settle()
    for one in recording.received:
        timestamp = one["headers"]["X-Slack-Request-Timestamp"]
        expected = hmac.new(
            slack.signing_secret.encode(), f"v0:{timestamp}:{one['body']}".encode(), hashlib.sha256
        ).hexdigest()
        assert one["headers"]["X-Slack-Signature"] == f"v0={expected}"
        headers = {name.lower(): value for name, value in one["headers"].items()}
        assert SignatureVerifier(slack.signing_secret).is_valid_request(one["body"], headers)
        assert not SignatureVerifier("another secret").is_valid_request(one["body"], headers)
    assert len(recording.received) == 2


def test_bolt_takes_them(slack: SlackStandIn, bolt: App) -> None:
    heard = []
    bolt.event("message")(lambda event: heard.append(event["text"]))
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert heard == ["hello"]
    assert [one.status for one in slack.deliveries] == [200]


def test_bolt_refuses_them_under_another_secret(
    slack: SlackStandIn, client: WebClient, serve_bolt: Callable[[App], str]
) -> None:
    app, heard = App(signing_secret="another", client=client, process_before_response=True), []
    app.event("message")(lambda event: heard.append(event["text"]))
    slack.connect_http(serve_bolt(app))
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert heard == []
    assert [one.status for one in slack.deliveries] == [401] * 4


def test_an_unhandled_event_answers_404_and_is_tried_again(slack: SlackStandIn, bolt: App) -> None:
    slack.post("ann", "infra", "nobody listens")
    slack.settle()
    assert [one.status for one in slack.deliveries] == [404] * 4


def test_url_verification(slack: SlackStandIn, bolt: App) -> None:
    assert slack.verify_request_url()


def test_url_verification_fails_without_the_challenge(slack: SlackStandIn, recording: Any) -> None:
    assert not slack.verify_request_url()
    assert recording.received[0]["json"]["type"] == "url_verification"


def test_three_retries_then_dropped(slack: SlackStandIn, recording: Any) -> None:
    recording.answer = lambda _: Response(status=500)
    slack.post("ann", "infra", "hello")
    slack.settle()
    seen = [
        (one["headers"].get("X-Slack-Retry-Num"), one["headers"].get("X-Slack-Retry-Reason"))
        for one in recording.received
    ]
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({one["json"]["event_id"] for one in recording.received}) == 1
    assert [one.dropped for one in slack.deliveries] == [False, False, False, True]
    assert {one.outcome for one in slack.deliveries} == {"http_error"}


def test_a_retry_that_is_taken_ends_it(slack: SlackStandIn, recording: Any) -> None:
    recording.answer = lambda _: Response(status=500 if len(recording.received) < 3 else 200)
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert [one.outcome for one in slack.deliveries] == ["http_error", "http_error", "acked"]
    assert not any(one.dropped for one in slack.deliveries)


def test_no_retry_is_respected(slack: SlackStandIn, recording: Any) -> None:
    recording.answer = lambda _: Response(status=500, headers={"X-Slack-No-Retry": "1"})
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert [(one.status, one.dropped) for one in slack.deliveries] == [(500, True)]


def test_redirects_are_failures(slack: SlackStandIn, recording: Any) -> None:
    recording.answer = lambda _: Response(status=302, headers={"Location": "/elsewhere"})
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert [one.status for one in slack.deliveries] == [302] * 4


def test_an_app_that_is_not_there(slack: SlackStandIn) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        slack.connect_http(f"http://127.0.0.1:{unused.getsockname()[1]}/slack/events")
        slack.post("ann", "infra", "hello")
        slack.settle()
        assert {one.outcome for one in slack.deliveries} == {"connection_failed"}
        assert [one.reason for one in slack.deliveries] == ["", *["connection_failed"] * 3]
        assert slack.command("ann", "infra", "/fairview", wait=0).outcome == "dispatch_failed"


def test_retries_come_after_a_minute_and_five_more() -> None:
    with SlackStandIn(time_scale=0.002) as slack, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        slack.add_member("ann")
        slack.add_channel("infra", members=["ann"], with_app=True)
        slack.connect_http(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        slack.post("ann", "infra", "hello")
        slack.settle()
        first, second, third, fourth = [one.sent_at for one in slack.deliveries]
    assert third - second >= 0.12
    assert fourth - third >= 0.6
    assert second - first < fourth - third


@pytest.fixture
def hurried(serve: Callable[[Flask], str], make_recording: Callable[[], Any]) -> Iterator[tuple[SlackStandIn, Any]]:
    """A stand-in that waits a fifth of a second only, and an app that answers when it is let go."""
    app, let_go = make_recording(), threading.Event()

    def late(_: dict[str, Any]) -> str:
        let_go.wait(10)
        return ""

    app.answer = late
    config = AppConfig.with_everything("/fairview", shortcuts={"look": "message"})
    with SlackStandIn(app=config, time_scale=0.001, answer_limit=0.2) as slack:
        slack.add_member("ann")
        slack.add_channel("infra", members=["ann"], with_app=True)
        slack.connect_http(serve(app.wsgi()))
        yield slack, app
        let_go.set()


def test_who_answers_late_is_asked_again(hurried: tuple[SlackStandIn, Any]) -> None:
    slack, app = hurried
    slack.post("ann", "infra", "hello")
    slack.settle()
    assert {one.outcome for one in slack.deliveries} == {"http_timeout"}
    slack.wait_until(lambda: len(app.received) == 4, what="four requests")
    assert app.received[1]["headers"]["X-Slack-Retry-Reason"] == "http_timeout"


def test_commands_and_clicks_are_tried_once(hurried: tuple[SlackStandIn, Any]) -> None:
    slack, _ = hurried
    asked = slack.command("ann", "infra", "/fairview", "status")
    pressed = slack.shortcut("ann", "look", "infra", slack.post_as_bot("infra", "x"))
    assert (asked.outcome, pressed.outcome) == ("operation_timeout", "operation_timeout")
    tries = [one for one in slack.deliveries if one.kind != "events_api"]
    assert [(one.attempt, one.outcome) for one in tries] == [(0, "http_timeout")] * 2


def test_the_bodies_of_commands_and_interactions(slack: SlackStandIn, recording: Any) -> None:
    slack.command("ann", "infra", "/fairview", "status  “quoted”", wait=0)
    slack.shortcut("ann", "new", wait=0)
    command, shortcut = recording.received
    assert command["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    form = dict(urllib.parse.parse_qsl(command["body"], keep_blank_values=True))
    assert {key: form[key] for key in ("command", "text", "user_id", "channel_id", "channel_name", "team_id")} == {
        "command": "/fairview",
        "text": "status  “quoted”",
        "user_id": slack.user_id("ann"),
        "channel_id": slack.channel_id("infra"),
        "channel_name": "infra",
        "team_id": slack.team_id,
    }
    payload = json.loads(shortcut["form"]["payload"])
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "new")
    assert "channel" not in payload
    assert "response_url" not in payload
