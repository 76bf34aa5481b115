"""Faults on demand: what the app gets, what Slack has taken, and what is repeated or shuffled."""

import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.playground import Call, SlackStandIn

GONE = (urllib.error.URLError, HTTPException, OSError)


@pytest.fixture
def post(slack: SlackStandIn, client: WebClient) -> Callable[[], Any]:
    client.timeout = 1
    return lambda: client.chat_postMessage(channel=slack.channel_id("infra"), text="x")


def posted(slack: SlackStandIn) -> int:
    return len(slack.messages("infra"))


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        ("drop_connection", 0),
        ("drop_after_accept", 1),
        ("timeout_before", 0),
        ("timeout_after_accept", 1),
    ],
)
def test_no_answer_comes(slack: SlackStandIn, post: Callable[[], Any], kind: str, taken: int) -> None:
    slack.faults.add(kind=kind, method="chat.postMessage")
    with pytest.raises(GONE):
        post()
    slack.settle()
    assert posted(slack) == taken
    (call,) = slack.calls("chat.postMessage")
    assert (call.fault, call.accepted, call.status) == (kind, bool(taken), 0)
    assert post()["ok"], "once only"


@pytest.mark.parametrize(("kind", "taken"), [("http_500", 0), ("http_500_after_accept", 1)])
def test_a_500_comes(slack: SlackStandIn, post: Callable[[], Any], kind: str, taken: int) -> None:
    slack.faults.add(kind=kind, method="chat.postMessage", body="rare words")
    with pytest.raises(SlackApiError, match="rare words"):
        post()
    assert slack.calls("chat.postMessage")[0].status == 500
    assert posted(slack) == taken


def test_a_429_comes(slack: SlackStandIn, post: Callable[[], Any]) -> None:
    slack.faults.add(kind="rate_limit", method="chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        post()
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert posted(slack) == 0


def test_an_error_comes(slack: SlackStandIn, post: Callable[[], Any]) -> None:
    slack.faults.add(kind="error", error="is_archived", response={"detail": "why"})
    with pytest.raises(SlackApiError) as caught:
        post()
    assert (caught.value.response["error"], caught.value.response["detail"]) == ("is_archived", "why")
    assert posted(slack) == 0


def test_a_slow_answer_comes(slack: SlackStandIn, post: Callable[[], Any]) -> None:
    slack.faults.add(kind="slow", seconds=0.2)
    began = time.monotonic()
    assert post()["ok"]
    assert time.monotonic() - began >= 0.2


def test_slack_sdk_repeats_a_post_that_was_accepted(slack: SlackStandIn) -> None:
    """Why the app's posts must go through a client that does not retry."""
    slack.faults.add(kind="drop_after_accept", method="chat.postMessage")
    client = WebClient(
        token=slack.bot_token, base_url=slack.api_url, retry_handlers=[ConnectionErrorRetryHandler(max_retry_count=1)]
    )
    client.chat_postMessage(channel=slack.channel_id("infra"), text="x")
    assert posted(slack) == 2


def test_a_client_that_waits_gets_through(slack: SlackStandIn, client: WebClient) -> None:
    slack.faults.add(kind="rate_limit", method="users.info", retry_after=0)
    client.retry_handlers = [RateLimitErrorRetryHandler(max_retry_count=1)]
    assert client.users_info(user=slack.user_id("ann"))["ok"]
    assert [call.status for call in slack.calls("users.info")] == [429, 200]


def test_which_calls_are_hit(slack: SlackStandIn, post: Callable[[], Any], client: WebClient) -> None:
    fault = slack.faults.add(
        kind="error", method="chat.postMessage", times=2, when=lambda call: call.arguments["text"] == "x"
    )
    assert client.auth_test()["ok"]
    assert client.chat_postMessage(channel=slack.channel_id("infra"), text="other")["ok"]
    for _ in range(2):
        with pytest.raises(SlackApiError):
            post()
    assert post()["ok"]
    assert fault.hits == 2
    slack.faults.add(kind="error", times=None)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            post()
    slack.faults.clear()
    assert post()["ok"]
    with pytest.raises(ValueError, match="earthquake"):
        slack.faults.add(kind="earthquake")


@pytest.mark.parametrize(("kind", "taken"), [("pass", 1), ("drop_after_accept", 1), ("timeout_before", 0)])
def test_a_hook_runs_before_the_answer(slack: SlackStandIn, post: Callable[[], Any], kind: str, taken: int) -> None:
    seen: list[tuple[int, bool]] = []
    answered = threading.Event()

    def hook(call: Call) -> None:
        seen.append((posted(slack), answered.is_set()))
        assert call.method == "chat.postMessage"

    slack.faults.add(kind=kind, method="chat.postMessage", on_hit=hook)
    try:
        post()
    except GONE:
        assert kind != "pass"
    answered.set()
    assert seen == [(taken, False)]


def test_response_urls_and_uploads_can_fail_too(slack: SlackStandIn, bolt: Any, client: WebClient) -> None:
    bolt.command("/fairview")(lambda ack: ack())
    url = WebhookClient(slack.command("ann", "infra", "/fairview", wait=0).response_url, retry_handlers=[])
    slack.faults.add(kind="http_500_after_accept", method="response_url")
    assert url.send(text="x").status_code == 500
    assert len(slack.ephemerals("ann")) == 1
    slack.faults.add(kind="http_500", method="upload_url")
    with pytest.raises(Exception, match="500"):
        client.files_upload_v2(content=b"x", filename="a.png")


def test_stopping_releases_who_is_held() -> None:
    with SlackStandIn() as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=20)
        slack.faults.add(kind="timeout_before", method="auth.test")
        failed: list[BaseException] = []

        def ask() -> None:
            try:
                client.auth_test()
            except GONE as error:
                failed.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        slack.wait_until(lambda: slack.calls("auth.test"))
        began = time.monotonic()
    thread.join(5)
    assert failed
    assert time.monotonic() - began < 5


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    with SlackStandIn() as slack:
        port = int(slack.api_url.split(":")[2].split("/")[0])
        threads = threading.active_count()
        with pytest.raises(OSError, match=str(port)):
            SlackStandIn(port=port).start()
        assert threading.active_count() == threads
    slack.stop()


