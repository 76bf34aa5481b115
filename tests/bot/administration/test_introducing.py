"""What Fairview says of itself: once to a channel, once to whoever joins it later, whatever goes wrong."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from payloads import envelope, message
from slack_sdk import WebClient
from workplace import FLAGGED, HARMLESS, MONDAY, Workplace

from bot import slack_clients
from bot.administration import introducing
from bot.administration.blocks import greeting_text, introduction_blocks, introduction_text
from bot.administration.introducing import introduce_due
from bot.playground.blockkit import message_problems
from bot.processes import clock_jobs
from bot.store.tables import Channel, Greeting

POST, PRIVATE_POST = "chat.postMessage", "chat.postEphemeral"
MAYBE_SENT = (
    "http_500",
    "http_500_after_accept",
    "timeout_before",
    "timeout_after_accept",
    "drop_connection",
    "drop_after_accept",
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is not answered is given up on sooner than in production."""
    monkeypatch.setattr(slack_clients, "_TIMEOUT_SECONDS", 1.0)


def tick(work: Workplace) -> None:
    """Do what a clock process does about introductions at each tick."""
    next(job for job in clock_jobs(work.parts) if job.name == "introductions").run()
    work.settle()


def said(work: Workplace, channel: str) -> list[str]:
    """What Fairview has said in a channel for everybody to read."""
    return [one.text for one in work.slack.messages(channel) if one.bot_id]


def greeted(work: Workplace, who: str, channel: str = "infra") -> list[str]:
    """What Fairview has told somebody alone."""
    return [one.text for one in work.slack.ephemerals(who, channel)]


def events(work: Workplace, kind: str) -> list[dict[str, Any]]:
    """The first delivery of each event of a kind, in order."""
    found = {one.payload["event_id"]: one.payload for one in work.slack.deliveries if one.name == kind}
    return list(found.values())


def known(work: Workplace, name: str) -> Channel:
    channel = work.channel(name)
    assert channel is not None
    return channel


def client(work: Workplace) -> WebClient:
    return WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)


def newcomer(work: Workplace, channel: str = "infra", **about: Any) -> str:
    """Somebody new in a channel; their name."""
    work.slack.add_member("nina", **about)
    work.slack.invite(channel, "nina", by="ann")
    work.settle()
    return "nina"


# --- the words ---


@pytest.mark.parametrize("trial_days", [0, 1, 3])
@pytest.mark.parametrize("is_ext_shared", [False, True])
@pytest.mark.parametrize("app_user_id", [None, "U0FAIRVIEW"])
def test_it_is_introduced_in_four_lines_that_slack_takes(
    trial_days: int, is_ext_shared: bool, app_user_id: str | None
) -> None:
    text = introduction_text(trial_days, app_user_id, is_ext_shared)
    does, keeps, pause, away = text.split("\n")
    assert ("nudges nobody" in does) is (is_ext_shared or trial_days > 0)
    assert "no text and no author's name is kept" in keeps
    assert "`/fairview pause`" in pause
    assert "`/fairview watch off`" in pause
    assert away == f"To send it away: /remove {'<@U0FAIRVIEW>' if app_user_id else '@Fairview'}"
    assert "!" not in text
    blocks = introduction_blocks(trial_days, app_user_id, is_ext_shared)
    assert message_problems(blocks) == []
    assert [block["text"]["text"] for block in blocks] == [text]


def test_the_days_in_which_nobody_is_nudged_are_told() -> None:
    assert "For the first 3 days it only counts, and nudges nobody." in introduction_text(3)
    assert "For the first day it only counts, and nudges nobody." in introduction_text(1)
    assert "first" not in introduction_text(0)


def test_a_newcomer_is_told_one_line() -> None:
    line = greeting_text()
    assert "\n" not in line
    assert "!" not in line
    assert all(word in line for word in ("read by Fairview", "`/fairview help`", "`/fairview pause`"))


# --- invited ---


