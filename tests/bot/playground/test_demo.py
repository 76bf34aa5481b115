import io
import os
from collections.abc import Iterator

import pytest

from bot.playground import acting, demo
from bot.playground import working_day as day


@pytest.fixture(autouse=True)
def _settings_of_the_shell_are_not_used(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(("SLACK_", "FAIRVIEW_"))]:
        monkeypatch.delenv(name)
    return


def played(monkeypatch: pytest.MonkeyPatch, *steps: day.Step, patience: float = 20.0) -> tuple[int, str]:
    monkeypatch.setattr(acting.Day.play, "__defaults__", (steps,))
    monkeypatch.setattr(acting, "PATIENCE_SECONDS", patience)
    shown = io.StringIO()
    return demo.play(speed=100, stdin=io.StringIO(), stdout=shown), shown.getvalue()


def test_it_fails_with_the_reason_where_something_was_never_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = played(monkeypatch, day.Says("amara", day.ERP, "Morning all, month end closed at 02:10."))
    assert code == 1
    assert "The demonstration failed: never seen: a nudge in #servicedesk" in shown
    assert "a digest" in shown


def test_it_fails_with_the_reason_where_a_nudge_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = played(
        monkeypatch, day.Says("amara", day.ERP, "Lunch is at noon.", nudged=True, key="lunch"), patience=1.0
    )
    assert code == 1
    assert "a nudge for “Lunch is at noon.”" in shown


def test_every_channel_button_and_event_is_in_the_day() -> None:
    kinds = {type(step) for step in day.DAY}
    assert kinds == {day.Says, day.Clicks, day.Asks, day.Edits, day.Deletes, day.BotSays, day.Types, day.Digest}
    assert {step.channel for step in day.DAY if isinstance(step, day.Says) and step.nudged} == set(day.CHANNELS)
    buttons = {step.button for step in day.DAY if isinstance(step, day.Clicks)}
    assert buttons == {"Use this", "Why this?", "Not relevant", "Helpful"}
    assert any(step.thanked for step in day.DAY if isinstance(step, day.Says))
