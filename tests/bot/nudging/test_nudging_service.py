"""Nudges as rows: claimed by one, settled once, swept when their sender is dead, gone where the policy says no."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nudge_rows import (
    TENANT,
    Refusals,
    claimed,
    count_it,
    decided,
    edited,
    nudge_row,
    nudges,
    posted,
    sent,
    state_of,
)
from readings import TERMS, finding, reading

from bot.nudging import service
from bot.nudging.facts import Terms
from bot.nudging.policy import Member
from bot.store.engine import Store
from bot.store.tables import NudgeState

SENDERS = 8


def test_of_many_senders_one_gets_to_claim_a_nudge(store: Store, now: datetime) -> None:
    pending = decided(store, now)
    barrier, claims = threading.Barrier(SENDERS), []

    def claim() -> None:
        barrier.wait()
        claims.append(claimed(store, pending, now))

    threads = [threading.Thread(target=claim) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False] * (SENDERS - 1) + [True]
    assert state_of(store, pending) == "sending"


def test_only_what_is_being_sent_can_be_settled(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    pending = decided(store, now)
    assert not service.settle(store, TENANT, pending.nudge_id, NudgeState.SENT, now)
    assert claimed(store, pending, now)
    assert not claimed(store, pending, now)
    assert service.settle(store, TENANT, pending.nudge_id, NudgeState.SENT, now)
    assert not service.settle(store, TENANT, pending.nudge_id, NudgeState.UNKNOWN, now)
    assert state_of(store, pending) == "sent"


def test_a_nudge_of_another_tenant_cannot_be_claimed(sqlite_store: Store, now: datetime) -> None:
    pending = decided(sqlite_store, now)
    elsewhere = service.Pending("T2", pending.nudge_id, pending.version, pending.facts)
    assert not claimed(sqlite_store, elsewhere, now)
    assert state_of(sqlite_store, pending) == "pending"


def test_a_nudge_can_be_claimed_for_five_minutes(sqlite_store: Store, now: datetime) -> None:
    first, second = decided(sqlite_store, now), decided(sqlite_store, now, author="U2")
    assert claimed(sqlite_store, first, now + timedelta(minutes=5))
    assert not claimed(sqlite_store, second, now + timedelta(minutes=5, seconds=1))
    assert state_of(sqlite_store, second) == "missed"


def test_a_message_that_grew_old_on_its_way_is_missed(store: Store, now: datetime) -> None:
    message = posted(now - timedelta(minutes=4))
    pending, refusals = decided(store, now, message), Refusals()
    assert not claimed(store, pending, now + timedelta(minutes=2))
    assert state_of(store, pending) == "missed"
    assert refusals.moved() == {"too_old": 1}


def test_what_a_dead_sender_left_is_settled(store: Store, now: datetime) -> None:
    waiting, sending, done = (decided(store, now, author=author) for author in ("U1", "U2", "U3"))
    for one in (sending, done):
        assert claimed(store, one, now)
    service.settle(store, TENANT, done.nudge_id, NudgeState.SENT, now)

    service.settle_stale(store, now + timedelta(minutes=2))
    assert [state_of(store, one) for one in (waiting, sending, done)] == ["pending", "sending", "sent"]
    service.settle_stale(store, now + timedelta(minutes=2, seconds=1))
    assert [state_of(store, one) for one in (waiting, sending, done)] == ["pending", "unknown", "sent"]
    service.settle_stale(store, now + timedelta(minutes=5, seconds=1))
    assert [state_of(store, one) for one in (waiting, sending, done)] == ["missed", "unknown", "sent"]


def test_the_sender_that_was_taken_for_dead_changes_nothing_when_it_wakes(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    pending = decided(store, now)
    assert claimed(store, pending, now)
    service.settle_stale(store, now + timedelta(minutes=3))
    assert not service.settle(store, TENANT, pending.nudge_id, NudgeState.PENDING, now + timedelta(minutes=3))
    assert state_of(store, pending) == "unknown"


def test_a_missed_nudge_gives_way_to_that_of_a_later_version(store: Store, now: datetime) -> None:
    message = posted(now)
    first = decided(store, now, message)
    assert count_it(store, edited(message, now + timedelta(minutes=1)), now, reading()).nudge is None
    assert state_of(store, first) == "missed"
    second = decided(store, now, edited(message, now + timedelta(minutes=2)))
    assert second.nudge_id != first.nudge_id
    assert not claimed(store, first, now), "whoever holds the old words finds nothing to claim"
    assert claimed(store, second, now)


def test_a_nudge_that_waits_gives_way_to_that_of_a_later_version(store: Store, now: datetime) -> None:
    message = posted(now)
    first = decided(store, now, message)
    second = decided(store, now, edited(message, now + timedelta(minutes=1)), rule="us_them.other")
    assert second.nudge_id != first.nudge_id
    assert not claimed(store, first, now), "its words are no longer in the message"
    assert claimed(store, second, now)
    assert [nudge.rule_id for nudge in nudges(store)] == ["us_them.other"]


def test_a_nudge_that_waits_is_withdrawn_by_a_version_that_is_not_to_be_nudged(store: Store, now: datetime) -> None:
    message = posted(now)
    first = decided(store, now, message)
    refusals = Refusals()
    late = edited(message, now + timedelta(seconds=30))
    assert count_it(store, late, now + timedelta(minutes=6)).nudge is None
    assert refusals.moved() == {"too_old": 1}
    assert state_of(store, first) == "missed"


def test_a_sent_nudge_is_the_messages_only_one(sqlite_store: Store, now: datetime) -> None:
    message, refusals = posted(now), Refusals()
    sent(sqlite_store, now, message)
    edit = edited(message, now + timedelta(seconds=100))
    assert count_it(sqlite_store, edit, now, reading(finding("us_them.other"))).nudge is None
    assert refusals.moved() == {"already_nudged": 1}
    assert count_it(sqlite_store, edit, now, reading(finding("us_them.other"))).nudge is None
    assert refusals.moved() == {}, "delivered again, it is not decided again"


def test_a_refused_nudge_leaves_no_row_and_no_redelivery_brings_it_back(store: Store, now: datetime) -> None:
    for reason, member in {
        "author_unknown": Member(is_known=False),
        "deactivated": Member(is_deactivated=True),
        "bot": Member(is_bot=True),
        "outsider": Member(is_outsider=True),
        "guest": Member(is_guest=True),
        "quiet_hours": Member(zone="Asia/Tokyo"),
    }.items():
        message, refusals = posted(now), Refusals()
        assert not claimed(store, decided(store, now, message), now, member)
        assert (nudges(store), refusals.moved()) == ([], {reason: 1})
        for minutes in (0, 1, 5):
            assert count_it(store, message, now + timedelta(minutes=minutes)).nudge is None
        assert (nudges(store), refusals.moved()) == ([], {})


def test_what_slack_put_off_is_decided_again_and_did_not_count_meanwhile(store: Store, now: datetime) -> None:
    put_off = sent(store, now, state=NudgeState.PENDING)
    sent(store, now, posted(now))
    assert not claimed(store, put_off, now + timedelta(seconds=30)), "its rule has nudged meanwhile"
    assert state_of(store, put_off) is None


def test_what_slack_put_off_is_sent_where_nothing_has_changed(store: Store, now: datetime) -> None:
    put_off = sent(store, now, state=NudgeState.PENDING)
    assert claimed(store, put_off, now + timedelta(seconds=30)), "it is not held against itself"
    row = nudge_row(store, put_off)
    assert row is not None
    assert (row.state, row.local_day, row.thread_ts) == ("sending", now.date(), row.ts)


@pytest.mark.parametrize(
    "limit", [{"per_day": 1, "per_rule_a_day": 9}, {"per_day": 9, "per_rule_a_day": 1}, {"per_thread": 1}]
)
def test_of_two_nudges_of_a_member_at_the_same_time_one_is_sent(
    store: Store, now: datetime, limit: dict[str, int]
) -> None:
    terms = _with(limit)
    thread = f"{int(now.timestamp())}.000001" if "per_thread" in limit else None
    for _ in range(4):
        waiting = [decided(store, now, posted(now, thread_ts=thread)) for _ in range(2)]
        barrier, claims = threading.Barrier(2), []

        def claim(pending: service.Pending) -> None:
            barrier.wait()  # noqa: B023 (the threads end within the turn of the loop)
            claims.append(claimed(store, pending, now, terms=terms))  # noqa: B023

        threads = [threading.Thread(target=claim, args=(one,)) for one in waiting]
        for thread_ in threads:
            thread_.start()
        for thread_ in threads:
            thread_.join()
        assert sorted(claims) == [False, True]
        assert [nudge.state for nudge in nudges(store)] == ["sending"]
        _forget(store)


def _with(limit: dict[str, int]) -> Terms:
    return replace(TERMS, limits=replace(TERMS.limits, **limit))


def _forget(store: Store) -> None:
    with store.begin() as session:
        for nudge in nudges(store):
            session.delete(nudge)
