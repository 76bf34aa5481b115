"""The command line, run within the test process unless a test says otherwise."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_outcome import KEY, Ended, Fairview
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from workplace import furnish, manifest

from bot import processes, rules, slack_clients
from bot.__main__ import main
from bot.playground import SlackStandIn
from nlp import Detector


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without a setting of Fairview's, in a folder without a .env."""
    for name in os.environ:
        if name.startswith(("SLACK_", "FAIRVIEW_")) or name in {"DATABASE_URL", "PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fairview(
    bare_environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], detector: Detector
) -> Fairview:
    """Run `fairview` with arguments, and settings by name."""
    monkeypatch.setattr(processes, "configure_logging", lambda _level: None)
    monkeypatch.setattr(rules, "_shipped", lambda: detector)

    def run(*arguments: str, **settings: str) -> Ended:
        with monkeypatch.context() as environment:
            for name, value in settings.items():
                environment.setenv(name, value)
            environment.setattr(sys, "argv", ["fairview", *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(app=manifest(), rate_limits=False) as standin:
        furnish(standin)
        yield standin


@pytest.fixture
def settings(slack: SlackStandIn) -> dict[str, str]:
    """All that `run`, `web` and `clock` need."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "FAIRVIEW_SECRET_KEY": KEY,
        "FAIRVIEW_OPS_BIND": "off",
        # Tests run at any hour, in channels that are new; the limits have tests of their own.
        "FAIRVIEW_TRIAL_DAYS": "0",
        "FAIRVIEW_QUIET_HOURS": "off",
        "FAIRVIEW_QUIET_DAYS": "off",
    }


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without their waits."""
    at_once = FixedValueRetryIntervalCalculator(0)
    for name in ("ConnectionErrorRetryHandler", "ServerErrorRetryHandler"):
        kind = getattr(slack_clients, name)
        monkeypatch.setattr(
            slack_clients, name, lambda max_retry_count, kind=kind: kind(max_retry_count, interval_calculator=at_once)
        )
