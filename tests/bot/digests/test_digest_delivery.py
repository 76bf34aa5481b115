"""One message a subscription and period, whatever is lost on the way; on both databases, against the stand-in."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import slack_sdk
from digest_office import Office, on_both_databases
from digest_rows import TENANT, count, count_week
from sqlalchemy import event

from bot import slack_clients
from bot.digests import delivery, runs
from bot.digests.delivery import deliver_due
from bot.digests.payloads import Payload
from bot.digests.planning import plan
from bot.digests.schedule import Weekly
from bot.digests.scope import Scope
from bot.digests.subscriptions import Place, stop
from bot.store.engine import Store
from bot.store.tables import StopReason

DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


@on_both_databases
def test_delivered_when_due_and_once(office: Office) -> None:
    assert office.tick_at(DUE - timedelta(seconds=1)) == 0
    assert office.tick_at(DUE) == 1
    assert [office.tick(MINUTE) for _ in range(5)] == [0] * 5
    (digest,) = office.digests()
    (run,) = office.runs()
    assert digest.metadata == {"event_type": "fairview_digest", "event_payload": {"run_id": run.run_id}}
    assert (run.state, run.slack_ts, run.period_start) == ("delivered", digest.ts, date(2026, 11, 23))
    assert "the week of 16 to 22 November 2026" in digest.text
    assert "Us and them: 4 messages" in digest.text
    assert "This is the first of these digests" in digest.text
    assert office.looks() == []


@on_both_databases
def test_what_was_posted_is_what_is_kept(office: Office) -> None:
    office.tick_at(DUE)
    (digest,), (run,) = office.digests(), office.runs()
    assert run.payload is not None
    assert run.payload["text"] == digest.text
    kept = [{key: value for key, value in block.items() if key != "block_id"} for block in digest.blocks or []]
    assert run.payload["blocks"] == kept
    assert run.payload["figures"]["messages"] == 12


def test_nothing_due_before_it_was_asked_for(office: Office) -> None:
    office.subscribe(Weekly(0, time(9), "UTC"))  # on a Wednesday
    assert office.tick() == 0
    assert office.runs() == []


def test_a_year_of_weeks_through_the_clock_changes(office: Office) -> None:
    office.subscribe(Weekly(6, time(1, 30), "Europe/London"))
    for _ in range(53 * 2):
        office.tick(WEEK / 2)
    due = {run.due_at.date(): run.due_at.hour for run in office.runs()}
    assert office.states() == ["delivered"] * 53
    assert len(office.digests()) == 53
    assert [due[date(2027, *day)] for day in ((3, 21), (3, 28), (4, 4), (10, 31), (11, 7))] == [1, 1, 0, 0, 1]
    assert "first of these digests" not in office.digests()[1].text
    weeks = [message.text.partition("\n")[0] for message in office.digests()]
    assert len(set(weeks)) == 53


@on_both_databases
def test_racing_clocks_deliver_each_digest_once(office: Office) -> None:
    channels = [office.slack.add_channel(f"channel{number}", members=["olive"], with_app=True) for number in range(12)]
    for channel in channels:
        office.subscribe(channel=channel)
    office.clock.now = DUE
    stores = [Store(office.store.url.render_as_string(hide_password=False)) for _ in range(4)]
    barrier = threading.Barrier(len(stores))
    delivered: list[int] = []

    def race(store: Store) -> None:
        barrier.wait()
        delivered.append(deliver_due(store, office.settings, office.client_for, office.clock))
        store.close()

    threads = [threading.Thread(target=race, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(delivered) == 13
    assert [len(office.digests(channel)) for channel in [*channels, "infra"]] == [1] * 13
    assert len(office.posts()) == 13


@on_both_databases
@pytest.mark.parametrize("fault", ["drop_after_accept", "http_500_after_accept"])
def test_a_post_whose_answer_was_lost_is_found_again(office: Office, fault: Any) -> None:
    office.slack.faults.add(fault, "chat.postMessage")
    assert office.tick_at(DUE) == 0
    assert office.tick(timedelta(seconds=30)) == 0
    assert office.looks() == []  # too early to look: it may yet appear
    assert office.tick(timedelta(seconds=31)) == 1
    assert len(office.looks()) == 1
    assert len(office.posts()) == 1
    assert [run.slack_ts for run in office.runs()] == [digest.ts for digest in office.digests()]


def test_a_post_that_timed_out_is_found_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_clients, "_TIMEOUT_SECONDS", 0.3)
    office.slack.faults.add("timeout_after_accept", "chat.postMessage", seconds=1)
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    assert len(office.digests()) == len(office.posts()) == 1


@pytest.mark.parametrize("fault", ["drop_connection", "http_500"])
def test_a_post_that_never_arrived_is_looked_for_and_sent_again(office: Office, fault: Any) -> None:
    office.slack.faults.add(fault, "chat.postMessage")
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    assert len(office.looks()) == 1
    assert len(office.posts()) == 2
    assert len(office.digests()) == 1


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
def test_slacks_own_failures_may_have_worked(office: Office, error: str) -> None:
    office.slack.faults.add("error", "chat.postMessage", error=error)
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    assert len(office.looks()) == 1
    assert len(office.digests()) == 1


def test_too_many_requests_are_waited_out(office: Office) -> None:
    office.slack.faults.add("rate_limit", "chat.postMessage", retry_after=45)
    assert office.tick_at(DUE) == 0
    assert office.tick(timedelta(seconds=44)) == 0
    assert len(office.posts()) == 1
    assert office.tick(timedelta(seconds=1)) == 1
    assert office.looks() == []
    assert len(office.digests()) == 1


def kill(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> None:
    """Die, once, before or after that step of delivery."""
    module = delivery if name == "plan" else runs
    step = getattr(module, name)

    def dying(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(module, name, step)
        if after:
            step(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, name, dying)


@on_both_databases
@pytest.mark.parametrize(
    ("step", "after", "posts", "looks"),
    [
        ("begin_post", False, 1, 0),  # claimed
        ("begin_post", True, 1, 1),  # about to call Slack
        ("delivered", False, 1, 1),  # Slack has taken it
    ],
)
def test_killed_while_sending(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, posts: int, looks: int
) -> None:
    kill(monkeypatch, step, after=after)
    with pytest.raises(KeyboardInterrupt):
        office.tick_at(DUE)
    assert office.tick(MINUTE) == 0  # the lease of the dead clock still runs
    assert office.tick(MINUTE) == 1
    assert (len(office.posts()), len(office.looks())) == (posts, looks)
    assert len(office.digests()) == 1


def test_killed_between_planning_and_claiming(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kill(monkeypatch, "plan", after=True)
    with pytest.raises(KeyboardInterrupt):
        office.tick_at(DUE)
    assert office.tick() == 1


@on_both_databases
def test_three_weeks_of_downtime(office: Office) -> None:
    office.tick_at(DUE)
    assert office.tick_at(DUE + 4 * WEEK + timedelta(hours=3)) == 1
    assert office.states() == ["delivered", "skipped", "skipped", "skipped", "delivered"]
    assert [run.reason for run in office.runs()] == [None, "superseded", "superseded", "superseded", None]
    first, newest = office.digests()
    assert "Not sent: the digests due on 30 November and 7 and 14 December," in newest.text
    assert "the week of 14 to 20 December 2026" in newest.text
    assert "Not sent" not in first.text
    office.tick(WEEK)
    assert "Not sent" not in office.digests()[-1].text


@on_both_databases
def test_older_periods_are_given_up_as_soon_as_the_newest_is_known(office: Office) -> None:
    """Before anything is claimed: another clock may render the newest at once, and has to name those not sent."""
    assert plan(office.store, DUE + 2 * WEEK) == 3
    assert office.states() == ["skipped", "skipped", "pending"]
    assert plan(office.store, DUE + 2 * WEEK) == 0


def test_a_post_with_an_open_end_is_settled_before_the_next_is_sent(office: Office) -> None:
    office.slack.faults.add("drop_after_accept", "chat.postMessage")
    office.tick_at(DUE)
    assert office.tick(WEEK) == 2
    assert office.states() == ["delivered", "delivered"]
    assert len(office.digests()) == 2
    assert "Not sent" not in office.digests()[-1].text


@on_both_databases
def test_an_old_digest_that_never_arrived_is_not_sent_late(office: Office) -> None:
    office.slack.faults.add("drop_connection", "chat.postMessage")
    office.tick_at(DUE)
    assert office.tick(WEEK) == 1
    assert office.states() == ["skipped", "delivered"]
    (digest,) = office.digests()
    assert "Not sent: the digest due on 23 November," in digest.text


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("is_archived", "archived"),
        ("not_in_channel", "not_in_channel"),
        ("channel_not_found", "channel_gone"),
        ("restricted_action", "may_not_post"),
    ],
)
def test_a_channel_that_cannot_be_posted_to_pauses_its_digest(office: Office, error: str, reason: str) -> None:
    office.slack.faults.add("error", "chat.postMessage", error=error)
    assert office.tick_at(DUE) == 0
    assert [office.tick(WEEK) for _ in range(3)] == [0, 0, 0]
    assert office.subscription().stop_reason == reason
    assert [(run.state, run.reason) for run in office.runs()] == [("skipped", "stopped")]
    (told,) = office.slack.messages(office.slack.direct_channel("olive"))
    assert "is paused" in told.text
    assert "`/fairview digest #infra monday 09:00 Europe/London`" in told.text


@on_both_databases
def test_an_archived_channel_and_its_return(office: Office) -> None:
    office.slack.archive("infra")
    office.tick_at(DUE)
    assert office.subscription().stop_reason == "archived"
    office.slack.unarchive("infra")
    office.slack.invite_app("infra")
    office.subscribe()
    assert office.tick(MINUTE) == 0  # this week's is gone
    assert office.tick(WEEK) == 1
    assert len(office.digests()) == 1


def test_an_owner_who_cannot_be_told(office: Office) -> None:
    office.slack.archive("infra")
    office.slack.faults.add("error", "chat.postMessage", when=lambda call: call.arguments["channel"] == office.olive)
    office.tick_at(DUE)
    assert office.subscription().stop_reason == "archived"


def test_a_channel_lost_while_the_outcome_is_open(office: Office) -> None:
    office.slack.faults.add("drop_connection", "chat.postMessage")
    office.tick_at(DUE)
    office.slack.faults.add("error", "conversations.history", error="channel_not_found")
    office.tick(MINUTE)
    assert office.subscription().stop_reason == "channel_gone"
    assert office.states() == ["skipped"]
    assert office.digests() == []


def test_the_first_rendering_is_the_one_that_is_sent(office: Office) -> None:
    office.slack.faults.add("http_500", "chat.postMessage")
    office.tick_at(DUE)
    with office.store.begin() as session:
        count(session, datetime(2026, 11, 20, tzinfo=UTC), findings=[("us_them", "outsiders")], channel_id=office.infra)
    office.tick(MINUTE)
    assert "Us and them: 4 messages" in office.digests()[0].text


@on_both_databases
def test_found_in_a_busy_channel(office: Office) -> None:
    office.slack.keep_history_sparing()
    office.slack.faults.add("drop_after_accept", "chat.postMessage")
    office.tick_at(DUE)
    for number in range(40):
        office.clock.now += timedelta(seconds=1)
        office.slack.post(f"member{number % 12}", "infra", f"message {number}")
    assert [office.tick(MINUTE) for _ in range(4)] == [0, 0, 1, 0]
    assert len(office.posts()) == 1
    assert [call.arguments.get("limit") for call in office.looks()] == ["15"] * 3


def test_nothing_is_posted_while_history_cannot_be_read(office: Office) -> None:
    office.slack.faults.add("drop_after_accept", "chat.postMessage")
    office.tick_at(DUE)
    office.slack.faults.add("rate_limit", "conversations.history", retry_after=90)
    office.slack.faults.add("drop_connection", "conversations.history")
    office.slack.faults.add("error", "conversations.history", error="missing_scope")
    ticks = [office.tick(MINUTE) for _ in range(12)]
    assert sum(ticks) == 1
    assert len(office.looks()) == 4
    assert len(office.posts()) == len(office.digests()) == 1


def test_an_open_end_nobody_can_look_into_ends_with_the_next_period(office: Office) -> None:
    office.slack.faults.add("drop_connection", "chat.postMessage")
    office.tick_at(DUE)
    office.slack.faults.add("error", "conversations.history", times=None, error="missing_scope")
    for _ in range(5):
        office.tick(timedelta(hours=2))
    assert office.digests() == []
    assert office.tick_at(DUE + WEEK) == 1
    assert office.states() == ["skipped", "delivered"]


def test_a_refusal_is_tried_again_ever_more_seldom(office: Office) -> None:
    office.slack.faults.add("error", "chat.postMessage", times=None, error="invalid_blocks")
    office.clock.now = DUE
    for _ in range(60):
        office.tick(MINUTE)
    assert len(office.posts()) in range(6, 9)
    office.slack.faults.clear()
    office.tick(timedelta(hours=1))
    assert len(office.digests()) == 1
    assert office.looks() == []


def test_one_failing_digest_leaves_the_others_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = office.slack.add_channel("other", members=["olive"], with_app=True)
    office.subscribe(channel=other)
    rendered: Callable[..., Payload] = delivery.render_run

    def failing(*arguments: Any) -> Payload:
        if arguments[1].subscription.scope_channel_id == office.infra:
            raise ValueError("a person's words")
        return rendered(*arguments)

    monkeypatch.setattr(delivery, "render_run", failing)
    assert office.tick_at(DUE) == 1
    assert "ValueError at test_digest_delivery.py" in caplog.text
    assert "a person's words" not in caplog.text
    monkeypatch.setattr(delivery, "render_run", rendered)
    assert office.tick(2 * MINUTE) == 1


def test_a_workspace_without_a_token_waits(office: Office) -> None:
    office.subscribe(tenant_id="T0OTHER")
    assert office.tick_at(DUE) == 1
    assert sorted(office.states()) == ["delivered", "pending"]


@on_both_databases
def test_a_stopped_digest_is_not_sent(office: Office) -> None:
    place = Place(TENANT, Scope.channel(office.infra), office.infra)
    office.slack.faults.add("rate_limit", "chat.postMessage", retry_after=60)
    office.tick_at(DUE)
    assert stop(office.store, place, StopReason.ASKED, office.clock()) is not None
    assert office.tick(2 * MINUTE) == 0
    assert [(run.state, run.reason) for run in office.runs()] == [("skipped", "stopped")]
    assert office.tick(2 * WEEK) == 0
    assert len(office.runs()) == 1


def test_stopped_while_the_outcome_is_open_it_is_still_found(office: Office) -> None:
    office.slack.faults.add("drop_after_accept", "chat.postMessage")
    office.tick_at(DUE)
    stop(office.store, Place(TENANT, Scope.channel(office.infra), office.infra), StopReason.ASKED, office.clock())
    assert office.tick(MINUTE) == 1
    assert office.states() == ["delivered"]


def test_stopped_and_set_again_no_week_comes_twice(office: Office) -> None:
    office.tick_at(DUE)
    stop(office.store, Place(TENANT, Scope.channel(office.infra), office.infra), StopReason.ASKED, office.clock())
    office.subscribe(Weekly(3, time(9), "Europe/London"))
    assert office.tick(timedelta(days=4)) == 0
    assert office.tick(WEEK) == 1


def test_a_zone_that_vanished_holds_up_nobody_else(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    other = office.slack.add_channel("other", members=["olive"], with_app=True)
    office.subscribe(channel=other)
    with office.store.begin() as session:
        subscription = office.subscription_of(session, other)
        subscription.zone = "Atlantis/Capital"
        session.add(subscription)
    assert office.tick_at(DUE) == 1
    assert "its zone is unknown here" in caplog.text


@on_both_databases
def test_a_claim_that_passed_on_may_not_post_or_settle(office: Office) -> None:
    office.clock.now = DUE
    plan(office.store, DUE)
    first = runs.claim(office.store, DUE)
    assert first is not None
    assert runs.claim(office.store, DUE + MINUTE) is None
    assert not runs.begin_post(office.store, first, {}, DUE + runs.LEASE)
    second = runs.claim(office.store, DUE + runs.LEASE)
    assert second is not None
    assert second.run.attempts == 2
    assert not runs.begin_post(office.store, first, {}, DUE)
    assert not runs.delivered(office.store, first, "1795428000.000100")
    assert runs.begin_post(office.store, second, {"text": "x"}, DUE + runs.LEASE)
    assert runs.delivered(office.store, second, "1795428000.000100")
    assert runs.claim(office.store, DUE + WEEK) is None


@on_both_databases
def test_the_oldest_due_is_claimed_first(office: Office) -> None:
    early = office.slack.add_channel("early", members=["olive"], with_app=True)
    office.subscribe(Weekly(0, time(8), "Europe/London"), channel=early)
    plan(office.store, DUE)
    held = runs.claim(office.store, DUE)
    assert held is not None
    assert held.subscription.scope_channel_id == early


def test_figures_of_a_later_week_show_later_weeks(office: Office) -> None:
    office.tick_at(DUE)
    count_week(
        office.store, datetime(2026, 11, 23, tzinfo=UTC), [("shared_purpose", "carried")] * 5, channel_id=office.infra
    )
    office.tick(WEEK)
    assert "Said what the work is for: 5 messages" in office.digests()[-1].text


class Away(Exception):  # noqa: N818 (where the database is)
    """Raised in the place of every statement."""


@on_both_databases
def test_a_database_that_is_away_for_a_while(office: Office) -> None:
    away = [False]

    def refuse(*_: object) -> None:
        if away[0]:
            raise Away

    event.listen(office.store.engine, "before_cursor_execute", refuse)
    posted = slack_sdk.WebClient.chat_postMessage

    def post_and_lose(*arguments: Any, **named: Any) -> Any:
        answer = posted(*arguments, **named)
        away[0] = True
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slack_sdk.WebClient, "chat_postMessage", post_and_lose)
        with pytest.raises(Away):
            office.tick_at(DUE)
    for _ in range(3):
        with pytest.raises(Away):
            office.tick(MINUTE)
    away[0] = False
    assert sum(office.tick(MINUTE) for _ in range(3)) == 1
    assert len(office.digests()) == len(office.posts()) == 1
