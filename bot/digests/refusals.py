"""What Slack meant by refusing a call, and whether the call may have worked all the same."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from slack_sdk.errors import SlackApiError

# Slack says of these that part of the work may have been done before they were raised.
_MAY_HAVE_WORKED = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
_RATE_LIMITED = 429
_SERVER_ERROR = 500
_USUAL_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Slack's Web API: its code, how long to wait where it was for coming too often."""

    code: str
    retry_after: timedelta | None
    may_have_worked: bool

    @classmethod
    def of(cls, error: SlackApiError) -> Self:
        """Return what an error meant; an answer that is not Slack's JSON has the code ``unreadable``."""
        response = error.response
        status = int(getattr(response, "status_code", 0) or 0)
        code = response.get("error")
        if not isinstance(code, str) or not code.isidentifier():
            code = "unreadable"
        if status == _RATE_LIMITED or code in {"ratelimited", "rate_limited"}:
            return cls(code, _retry_after(getattr(response, "headers", None) or {}), may_have_worked=False)
        unsure = status >= _SERVER_ERROR or code == "unreadable" or code in _MAY_HAVE_WORKED
        return cls(code, None, may_have_worked=unsure)


def _retry_after(headers: dict[str, str]) -> timedelta:
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    seconds = int(given) if given.isdecimal() else _USUAL_WAIT_SECONDS
    return timedelta(seconds=max(1, seconds))
