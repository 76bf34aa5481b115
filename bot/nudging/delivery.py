"""Sending a nudge: claimed first, called once, settled by what is known afterwards. Never two."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from slack_sdk import WebClient

from bot.block_kit import Block
from bot.listening import Parts
from bot.logs import failure_place
from bot.nudging import service
from bot.nudging.policy import FRESH
from bot.nudging.service import Pending
from bot.slack_clients import posting_client
from bot.slack_outcomes import SLACK_TROUBLE, PostVerdict, outcome_of_post, reason_of
from bot.slack_time import instant
from bot.store.tables import NudgeState

logger = logging.getLogger(__name__)

_TURN_SECONDS = 2.0
_USUAL_WAIT_SECONDS = 10.0
_STATES = {
    PostVerdict.REFUSED_FOR_NOW: NudgeState.PENDING,
    PostVerdict.REFUSED: NudgeState.MISSED,
    PostVerdict.UNCLEAR: NudgeState.UNKNOWN,
}


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """A nudge on its way, with the words that live only in memory; ``repr`` shows none of them."""

    pending: Pending
    channel_id: str
    user_id: str
    written_ts: str
    thread_ts: str | None
    text: str
    blocks: list[Block]


class Sender:
    """Sends nudges, and tries one again only where Slack certainly did not take it, within five minutes."""

    def __init__(self, parts: Parts, later: Callable[[float, Callable[[], None]], None] | None = None) -> None:
        self._parts = parts
        self._store = parts.store
        self._clock = parts.clock
        self._terms = parts.terms
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
        """Ask who the author is, claim the nudge and post it.

        Does nothing where it is already claimed, withdrawn or too old, or where the policy says no.
        """
        pending = nudge.pending
        try:
            member = self._parts.members.find(client, pending.tenant_id, nudge.user_id, self._clock())
        except SLACK_TROUBLE as error:
            logger.warning("author not known yet: %s nudge_id=%s", reason_of(error), pending.nudge_id)
            wait = outcome_of_post(error).retry_after or _USUAL_WAIT_SECONDS
            if self._is_in_time(nudge, wait):
                self._later(wait, lambda: self._send_again(client, nudge))
            else:
                service.give_up(self._store, pending, self._clock())
            return
        if service.claim(self._store, pending, member, self._clock(), self._terms):
            self._post(client, nudge)

    def _post(self, client: WebClient, nudge: Outgoing) -> None:
        pending, wait, state = nudge.pending, None, NudgeState.SENT
        try:
            posting_client(client).chat_postEphemeral(
                channel=nudge.channel_id,
                user=nudge.user_id,
                thread_ts=nudge.thread_ts,
                text=nudge.text,
                blocks=nudge.blocks,
            )
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the nudge must be settled)
            outcome = outcome_of_post(error)
            state, wait = _STATES[outcome.verdict], outcome.retry_after
            logger.warning("nudge not confirmed: %s state=%s nudge_id=%s", reason_of(error), state, pending.nudge_id)
        if wait is not None and not self._is_in_time(nudge, wait):
            state, wait = NudgeState.MISSED, None
        service.settle(self._store, pending.tenant_id, pending.nudge_id, state, self._clock())
        if wait is not None:
            self._later(wait, lambda: self._send_again(client, nudge))

    def _is_in_time(self, nudge: Outgoing, wait: float) -> bool:
        return self._clock() + timedelta(seconds=wait) < instant(nudge.written_ts) + FRESH

    def _send_again(self, client: WebClient, nudge: Outgoing) -> None:
        try:
            self.send(client, nudge)
        except Exception as error:  # noqa: BLE001 (a timer's thread has nobody above it)
            logger.error("nudge could not be tried again: %s nudge_id=%s", failure_place(error), nudge.pending.nudge_id)


def _start_timer(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
