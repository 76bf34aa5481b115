"""Sending, with everything that may go wrong between Fairview and Slack: never two nudges, and none lost needlessly."""

import socket
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from workplace import ALSO_FLAGGED, FLAGGED, HARMLESS, MONDAY, Workplace

from bot import slack_clients
from bot.metrics import NUDGES
from bot.nudging.delivery import Outgoing, Sender
from bot.nudging.policy import Facts
from bot.nudging.service import Pending, settle_stale
from bot.store.tables import Message, Nudge, NudgeState

POST = "chat.postEphemeral"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is not answered is given up on sooner than in production."""
    monkeypatch.setattr(slack_clients, "_TIMEOUT_SECONDS", 1.0)


def sent_total(state: str) -> float:
    return NUDGES.labels(state)._value.get()


def everything_else_happens(work: Workplace, ts: str) -> None:
    """All that might tempt somebody to send it again: redelivery, timers, the clock's housekeeping, an unfurl."""
    event = next(one.payload for one in work.slack.deliveries if one.payload.get("event", {}).get("ts") == ts)
    for minutes in (0, 1, 3, 5):
        work.clock.move(minutes=minutes)
        assert work.dispatch(event) == 200
        work.timers.ring()
        settle_stale(work.store, work.clock())
        work.settle()
    work.slack.unfurl("infra", ts)
    work.settle()


def test_what_slack_took_is_sent_once(work: Workplace) -> None:
    before = sent_total("sent")
    ts = work.say("ann", "infra", FLAGGED)
    everything_else_happens(work, ts)
    assert work.nudge_states() == ["sent"]
    assert len(work.slack.calls(POST)) == len(work.slack.ephemerals()) == 1
    assert sent_total("sent") == before + 1


def test_a_rate_limit_puts_it_off_until_slack_says_and_then_it_is_sent(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["pending"]
    assert [seconds for seconds, _ in work.timers.waiting] == [30.0]
    work.clock.move(seconds=30)
    work.timers.ring()
    work.settle()
    assert work.nudge_states() == ["sent"]
    assert len(work.slack.ephemerals("ann")) == 1


def test_put_off_again_and_again_it_is_missed_five_minutes_after_the_message(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, times=None, retry_after=120)
    work.say("ann", "infra", FLAGGED)
    for _ in range(3):
        work.clock.move(seconds=120)
        work.timers.ring()
    assert work.nudge_states() == ["missed"]
    assert len(work.slack.calls(POST)) == 3, "at 0, 120 and 240 seconds; 360 would be too late"
    assert work.timers.waiting == []


def test_a_rate_limit_longer_than_five_minutes_is_not_waited_for(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=301)
    ts = work.say("ann", "infra", FLAGGED)
    assert (work.nudge_states(), work.timers.waiting) == (["missed"], [])
    everything_else_happens(work, ts)
    assert work.slack.ephemerals() == []


def test_a_redelivery_sends_what_was_put_off_and_the_timer_finds_nothing_to_do(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=60)
    ts = work.say("ann", "infra", FLAGGED)
    everything_else_happens(work, ts)
    assert work.nudge_states() == ["sent"]
    assert len(work.slack.ephemerals("ann")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        "http_500",
        "http_500_after_accept",
        "timeout_before",
        "timeout_after_accept",
        "drop_connection",
        "drop_after_accept",
    ],
)
def test_where_it_is_not_known_whether_slack_took_it_it_is_never_sent_again(work: Workplace, fault: str) -> None:
    work.slack.faults.add(fault, POST, seconds=1.5)  # type: ignore[arg-type]  # one of the kinds
    ts = work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["unknown"]
    everything_else_happens(work, ts)
    work.slack.edit("infra", ts, f"{FLAGGED} Please.")
    work.settle()
    assert work.nudge_states() == ["unknown"]
    assert len(work.slack.calls(POST)) == 1
    assert len(work.slack.ephemerals("ann")) == (1 if fault.endswith("after_accept") else 0)


@pytest.mark.parametrize("error", ["fatal_error", "internal_error", "request_timeout", "service_unavailable"])
def test_slacks_words_for_perhaps_count_as_perhaps(work: Workplace, error: str) -> None:
    work.slack.faults.add("error", POST, error=error)
    everything_else_happens(work, work.say("ann", "infra", FLAGGED))
    assert work.nudge_states() == ["unknown"]
    assert len(work.slack.calls(POST)) == 1


@pytest.mark.parametrize("error", ["user_not_in_channel", "channel_not_found", "is_archived", "invalid_blocks"])
def test_a_refusal_is_a_miss(work: Workplace, caplog: pytest.LogCaptureFixture, error: str) -> None:
    work.slack.faults.add("error", POST, error=error)
    everything_else_happens(work, work.say("ann", "infra", FLAGGED))
    assert work.nudge_states() == ["missed"]
    assert len(work.slack.calls(POST)) == 1
    assert f"error={error} state=missed" in caplog.text
    assert "business" not in caplog.text