def texts(recording: Any) -> list[str]:
    return [one["json"]["event"]["text"] for one in recording.received]


def test_events_come_twice(slack: SlackStandIn, recording: Any) -> None:
    slack.faults.duplicate_events(lambda envelope: 2 if envelope["event"]["text"] == "b" else 0)
    for text in "abc":
        slack.post("ann", "infra", text)
    slack.settle()
    assert Counter(texts(recording)) == {"a": 1, "b": 3, "c": 1}
    copies = [one for one in recording.received if one["json"]["event"]["text"] == "b"]
    assert len({one["json"]["event_id"] for one in copies}) == 1
    assert sorted(one["headers"].get("X-Slack-Retry-Num", "") for one in copies) == ["", "1", "2"]


def test_duplicates_by_chance_are_the_same_each_time(slack: SlackStandIn, recording: Any) -> None:
    def repeated() -> Counter[str]:
        recording.received.clear()
        slack.faults.duplicate_events(0.5, most=2, seed=7)
        for number in range(40):
            slack.post("ann", "infra", str(number))
        slack.settle()
        return Counter(texts(recording))

    first = repeated()
    assert first == repeated()
    assert set(first.values()) == {1, 2, 3}


def test_events_come_out_of_order(slack: SlackStandIn, recording: Any) -> None:
    slack.faults.reorder_events(window=10, seed=1)
    posted_texts = [str(number) for number in range(25)]
    for text in posted_texts:
        slack.post("ann", "infra", text)
    slack.settle()
    sent = [one.payload["event"]["text"] for one in slack.deliveries]
    assert sent != posted_texts
    assert sorted(texts(recording)) == sorted(posted_texts)
    for start in (0, 10, 20):
        assert sorted(sent[start : start + 10]) == sorted(posted_texts[start : start + 10])


def test_what_is_held_back_comes_by_itself(slack: SlackStandIn, recording: Any) -> None:
    slack.faults.reorder_events(window=10)
    slack.post("ann", "infra", "alone")
    slack.wait_until(lambda: slack.deliveries and slack.deliveries[0].outcome == "acked")
    assert texts(recording) == ["alone"]


def test_acknowledgements_get_lost(slack: SlackStandIn, recording: Any) -> None:
    slack.faults.lose_acks(lambda envelope: len(recording.received) < 3)
    slack.post("ann", "infra", "x")
    slack.settle()
    assert [one.outcome for one in slack.deliveries] == ["ack_lost", "ack_lost", "acked"]
    assert texts(recording) == ["x", "x", "x"]


def test_waiting_in_vain_is_said(slack: SlackStandIn) -> None:
    with pytest.raises(TimeoutError, match="seconds in vain for a miracle"):
        slack.wait_until(lambda: False, timeout=0.05, what="a miracle")


def test_settling_waits_for_a_call_under_way(slack: SlackStandIn, post: Callable[[], Any]) -> None:
    slack.faults.add(kind="slow", seconds=0.3)
    thread = threading.Thread(target=post)
    thread.start()
    slack.wait_until(lambda: slack.calls("chat.postMessage"))
    with pytest.raises(TimeoutError, match="0 deliveries and 1 calls"):
        slack.settle(timeout=0.05)
    slack.settle()
    assert slack.calls("chat.postMessage")[0].status == 200
    thread.join()


def test_a_storm_of_events_arrives_whole(slack: SlackStandIn, bolt: Any) -> None:
    """Four hundred events, repeated and shuffled: each is handled at least once, none is dropped."""
    heard: Counter[str] = Counter()
    bolt.event("message")(lambda event: heard.update([event["ts"]]))
    slack.faults.duplicate_events(0.5, most=2)
    slack.faults.reorder_events(window=16)
    sent = [slack.post(who, "infra", f"m{number}") for number in range(200) for who in ("ann", "ben")]
    slack.settle(timeout=30)
    assert set(heard) == set(sent)
    assert max(heard.values()) == 3
    assert not any(one.dropped for one in slack.deliveries)
