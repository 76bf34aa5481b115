"""Every reason not to nudge a person, brought about in Slack: counted all the same, and never nudged later."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nudge_clicks import nudges_of, pick
from nudge_rows import Refusals
from workplace import ALSO_FLAGGED, FLAGGED, HARMLESS, Workplace, workplace

from bot import slack_clients
from bot.nudging.service import settle_stale
from bot.store.tables import Nudge
from nlp import Detector

THIRD = "That's the network team's problem."
FOURTH = "The SLA is five days, it's only day three."
Opened = Callable[..., AbstractContextManager[Workplace]]


@pytest.fixture
def opened(nothing_left: None, fresh_sqlite_url: str, detector: Detector, request_pool: ThreadPoolExecutor) -> Opened:
    """Opens a workplace with settings of its own."""

    @contextmanager
    def opening(**settings: str) -> Iterator[Workplace]:
        with workplace(fresh_sqlite_url, detector, request_pool, settings=settings) as place:
            yield place

    return opening


def not_nudged(work: Workplace, reason: str, who: str, text: str = FLAGGED, **how: Any) -> str:
    """Have a member write what is counted and not nudged, for this reason alone; the message's ts."""
    before, refusals = nudges_of(work), Refusals()
    ts = work.say(who, how.pop("channel", "infra"), text, **how)
    assert refusals.moved() == {reason: 1}
    assert nudges_of(work) == before
    assert work.counted()[ts] != []
    assert ts not in {nudge.ts for nudge in work.rows(Nudge)}
    return ts


def stays_so(work: Workplace, ts: str) -> None:
    """Nothing that happens later brings the nudge back: redeliveries, timers, housekeeping, a preview."""
    event = next(one.payload for one in work.slack.deliveries if one.payload.get("event", {}).get("ts") == ts)
    before, refusals = nudges_of(work), Refusals()
    for hours in (0, 0.02, 4, 24):
        work.clock.move(hours=hours)
        assert work.dispatch(event) == 200
        work.timers.ring()
        settle_stale(work.store, work.clock())
        work.settle()
    assert (nudges_of(work), refusals.moved()) == (before, {})


def at(work: Workplace, zone: str, hour: int, minute: int = 0, days: int = 0) -> None:
    """Let it be that hour where somebody is."""
    there = datetime(2026, 11, 23, hour, minute, tzinfo=ZoneInfo(zone)) + timedelta(days=days)
    assert there >= work.clock.now
    work.clock.now = there.astimezone(work.clock.now.tzinfo)


def test_nobody_is_nudged_in_the_quiet_hours_of_their_own_zone(work_on_each: Workplace) -> None:
    work = work_on_each
    ts = not_nudged(work, "quiet_hours", "ben")
    assert work.nudged("ann"), "at the same instant: ten o'clock in London, five in New York"
    stays_so(work, ts)
    assert work.nudge_states() == ["sent"]


def test_quiet_hours_end_and_begin_on_the_minute_and_hold_the_weekend(work: Workplace) -> None:
    at(work, "America/New_York", 7, 59)
    not_nudged(work, "quiet_hours", "ben")
    at(work, "America/New_York", 8)
    assert work.nudged("ben")
    at(work, "Europe/London", 17, 59)
    assert work.nudged("ann")
    at(work, "Europe/London", 18)
    not_nudged(work, "quiet_hours", "ann", ALSO_FLAGGED)
    for days in (5, 6):
        at(work, "Europe/London", 12, days=days)
        not_nudged(work, "quiet_hours", "ann", ALSO_FLAGGED)
    at(work, "Europe/London", 12, days=7)
    assert work.nudged("ann", text=ALSO_FLAGGED)


def test_an_edit_in_quiet_hours_is_not_nudged_either(work: Workplace) -> None:
    ts = work.say("ben", "infra", HARMLESS)
    refusals = Refusals()
    work.slack.edit("infra", ts, FLAGGED)
    work.settle()
    assert refusals.moved() == {"quiet_hours": 1}
    assert work.counted()[ts] == ["us_them"]


