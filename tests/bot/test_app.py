"""The composition root: what it refuses to start with, and how it names and logs requests."""

import socket
from collections.abc import Iterator

import pytest
from payloads import envelope, message
from workplace import FLAGGED, Clock, Workplace, manifest, parts_for

from bot import metrics
from bot.app import build_app, build_parts
from bot.errors import SettingsError, SlackError
from bot.playground import SlackStandIn
from bot.settings import Settings
from nlp import Detector

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(app=manifest(), rate_limits=False) as standin:
        yield standin


def test_parts_need_a_secret_key() -> None:
    with pytest.raises(SettingsError, match=r"Not set: FAIRVIEW_SECRET_KEY\.") as refused:
        build_parts(Settings.load({}), Clock())
    assert "Make one with: python -c" in refused.value.hint


@pytest.mark.parametrize("url", ["mysql://localhost/fairview", "fairview.db", "oracle+x://h/d", "sqlite+aiosqlite://"])
def test_parts_need_a_database_that_fairview_speaks(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        build_parts(Settings.load({"FAIRVIEW_SECRET_KEY": KEY, "DATABASE_URL": url}), Clock())


def test_parts_are_built_from_the_settings(fresh_sqlite_url: str) -> None:
    clock = Clock()
    parts = build_parts(Settings.load({"FAIRVIEW_SECRET_KEY": KEY, "DATABASE_URL": fresh_sqlite_url}), clock)
    assert parts.box.open(parts.box.seal(b"pseudonyms")) == b"pseudonyms"
    assert parts.clock is clock
    assert parts.detector.rules
    parts.store.close()


def test_a_token_that_slack_refuses_is_said_to_be_refused(
    slack: SlackStandIn, fresh_sqlite_url: str, detector: Detector
) -> None:
    parts = parts_for(slack, fresh_sqlite_url, detector, Clock(), {"SLACK_BOT_TOKEN": "xoxb-wrong"})
    with pytest.raises(SlackError) as refused:
        build_app(parts)
    sentence = "Slack refuses the token: invalid_auth. Check SLACK_BOT_TOKEN at api.slack.com/apps."
    assert refused.value.sentence == sentence
    parts.store.close()


def test_slack_out_of_reach_is_said_to_be_so(slack: SlackStandIn, fresh_sqlite_url: str, detector: Detector) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    parts = parts_for(slack, fresh_sqlite_url, detector, Clock(), {"SLACK_API_URL": nowhere})
    with pytest.raises(SlackError, match="Slack cannot be reached"):
        build_app(parts)
    parts.store.close()


def test_an_event_that_fails_is_logged_and_counted_under_slacks_own_id(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    before = metrics.FAILURES.labels("ValueError")._value.get()
    body = envelope(message(FLAGGED, ts="soon"), team_id=work.tenant, event_id="Ev0PLANTED")
    assert work.dispatch(body) == 500
    (line,) = [record.getMessage() for record in caplog.records if record.name == "bot.app"]
    assert line.startswith("request failed: ValueError at slack_time.py")
    assert line.endswith("request_id=Ev0PLANTED")
    assert metrics.FAILURES.labels("ValueError")._value.get() == before + 1


def test_events_are_counted_by_what_became_of_them(work: Workplace) -> None:
    def count(outcome: str) -> float:
        value: float = metrics.EVENTS.labels(outcome)._value.get()
        return value

    outcomes = ("counted", "removed", "nothing to count", "channel not watched", "repeated")
    before = [count(outcome) for outcome in outcomes]
    ts = work.say("ann", "infra", FLAGGED)
    event = next(one.payload for one in work.slack.deliveries if one.name == "message")
    work.dispatch(event)
    work.slack.post_as_bot("infra", FLAGGED)
    work.slack.delete("infra", ts)
    work.settle()
    work.ask("ben", "infra", "watch off")
    work.say("ann", "infra", FLAGGED)
    assert [count(outcome) - was for outcome, was in zip(outcomes, before, strict=True)] == [1, 1, 1, 1, 1]
