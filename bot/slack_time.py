"""Slack's timestamps: text such as ``1732354800.000100``, seconds and microseconds, unique within a channel."""

import re
from datetime import UTC, datetime, timedelta

_TS = re.compile(r"[0-9]{10}\.[0-9]{6}")


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC: the one place where the clock is read."""
    return datetime.now(UTC)


def instant(ts: str) -> datetime:
    """Return the instant a ``ts`` names, aware, in UTC; raises ValueError where it is not a timestamp of Slack's."""
    if not _TS.fullmatch(ts):
        raise ValueError("not a Slack timestamp")
    seconds, micros = ts.split(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))


def is_newer(ts: str, other: str) -> bool:
    """Say whether ``ts`` is later than ``other``; numbers, not text, so that a missing digit cannot mislead."""
    return _key(ts) > _key(other)


def _key(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds or 0), int(micros or 0)
