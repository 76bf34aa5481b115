"""How the Web API says no."""

from collections.abc import Iterable

from bot.playground.models import Payload


class Refusal(Exception):  # noqa: N818 - no error of the stand-in: an answer that Slack gives
    """An ``ok: false`` answer with its error code and whatever else Slack puts beside it."""

    def __init__(self, code: str, **beside: object) -> None:
        super().__init__(code)
        self.code = code
        self.beside = beside

    @classmethod
    def because(cls, code: str, messages: Iterable[str]) -> "Refusal":
        """A refusal that explains itself in ``response_metadata.messages``."""
        return cls(code, response_metadata={"messages": list(messages)})

    def payload(self) -> Payload:
        """The body that is sent."""
        return {"ok": False, "error": self.code, **self.beside}


class RateLimited(Refusal):
    """The HTTP 429 with which Slack asks for ``retry_after`` whole seconds of patience."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
