"""Slack's limits on how often a method may be called, as https://docs.slack.dev/apis/web-api/rate-limits has them."""

import math
from collections.abc import Callable

CALLS_A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
POSTS_A_SECOND = 1.0
POST_BURST = 5


class RateLimits:
    """Counts calls in leaky buckets; ``time_scale`` shortens Slack's seconds, 0 lifts the limits."""

    def __init__(self, time_scale: float, seconds: Callable[[], float]) -> None:
        self.enabled = time_scale > 0
        self._scale = time_scale
        self._seconds = seconds
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def wait_for_method(self, method: str, tier: int) -> int | None:
        """Take one call of ``method``; else the whole seconds to wait, as ``Retry-After`` has it."""
        calls = CALLS_A_MINUTE[tier]
        return self._take((method, ""), calls, calls / 60)

    def wait_for_channel(self, channel: str) -> int | None:
        """Take one post into ``channel``; else the whole seconds to wait."""
        return self._take(("chat.postMessage", channel), POST_BURST, POSTS_A_SECOND)

    def wait_for_history(self) -> int | None:
        """Take one look into history at the pace of apps outside the Marketplace: one a minute."""
        return self._take(("conversations.history", "sparing"), 1, 1 / 60)

    def _take(self, key: tuple[str, str], size: int, a_second: float) -> int | None:
        if not self.enabled:
            return None
        bucket = self._buckets.setdefault(key, _Bucket(size, a_second / self._scale))
        wait = bucket.take(self._seconds())
        return None if wait <= 0 else max(1, math.ceil(wait))


class _Bucket:
    def __init__(self, size: int, a_second: float) -> None:
        self._size = size
        self._a_second = a_second
        self._left = float(size)
        self._seen: float | None = None

    def take(self, now: float) -> float:
        """Take one and answer 0, or take none and answer the seconds until there is one."""
        if self._seen is not None:
            self._left = min(self._size, self._left + (now - self._seen) * self._a_second)
        self._seen = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._a_second
