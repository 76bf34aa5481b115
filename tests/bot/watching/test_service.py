import itertools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from readings import TERMS, finding, reading
from sqlmodel import select

from bot.nudging import service as nudging
from bot.nudging.policy import Member
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Message, MessageFinding, Nudge, NudgeState
from bot.watching import service
from bot.watching.payload import Posted, Removed

TENANT, CHANNEL = "T1", "C1"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RETENTION = timedelta(days=400)


@pytest.fixture
def box() -> SecretBox:
    return SecretBox(Fernet.generate_key().decode())


def ts(minutes: float) -> str:
    return f"{int((START + timedelta(minutes=minutes)).timestamp())}.000100"


def posted(minutes: float = 0, edited: float | None = None, author: str = "U1", shared: bool = False) -> Posted:
    version = ts(minutes) if edited is None else ts(edited)
    return Posted(CHANNEL, ts(minutes), version, author, "never stored", None, edited is not None, shared)


def record(store: Store, box: SecretBox, message: Posted, *found: str, at: float | None = None) -> service.Recorded:
    now = message.written_at if at is None else START + timedelta(minutes=at)
    return service.record(store, box, TENANT, message, reading(*map(finding, found)), now, RETENTION, TERMS)


def rules(store: Store) -> list[str]:
    with store.read() as session:
        return [
            row.rule_id
            for row in session.exec(select(MessageFinding).order_by(MessageFinding.ts, MessageFinding.ordinal))
        ]  # type: ignore[arg-type]


def messages(store: Store) -> list[Message]:
    with store.read() as session:
        return list(session.exec(select(Message)))


def nudges(store: Store) -> list[Nudge]:
    with store.read() as session:
        return list(session.exec(select(Nudge)))


def test_a_message_is_counted_once_however_often_it_comes(store: Store, box: SecretBox) -> None:
    first = record(store, box, posted(), "us_them.a", "us_them.b")
    again = record(store, box, posted(), "us_them.a", "us_them.b")
    assert first.outcome == "counted"
    assert again.outcome == "repeated"
    assert first.nudge is not None
    assert again.nudge is not None
    assert first.nudge.nudge_id == again.nudge.nudge_id  # still pending: whoever comes first may send it
    assert rules(store) == ["us_them.a", "us_them.b"]
    assert len(nudges(store)) == 1


def test_only_findings_that_count_are_kept(store: Store, box: SecretBox) -> None:
    found = reading(finding("us_them.a"), finding("us_them.b", counts=False, nudges=False, excused="quoted"))
    service.record(store, box, TENANT, posted(), found, START, RETENTION, TERMS)
    assert rules(store) == ["us_them.a"]


def test_an_edit_replaces_what_the_first_version_counted(store: Store, box: SecretBox) -> None:
    record(store, box, posted(), "us_them.a")
    record(store, box, posted(edited=1), "us_them.b")
    assert rules(store) == ["us_them.b"]
    record(store, box, posted(edited=2))
    assert rules(store) == []
    assert len(messages(store)) == 1


def test_a_deletion_removes_it_for_good(store: Store, box: SecretBox) -> None:
    record(store, box, posted(), "us_them.a")
    service.remove(store, TENANT, Removed(CHANNEL, ts(0)), START)
    assert record(store, box, posted(), "us_them.a").outcome == "deleted before"
    assert record(store, box, posted(edited=5), "us_them.a").outcome == "deleted before"
    assert rules(store) == []
    [message] = messages(store)
    assert message.is_deleted
    assert message.author is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_comes_to_the_same_count(sqlite_store: Store, box: SecretBox, order: Iterable[int]) -> None:
    record(sqlite_store, box, posted(-1))  # the channel is watched
    events = [
        lambda: record(sqlite_store, box, posted(), "us_them.first"),
        lambda: record(sqlite_store, box, posted(edited=1), "us_them.second"),
        lambda: record(sqlite_store, box, posted(edited=2), "us_them.third"),
        lambda: record(sqlite_store, box, posted(), "us_them.first"),
    ]
    for index in order:
        events[index]()
    assert rules(sqlite_store) == ["us_them.third"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_deletion_wins_in_any_order(sqlite_store: Store, box: SecretBox, order: Iterable[int]) -> None:
    record(sqlite_store, box, posted(-1))
    events = [
        lambda: record(sqlite_store, box, posted(), "us_them.first"),
        lambda: record(sqlite_store, box, posted(edited=1), "us_them.second"),
        lambda: service.remove(sqlite_store, TENANT, Removed(CHANNEL, ts(0)), START),
    ]
    for index in order:
        events[index]()
    assert rules(sqlite_store) == []


def test_many_deliveries_at_once_count_once(store: Store, box: SecretBox) -> None:
    versions = [posted(), posted(edited=1), posted(edited=2), posted()] * 4
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda message: record(store, box, message, f"us_them.{message.version}"), versions))
    assert rules(store) == [f"us_them.{ts(2)}"]
    assert len(nudges(store)) == 1


