"""What may be told where, asked of Slack when a digest is about to go there: channels that changed, people too."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from digest_office import MONDAY_NINE, Office, on_both_databases
from digest_rows import TENANT, count_week, watch
from sqlmodel import select

from bot.digests import access
from bot.digests.access import learn_public
from bot.digests.commands import answer_digest
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.subscriptions import Place, stop
from bot.listening import Command, Parts
from bot.playground import Message
from bot.settings import Settings
from bot.store.keys import SecretBox
from bot.store.tables import Channel, DigestSubscription, StopReason
from nlp import Detector

DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def add_channel(office: Office, name: str, *, private: bool = False, known: str | None = None) -> str:
    """A channel whose week is counted, which Fairview takes for public and knows as ``known``, else by its name."""
    channel_id = office.slack.add_channel(name, private=private, members=[office.olive], with_app=True)
    since = datetime(2026, 9, 1, tzinfo=UTC)
    watch(office.store, since, channel_id=channel_id, name=name if known is None else known)
    count_week(office.store, MONDAY, channel_id=channel_id)
    return channel_id


def only(office: Office, scope: Scope, destination: str) -> None:
    stop(office.store, Place(TENANT, Scope.channel(office.infra), office.infra), StopReason.ASKED, office.clock())
    office.subscribe(MONDAY_NINE, destination, scope=scope)


def direct(office: Office) -> list[Message]:
    return [one for one in office.slack.messages(office.slack.direct_channel("olive")) if one.bot_id]


def group(*channels: str) -> Scope:
    return Scope("group", tuple(sorted(channels)))


def read(office: Office) -> int:
    """How many messages the newest digest is of."""
    return int(office.runs()[-1].payload["figures"]["messages"])  # type: ignore[index]


def stop_reason(office: Office) -> str | None:
    with office.store.read() as session:
        statement = select(DigestSubscription.stop_reason).where(DigestSubscription.stop_reason != "asked")
        return session.exec(statement).first()


def row(office: Office, channel_id: str) -> Channel:
    with office.store.read() as session:
        return session.get_one(Channel, (TENANT, channel_id))


@on_both_databases
def test_a_channel_made_private_is_no_part_of_the_workspace(office: Office) -> None:
    secret = add_channel(office, "secret", private=True)
    only(office, WORKSPACE, office.infra)
    assert office.tick_at(DUE) == 1
    assert read(office) == 12
    assert row(office, secret).is_private
    assert not row(office, office.infra).is_private


@pytest.mark.parametrize("private", [True, False])
def test_a_channel_that_was_never_described_is_part_of_it_once_slack_says_it_is_public(
    office: Office, *, private: bool
) -> None:
    unnamed = add_channel(office, "unnamed", private=private, known="")
    only(office, WORKSPACE, office.infra)
    assert office.tick_at(DUE) == 1
    assert read(office) == (12 if private else 24)
    assert (row(office, unnamed).name, row(office, unnamed).is_private) == ("" if private else "unnamed", private)


def test_public_channels_are_read_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_PAGE", 1)
    client = office.client_for(TENANT)
    assert client is not None
    public = [office.infra, *(add_channel(office, f"channel{number}") for number in range(3))]
    add_channel(office, "secret", private=True)
    office.slack.archive("channel1")
    assert learn_public(office.store, client, TENANT) == tuple(sorted(public))


@pytest.mark.parametrize("fault", ["http_500", "rate_limit", "drop_connection", "error"])
def test_while_slack_does_not_say_what_is_public_nothing_is_told(office: Office, fault: Any) -> None:
    only(office, WORKSPACE, office.infra)
    office.slack.faults.add(fault, "conversations.list", times=None)
    assert office.tick_at(DUE) == 0
    assert office.posts() == []
    assert office.states() == ["pending"]
    assert not row(office, office.infra).is_private
    office.slack.faults.clear()
    assert office.tick(MINUTE) == 1


def test_what_was_frozen_of_the_workspace_is_made_anew_where_its_channels_changed(office: Office) -> None:
    only(office, WORKSPACE, office.infra)
    office.slack.faults.add("rate_limit", "chat.postMessage", retry_after=50)
    assert office.tick_at(DUE) == 0
    add_channel(office, "other")
    assert office.tick(MINUTE) == 1
    assert read(office) == 24


def test_a_preview_asks_what_is_public(office: Office) -> None:
    boss = office.slack.add_member("boss", is_admin=True)
    secret = add_channel(office, "secret", private=True)
    key = "A" * 43 + "="
    settings = Settings.load({"FAIRVIEW_SECRET_KEY": key})
    client = office.client_for(TENANT)
    assert client is not None
    command = Command(TENANT, boss, office.infra, "digest preview workspace", client, office.clock.now + WEEK)
    said = answer_digest(Parts(settings, office.store, SecretBox(key), Detector(), office.clock))(command)
    assert "one of the workspace's public channels" in said.text
    assert row(office, secret).is_private


@on_both_databases
@pytest.mark.parametrize(
    ("change", "scope", "reason", "words"),
    [
        ({"is_restricted": True}, None, "may_not_see", "its reader may no longer have it"),
        ({"is_ultra_restricted": True}, None, "may_not_see", "guests and people of other organisations may not"),
        ({"team_id": "T0PARTNER"}, None, "may_not_see", "its reader may no longer have it"),
        ({"deleted": True}, None, "person_gone", ""),
        ({"is_admin": False}, WORKSPACE, "may_not_see", "the workspace's is for its administrators"),
    ],
)
def test_who_may_not_have_it_any_more_gets_nothing(
    office: Office, change: dict[str, Any], scope: Scope | None, reason: str, words: str
) -> None:
    office.slack.change_member("olive", is_admin=True)
    only(office, scope or Scope.channel(office.infra), office.olive)
    assert office.tick_at(DUE) == 1
    office.slack.change_member("olive", **change)
    assert office.tick(WEEK) == 0
    assert stop_reason(office) == reason
    told = [one.text for one in direct(office)[1:]]
    assert all(words in text and "is paused" in text for text in told)
    assert bool(told) == (reason == "may_not_see")  # who is gone is told nothing
    assert office.tick(WEEK) == 0


def test_a_person_slack_does_not_know_pauses_it(office: Office) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    office.slack.faults.add("error", "users.info", times=None, error="user_not_found")
    assert office.tick_at(DUE) == 0
    assert stop_reason(office) == "person_gone"


@pytest.mark.parametrize("fault", ["http_500", "rate_limit", "drop_connection", "error"])
def test_while_slack_does_not_say_who_reads_it_nothing_is_told(office: Office, fault: Any) -> None:
    only(office, Scope.channel(office.infra), office.olive)
    office.slack.faults.add(fault, "users.info", times=None)
    assert office.tick_at(DUE) == 0
    assert (office.posts(), office.states()) == ([], ["pending"])
    office.slack.faults.clear()
    assert office.tick(MINUTE) == 1


def lose(office: Office, channel_id: str, how: str) -> None:
    """Have a channel archived, left by Fairview, or gone out of its sight."""
    if how == "archived":
        office.slack.archive(channel_id)
    elif how == "left":
        office.slack.remove(channel_id)
    else:
        office.slack.faults.add(
            "error",
            "conversations.info",
            times=None,
            error="channel_not_found",
            when=lambda call: call.arguments["channel"] == channel_id,
        )


LOST = [
    ("archived", "1 channel was left out: it is archived.", "archived", "the channel is archived"),
    ("left", "1 channel was left out: Fairview is no longer in it.", "not_in_channel", "no longer in the channel"),
    ("gone", "it, or may not tell it here.", "channel_gone", "the channel is gone, or Fairview can no longer see it"),
]


@pytest.mark.parametrize(("how", "note", "reason", "why"), LOST)
def test_a_channel_that_is_lost_is_left_out_and_said_why(
    office: Office, how: str, note: str, reason: str, why: str
) -> None:
    other = add_channel(office, "other")
    only(office, group(office.infra, other), office.infra)
    lose(office, other, how)
    assert office.tick_at(DUE) == 1
    (digest,) = office.digests()
    assert note in digest.text
    assert "private" not in digest.text
    assert other not in digest.text
    assert read(office) == 12


@pytest.mark.parametrize(("how", "note", "reason", "why"), LOST)
def test_where_the_only_channel_is_lost_it_is_paused_and_said_why(
    office: Office, how: str, note: str, reason: str, why: str
) -> None:
    other = add_channel(office, "other")
    only(office, Scope.channel(other), office.infra)
    lose(office, other, how)
    assert office.tick_at(DUE) == 0
    assert office.digests() == []
    assert stop_reason(office) == reason
    (told,) = direct(office)
    assert "is paused: " in told.text
    assert why in told.text


def test_where_every_channel_is_lost_for_one_reason_or_another_it_is_paused(office: Office) -> None:
    one, two = add_channel(office, "one"), add_channel(office, "two")
    only(office, group(one, two), office.infra)
    lose(office, one, "archived")
    lose(office, two, "gone")
    assert office.tick_at(DUE) == 0
    assert stop_reason(office) == "nothing_left"
    assert "Fairview can no longer see its channels, or may not tell them there" in direct(office)[0].text


def test_several_are_counted_by_what_became_of_them(office: Office) -> None:
    lost = [add_channel(office, f"lost{number}") for number in range(3)]
    only(office, group(office.infra, *lost), office.olive)
    for channel_id, how in zip(lost, ("archived", "archived", "left"), strict=True):
        lose(office, channel_id, how)
    assert office.tick_at(DUE) == 1
    (digest,) = direct(office)
    assert "2 channels were left out: they are archived. 1 channel was left out: Fairview is no longer" in digest.text
