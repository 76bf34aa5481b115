"""The two kinds of Slack client, and what to say of trouble."""

from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

from bot import slack_clients
from bot.playground import SlackStandIn
from bot.slack_clients import posting_client, reading_client, slack_trouble


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(rate_limits=False) as standin:
        standin.add_member("ann")
        standin.add_channel("infra", members=["ann"], with_app=True)
        yield standin


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = FixedValueRetryIntervalCalculator(0)
    for name in ("ConnectionErrorRetryHandler", "ServerErrorRetryHandler"):
        kind = getattr(slack_clients, name)
        monkeypatch.setattr(
            slack_clients, name, lambda max_retry_count, kind=kind: kind(max_retry_count, interval_calculator=at_once)
        )


@pytest.mark.parametrize("fault", ["http_500", "drop_connection", "rate_limit"])
def test_a_reading_client_tries_twice_more(slack: SlackStandIn, fault: str) -> None:
    client = reading_client(slack.bot_token, slack.api_url)
    slack.faults.add(fault, "users.info", times=2, retry_after=0)  # type: ignore[arg-type]  # one of the kinds
    assert client.users_info(user=slack.user_id("ann"))["ok"]
    assert len(slack.calls("users.info")) == 3
    slack.faults.add(fault, "users.info", times=None, retry_after=0)  # type: ignore[arg-type]
    with pytest.raises((SlackApiError, OSError)):
        client.users_info(user=slack.user_id("ann"))
    assert len(slack.calls("users.info")) == 6


@pytest.mark.parametrize(
    "fault", ["http_500", "http_500_after_accept", "drop_connection", "drop_after_accept", "rate_limit"]
)
def test_a_posting_client_never_sends_a_request_twice(slack: SlackStandIn, fault: str) -> None:
    client = posting_client(reading_client(slack.bot_token, slack.api_url))
    slack.faults.add(fault, "chat.postMessage", retry_after=0)  # type: ignore[arg-type]  # one of the kinds
    with pytest.raises((SlackApiError, OSError)):
        client.chat_postMessage(channel=slack.channel_id("infra"), text="once")
    assert len(slack.calls("chat.postMessage")) == 1


def test_a_posting_client_has_the_token_and_the_address_of_the_other() -> None:
    client = posting_client(reading_client("xoxb-1", "http://127.0.0.1:1/api/"))
    assert (client.token, client.base_url, client.retry_handlers) == ("xoxb-1", "http://127.0.0.1:1/api/", [])


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope"])
def test_a_refused_token_is_named_by_its_setting(error: str) -> None:
    refusal = SlackApiError("refused", {"ok": False, "error": error})
    assert slack_trouble(refusal).sentence == (
        f"Slack refuses the token: {error}. Check SLACK_BOT_TOKEN at api.slack.com/apps."
    )
    assert "SLACK_APP_TOKEN" in slack_trouble(refusal, "SLACK_APP_TOKEN").sentence


@pytest.mark.parametrize("error", ["ratelimited", "internal_error", "service_unavailable"])
def test_passing_trouble_is_not_blamed_on_the_token(error: str) -> None:
    sentence = slack_trouble(SlackApiError("refused", {"ok": False, "error": error})).sentence
    assert sentence == f"Slack does not answer as it should: {error}. Try again in a minute."


@pytest.mark.parametrize(
    "error",
    [
        OSError("connection to 10.0.0.1 refused"),
        SlackApiError("a proxy's page", {"status": 502, "body": "<html>secret</html>"}),
        SlackApiError("odd", {"ok": False, "error": "<b>not a code</b>"}),
        SlackApiError("odd", {"ok": False, "error": None}),
    ],
)
def test_other_trouble_is_said_to_be_out_of_reach_and_repeats_nothing(error: Exception) -> None:
    assert slack_trouble(error).sentence == (
        "Slack cannot be reached. Check the network and SLACK_API_URL, then try again."
    )
