"""Slack's timestamps: at once a message's time, its place in the order and its name."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since the epoch."""


class Timestamps:
    """Hands out ``ts`` strings such as ``1732354800.000100``: unique and rising, near the clock's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._given: set[str] = set()

    def next(self) -> str:
        """A ``ts`` later than every one handed out before and equal to none that was claimed."""
        micros = max(round(self._clock() * 1_000_000), self._last + 100)
        while (ts := f"{micros // 1_000_000}.{micros % 1_000_000:06d}") in self._given:
            micros += 100
        self._last = micros
        self._given.add(ts)
        return ts

    def claim(self, ts: str) -> str:
        """``ts`` itself, for whoever needs a message at a time of their own choosing.

        Raises ValueError where it is not of Slack's form or already in use.
        """
        seconds, _, micros = ts.partition(".")
        if not (seconds.isdigit() and micros.isdigit() and len(micros) == 6):
            message = f"a ts is of the form 1732354800.000100, not {ts!r}"
            raise ValueError(message)
        if ts in self._given:
            message = f"the ts {ts} is taken"
            raise ValueError(message)
        self._given.add(ts)
        return ts