@pytest.mark.parametrize(
    ("reason", "about"),
    [
        ("guest", {"is_restricted": True}),
        ("guest", {"is_ultra_restricted": True}),
        ("bot", {"is_bot": True}),
        ("deactivated", {"deleted": True}),
        ("outsider", {"team_id": "T0PARTNER"}),
    ],
)
def test_whom_slack_says_not_to_be_a_colleague_is_not_nudged(
    work: Workplace, reason: str, about: dict[str, Any]
) -> None:
    work.slack.faults.add("rate_limit", "users.info", retry_after=5)
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.change_member("ann", **about)
    refusals = Refusals()
    work.timers.ring()
    work.settle()
    assert refusals.moved() == {reason: 1}
    assert (work.rows(Nudge), nudges_of(work)) == ([], [])
    assert work.counted() == {ts: ["us_them"]}
    stays_so(work, ts)


def test_guests_are_counted_and_other_apps_are_not(work: Workplace) -> None:
    stays_so(work, not_nudged(work, "guest", "gus"))
    refusals, before = Refusals(), work.counted()
    work.slack.post_as_bot("infra", FLAGGED)
    work.slack.post_as_bot("infra", FLAGGED, classic=True)
    work.settle()
    assert (refusals.moved(), work.counted()) == ({}, before)


def test_nobody_is_nudged_in_a_channel_shared_with_another_organisation(work: Workplace) -> None:
    ts = not_nudged(work, "shared_channel", "ann", channel="partners")
    assert work.slack.calls("users.info") == [], "for that nobody needs to be asked"
    stays_so(work, ts)
    work.slack.share("infra")
    work.settle()
    not_nudged(work, "shared_channel", "ann")
    work.slack.unshare("infra")
    work.settle()
    assert work.nudged("ann")


def test_a_new_channel_is_only_counted_for_three_days(opened: Opened) -> None:
    with opened(FAIRVIEW_TRIAL_DAYS="3") as work:
        first = not_nudged(work, "trial_days", "ann")
        work.clock.move(days=3, seconds=-1)
        not_nudged(work, "trial_days", "ann")
        work.clock.move(seconds=1)
        assert work.nudged("ann")
        stays_so(work, first)
        not_nudged(work, "trial_days", "ann", channel="erp")


def test_one_by_a_rule_and_three_a_day(work: Workplace) -> None:
    assert work.nudged("ann")
    stays_so(work, not_nudged(work, "rule_limit", "ann", f"{FLAGGED} Again."))
    assert work.nudged("ann"), "another day"
    for text in (ALSO_FLAGGED, THIRD):
        assert work.nudged("ann", text=text)
    not_nudged(work, "day_limit", "ann", FOURTH)
    assert work.nudged("cara", text=FOURTH), "everybody has their own three"
    work.clock.move(days=1)
    assert work.nudged("ann", text=FOURTH)


def test_one_in_a_thread_however_long_it_goes_on(work: Workplace) -> None:
    parent = work.say("ben", "infra", HARMLESS)
    assert work.nudged("ann", text=FLAGGED)
    work.say("ann", "infra", ALSO_FLAGGED, thread_ts=parent)
    work.clock.move(days=9)
    not_nudged(work, "thread_limit", "ann", THIRD, thread_ts=parent)
    assert work.nudged("ann", text=THIRD), "outside the thread"
    work.say("cara", "infra", THIRD, thread_ts=parent)
    assert len(nudges_of(work, "cara")) == 1, "another member in the thread"


def test_limits_are_settings(opened: Opened) -> None:
    limits = {
        "FAIRVIEW_NUDGES_PER_DAY": "2",
        "FAIRVIEW_NUDGES_PER_RULE_AND_DAY": "2",
        "FAIRVIEW_QUIET_HOURS": "off",
        "FAIRVIEW_QUIET_DAYS": "monday",
    }
    with opened(**limits) as work:
        not_nudged(work, "quiet_hours", "ann")
        at(work, "America/New_York", 5, days=1)
        for _ in range(2):
            assert work.nudged("ben")
        not_nudged(work, "day_limit", "ben", ALSO_FLAGGED)


def test_who_said_stop_is_not_nudged(work: Workplace) -> None:
    work.ask("ann", "infra", "pause day")
    stays_so(work, not_nudged(work, "paused", "ann"))
    nudge = work.nudged("ann")
    pick(work, nudge, "rule")
    work.clock.move(days=1)
    not_nudged(work, "rule_silenced", "ann")
    assert work.nudged("ann", text=ALSO_FLAGGED)
    work.ask("cara", "infra", "pause")
    work.clock.move(days=365 * 3 - 1)
    not_nudged(work, "paused", "cara")


