"""What an error says of the post that raised it; the ways through the stand-in are tested where posts are made."""

import socket
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack_outcomes import PostOutcome, PostVerdict, outcome_of_post, reason_of


def refusal(status: int, error: str | None, **headers: Any) -> SlackApiError:
    """What slack_sdk raises for an answer of Slack's."""
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data={"ok": False, **({"error": error} if error else {})},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return SlackApiError("the price file", answer)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (refusal(429, "ratelimited", Retry_After="30"), 30.0),
        (refusal(429, "ratelimited", retry_after=["7"]), 7.0),
        (refusal(429, None), 10.0),
        (refusal(429, "ratelimited", Retry_After="soon"), 10.0),
        (refusal(200, "ratelimited", Retry_After="-3"), 0.0),
        (URLError(ConnectionRefusedError()), 10.0),
        (URLError(socket.gaierror()), 10.0),
    ],
)
def test_what_surely_came_before_slack_took_it_may_be_tried_again(error: Exception, seconds: float) -> None:
    assert outcome_of_post(error) == PostOutcome(PostVerdict.REFUSED_FOR_NOW, seconds)


@pytest.mark.parametrize(
    "error",
    [
        refusal(200, "restricted_action"),
        refusal(200, "not_in_channel"),
        refusal(403, "invalid_auth"),
        refusal(200, None),
    ],
)
def test_a_refusal_is_one_for_good(error: Exception) -> None:
    assert outcome_of_post(error) == PostOutcome(PostVerdict.REFUSED)


@pytest.mark.parametrize(
    "error",
    [
        refusal(500, None),
        refusal(503, "not_in_channel"),
        *(refusal(200, code) for code in ("fatal_error", "internal_error", "request_timeout", "service_unavailable")),
        SlackApiError("not of Slack's making", {"ok": False, "error": "?"}),
        URLError(TimeoutError()),
        URLError(ConnectionResetError()),
        TimeoutError(),
        ConnectionResetError(),
        ValueError(),
    ],
)
def test_whatever_else_it_was_slack_may_have_taken_it(error: Exception) -> None:
    assert outcome_of_post(error) == PostOutcome(PostVerdict.UNCLEAR)


def test_the_log_is_told_class_place_and_documented_codes_only() -> None:
    assert reason_of(refusal(200, "restricted_action")).endswith("error=restricted_action")
    assert reason_of(refusal(200, "the price file")).endswith("error=an_error_not_documented")
    assert reason_of(TimeoutError("the price file")) == "TimeoutError at ? error=-"
