"""Rate limits: counted, answered with 429 and Retry-After, and lifted when time has passed."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import SlackStandIn
from bot.playground.rate_limits import POST_BURST, RateLimits


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_tier_allows_its_calls_a_minute() -> None:
    seconds = Seconds()
    limits = RateLimits(1.0, seconds)
    assert [limits.wait_for_method("views.open", 4) for _ in range(100)] == [None] * 100
    assert limits.wait_for_method("views.open", 4) == 1
    assert limits.wait_for_method("chat.update", 3) is None, "each method has its own"
    seconds.now += 60
    assert [limits.wait_for_method("views.open", 4) for _ in range(101)].count(None) == 100


def test_one_post_a_second_and_channel_after_a_burst() -> None:
    seconds = Seconds()
    limits = RateLimits(1.0, seconds)
    assert [limits.wait_for_channel("C1") for _ in range(POST_BURST + 1)] == [None] * POST_BURST + [1]
    assert limits.wait_for_channel("C2") is None
    seconds.now += 1
    assert [limits.wait_for_channel("C1"), limits.wait_for_channel("C1")] == [None, 1]


def test_the_wait_is_told_in_whole_seconds() -> None:
    seconds = Seconds()
    limits = RateLimits(1.0, seconds)
    assert limits.wait_for_history() is None
    seconds.now += 14.5
    assert limits.wait_for_history() == 46


def test_time_scale_shortens_the_wait() -> None:
    seconds = Seconds()
    limits = RateLimits(0.1, seconds)
    assert limits.wait_for_history() is None
    assert limits.wait_for_history() == 6
    seconds.now += 6
    assert limits.wait_for_history() is None


def test_a_call_too_many_answers_429() -> None:
    with SlackStandIn() as slack:
        channel = slack.add_channel("infra", with_app=True)
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        for _ in range(POST_BURST):
            client.chat_postMessage(channel=channel, text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=channel, text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "1"
        assert len(slack.messages("infra")) == POST_BURST
        assert slack.calls("chat.postMessage")[-1].accepted is False
