"""What members chose: theirs alone, taken back as told, and heard while a nudge waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from nudge_rows import BOX, RULE, TENANT, Refusals, claimed, count_it, decided, posted, state_of
from sqlmodel import select

from bot.nudging import choices
from bot.nudging.choices import FOREVER, Choices
from bot.store.engine import Store
from bot.store.tables import MemberChoice, Praise


def chosen(store: Store, at: datetime, user: str = "U1") -> Choices:
    return choices.find_choices(store, BOX, TENANT, user, at)


def test_who_chose_nothing_has_the_defaults_and_no_row(sqlite_store: Store, now: datetime) -> None:
    assert chosen(sqlite_store, now) == Choices(paused_until=None, silenced=(), praise=Praise.THANKS)
    choices.end_silence(sqlite_store, BOX, TENANT, "U1", RULE)
    with sqlite_store.read() as session:
        assert session.exec(select(MemberChoice)).all() == []


def test_a_pause_ends_by_itself_or_when_it_is_taken_back(store: Store, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    choices.pause(store, BOX, TENANT, "U1", tomorrow, now)
    assert chosen(store, now).paused_until == tomorrow
    assert chosen(store, tomorrow).paused_until is None
    choices.pause(store, BOX, TENANT, "U1", FOREVER, now)
    assert chosen(store, datetime(2100, 1, 1, tzinfo=UTC)).paused_until == FOREVER
    assert chosen(store, now, "U2").paused_until is None
    choices.end_pause(store, BOX, TENANT, "U1", now)
    assert chosen(store, now).paused_until is None


def test_a_pause_may_be_asked_for_that_ends_no_longer_one(sqlite_store: Store, now: datetime) -> None:
    def pause(days: int, *, at_least: bool) -> int:
        until = now + timedelta(days=days)
        ends = choices.pause(sqlite_store, BOX, TENANT, "U1", until, now, at_least=at_least)
        assert chosen(sqlite_store, now).paused_until == ends
        return (ends - now).days

    assert [pause(2, at_least=True), pause(1, at_least=True), pause(3, at_least=True)] == [2, 2, 3]
    assert pause(1, at_least=False) == 1
    choices.pause(sqlite_store, BOX, TENANT, "U1", FOREVER, now, at_least=True)
    assert choices.pause(sqlite_store, BOX, TENANT, "U1", now, now, at_least=True) == FOREVER


def test_a_pause_and_a_silent_rule_are_taken_back_one_by_one_or_all_at_once(store: Store, now: datetime) -> None:
    for rule in ("us_them.b", "us_them.a", "us_them.a"):
        choices.silence(store, BOX, TENANT, "U1", rule, now)
    choices.pause(store, BOX, TENANT, "U1", FOREVER, now)
    choices.silence(store, BOX, TENANT, "U2", "us_them.a", now)

    choices.end_pause(store, BOX, TENANT, "U1", now)
    assert chosen(store, now).silenced == ("us_them.a", "us_them.b"), "in order, each once"
    choices.end_silence(store, BOX, TENANT, "U1", "us_them.a")
    choices.end_silence(store, BOX, TENANT, "U1", "us_them.a")
    assert chosen(store, now).silenced == ("us_them.b",)
    choices.silence(store, BOX, TENANT, "U1", "us_them.c", now)
    choices.pause(store, BOX, TENANT, "U1", FOREVER, now)
    stopped = Choices(paused_until=FOREVER, silenced=("us_them.b", "us_them.c"))
    assert choices.resume(store, BOX, TENANT, "U1", now) == stopped
    assert chosen(store, now) == replace(stopped, paused_until=None), "a pause is not a rule one switched off"
    assert choices.resume(store, BOX, TENANT, "U1", now) == replace(stopped, paused_until=None)
    assert choices.resume(store, BOX, TENANT, "U1", now) == chosen(store, now) == Choices()
    assert chosen(store, now, "U2").silenced == ("us_them.a",), "nobody resumes for another"


def test_a_way_to_be_thanked_outlives_a_pause(store: Store, now: datetime) -> None:
    choices.choose_praise(store, BOX, TENANT, "U1", Praise.REACTION, now)
    choices.pause(store, BOX, TENANT, "U1", FOREVER, now)
    choices.resume(store, BOX, TENANT, "U1", now)
    assert chosen(store, now).praise is Praise.REACTION
    assert chosen(store, now, "U2").praise is Praise.THANKS


def test_what_is_stopped_is_counted_and_not_nudged(sqlite_store: Store, now: datetime) -> None:
    choices.pause(sqlite_store, BOX, TENANT, "U1", now + timedelta(days=1), now)
    choices.silence(sqlite_store, BOX, TENANT, "U3", RULE, now)
    refusals = Refusals()
    for author in ("U1", "U3"):
        recorded = count_it(sqlite_store, posted(now, author), now)
        assert (recorded.outcome, recorded.nudge) == ("counted", None)
    assert refusals.moved() == {"paused": 1, "rule_silenced": 1}
    assert decided(sqlite_store, now, author="U2")
    assert decided(sqlite_store, now, author="U3", rule="us_them.other"), "another rule is heard of"
    tomorrow = now + timedelta(days=1)
    assert decided(sqlite_store, tomorrow, author="U1")


@pytest.mark.parametrize("stop", ["pause", "silence"])
def test_stopping_withdraws_what_waits_for_this_member_alone(sqlite_store: Store, now: datetime, stop: str) -> None:
    store = sqlite_store
    own, other_rule, under_way = decided(store, now), decided(store, now, rule="us_them.other"), decided(store, now)
    somebody_elses = decided(store, now, author="U2")
    assert claimed(store, under_way, now)
    if stop == "pause":
        choices.pause(store, BOX, TENANT, "U1", now + timedelta(days=1), now)
    else:
        choices.silence(store, BOX, TENANT, "U1", RULE, now)
    assert state_of(store, own) == "missed"
    assert state_of(store, other_rule) == ("missed" if stop == "pause" else "pending")
    assert (state_of(store, under_way), state_of(store, somebody_elses)) == ("sending", "pending")
