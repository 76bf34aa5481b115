"""Sending a nudge: claimed first, called once, settled by what is known afterwards. Never two."""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.block_kit import Block
from bot.listening import Clock
from bot.logs import failure_place
from bot.nudging import service
from bot.nudging.policy import FRESH
from bot.slack_clients import posting_client
from bot.slack_codes import documented
from bot.slack_time import instant
from bot.store.engine import Store
from bot.store.tables import NudgeState

logger = logging.getLogger(__name__)

_DEFAULT_WAIT_SECONDS = 10
_TURN_SECONDS = 2.0
# Slack's word for "I may have done it": everything else with ok=false is a refusal.
_UNCLEAR_ERRORS = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """A nudge on its way, with the words that live only in memory; ``repr`` shows none of them."""

    tenant_id: str
    nudge_id: str
    channel_id: str
    user_id: str
    written_ts: str
    thread_ts: str | None
    text: str
    blocks: list[Block]


class Sender:
    """Sends nudges, and tries one again only where Slack certainly did not take it, within five minutes."""

    def __init__(
        self, store: Store, clock: Clock, later: Callable[[float, Callable[[], None]], None] | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._later = later or _start_timer
        self._turn = threading.Semaphore()

    def await_turn(self) -> bool:
        """Return once this process is sending no other nudge; False where that takes too long to wait for.

        Waited for before a nudged message is acknowledged, so that a process that is killed loses one nudge, and not
        as many as came in at once: what is not acknowledged yet is delivered again. Whoever got the turn ends it.
        """
        return self._turn.acquire(timeout=_TURN_SECONDS)

    def end_turn(self) -> None:
        """Let the next nudge go."""
        self._turn.release()

    def send(self, client: WebClient, nudge: Outgoing) -> None:
        """Claim the nudge and post it; does nothing where it is already claimed, withdrawn or too old."""
        if not service.claim(self._store, nudge.tenant_id, nudge.nudge_id, self._clock()):
            return
        wait = None
        try:
            posting_client(client).chat_postEphemeral(
                channel=nudge.channel_id,
                user=nudge.user_id,
                thread_ts=nudge.thread_ts,
                text=nudge.text,
                blocks=nudge.blocks,
            )
            state = NudgeState.SENT
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the nudge must be settled)
            state, wait = _outcome(error)
            logger.warning("nudge not confirmed: %s state=%s nudge_id=%s", _reason(error), state, nudge.nudge_id)
        if wait is not None and self._clock() + timedelta(seconds=wait) >= instant(nudge.written_ts) + FRESH:
            state, wait = NudgeState.MISSED, None
        service.settle(self._store, nudge.tenant_id, nudge.nudge_id, state, self._clock())
        if wait is not None:
            self._later(wait, lambda: self._send_again(client, nudge))

    def _send_again(self, client: WebClient, nudge: Outgoing) -> None:
        try:
            self.send(client, nudge)
        except Exception as error:  # noqa: BLE001 (a timer's thread has nobody above it)
            logger.error("nudge could not be tried again: %s nudge_id=%s", failure_place(error), nudge.nudge_id)


def _outcome(error: Exception) -> tuple[NudgeState, float | None]:
    """Return the state an error leaves a nudge in, and after how many seconds it may be tried again, if at all."""
    if isinstance(error, SlackApiError) and hasattr(error.response, "status_code"):
        if error.response.status_code == 429:
            return NudgeState.PENDING, _retry_after(error)
        if error.response.status_code < 500 and error.response.get("error") not in _UNCLEAR_ERRORS:
            return NudgeState.MISSED, None
        return NudgeState.UNKNOWN, None
    if isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
        return NudgeState.PENDING, _DEFAULT_WAIT_SECONDS
    return NudgeState.UNKNOWN, None


def _retry_after(error: SlackApiError) -> float:
    value = next((v for k, v in error.response.headers.items() if k.lower() == "retry-after"), None)
    try:
        return max(0.0, float(value[0] if isinstance(value, list) else value))  # type: ignore[arg-type]  # None: below
    except (TypeError, ValueError):
        return _DEFAULT_WAIT_SECONDS


def _reason(error: Exception) -> str:
    code = documented(error.response.get("error")) if isinstance(error, SlackApiError) else "-"
    return f"{failure_place(error)} error={code}"


def _start_timer(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