def test_a_change_of_a_message_from_before_is_not_counted(store: Store, box: SecretBox) -> None:
    record(store, box, posted())
    assert record(store, box, posted(-60, edited=1), "us_them.a").outcome == "change of a message from before"
    assert rules(store) == []
    # One that came out of order, from after the channel was first watched, is.
    assert record(store, box, posted(5, edited=6), "us_them.b").outcome == "counted"


def test_a_change_beyond_retention_is_not_counted(store: Store, box: SecretBox) -> None:
    record(store, box, posted())
    late = record(store, box, posted(5, edited=60 * 24 * 401), "us_them.a")
    assert late.outcome == "change of a message from before"


def test_an_unwatched_channel_counts_nothing(store: Store, box: SecretBox) -> None:
    record(store, box, posted())
    with store.begin() as session:
        channel = session.get_one(Channel, (TENANT, CHANNEL))
        channel.is_watched = False
        session.add(channel)
    assert record(store, box, posted(1), "us_them.a").outcome == "channel not watched"
    assert len(messages(store)) == 1


def test_the_author_is_a_pseudonym_of_the_tenants_own(store: Store, box: SecretBox) -> None:
    record(store, box, posted(0, author="U1"))
    record(store, box, posted(1, author="U1"))
    service.record(store, box, "T2", posted(0, author="U1"), reading(), START, RETENTION, TERMS)
    authors = {(message.tenant_id, message.author) for message in messages(store)}
    assert len(authors) == 2
    assert len({author for _, author in authors}) == 2
    assert all("U1" not in str(author) for _, author in authors)


def test_an_old_message_is_counted_not_nudged(store: Store, box: SecretBox) -> None:
    assert record(store, box, posted(), "us_them.a", at=6).nudge is None
    assert rules(store) == ["us_them.a"]


def test_a_shared_channel_is_counted_not_nudged(store: Store, box: SecretBox) -> None:
    assert record(store, box, posted(shared=True), "us_them.a").nudge is None
    assert rules(store) == ["us_them.a"]


def test_whether_a_channel_is_private_is_kept_with_each_message_that_says(store: Store, box: SecretBox) -> None:
    kept = []
    for minute, is_private in enumerate((True, None, False, True)):
        record(store, box, replace(posted(minute), is_private=is_private))
        with store.read() as session:
            kept.append(session.get_one(Channel, (TENANT, CHANNEL)).is_private)
    assert kept == [True, True, False, True]


def test_an_edit_may_cause_the_one_nudge(store: Store, box: SecretBox) -> None:
    assert record(store, box, posted()).nudge is None
    nudge = record(store, box, posted(edited=60), "us_them.a").nudge
    assert nudge is not None
    assert nudging.claim(store, nudge, Member(), START + timedelta(minutes=60), TERMS)
    nudging.settle(store, TENANT, nudge.nudge_id, NudgeState.SENT, START + timedelta(minutes=60))
    assert record(store, box, posted(edited=61), "us_them.b").nudge is None
    assert len(nudges(store)) == 1


def test_an_edit_that_mends_it_withdraws_a_nudge_not_yet_sent(store: Store, box: SecretBox) -> None:
    nudge = record(store, box, posted(), "us_them.a").nudge
    record(store, box, posted(edited=1))
    assert nudge is not None
    assert not nudging.claim(store, nudge, Member(), START, TERMS)
    assert [nudge.state for nudge in nudges(store)] == ["missed"]


def test_a_deletion_withdraws_a_nudge_not_yet_sent(store: Store, box: SecretBox) -> None:
    record(store, box, posted(), "us_them.a")
    service.remove(store, TENANT, Removed(CHANNEL, ts(0)), START)
    assert [nudge.state for nudge in nudges(store)] == ["missed"]


def test_the_stage_is_the_channels_else_the_workspaces_else_the_default(store: Store, box: SecretBox) -> None:
    record(store, box, posted())
    assert service.find_setting(store, TENANT, CHANNEL, "partnership").stage == "partnership"
    with store.begin() as session:
        session.get_one(service.Tenant, TENANT).stage = "service"
    assert service.find_setting(store, TENANT, CHANNEL, "partnership").stage == "service"
    with store.begin() as session:
        session.get_one(Channel, (TENANT, CHANNEL)).stage = "one_business"
    assert service.find_setting(store, TENANT, CHANNEL, "partnership").stage == "one_business"
