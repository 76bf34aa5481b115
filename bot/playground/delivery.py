"""Events, commands and interactions on their way to the app: tried, tried again, and at last dropped.

Events are tried four times: at once, at once again, after a minute, after five more
(https://docs.slack.dev/apis/events-api/#retries). Commands and interactions are tried once: a person is waiting.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Literal, Protocol, cast

from bot.playground.clock import Clock
from bot.playground.faults import Faults
from bot.playground.models import Payload

RETRY_AFTER = (0.0, 60.0, 300.0)
IN_FLIGHT = 32
_FLUSH_AFTER = 0.2

JobKind = Literal["events_api", "slash_commands", "interactive"]
Outcome = Literal["pending", "acked", "ack_lost", "http_error", "http_timeout", "connection_failed", "connection_lost"]


@dataclass(frozen=True)
class Answer:
    """How one try ended, and what the app said."""

    outcome: Outcome
    status: int = 0
    body: Payload | str | None = None
    no_retry: bool = False


@dataclass(eq=False)
class Job:
    """Something to deliver; ``copy`` > 0: a repetition that Slack sends though nothing went wrong."""

    kind: JobKind
    name: str
    payload: Payload
    copy: int = 0
    done: "Future[Answer]" = field(default_factory=Future)

    @property
    def key(self) -> str:
        """What its tries have in common: the event's id, the trigger's for all else."""
        return str(self.payload.get("event_id") or self.payload.get("trigger_id") or "")


@dataclass(eq=False)
class Delivery:
    """One try. ``key`` is the event id, ``envelope_id`` Socket Mode's own; ``dropped``: no try will follow."""

    key: str
    kind: JobKind
    name: str
    attempt: int
    reason: str
    payload: Payload
    sent_at: float
    envelope_id: str = ""
    outcome: Outcome = "pending"
    status: int = 0
    dropped: bool = False


class Transport(Protocol):
    """A way to the app."""

    async def send(self, job: Job, delivery: Delivery) -> Answer:
        """Make one try; never raises for what the app does."""
        ...


class Dispatcher:
    """Carries jobs to the app on the event loop of the stand-in, a limited number at a time."""

    def __init__(self, *, changed: Condition, faults: Faults, clock: Clock, time_scale: float) -> None:
        self._changed = changed
        self._faults = faults
        self._clock = clock
        self._time_scale = time_scale
        self._held: list[Job] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self.transport: Transport | None = None
        self.pending = 0
        self.deliveries: list[Delivery] = []

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use this loop from now on."""
        self._loop = loop

    def submit(self, job: Job) -> None:
        """Send the job on its way; callable from any thread that holds the platform's lock."""
        jobs = [job]
        if job.kind == "events_api":
            copies = self._faults.copies_of(job.payload)
            jobs += [Job(job.kind, job.name, job.payload, copy=number) for number in range(1, copies + 1)]
        self.pending += len(jobs)
        if job.kind == "events_api" and self._faults.window > 1:
            self._hold(jobs)
        else:
            self._call(self._start, jobs)

    def flush(self) -> None:
        """Send what is held back for shuffling."""
        with self._changed:
            held, self._held = self._held, []
            if held:
                self._faults.shuffle(cast("list[object]", held))
                self._call(self._start, held)

    async def close(self) -> None:
        """Give up whatever is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hold(self, jobs: list[Job]) -> None:
        self._held += jobs
        if len(self._held) >= self._faults.window:
            self.flush()
        elif self._loop is not None:
            loop = self._loop
            self._call(lambda: loop.call_later(_FLUSH_AFTER, self.flush))

    def _call(self, function: Any, *arguments: Any) -> None:
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _start(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._spawn(self._carry(job))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, job: Job) -> None:
        answer = Answer("connection_failed")
        try:
            answer = await (self._try_until_taken(job) if job.kind == "events_api" else self._try(job, 0, ""))
        finally:
            with self._changed:
                self.pending -= 1
                if not job.done.done():
                    job.done.set_result(answer)
                self._changed.notify_all()

    async def _try_until_taken(self, job: Job) -> Answer:
        if job.copy:
            return await self._try(job, job.copy, "http_timeout")
        answer = await self._try(job, 0, "")
        for attempt, wait in enumerate(RETRY_AFTER, start=1):
            if answer.outcome == "acked" or answer.no_retry:
                return answer
            await asyncio.sleep(wait * self._time_scale)
            answer = await self._try(job, attempt, _reason(answer.outcome))
        return answer

    async def _try(self, job: Job, attempt: int, reason: str) -> Answer:
        if self.transport is None:
            return Answer("connection_failed")
        if job.kind == "events_api":
            async with self._slots:
                return await self._send(self.transport, job, attempt, reason)
        return await self._send(self.transport, job, attempt, reason)

    async def _send(self, transport: Transport, job: Job, attempt: int, reason: str) -> Answer:
        delivery = Delivery(job.key, job.kind, job.name, attempt, reason, job.payload, self._clock())
        with self._changed:
            self.deliveries.append(delivery)
            self._changed.notify_all()
        answer = await transport.send(job, delivery)
        lost = job.kind == "events_api" and answer.outcome == "acked" and self._faults.loses_ack(job.payload)
        if lost:
            answer = Answer("ack_lost")
        with self._changed:
            delivery.outcome, delivery.status = answer.outcome, answer.status
            delivery.dropped = answer.outcome != "acked" and (attempt >= len(RETRY_AFTER) or answer.no_retry)
            self._changed.notify_all()
        return answer


def _reason(outcome: Outcome) -> str:
    """What Slack says of the try before."""
    return {"http_error": "http_error", "connection_failed": "connection_failed"}.get(outcome, "http_timeout")