@pytest.mark.parametrize("name", ["lounge", "board"])
def test_invited_it_introduces_itself_at_once_publicly_and_once(work_either_way: Workplace, name: str) -> None:
    work = work_either_way
    work.slack.invite_app(name, by="cara")
    work.settle()
    expected = introduction_text(work.parts.settings.trial_days, work.slack.bot_user_id)
    assert said(work, name) == [expected]
    (post,) = [one for one in work.slack.messages(name) if one.bot_id]
    assert post.blocks is not None
    assert [block["text"]["text"] for block in post.blocks] == [expected]
    tick(work)
    work.say("ann", name, FLAGGED)
    tick(work)
    assert len(work.slack.calls(POST)) == 1
    assert known(work, name).introduced_at == MONDAY
    assert len(work.counted()) == 1, "its own words are not counted"


def test_an_invitation_told_again_introduces_it_once(work_on_each: Workplace) -> None:
    work = work_on_each
    work.slack.faults.duplicate_events(lambda _: 3)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    for minutes in (0, 1, 5):
        work.clock.move(minutes=minutes)
        assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
        tick(work)
    assert len(said(work, "lounge")) == 1


def test_what_cannot_be_learned_of_a_channel_keeps_it_from_nothing(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    work.slack.faults.add("error", "conversations.info", error="internal_error")
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    assert "listener failed: SlackApiError" in caplog.text
    assert len(said(work, "lounge")) == 1


def test_an_invitation_that_could_not_be_kept_introduces_nothing(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr("bot.administration.channels.joined", fail)
        work.slack.invite_app("lounge", by="ann")
        work.settle()
    assert said(work, "lounge") == []
    assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
    assert len(said(work, "lounge")) == 1


def test_in_a_channel_shared_with_another_organisation_it_promises_no_nudges(work: Workplace) -> None:
    work.say("ann", "partners", HARMLESS)
    tick(work)
    (text,) = said(work, "partners")
    assert "it nudges nobody in a channel shared with another organisation" in text


# --- invited while it was away, found by a message ---


def test_a_channel_found_by_a_message_is_introduced_to_by_the_next_tick(work_on_each: Workplace) -> None:
    work = work_on_each
    tick(work)
    work.say("ann", "infra", HARMLESS)
    assert said(work, "infra") == []
    tick(work)
    assert said(work, "infra") == [introduction_text(work.parts.settings.trial_days)]
    tick(work)
    assert len(work.slack.calls(POST)) == 1


def test_a_message_that_overtakes_the_invitation_makes_no_second_introduction(work: Workplace) -> None:
    early = message(HARMLESS, f"{MONDAY.timestamp():.6f}", channel=work.slack.channel_id("lounge"))
    assert work.dispatch(envelope(early, team_id=work.tenant)) == 200
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    tick(work)
    assert len(said(work, "lounge")) == 1


def test_many_clocks_at_once_introduce_it_once_to_each_channel(work_on_each: Workplace) -> None:
    work = work_on_each
    for channel in ("infra", "erp", "partners"):
        work.say("ann", channel, HARMLESS)
    start = threading.Barrier(8)

    def clock() -> None:
        start.wait()
        introduce_due(work.store, lambda _: client(work), work.clock, 3)

    clocks = [threading.Thread(target=clock) for _ in range(8)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    assert [len(said(work, channel)) for channel in ("infra", "erp", "partners")] == [1, 1, 1]
    assert len(work.slack.calls(POST)) == 3


def test_where_it_is_not_to_read_it_says_nothing(work: Workplace) -> None:
    work.ask("ben", "infra", "watch off")
    work.say("ann", "erp", HARMLESS)
    work.slack.archive("erp", by="ann")
    work.say("ann", "partners", HARMLESS)
    work.slack.remove("partners")
    work.settle()
    tick(work)
    assert work.slack.calls(POST) == []
    work.ask("ben", "infra", "watch on")
    work.slack.unarchive("erp", by="ann")
    work.settle()
    tick(work)
    assert [len(said(work, channel)) for channel in ("infra", "erp", "partners")] == [1, 1, 0]


def test_without_a_token_for_the_workspace_it_waits(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    introduce_due(work.store, lambda _: None, work.clock, 3)
    assert known(work, "infra").introduced_at is None


# --- removed, and invited again ---


def test_removed_and_invited_again_it_introduces_itself_anew(work_on_each: Workplace) -> None:
    work = work_on_each
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    work.clock.move(days=30)
    work.slack.remove("lounge")
    work.settle()
    tick(work)
    assert len(said(work, "lounge")) == 1
    work.clock.move(days=1)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    tick(work)
    assert said(work, "lounge")[1:] == [introduction_text(0, work.slack.bot_user_id)], "its trial is behind it"


def test_back_within_the_days_of_trial_it_tells_of_them_again(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    for days, told in ((2, True), (2, False)):
        work.slack.remove("infra")
        work.settle()
        work.clock.move(days=days)
        work.slack.faults.add("rate_limit", POST)
        work.slack.invite_app("infra", by="ben")
        work.settle()
        introduce_due(work.store, lambda _: client(work), work.clock, 3)
        assert ("For the first 3 days" in said(work, "infra")[-1]) is told


def test_a_message_that_overtakes_the_second_invitation_does_not_swallow_it(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    tick(work)
    work.clock.move(hours=1)
    work.slack.remove("infra")
    work.settle()
    work.clock.move(hours=1)
    early = message(HARMLESS, f"{work.clock().timestamp():.6f}", channel=work.slack.channel_id("infra"))
    assert work.dispatch(envelope(early, team_id=work.tenant)) == 200
    work.slack.invite_app("infra", by="ben")
    work.settle()
    tick(work)
    assert len(said(work, "infra")) == 2


def test_what_was_told_before_and_is_told_again_brings_nothing_back(work: Workplace) -> None:
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    (invitation,) = events(work, "member_joined_channel")
    work.clock.move(minutes=1)
    work.slack.remove("lounge")
    work.settle()
    (removal,) = events(work, "channel_left")
    assert work.dispatch(invitation) == 200
    tick(work)
    assert (known(work, "lounge").is_member, len(work.slack.calls(POST))) == (False, 1)
    work.clock.move(minutes=1)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    for event in (invitation, removal, invitation, events(work, "member_joined_channel")[-1]):
        assert work.dispatch(event) == 200
        tick(work)
    assert (known(work, "lounge").is_member, len(said(work, "lounge"))) == (True, 2)
    assert len(work.gaps("lounge")) == 1


# --- when something goes wrong ---


def test_a_rate_limit_puts_it_off_to_a_later_tick(work_on_each: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    work = work_on_each
    work.slack.faults.add("rate_limit", POST, times=2)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    assert known(work, "lounge").introduced_at is None
    assert "error=ratelimited outcome=refused_for_now" in caplog.text
    for _ in range(3):
        work.clock.move(seconds=30)
        tick(work)
    assert len(said(work, "lounge")) == 1
    assert len(work.slack.calls(POST)) == 3


def test_slack_that_cannot_be_reached_is_tried_again_later(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    introduce_due(work.store, lambda _: WebClient(token="xoxb-1", base_url=nowhere), work.clock, 3)
    assert known(work, "infra").introduced_at is None
    tick(work)
    assert len(said(work, "infra")) == 1


@pytest.mark.parametrize("fault", MAYBE_SENT)
def test_where_it_is_not_known_whether_slack_took_it_it_is_never_said_again(work: Workplace, fault: Any) -> None:
    work.slack.faults.add(fault, POST, seconds=1.5)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    for _ in range(3):
        work.clock.move(minutes=1)
        assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
        tick(work)
    assert len(work.slack.calls(POST)) == 1
    assert len(said(work, "lounge")) == (1 if fault.endswith("after_accept") else 0)


@pytest.mark.parametrize("error", ["restricted_action", "not_in_channel", "internal_error", "the price file"])
def test_a_refusal_is_logged_by_its_code_and_not_asked_for_again(
    work: Workplace, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    work.slack.faults.add("error", POST, error=error, times=None)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    tick(work)
    assert len(work.slack.calls(POST)) == 1
    shown = "an_error_not_documented" if " " in error else error
    assert f"error={shown} outcome={'unclear' if error == 'internal_error' else 'refused'}" in caplog.text
    assert "price file" not in caplog.text
    assert "lounge" not in caplog.text


def test_one_channel_that_fails_leaves_the_others_alone(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for channel in ("infra", "erp"):
        work.say("ann", channel, HARMLESS)
    claim: Callable[..., Any] = introducing._claim
    failures = iter([OSError("the price file")])

    def fail_once(*given: Any) -> Any:
        for failure in failures:
            raise failure
        return claim(*given)

    monkeypatch.setattr(introducing, "_claim", fail_once)
    tick(work)
    assert "introduction failed: OSError" in caplog.text
    assert "price file" not in caplog.text
    assert len(work.slack.calls(POST)) == 1
    tick(work)
    assert [len(said(work, channel)) for channel in ("infra", "erp")] == [1, 1]


# --- who joins later ---


@pytest.mark.parametrize("about", [{}, {"is_restricted": True}, {"is_ultra_restricted": True}])
def test_who_joins_a_watched_channel_is_told_privately_once(work_on_each: Workplace, about: dict[str, Any]) -> None:
    work = work_on_each
    work.say("ann", "infra", HARMLESS)
    who = newcomer(work, **about)
    assert greeted(work, who) == [greeting_text(is_nudged=not about)]
    assert {one.user for one in work.slack.ephemerals()} == {work.slack.user_id(who)}
    (row,) = work.rows(Greeting)
    assert row.author != work.slack.user_id(who)
    assert row.greeted_at == MONDAY
    assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
    work.slack.remove("infra", who)
    work.clock.move(days=1)
    work.slack.invite("infra", who, by="ben")
    work.settle()
    assert len(greeted(work, who)) == 1


def test_told_several_times_at_once_a_newcomer_is_greeted_once(work_on_each: Workplace) -> None:
    work = work_on_each
    work.say("ann", "infra", HARMLESS)
    work.slack.faults.duplicate_events(lambda _: 5)
    assert len(greeted(work, newcomer(work))) == 1


def test_each_channel_greets_for_itself(work: Workplace) -> None:
    for channel in ("infra", "erp"):
        work.say("ann", channel, HARMLESS)
    who = newcomer(work)
    work.slack.invite("erp", who, by="ann")
    work.settle()
    assert [len(greeted(work, who, channel)) for channel in ("infra", "erp")] == [1, 1]


def test_where_nothing_is_read_nobody_is_greeted(work: Workplace) -> None:
    newcomer(work)
    work.ask("ben", "infra", "watch off")
    work.slack.add_member("otis")
    work.slack.invite("infra", "otis", by="ben")
    work.settle()
    assert work.slack.calls(PRIVATE_POST) == []
    assert work.rows(Greeting) == []


def test_bots_are_not_greeted(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    newcomer(work, is_bot=True)
    assert work.slack.calls(PRIVATE_POST) == []


def test_in_a_shared_channel_only_those_are_greeted_who_are_read(work: Workplace) -> None:
    work.say("ann", "partners", HARMLESS)
    work.slack.add_member("omar", team_id="T0PARTNER")
    work.slack.invite("partners", "omar", by="olga")
    work.slack.invite("partners", "ben", by="ann")
    work.settle()
    assert greeted(work, "omar", "partners") == []
    assert greeted(work, "ben", "partners") == [greeting_text(is_nudged=False)]


@pytest.mark.parametrize("fault", ["rate_limit", *MAYBE_SENT])
def test_a_greeting_that_is_lost_stays_lost(work: Workplace, caplog: pytest.LogCaptureFixture, fault: Any) -> None:
    work.say("ann", "infra", HARMLESS)
    work.slack.faults.add(fault, PRIVATE_POST, seconds=1.5)
    who = newcomer(work)
    assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
    tick(work)
    assert len(work.slack.calls(PRIVATE_POST)) == 1
    assert len(greeted(work, who)) == (1 if fault.endswith("after_accept") else 0)
    assert "greeting not confirmed: " in caplog.text


def test_of_whom_slack_tells_nothing_it_tells_nothing_either(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    work.say("ann", "infra", HARMLESS)
    work.slack.faults.add("error", "users.info", error="user_not_found")
    assert greeted(work, newcomer(work)) == []
    assert "listener failed: SlackApiError" in caplog.text


def test_a_greeting_that_could_not_be_noted_is_sent_when_slack_tells_again(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.say("ann", "infra", HARMLESS)

    def fail(*_: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr("bot.administration.introducing.welcome", fail)
        who = newcomer(work)
    assert greeted(work, who) == []
    assert work.dispatch(events(work, "member_joined_channel")[0]) == 200
    assert greeted(work, who) == [greeting_text()]
