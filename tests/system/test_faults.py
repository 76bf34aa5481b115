"""The app is killed where it hurts, amid events that come up to three times and out of order: it counts exactly."""

import itertools
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from system.app_process import AppProcess
from system.storm import NUDGED, TEXTS, Key, Storm

from bot.playground import SlackStandIn
from bot.playground.faults import FaultKind
from bot.store.engine import Store
from bot.store.migration import migrate
from nlp import Detector

EVENTS = 500
STRUCK = 5
"""Which nudge the kill hits, counted from the app's start."""
HOOKS = Path(__file__).parent / "killed_at"
HOOK_OF = {
    "before the commit": "before_commit",
    "before the ack": "after_commit",
    "before marking it sent": "before_settling",
}
FAULT_OF: dict[str, FaultKind] = {"while sending": "timeout_before", "after Slack accepted": "timeout_after_accept"}
POINTS = [*HOOK_OF, *FAULT_OF]
FEWER_POINTS = ["before the commit", "before the ack", "while sending"]
"""For HTTP mode, which differs in how an event comes in and is acknowledged."""
PATIENCE = 90.0


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    # However slowly the app comes back, it is to meet one of Slack's tries: each waits for it.
    with SlackStandIn(time_scale=0.02, answer_limit=20.0, rate_limits=False) as standin:
        yield standin


@pytest.fixture(params=["run-sqlite", "web-postgresql"])
def app(request: pytest.FixtureRequest, slack: SlackStandIn, tmp_path: Path) -> Iterator[AppProcess]:
    command, _, kind = request.param.partition("-")
    url = request.getfixturevalue(f"{kind}_url")
    store = Store(url)
    migrate(store)
    store.close()
    app = AppProcess(slack, tmp_path, url, command)
    yield app
    app.close()


def test_the_texts_of_the_storm_hold_what_is_said_of_them() -> None:
    detector = Detector()
    for written, labels in TEXTS.items():
        reading = detector.read(written)
        found = tuple(finding.label for finding in reading.findings if finding.counts)
        assert (found, bool(reading.strongest_nudge)) == (labels, written in NUDGED), f"choose another text: {written}"


def test_killed_at_every_point_it_counts_exactly_and_never_nudges_twice(slack: SlackStandIn, app: AppProcess) -> None:
    points = POINTS if app.command == "run" else FEWER_POINTS
    storm = Storm(slack)
    _rage(storm, app, points)
    assert app.stop() == 0
    _check_deliveries(slack)
    expected, kept, shown = storm.outcome(), _kept(app), storm.nudges()
    assert kept.findings == expected.findings
    assert kept.versions == expected.versions
    authors = {(expected.authors[key], kept.authors[key]) for key in expected.authors}
    assert len(authors) == len(set(expected.authors.values())), "each author has one pseudonym, and no other author's"
    assert set(shown.values()) == {1}, "no message is nudged twice"
    assert set(storm.thanks().values()) <= {1}, "nobody is thanked twice in a week"
    assert shown.keys() <= expected.may_be_nudged
    missing = expected.must_be_nudged - shown.keys()
    assert len(missing) <= len(points), "at most one nudge is lost by each kill"
    assert kept.sent <= len(shown), "nothing is marked sent that nobody saw"


def _rage(storm: Storm, app: AppProcess, points: list[str]) -> None:
    slack, share = storm.slack, EVENTS // (len(points) + 1)
    armed = app.log.with_name("armed")
    for point in points:
        armed.unlink(missing_ok=True)
        app.start(hooks=HOOKS, KILLED_AT=f"{HOOK_OF.get(point, '-')}:{STRUCK}", KILLED_ONCE_THERE_IS=str(armed))
        _calm(storm, is_first=point == points[0])
        armed.touch()
        if point in FAULT_OF:
            times = itertools.count(1)
            slack.faults.add(
                FAULT_OF[point],
                "chat.postEphemeral",
                when=lambda _call, times=times: next(times) == STRUCK,
                on_hit=lambda _call: app.strike(),
            )
        storm.raise_events(share)
        assert app.await_death() == -signal.SIGKILL, f"not killed {point}"
    app.start()
    storm.raise_events(EVENTS - share * len(points))
    slack.settle(PATIENCE)


def _calm(storm: Storm, *, is_first: bool) -> None:
    """What an absence left is made up for before the next begins: no event is to meet more of them than Slack tries."""
    slack = storm.slack
    if is_first:
        storm.invite_app()
    slack.settle(PATIENCE)
    if is_first:
        slack.faults.duplicate_events(0.5, most=2, seed=1)
        slack.faults.reorder_events(window=16, seed=1)
        slack.faults.lose_acks(storm.loses_ack)


def _check_deliveries(slack: SlackStandIn) -> None:
    """The storm was one: repeated, out of order, with acknowledgements lost, and nothing given up."""
    outcomes = {one.outcome for one in slack.deliveries}
    assert {"acked", "ack_lost"} < outcomes
    given_up = [one for one in slack.deliveries if one.dropped and one.outcome != "ack_lost"]
    assert not given_up, "the app was away for longer than Slack tries"
    order = [one.key for one in slack.deliveries if one.attempt == 0]
    assert order != sorted(order)
    assert len(slack.deliveries) > 1.8 * len(order) > 1.8 * EVENTS


@dataclass(frozen=True)
class Kept:
    """What the database holds of the messages that count."""

    findings: dict[Key, tuple[str, ...]]
    versions: dict[Key, str]
    authors: dict[Key, str]
    sent: int


def _kept(app: AppProcess) -> Kept:
    store = Store(app.environment["DATABASE_URL"])
    with store.engine.connect() as connection:
        messages = connection.execute(
            text("SELECT channel_id, ts, version, author FROM message WHERE NOT is_deleted")
        ).all()
        labels = connection.execute(text("SELECT channel_id, ts, label FROM messagefinding ORDER BY label")).all()
        sent = connection.execute(text("SELECT count(*) FROM nudge WHERE state = 'sent'")).scalar_one()
    store.close()
    findings: dict[Key, tuple[str, ...]] = {(row.channel_id, row.ts): () for row in messages}
    for row in labels:
        findings[row.channel_id, row.ts] = (*findings.get((row.channel_id, row.ts), ()), row.label)
    return Kept(
        findings=findings,
        versions={(row.channel_id, row.ts): row.version for row in messages},
        authors={(row.channel_id, row.ts): row.author for row in messages},
        sent=sent,
    )
