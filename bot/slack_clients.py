"""The two kinds of Slack client: one may try again by itself, the other never does. And what to say of trouble."""

from collections.abc import Callable

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.web import SlackResponse

from bot.errors import SlackError
from bot.slack_codes import documented

ClientFor = Callable[[str], WebClient | None]
"""Returns a client with the bot token of a tenant, or None where there is none."""

_TIMEOUT_SECONDS = 10
# What says nothing about the token.
_PASSING = {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}


def reading_client(token: str | None, base_url: str) -> WebClient:
    """Return a client for calls that change nothing: it tries again after a lost connection, a 500 or a 429."""
    return WebClient(
        token=token,
        base_url=base_url,
        timeout=_TIMEOUT_SECONDS,
        retry_handlers=[
            ConnectionErrorRetryHandler(max_retry_count=2),
            ServerErrorRetryHandler(max_retry_count=2),
            RateLimitErrorRetryHandler(max_retry_count=2),
        ],
    )


def posting_client(client: WebClient) -> WebClient:
    """Return a client like ``client`` that never sends a request twice.

    slack_sdk's own handlers send again after a dropped connection, even a post that Slack had already taken.
    """
    return WebClient(token=client.token, base_url=client.base_url, timeout=_TIMEOUT_SECONDS, retry_handlers=[])


def who_am_i(client: WebClient) -> SlackResponse:
    """Return what ``auth.test`` says of the client's token; raises SlackError where Slack refuses it or is away."""
    try:
        return client.auth_test()
    except (SlackClientError, OSError) as error:
        raise slack_trouble(error) from None


def slack_trouble(error: Exception, setting: str = "SLACK_BOT_TOKEN") -> SlackError:
    """Return what to tell an operator when Slack cannot be used with the token of ``setting``."""
    code = error.response.get("error") if isinstance(error, SlackApiError) else None
    if not isinstance(code, str) or not code.isidentifier():
        return SlackError("Slack cannot be reached.", "Check the network and SLACK_API_URL, then try again.")
    if code in _PASSING:
        return SlackError(f"Slack does not answer as it should: {code}.", "Try again in a minute.")
    return SlackError(f"Slack refuses the token: {documented(code)}.", f"Check {setting} at api.slack.com/apps.")
