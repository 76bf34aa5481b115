"""Nudges as rows: claimed by one, settled once, swept when their sender is dead; and what members chose."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from readings import finding, reading

from bot.errors import PersonError
from bot.nudging import service
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Nudge, NudgeAnswer, NudgeState
from bot.watching.payload import Posted
from bot.watching.service import record

TENANT, CHANNEL = "T1", "C1"
BOX = SecretBox(Fernet.generate_key().decode())
SENDERS = 8


def posted(ts: str = "1795428000.000100", author: str = "U1", **changes: object) -> Posted:
    values: dict[str, object] = {
        "channel_id": CHANNEL,
        "ts": ts,
        "version": ts,
        "author_id": author,
        "text": "The business wants it",
        "thread_ts": None,
        "is_change": False,
        "is_ext_shared": False,
    }
    return Posted(**{**values, **changes})  # type: ignore[arg-type]  # as the fields are


def decided(store: Store, now: datetime, **changes: object) -> str:
    nudge_id = record(store, BOX, TENANT, posted(**changes), reading(finding()), now, timedelta(400)).nudge_id
    assert nudge_id is not None
    return nudge_id


def state_of(store: Store, nudge_id: str) -> str:
    with store.read() as session:
        return session.get_one(Nudge, (TENANT, nudge_id)).state


def test_of_many_senders_one_gets_to_claim_a_nudge(store: Store, now: datetime) -> None:
    nudge_id = decided(store, now)
    barrier, claims = threading.Barrier(SENDERS), []

    def claim() -> None:
        barrier.wait()
        claims.append(service.claim(store, TENANT, nudge_id, now))

    threads = [threading.Thread(target=claim) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False] * (SENDERS - 1) + [True]
    assert state_of(store, nudge_id) == "sending"


def test_only_what_is_being_sent_can_be_settled(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    nudge_id = decided(store, now)
    assert not service.settle(store, TENANT, nudge_id, NudgeState.SENT, now)
    assert service.claim(store, TENANT, nudge_id, now)
    assert not service.claim(store, TENANT, nudge_id, now)
    assert service.settle(store, TENANT, nudge_id, NudgeState.SENT, now)
    assert not service.settle(store, TENANT, nudge_id, NudgeState.UNKNOWN, now)
    assert state_of(store, nudge_id) == "sent"


def test_a_nudge_of_another_tenant_cannot_be_claimed(sqlite_store: Store, now: datetime) -> None:
    assert not service.claim(sqlite_store, "T2", decided(sqlite_store, now), now)


def test_a_nudge_can_be_claimed_for_five_minutes(sqlite_store: Store, now: datetime) -> None:
    nudge_id = decided(sqlite_store, now)
    assert not service.claim(sqlite_store, TENANT, nudge_id, now + timedelta(minutes=5))
    assert service.claim(sqlite_store, TENANT, nudge_id, now + timedelta(minutes=5, microseconds=-1))


def test_what_a_dead_sender_left_is_settled(store: Store, now: datetime) -> None:
    waiting, sending, sent = (decided(store, now, ts=f"1795428000.00010{n}") for n in range(3))
    for claimed in (sending, sent):
        service.claim(store, TENANT, claimed, now)
    service.settle(store, TENANT, sent, NudgeState.SENT, now)

    service.settle_stale(store, now + timedelta(minutes=2))
    assert [state_of(store, one) for one in (waiting, sending, sent)] == ["pending", "sending", "sent"]
    service.settle_stale(store, now + timedelta(minutes=2, seconds=1))
    assert [state_of(store, one) for one in (waiting, sending, sent)] == ["pending", "unknown", "sent"]
    service.settle_stale(store, now + timedelta(minutes=5, seconds=1))
    assert [state_of(store, one) for one in (waiting, sending, sent)] == ["missed", "unknown", "sent"]


def test_the_sender_that_was_taken_for_dead_changes_nothing_when_it_wakes(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    nudge_id = decided(store, now)
    service.claim(store, TENANT, nudge_id, now)
    service.settle_stale(store, now + timedelta(minutes=3))
    assert not service.settle(store, TENANT, nudge_id, NudgeState.PENDING, now + timedelta(minutes=3))
    assert state_of(store, nudge_id) == "unknown"


def test_an_answer_is_the_authors_alone(store: Store, now: datetime) -> None:
    nudge_id = decided(store, now)
    for tenant, nudge, user in ((TENANT, nudge_id, "U2"), ("T2", nudge_id, "U1"), (TENANT, "none", "U1")):
        with pytest.raises(PersonError, match="no longer on record"):
            service.record_answer(store, BOX, tenant, nudge, user, NudgeAnswer.HELPFUL, now)
        with pytest.raises(PersonError, match="no longer on record"):
            service.rule_of(store, BOX, tenant, nudge, user)
    assert service.rule_of(store, BOX, TENANT, nudge_id, "U1") == "us_them.test"
    answered = service.record_answer(store, BOX, TENANT, nudge_id, "U1", NudgeAnswer.NOT_RELEVANT, now)
    assert answered.rule_id == "us_them.test"


def test_a_pause_ends_by_itself_or_when_it_is_taken_back(store: Store, now: datetime) -> None:
    def paused(at: datetime) -> datetime | None:
        return service.find_pause(store, BOX, TENANT, "U1", at)

    assert paused(now) is None
    service.pause(store, BOX, TENANT, "U1", now + timedelta(days=1), now)
    assert paused(now) == now + timedelta(days=1)
    assert paused(now + timedelta(days=1)) is None
    service.pause(store, BOX, TENANT, "U1", service.FOREVER, now)
    assert paused(datetime(2100, 1, 1, tzinfo=UTC)) == service.FOREVER
    service.pause(store, BOX, TENANT, "U1", None, now)
    assert paused(now) is None
    assert service.find_pause(store, BOX, TENANT, "U2", now) is None


def test_a_member_who_paused_is_counted_and_not_nudged(sqlite_store: Store, now: datetime) -> None:
    service.pause(sqlite_store, BOX, TENANT, "U1", service.FOREVER, now)
    recorded = record(sqlite_store, BOX, TENANT, posted(), reading(finding()), now, timedelta(400))
    assert (recorded.outcome, recorded.nudge_id) == ("counted", None)
    assert decided(sqlite_store, now, author="U2", ts="1795428000.000200")


def test_pausing_withdraws_what_waits_for_this_member_alone(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    own = decided(store, now)
    under_way = decided(store, now, ts="1795428000.000200")
    other = decided(store, now, ts="1795428000.000300", author="U2")
    service.claim(store, TENANT, under_way, now)
    service.pause(store, BOX, TENANT, "U1", now + timedelta(days=1), now)
    assert [state_of(store, one) for one in (own, under_way, other)] == ["missed", "sending", "pending"]


def test_a_missed_nudge_gives_way_to_that_of_a_later_version(store: Store, now: datetime) -> None:
    first = decided(store, now)
    edits = [posted(version=f"179542810{n}.000000", is_change=True) for n in range(2)]
    assert record(store, BOX, TENANT, edits[0], reading(), now, timedelta(400)).nudge_id is None
    second = record(store, BOX, TENANT, edits[1], reading(finding()), now, timedelta(400)).nudge_id
    assert second not in {None, first}
    assert not service.claim(store, TENANT, first, now), "whoever holds the old words finds nothing to claim"
    assert service.claim(store, TENANT, str(second), now)


def test_a_sent_nudge_is_the_messages_only_one(sqlite_store: Store, now: datetime) -> None:
    store = sqlite_store
    first = decided(store, now)
    service.claim(store, TENANT, first, now)
    service.settle(store, TENANT, first, NudgeState.SENT, now)
    edit = posted(version="1795428100.000000", is_change=True)
    assert record(store, BOX, TENANT, edit, reading(finding("us_them.other")), now, timedelta(400)).nudge_id is None
