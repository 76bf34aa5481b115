"""What is known of a post that went wrong: whether Slack refused it, or may have taken it all the same."""

import socket
from dataclasses import dataclass
from enum import Enum, auto
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.logs import failure_place
from bot.slack_codes import documented

SLACK_TROUBLE = (SlackClientError, OSError, HTTPException)
"""All that a call of Slack's Web API may raise: a refusal, no connection, an answer that was cut off."""

_USUAL_WAIT_SECONDS = 10.0
_TOO_OFTEN = {"ratelimited", "rate_limited"}
# Slack's words for "I may have done it": everything else with ok=false is a refusal.
_UNCLEAR_ERRORS = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}


class PostVerdict(Enum):
    """Whether a post that raised an error may be tried again."""

    REFUSED_FOR_NOW = auto()
    """It never reached Slack, or Slack asked for patience: it may be tried again, and cannot come twice."""
    REFUSED = auto()
    """Slack did not take it, and would not the next time."""
    UNCLEAR = auto()
    """Slack may have taken it: it must not be sent again."""


@dataclass(frozen=True, slots=True)
class PostOutcome:
    """What an error says of the post that raised it, and in how many seconds it may be tried again, if at all."""

    verdict: PostVerdict
    retry_after: float | None = None


def outcome_of_post(error: Exception) -> PostOutcome:
    """Return what is known of a post, sent by a client that never retries by itself, that raised ``error``."""
    if isinstance(error, SlackApiError):
        return _outcome_of_answer(error)
    if isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
        return PostOutcome(PostVerdict.REFUSED_FOR_NOW, _USUAL_WAIT_SECONDS)
    return PostOutcome(PostVerdict.UNCLEAR)


def reason_of(error: Exception) -> str:
    """Return what a log may say of a post that went wrong: class, place, and Slack's code where it is documented."""
    code = documented(error.response.get("error")) if isinstance(error, SlackApiError) else "-"
    return f"{failure_place(error)} error={code}"


def _outcome_of_answer(error: SlackApiError) -> PostOutcome:
    status = getattr(error.response, "status_code", None)
    code = error.response.get("error")
    if status == 429 or code in _TOO_OFTEN:
        return PostOutcome(PostVerdict.REFUSED_FOR_NOW, _retry_after(error))
    if status is None or status >= 500 or code in _UNCLEAR_ERRORS:
        return PostOutcome(PostVerdict.UNCLEAR)
    return PostOutcome(PostVerdict.REFUSED)


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return max(0.0, float(given[0] if isinstance(given, list) else given))  # type: ignore[arg-type]  # None: below
    except (TypeError, ValueError):
        return _USUAL_WAIT_SECONDS
