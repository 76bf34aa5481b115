"""Digests of groups and the workspace, in channels and direct messages; and what private channels are spared."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from digest_office import MONDAY_NINE, Office, on_both_databases
from digest_rows import TENANT, count_week, watch
from sqlmodel import select

from bot.digests.listed import list_subscriptions
from bot.digests.schedule import Fortnightly, Monthly, Schedule
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.subscriptions import Place, stop
from bot.playground import Message
from bot.store.tables import DigestScopeChannel, DigestSubscription, StopReason

DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def add_channel(office: Office, name: str, *, private: bool = False) -> str:
    """A channel with Olive and Fairview in it, whose week is counted."""
    channel_id = office.slack.add_channel(name, private=private, members=[office.olive], with_app=True)
    watch(office.store, datetime(2026, 9, 1, tzinfo=UTC), channel_id=channel_id, name=name, is_private=private)
    count_week(office.store, MONDAY, [("shared_purpose", "outcome")] * 3, channel_id=channel_id)
    return channel_id


def only(office: Office, scope: Scope, destination: str, schedule: Schedule = MONDAY_NINE) -> None:
    """Have this digest and no other."""
    stop(office.store, Place(TENANT, Scope.channel(office.infra), office.infra), StopReason.ASKED, office.clock())
    office.subscribe(schedule, destination, scope=scope)


def direct(office: Office) -> list[Message]:
    """What Olive gets as direct messages from Fairview."""
    return [one for one in office.slack.messages(office.slack.direct_channel("olive")) if one.bot_id]


def group(*channels: str) -> Scope:
    return Scope("group", tuple(sorted(channels)))


def stop_reason(office: Office) -> str | None:
    with office.store.read() as session:
        statement = select(DigestSubscription.stop_reason).where(DigestSubscription.stop_reason != "asked")
        return session.exec(statement).first()


@on_both_databases
def test_to_a_person(office: Office) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    assert office.tick_at(DUE) == 1
    (digest,) = direct(office)
    assert "Us and them: 4 messages" in digest.text
    assert office.digests() == []
    assert office.slack.calls("conversations.open") == []


@on_both_databases
def test_a_direct_message_whose_answer_was_lost_is_found_again(office: Office) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    office.slack.faults.add("drop_after_accept", "chat.postMessage")
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    assert len(direct(office)) == len(office.posts()) == 1
    (look,) = office.looks()
    assert look.arguments["channel"] == office.slack.direct_channel("olive")


def test_a_direct_message_that_never_arrived_is_sent_again(office: Office) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    office.slack.faults.add("drop_connection", "chat.postMessage")
    office.slack.faults.add("drop_connection", "conversations.open")
    office.tick_at(DUE)
    assert sum(office.tick(MINUTE) for _ in range(3)) == 1
    assert len(direct(office)) == 1


@pytest.mark.parametrize("error", ["user_disabled", "channel_not_found", "messages_tab_disabled"])
def test_a_person_who_cannot_be_written_to_pauses_it(office: Office, error: str) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    office.slack.faults.add("error", "chat.postMessage", times=None, error=error)
    assert office.tick_at(DUE) == 0
    assert stop_reason(office) == "person_gone"


@on_both_databases
def test_a_group(office: Office) -> None:
    other = add_channel(office, "other")
    only(office, group(office.infra, other), office.infra)
    assert office.tick_at(DUE) == 1
    (digest,), (run,) = office.digests(), office.runs()
    assert f"<#{office.infra}>" in digest.text
    assert f"<#{other}>" in digest.text
    assert run.payload is not None
    assert run.payload["figures"]["messages"] == 24
    assert "left out" not in digest.text


def test_the_workspace(office: Office) -> None:
    add_channel(office, "other")
    secret = add_channel(office, "secret", private=True)
    only(office, WORKSPACE, office.infra)
    assert office.tick_at(DUE) == 1
    (digest,) = office.digests()
    assert "two of the workspace's public channels" in digest.text
    assert secret not in digest.text
    assert office.runs()[0].payload["figures"]["messages"] == 24  # type: ignore[index]


@on_both_databases
def test_a_place_has_one_digest_and_a_group_is_another_scope(office: Office) -> None:
    one, two = add_channel(office, "one"), add_channel(office, "two")
    for scope in (group(one, two), group(two, one), group(one, office.infra), Scope.channel(one), WORKSPACE):
        for _ in range(2):
            office.subscribe(channel=office.olive, scope=scope)
    places = {listed.place for listed in list_subscriptions(office.store, TENANT, office.clock())}
    assert places == {
        Place(TENANT, Scope.channel(office.infra), office.infra),
        *(
            Place(TENANT, scope, office.olive)
            for scope in (group(one, two), group(one, office.infra), Scope.channel(one), WORKSPACE)
        ),
    }
    with office.store.read() as session:
        assert len(session.exec(select(DigestScopeChannel)).all()) == 4


@on_both_databases
def test_a_private_channel_its_reader_has_left_is_left_out(office: Office) -> None:
    secret = add_channel(office, "secret", private=True)
    only(office, group(office.infra, secret), office.olive)
    assert office.tick_at(DUE) == 1
    assert secret in direct(office)[0].text
    assert "left out" not in direct(office)[0].text
    office.slack.remove("secret", "olive")
    assert office.tick(WEEK) == 1
    later = direct(office)[1]
    assert secret not in later.text
    assert secret not in str(later.blocks)
    assert "1 channel was left out: it is private" in later.text
    assert [block["type"] for block in later.blocks[-2:]] == ["context", "actions"]
    assert "1 channel was left out" in str(later.blocks[-2])
    assert office.runs()[1].payload["figures"]["scope"]["kind"] == "channel"  # type: ignore[index]


@on_both_databases
def test_where_nothing_is_left_it_is_paused_and_its_owner_told(office: Office) -> None:
    secret = add_channel(office, "secret", private=True)
    only(office, Scope.channel(secret), office.olive)
    office.slack.remove("secret", "olive")
    assert office.tick_at(DUE) == 0
    assert stop_reason(office) == "not_a_member"
    (told,) = direct(office)
    assert "is paused" in told.text
    assert "`/fairview digest me #secret monday 09:00 Europe/London`" in told.text
    assert [office.tick(WEEK) for _ in range(2)] == [0, 0]


def test_a_channel_made_private_is_told_in_no_other(office: Office) -> None:
    other = add_channel(office, "other")
    only(office, group(office.infra, other), office.infra)
    office.slack.faults.add(
        "error",
        "conversations.info",
        times=None,
        error="channel_not_found",
        when=lambda call: call.arguments["channel"] == other,
    )
    assert office.tick_at(DUE) == 1
    assert other not in office.digests()[0].text


def test_what_was_frozen_is_not_told_to_who_has_left_since(office: Office) -> None:
    secret = add_channel(office, "secret", private=True)
    only(office, group(office.infra, secret), office.olive)
    office.slack.faults.add("rate_limit", "chat.postMessage", retry_after=50)
    assert office.tick_at(DUE) == 0
    office.slack.remove("secret", "olive")
    assert office.tick(MINUTE) == 1
    assert secret not in direct(office)[0].text


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
@pytest.mark.parametrize("fault", ["http_500", "rate_limit", "drop_connection", "error"])
def test_while_slack_does_not_say_who_is_in_it_nothing_is_told(office: Office, method: str, fault: Any) -> None:
    secret = add_channel(office, "secret", private=True)
    only(office, Scope.channel(secret), office.olive)
    office.slack.faults.add(fault, method, times=None)
    assert office.tick_at(DUE) == 0
    assert office.posts() == []
    assert office.states() == ["pending"]
    office.slack.faults.clear()
    assert office.tick(MINUTE) == 1


@on_both_databases
@pytest.mark.parametrize(
    ("schedule", "periods", "weeks"),
    [
        (Fortnightly(0, time(9), "Europe/London"), [(11, 23), (12, 7), (12, 21)], [2, 2, 2]),
        (Monthly(0, time(9), "Europe/London"), [(12, 7), (1, 4), (2, 1)], [5, 4, 4]),
    ],
)
def test_cadences(office: Office, schedule: Schedule, periods: list[tuple[int, int]], weeks: list[int]) -> None:
    only(office, Scope.channel(office.infra), office.infra, schedule)
    while len(office.digests()) < 3:
        office.tick(timedelta(days=1))
    runs = office.runs()
    assert [(run.period_start.month, run.period_start.day) for run in runs] == periods
    figures = [run.payload["figures"] for run in runs if run.payload]
    assert [one["weeks"] for one in figures] == weeks
    starts = [date.fromisoformat(one["week_start"]) for one in figures]
    assert [start + count * WEEK for start, count in zip(starts[:-1], weeks, strict=False)] == starts[1:]