def test_what_the_channel_counts_and_does_not_nudge_has_its_reason_too(work: Workplace) -> None:
    purpose = "So that people waiting for a refund get it today, I moved the batch to noon."
    work.ask("ann", "infra", "thanks off")
    not_nudged(work, "never_nudged", "ann", purpose)
    work.ask("ben", "infra", "stage service")
    not_nudged(work, "not_at_this_stage", "ann")
    work.ask("ben", "infra", "stage default")
    old = f"{work.clock.seconds() - 301:.6f}"
    not_nudged(work, "too_old", "ann", ts=old)
    refusals = Refusals()
    ts = work.say("ann", "infra", HARMLESS)
    assert (refusals.moved(), work.counted()[ts]) == ({"nothing_found": 1}, [])
    ts = work.say("ann", "infra", FLAGGED)
    refusals = Refusals()
    work.slack.edit("infra", ts, f"{FLAGGED} Please.")
    work.settle()
    assert refusals.moved() == {"already_nudged": 1}
    asked = [call.arguments["user"] for call in work.slack.calls("users.info")]
    assert asked.count(work.slack.user_id("ann")) == 1, "asked only where a nudge depends on it"


# --- asking Slack who the author is ---


def test_each_member_is_asked_about_once_an_hour(work: Workplace) -> None:
    def asked() -> int:
        return len(work.slack.calls("users.info"))

    work.say("ann", "infra", FLAGGED)
    work.say("ann", "erp", ALSO_FLAGGED)
    assert asked() == 1
    work.say("cara", "infra", FLAGGED)
    assert asked() == 2
    work.clock.move(minutes=59, seconds=59)
    work.say("ann", "infra", THIRD)
    assert asked() == 2
    work.clock.move(seconds=1)
    work.slack.change_member("ann", is_restricted=True)
    not_nudged(work, "guest", "ann", FOURTH)
    assert asked() == 3


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ({"kind": "http_500"}, 10.0),
        ({"kind": "rate_limit", "retry_after": 30}, 30.0),
        ({"kind": "timeout_before", "seconds": 1.5}, 10.0),
        ({"kind": "drop_connection"}, 10.0),
        ({"kind": "error", "error": "internal_error"}, 10.0),
    ],
)
def test_where_slack_does_not_say_who_the_author_is_it_is_asked_again(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], wait: float
) -> None:
    monkeypatch.setattr(slack_clients, "_TIMEOUT_SECONDS", 1.0)
    work.slack.faults.add(method="users.info", **fault)
    refusals = Refusals()
    ts = work.say("ann", "infra", FLAGGED)
    assert (work.nudge_states(), nudges_of(work)) == (["pending"], [])
    assert len(work.slack.calls("users.info")) == 1, "whoever waits for it holds up the next nudge"
    assert [seconds for seconds, _ in work.timers.waiting] == [wait]
    work.clock.move(seconds=wait)
    work.timers.ring()
    work.settle()
    assert (work.nudge_states(), len(nudges_of(work)), refusals.moved()) == (["sent"], 1, {})
    assert work.counted() == {ts: ["us_them"]}


def test_where_slack_never_says_it_the_nudge_is_missed(work: Workplace) -> None:
    work.slack.faults.add("rate_limit", "users.info", times=None, retry_after=120)
    refusals = Refusals()
    ts = work.say("ann", "infra", FLAGGED)
    for _ in range(3):
        work.clock.move(seconds=120)
        work.timers.ring()
    assert len(work.slack.calls("users.info")) == 3, "at 0, 120 and 240 seconds; 360 would be too late"
    assert work.timers.waiting == []
    assert (work.nudge_states(), refusals.moved()) == (["missed"], {"author_unknown": 1})
    stays_so(work, ts)


def test_an_author_whom_slack_does_not_know_is_not_nudged(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    work.slack.faults.add("error", "users.info", error="user_not_found")
    stays_so(work, not_nudged(work, "author_unknown", "ann"))
    assert "business" not in caplog.text
    assert work.nudged("ann"), "asked anew for the next message"
