"""`/fairview digest …`, asked by people in the stand-in and answered privately."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from digest_office import Office, on_both_databases
from digest_rows import TENANT, watch

from bot.digests import asking
from bot.digests.commands import answer_digest
from bot.errors import CommandError, NotAllowedError, PersonError
from bot.listening import Command, Parts, Reply
from bot.playground.blockkit import message_problems
from bot.settings import Settings
from bot.store.keys import SecretBox
from bot.store.tables import Gap
from nlp import Detector

Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


@pytest.fixture
def parts(office: Office, detector: Detector) -> Parts:
    key = "A" * 43 + "="
    settings = Settings.load({"FAIRVIEW_SECRET_KEY": key, "FAIRVIEW_ZONE": "Europe/Berlin"})
    return Parts(settings, office.store, SecretBox(key), detector, office.clock)


@pytest.fixture
def ask(office: Office, parts: Parts) -> Ask:
    answer = answer_digest(parts)

    def ask(words: str, user: str = "", channel: str = "") -> Reply:
        client = office.client_for(TENANT)
        assert client is not None
        where = channel or office.infra
        return answer(Command(TENANT, user or office.olive, where, f"digest {words}".strip(), client, office.clock()))

    return ask


@on_both_databases
def test_set_change_stop_and_set_again(office: Office, ask: Ask) -> None:
    ask("stop")
    said = ask("here friday 16:30 Europe/Berlin").text
    assert (
        f"<#{office.infra}> gets its digest every Friday at 16:30 (Europe/Berlin), next on Friday 20 November." in said
    )
    assert "`/fairview digest preview`" in said
    assert "To stop it: `/fairview digest stop`." in said
    assert "put that back" not in said

    said = ask("monday 9am london").text
    assert "every Monday at 09:00 (Europe/London), next on Monday 23 November." in said
    assert "It came every Friday at 16:30 (Europe/Berlin)" in said
    assert "`/fairview digest here friday 16:30 Europe/Berlin`" in said
    assert office.subscription().weekday == 0

    said = ask("stop").text
    assert "To start them again: `/fairview digest here monday 09:00 Europe/London`." in said
    with pytest.raises(CommandError, match="has no digest"):
        ask("stop")


def test_setting_the_same_again_says_nothing_of_a_change(ask: Ask) -> None:
    assert "put that back" not in ask("monday 09:00 Europe/London").text


def test_the_zone_is_the_persons_own(office: Office, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    office.slack.change_member("olive", tz="America/New_York")
    assert "(America/New_York)" in ask("here monday 9").text
    monkeypatch.setattr(asking, "is_zone", lambda name: name != "America/New_York")
    assert "(Europe/Berlin)" in ask("here monday 9").text


def test_already_delivered_this_week_it_comes_next_week(office: Office, ask: Ask) -> None:
    office.tick_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert "next on Friday 4 December" in ask("here friday 9 london").text


def test_another_channel(office: Office, ask: Ask) -> None:
    erp = office.slack.add_channel("erp", members=["olive"], with_app=True)
    said = ask(f"<#{erp}|erp> tuesday 8 UTC").text
    assert f"<#{erp}> gets its digest every Tuesday at 08:00 (UTC)" in said
    assert "`/fairview digest stop #erp`" in said
    ask(f"<#{erp}|erp> tuesday 9 UTC")
    assert "`/fairview digest #erp tuesday 09:00 UTC`" in ask(f"stop <#{erp}|erp>").text


@pytest.mark.parametrize("words", ["here monday 9 utc", "stop", "preview"])
def test_members_only(office: Office, ask: Ask, words: str) -> None:
    stranger = office.slack.add_member("stranger")
    with pytest.raises(NotAllowedError, match="Only members of that channel"):
        ask(words, user=stranger)
    assert office.subscription().owner_id == office.olive


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
def test_no_guests(office: Office, ask: Ask, kind: str) -> None:
    guest = office.slack.add_member("guest", **{kind: True})
    office.slack.invite("infra", guest)
    with pytest.raises(NotAllowedError):
        ask("here monday 9 utc", user=guest)


def test_where_fairview_is_not(office: Office, ask: Ask) -> None:
    lounge = office.slack.add_channel("lounge", members=["olive"])
    board = office.slack.add_channel("board", private=True, members=["olive"])
    for channel in (lounge, board):
        with pytest.raises(PersonError) as error:
            ask("here monday 9 utc", channel=channel)
        assert "/invite @Fairview" in error.value.hint
    with pytest.raises(CommandError, match="direct messages"):
        ask("here monday 9 utc", channel=office.slack.direct_channel("olive"))


def test_archived(office: Office, ask: Ask) -> None:
    old = office.slack.add_channel("old", members=["olive"], with_app=True)
    ask("here monday 9 utc", channel=old)
    office.slack.archive("old")
    with pytest.raises(CommandError, match=r"is archived"):
        ask("here monday 9 utc", channel=old)


def test_a_group_to_oneself(office: Office, ask: Ask) -> None:
    erp = office.slack.add_channel("erp", private=True, members=["olive"], with_app=True)
    said = ask(f"me <#{office.infra}|infra> <#{erp}|erp> every two weeks on friday 9 utc").text
    first, second = sorted([office.infra, erp])
    about = f"<#{first}> and <#{second}>"
    assert f"The digest of {about} comes to you, as a direct message, every second Friday at 09:00 (UTC)" in said
    assert "next on Friday 20 November" in said
    assert "`/fairview digest stop me #" in said
    assert f"{about}, to you, as a direct message: every second Friday" in ask("list").text
    said = ask(f"stop me <#{erp}|erp> <#{office.infra}|infra>").text
    assert "no longer comes to you" in said
    assert "fortnightly friday 09:00 UTC`" in said


def test_me_is_this_channel_to_oneself(office: Office, ask: Ask) -> None:
    said = ask("me friday 9 utc").text
    assert f"The digest of <#{office.infra}> comes to you" in said
    assert "`/fairview digest stop me`" in said
    assert "no longer comes" in ask("stop me").text
    assert "gets no more digests" in ask("stop").text


def test_a_group_needs_membership_of_every_channel(office: Office, ask: Ask) -> None:
    other = office.slack.add_channel("other", members=["member1"], with_app=True)
    with pytest.raises(NotAllowedError, match="Only members of every channel named"):
        ask(f"me <#{office.infra}> <#{other}> monday 9")
    with pytest.raises(NotAllowedError, match="Only members of every channel named"):
        ask(f"preview <#{office.infra}> <#{other}>")
    with pytest.raises(NotAllowedError, match="Only members of that channel"):
        ask(f"here to <#{other}>".replace("here ", f"<#{office.infra}> ") + " monday 9")


def test_the_workspace_is_for_owners_and_administrators(office: Office, ask: Ask) -> None:
    for words in ("workspace monday 9", "workspace me monday 9", "preview workspace"):
        with pytest.raises(NotAllowedError, match="Only workspace owners and administrators"):
            ask(words)
    office.slack.change_member("olive", is_admin=True)
    assert "The digest of the whole workspace comes to you" in ask("workspace to me, monthly, monday 9 utc").text
    assert "A preview" in ask("preview workspace").text
    office.slack.change_member("olive", is_admin=False)
    assert "no longer comes to you" in ask("stop workspace me").text


def test_what_is_private_goes_to_its_channel_or_its_members(office: Office, ask: Ask) -> None:
    secret = office.slack.add_channel("secret", private=True, members=["olive"], with_app=True)
    for words in (f"here <#{secret}>", f"here <#{office.infra}> <#{secret}>", f"<#{secret}> to <#{office.infra}>"):
        with pytest.raises(CommandError, match="is private") as error:
            ask(f"{words} monday 9")
        assert "Say `me`" in error.value.hint
    assert "gets its digest" in ask(f"<#{secret}> monday 9").text
    assert "gets its digest" in ask("here monday 9", channel=secret).text
    assert "comes to you" in ask(f"me <#{secret}> monday 9").text
    with pytest.raises(NotAllowedError):
        ask(f"me <#{secret}> monday 9", user=_id(office, "member1"))


def test_in_a_direct_message_it_goes_to_whoever_asks(office: Office, ask: Ask) -> None:
    direct = office.slack.direct_channel("olive")
    assert "comes to you" in ask(f"<#{office.infra}> <#{_other(office)}> here monday 9", channel=direct).text
    assert "gets its digest" in ask(f"<#{office.infra}> monday 9", channel=direct).text
    with pytest.raises(CommandError, match="direct messages"):
        ask("me monday 9", channel=direct)


def test_stopped_by_its_number(office: Office, ask: Ask) -> None:
    office.clock.now += timedelta(minutes=1)
    ask("me friday 9 utc")
    assert "no longer comes to you" in ask("stop 2").text
    with pytest.raises(CommandError, match="no digest number 2"):
        ask("stop 2")
    with pytest.raises(NotAllowedError):
        ask("stop 1", user=office.slack.add_member("stranger"))
    assert "gets no more digests" in ask("stop #1", user=_id(office, "member1")).text


def test_stopped_wherever_the_only_one_goes(office: Office, ask: Ask) -> None:
    other = _other(office)
    ask(f"here <#{other}> monday 9 utc")
    assert f"The digest of <#{other}> no longer comes to <#{office.infra}>." in ask(f"stop <#{other}>").text
    ask(f"here <#{other}> monday 9 utc")
    ask(f"me <#{other}> monday 9 utc")
    with pytest.raises(CommandError, match="has no digest"):
        ask(f"stop <#{other}>")


def _other(office: Office) -> str:
    return office.slack.add_channel("other", members=["olive"], with_app=True)


def test_shared_and_unwatched_channels_are_pointed_out(office: Office, ask: Ask) -> None:
    shared = office.slack.add_channel("shared", members=["olive"], is_ext_shared=True, with_app=True)
    watch(office.store, channel_id=shared, is_watched=False)
    said = ask("here monday 9 utc", channel=shared).text
    assert "another organisation" in said
    assert "`/fairview watch on`" in said
    assert "another organisation" not in ask("here monday 9 utc").text


@on_both_databases
def test_list(office: Office, ask: Ask) -> None:
    secret = office.slack.add_channel("secret", private=True, members=["member1"], with_app=True)
    watch(office.store, channel_id=secret, is_private=True)
    ask("here friday 9 utc", user=_id(office, "member1"), channel=secret)
    said = ask("list").text
    assert f"1. <#{office.infra}>: every Monday at 09:00 (Europe/London), next on 23 November" in said
    assert f"asked for by <@{office.olive}>" in said
    assert secret not in said
    assert secret in ask("list", user=_id(office, "member1")).text
    guest = office.slack.add_member("guest", is_restricted=True)
    assert "No digest is set" in ask("list", user=guest).text


@on_both_databases
def test_list_says_what_is_paused_and_leaves_out_what_was_stopped(office: Office, ask: Ask) -> None:
    office.slack.faults.add("error", "chat.postMessage", error="not_in_channel")
    office.tick_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert "paused: Fairview is no longer in the channel." in ask("list").text
    ask("here monday 9 utc")
    ask("stop")
    assert "No digest is set" in ask("list").text


@on_both_databases
def test_what_fairview_stopped_itself_can_be_taken_off_the_list(office: Office, ask: Ask) -> None:
    office.slack.faults.add("error", "chat.postMessage", error="not_in_channel")
    office.tick_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    (row, _) = ask("list").blocks
    assert row["accessory"]["text"]["text"] == "Remove"
    ask("stop 1")
    assert "No digest is set" in ask("list").text


@on_both_databases
def test_preview(office: Office, ask: Ask) -> None:
    office.clock.now = datetime(2026, 11, 24, tzinfo=UTC)
    reply = ask("preview")
    assert reply.text.startswith("A preview that only you can see")
    assert "the week of 16 to 22 November 2026" in reply.text
    assert "Us and them: 4 messages" in reply.text
    assert message_problems(reply.blocks) == []
    assert office.posts() == []
    assert office.runs() == []


def test_a_preview_shows_as_much_as_the_digest_will(office: Office, ask: Ask) -> None:
    said = ask("here monthly monday 9 utc").text
    assert "`/fairview digest preview monthly`" in said
    assert "the newest 4 weeks that are over" in ask("preview monthly").text
    assert "preview monthly me`" in ask("me monthly monday 9 utc").text


def test_preview_of_an_absence(office: Office, ask: Ask) -> None:
    with office.store.begin() as session:
        start = datetime(2026, 11, 1, tzinfo=UTC)
        session.add(Gap(tenant_id=TENANT, channel_id="", started_at=start, ended_at=start + timedelta(weeks=4)))
    assert "Fairview was not listening" in ask("preview").text


def test_help_and_nonsense(ask: Ask) -> None:
    assert "/fairview digest here monday 09:00 Europe/London" in ask("").text
    with pytest.raises(CommandError) as error:
        ask("banana split")
    assert "For example" in error.value.hint


def _id(office: Office, name: str) -> str:
    client = office.client_for(TENANT)
    assert client is not None
    return next(str(one["id"]) for one in client.users_list()["members"] if one["name"] == name)
