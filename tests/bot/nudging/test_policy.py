from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.nudging.policy import Facts, Refusal, refusal_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def facts(**changes: Any) -> Facts:
    usual: dict[str, Any] = {
        "has_finding": True,
        "is_ext_shared": False,
        "written_at": NOW,
        "now": NOW,
        "paused_until": None,
        "had_nudge": False,
    }
    return Facts(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"has_finding": False}, Refusal.NOTHING_SURE),
        ({"had_nudge": True}, Refusal.ALREADY_NUDGED),
        ({"is_ext_shared": True}, Refusal.SHARED_CHANNEL),
        ({"written_at": NOW - timedelta(minutes=5)}, None),
        ({"written_at": NOW - timedelta(minutes=5, seconds=1)}, Refusal.TOO_OLD),
        ({"written_at": NOW + timedelta(seconds=2)}, None),  # Slack's clock is ahead of ours
        ({"paused_until": NOW + timedelta(seconds=1)}, Refusal.PAUSED),
        ({"paused_until": NOW}, None),
        ({"paused_until": NOW - timedelta(days=1)}, None),
        ({"has_finding": False, "had_nudge": True, "is_ext_shared": True}, Refusal.NOTHING_SURE),
    ],
)
def test_policy(changes: dict[str, Any], expected: Refusal | None) -> None:
    assert refusal_of(facts(**changes)) is expected
