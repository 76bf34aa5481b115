"""What may go wrong between Slack and an app, ordered in advance."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from bot.playground.models import Payload

FaultKind = Literal[
    "pass",
    "slow",
    "timeout_before",
    "timeout_after_accept",
    "http_500",
    "http_500_after_accept",
    "drop_connection",
    "drop_after_accept",
    "rate_limit",
    "error",
]
BEFORE_ACCEPTING: frozenset[FaultKind] = frozenset(
    {"timeout_before", "http_500", "drop_connection", "rate_limit", "error"}
)


@dataclass(eq=False)
class Call:
    """One request the app has made: a Web API method, or ``response_url`` and ``upload_url``.

    ``status`` is the HTTP status answered, 0 while there is none; ``error`` Slack's code; ``accepted`` whether it took
    effect.
    """

    number: int
    method: str
    arguments: Payload
    at: float
    status: int = 0
    error: str | None = None
    accepted: bool = False
    fault: FaultKind | None = None
    response: Payload | None = None


@dataclass(eq=False)
class Fault:
    """One order: the next ``times`` calls of ``method`` (any, where None) that satisfy ``when`` go wrong by ``kind``.

    ``on_hit`` runs on a thread of its own, before the call is answered: for kinds that accept, after it took effect.
    """

    kind: FaultKind
    method: str | None = None
    times: int | None = 1
    when: Callable[[Call], bool] | None = None
    on_hit: Callable[[Call], object] | None = None
    error: str = "internal_error"
    retry_after: int = 1
    seconds: float = 60.0
    body: str = "Internal Server Error"
    response: Payload = field(default_factory=dict)
    hits: int = 0

    def takes(self, call: Call) -> bool:
        """Whether this order is for that call and not yet used up."""
        if self.times is not None and self.hits >= self.times:
            return False
        return self.method in (None, call.method) and (self.when is None or self.when(call))


Copies = float | Callable[[Payload], int]


class Faults:
    """The orders of one stand-in. Made for tests: everything random has a seed."""

    def __init__(self, drop_socket: Callable[[str], int]) -> None:
        self._orders: list[Fault] = []
        self._drop_socket = drop_socket
        self._copies: Copies = 0.0
        self._most_copies = 1
        self._window = 1
        self._lost_acks: float | Callable[[Payload], bool] = 0.0
        self._random = random.Random(0)  # noqa: S311 - chance for tests, no secret

    def add(self, kind: FaultKind, method: str | None = None, **order: Any) -> Fault:
        """Order a fault; see :class:`Fault` for what may be said. The first order that fits a call is taken."""
        if kind not in get_args(FaultKind):
            message = f"{kind!r} is no kind of fault; the kinds are {', '.join(get_args(FaultKind))}"
            raise ValueError(message)
        fault = Fault(kind, method, **order)
        self._orders.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every order, the ones about events included."""
        self._orders.clear()
        self.duplicate_events(0.0)
        self.reorder_events(1)
        self.lose_acks(0.0)

    def duplicate_events(self, how: Copies, *, most: int = 1, seed: int = 0) -> None:
        """Deliver events again: a chance for each of ``most`` copies, or a function from envelope to their number."""
        self._copies, self._most_copies = how, most
        self._random.seed(seed)

    def reorder_events(self, window: int = 8, *, seed: int = 0) -> None:
        """Shuffle each ``window`` events before they go out; 1 keeps their order."""
        self._window = window
        self._random.seed(seed)

    def lose_acks(self, how: float | Callable[[Payload], bool]) -> None:
        """Treat an event's acknowledgement as never received: a chance, or a function of the envelope."""
        self._lost_acks = how

    def drop_socket(self, how: str = "close") -> int:
        """End every WebSocket by ``close``, ``abort``, ``warning`` or ``refresh_requested``; answers how many.

        slack_sdk reconnects at once after all but ``abort``, which its built-in client notices only by its own pings
        (up to five times its ``ping_interval``).
        """
        return self._drop_socket(how)

    def take(self, call: Call) -> Fault | None:
        """The order that this call runs into, counted as hit."""
        fault = next((one for one in self._orders if one.takes(call)), None)
        if fault is not None:
            fault.hits += 1
        return fault

    def copies_of(self, envelope: Payload) -> int:
        """How many times more this event is to be delivered."""
        if callable(self._copies):
            return self._copies(envelope)
        chance = self._copies
        return sum(self._random.random() < chance for _ in range(self._most_copies))

    def loses_ack(self, envelope: Payload) -> bool:
        """Whether this acknowledgement gets lost."""
        if callable(self._lost_acks):
            return self._lost_acks(envelope)
        return self._lost_acks > 0 and self._random.random() < self._lost_acks

    @property
    def window(self) -> int:
        """How many events are shuffled together."""
        return self._window

    def shuffle(self, jobs: list[object]) -> None:
        """Put the jobs of one window into another order."""
        self._random.shuffle(jobs)