def test_an_author_who_has_left_meanwhile_is_not_reached_and_that_is_a_miss(work: Workplace) -> None:
    ann = work.slack.user_id("ann")
    work.slack.faults.add("rate_limit", POST, retry_after=1)
    work.say("ann", "infra", FLAGGED)
    work.slack.remove("infra", ann)
    work.timers.ring()
    work.settle()
    assert work.nudge_states() == ["missed"]
    assert work.slack.calls(POST)[-1].error == "user_not_in_channel"


def test_slack_that_cannot_be_reached_at_all_is_tried_again(work: Workplace) -> None:
    nudge_id = pending_nudge(work)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    client = WebClient(token=work.slack.bot_token, base_url=nowhere)
    Sender(work.parts, work.timers).send(client, outgoing(work, nudge_id))
    assert work.nudge_states() == ["pending"]
    assert [seconds for seconds, _ in work.timers.waiting] == [10.0]


def test_a_message_edited_harmless_while_it_waits_is_not_nudged(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.edit("infra", ts, HARMLESS)
    work.settle()
    work.timers.ring()
    assert work.nudge_states() == ["missed"]
    assert work.slack.ephemerals() == []


def test_of_a_message_edited_while_it_waits_the_words_of_today_are_nudged(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, times=2, retry_after=30)
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.edit("infra", ts, ALSO_FLAGGED)
    work.settle()
    assert (work.nudge_states(), len(work.timers.waiting)) == (["pending"], 2)
    work.timers.ring()
    work.settle()
    (nudge,) = work.slack.ephemerals("ann")
    assert "CAB only meets on Thursday" in nudge.text, "not words that are no longer in the message"
    assert len(work.slack.calls(POST)) == 3


def test_a_deleted_message_is_not_nudged_any_more(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    work.slack.delete("infra", work.say("ann", "infra", FLAGGED))
    work.settle()
    work.timers.ring()
    assert work.nudge_states() == ["missed"]
    assert work.slack.ephemerals() == []


@pytest.mark.parametrize("undo", [("ann", "pause"), ("cara", "watch off")])
def test_who_says_stop_while_it_waits_is_heard(work: Workplace, undo: tuple[str, str]) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    work.say("ann", "infra", FLAGGED)
    work.ask(undo[0], "infra", undo[1])
    work.timers.ring()
    assert work.nudge_states() == ["missed"]


def test_an_edit_after_a_miss_may_have_its_nudge_and_the_old_sender_finds_nothing(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    ts = work.say("ann", "infra", FLAGGED)
    for text in (HARMLESS, FLAGGED):
        work.slack.edit("infra", ts, text)
        work.settle()
    work.timers.ring()
    work.settle()
    assert work.nudge_states() == ["sent"]
    assert len(work.slack.calls(POST)) == 2, "the one that was put off, and the edit's"
    assert len(work.slack.ephemerals("ann")) == 1


def test_a_failure_of_the_database_after_sending_leaves_it_unknown_and_never_sent_again(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the price file")

    with monkeypatch.context() as broken:
        broken.setattr("bot.nudging.service.settle", fail)
        ts = work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["sending"]
    assert "listener failed: OSError" in caplog.text
    assert "price file" not in caplog.text
    everything_else_happens(work, ts)
    assert work.nudge_states() == ["unknown"]
    assert len(work.slack.ephemerals("ann")) == 1


def test_a_timer_that_fails_is_logged_by_class_and_place(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the price file")

    work.slack.faults.add("rate_limit", POST, retry_after=30)
    work.say("ann", "infra", FLAGGED)
    monkeypatch.setattr("bot.nudging.service.claim", fail)
    work.timers.ring()
    assert "nudge could not be tried again: OSError" in caplog.text
    assert "price file" not in caplog.text


def test_an_outgoing_nudge_shows_none_of_its_words(work: Workplace) -> None:
    assert "business" not in repr(outgoing(work, "1"))


def pending_nudge(work: Workplace) -> str:
    work.slack.faults.add("rate_limit", POST, retry_after=30)
    work.say("ann", "infra", FLAGGED)
    work.timers.waiting.clear()
    (nudge,) = work.rows(Nudge)
    assert nudge.state == NudgeState.PENDING
    return str(nudge.nudge_id)


def outgoing(work: Workplace, nudge_id: str) -> Outgoing:
    facts = Facts(found=None, written_at=MONDAY, now=MONDAY, watched_since=MONDAY)
    (message,) = work.rows(Message) or [None]
    version = message.version if message else ""
    return Outgoing(
        pending=Pending(work.tenant, nudge_id, version, facts),
        channel_id=work.slack.channel_id("infra"),
        user_id=work.slack.user_id("ann"),
        written_ts=f"{(MONDAY + timedelta(seconds=1)).timestamp():.6f}",
        thread_ts=None,
        text="about “the business”",
        blocks=[],
    )
