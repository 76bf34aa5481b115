"""Administrators are told, once, of a rule that was muted; and the whole way from a nudge to one and back."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from slack_sdk import WebClient
from verdicts import USED, answered, muted, rows
from workplace import FLAGGED, HARMLESS, Workplace

from bot.nudging import blocks
from bot.nudging.muting import lift
from bot.nudging.rules_blocks import LIFT
from bot.nudging.telling import tell_administrators
from bot.playground import Ephemeral
from bot.store.tables import MutedRule
from nlp import Rule

RULE, OTHER = "us_them.business_as_other.named", "process_barrier.change_board.put_off"
POST, LIST = "chat.postMessage", "users.list"
ADMINISTRATORS = ("otto", "cara")
CLOCKS = 8


def rule(work: Workplace, rule_id: str = RULE) -> Rule:
    return work.parts.detector.rules[rule_id]


def mute(work: Workplace, rule_id: str = RULE) -> None:
    muted(work.store, rule_id, rule(work, rule_id).version, tenant=work.tenant, at=work.clock())


def client(work: Workplace) -> WebClient:
    return WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)


def tick(work: Workplace, by: WebClient | None = None) -> None:
    """Do what a clock process does about muted rules at each tick."""
    used = by or client(work)
    tell_administrators(work.store, work.parts.detector.rules, lambda _: used, work.clock)


def told(work: Workplace, who: str) -> list[str]:
    return [message.text for message in work.slack.messages(work.slack.direct_channel(who))]


def known(work: Workplace, rule_id: str = RULE) -> MutedRule:
    return rows(work.store)[work.tenant, rule_id]


@pytest.fixture
def unreachable(work: Workplace) -> Iterator[WebClient]:
    """A client to where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield WebClient(token=work.slack.bot_token, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/api/")


def test_owners_and_administrators_are_told_in_four_lines(work_on_each: Workplace) -> None:
    work = work_on_each
    for author in "abcdefg" * 2:
        answered(work.store, author, tenant=work.tenant, version=rule(work).version)
    for author in "hi":
        answered(work.store, author, USED, tenant=work.tenant, version=rule(work).version)
    mute(work)
    tick(work)
    for who in ADMINISTRATORS:
        (text,) = told(work, who)
        assert rule(work).title in text
        assert "called wrong by 7 of 9 members in 16 answers" in text
        assert "goes on counting, and nudges nobody" in text
        assert "`/fairview rules back " in text
        assert "upgrade" in text
        assert len(text.splitlines()) == 4
    call, _ = work.slack.calls(POST)
    assert call.arguments["blocks"]
    assert known(work).told_at == work.clock()


def test_nobody_else_is_told(work: Workplace) -> None:
    work.slack.add_member("dora", is_admin=True, deleted=True)
    work.slack.add_member("rob", is_admin=True, is_bot=True)
    work.slack.add_member("greta", is_admin=True, is_restricted=True)
    work.slack.add_member("gina", is_admin=True, is_ultra_restricted=True)
    work.slack.add_member("odd", is_owner=True, team_id="T0PARTNER")
    mute(work)
    tick(work)
    asked = {call.arguments["channel"] for call in work.slack.calls(POST)}
    assert asked == {work.slack.user_id(who) for who in ADMINISTRATORS}


def test_owners_come_first_and_twenty_at_the_most_from_however_many_pages(work: Workplace) -> None:
    for number in range(215):
        work.slack.add_member(f"member{number}")
    for number in range(25):
        work.slack.add_member(f"admin{number}", is_admin=True)
    work.slack.add_member("ophelia", is_owner=True)
    mute(work)
    tick(work)
    asked = [call.arguments["channel"] for call in work.slack.calls(POST)]
    assert len(asked) == 20
    assert asked[:3] == [work.slack.user_id(who) for who in ("otto", "ophelia", "cara")]
    assert len(work.slack.calls(LIST)) == 2


def test_of_many_clocks_at_once_one_tells(work_on_each: Workplace) -> None:
    work = work_on_each
    mute(work)
    mute(work, OTHER)
    start = threading.Barrier(CLOCKS)

    def clock() -> None:
        start.wait()
        tick(work)

    clocks = [threading.Thread(target=clock) for _ in range(CLOCKS)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    for who in ADMINISTRATORS:
        texts = told(work, who)
        assert len(texts) == 2
        assert all(sum(rule(work, rule_id).title in text for text in texts) == 1 for rule_id in (RULE, OTHER))


def test_several_rules_are_told_with_one_look_at_who_is_there(work: Workplace) -> None:
    mute(work)
    mute(work, OTHER)
    tick(work)
    tick(work)
    assert len(work.slack.calls(LIST)) == 1
    assert len(told(work, "cara")) == 2


@pytest.mark.parametrize("fault", ["rate_limit", "http_500", "drop_connection"])
def test_where_nobody_could_be_found_for_now_it_is_tried_again(work: Workplace, fault: str) -> None:
    mute(work)
    work.slack.faults.add(fault, LIST, times=None)  # type: ignore[arg-type]  # one of its kinds
    tick(work)
    assert known(work).told_at is None
    work.slack.faults.clear()
    tick(work)
    tick(work)
    assert [len(told(work, who)) for who in ADMINISTRATORS] == [1, 1]


def test_where_slack_cannot_be_reached_it_is_tried_again(work: Workplace, unreachable: WebClient) -> None:
    mute(work)
    tick(work, unreachable)
    assert known(work).told_at is None
    tick(work)
    assert len(told(work, "cara")) == 1


def test_half_way_through_the_pages_nobody_was_told_yet(work: Workplace) -> None:
    for number in range(215):
        work.slack.add_member(f"member{number}")
    mute(work)
    work.slack.faults.add("rate_limit", LIST, when=lambda call: bool(call.arguments.get("cursor")))
    tick(work)
    assert known(work).told_at is None
    assert work.slack.calls(POST) == []


def test_what_slack_would_only_refuse_again_is_not_asked_again(work: Workplace) -> None:
    mute(work)
    work.slack.faults.add("error", LIST, times=None, error="missing_scope")
    tick(work)
    tick(work)
    assert known(work).told_at == work.clock()
    assert len(work.slack.calls(LIST)) == 1


@pytest.mark.parametrize("error", ["messages_tab_disabled", "user_not_found", "internal_error", "ratelimited"])
def test_a_refusal_for_one_does_not_keep_the_others_from_hearing(work: Workplace, error: str) -> None:
    mute(work)
    work.slack.faults.add("error", POST, error=error)
    tick(work)
    tick(work)
    assert [len(told(work, who)) for who in ADMINISTRATORS] == [0, 1]
    assert len(work.slack.calls(POST)) == 2, "nobody is tried a second time once somebody was told"


@pytest.mark.parametrize("fault", ["drop_after_accept", "http_500_after_accept", "http_500", "drop_connection"])
def test_whoever_may_have_been_told_is_not_told_again(work: Workplace, fault: str) -> None:
    mute(work)
    work.slack.faults.add(fault, POST, times=2)  # type: ignore[arg-type]  # one of its kinds
    tick(work)
    tick(work)
    assert len(work.slack.calls(POST)) == 2
    assert all(len(told(work, who)) <= 1 for who in ADMINISTRATORS)
    assert known(work).told_at is not None


def test_where_every_post_was_refused_for_now_they_are_told_later_and_once(work: Workplace) -> None:
    mute(work)
    work.slack.faults.add("rate_limit", POST, times=2)
    tick(work)
    assert known(work).told_at is None
    tick(work)
    tick(work)
    assert [len(told(work, who)) for who in ADMINISTRATORS] == [1, 1]


def test_a_rule_of_another_version_one_that_is_gone_and_one_set_back_are_not_told(work: Workplace) -> None:
    muted(work.store, RULE, "of_old", tenant=work.tenant)
    muted(work.store, "us_them.of.old", "v1", tenant=work.tenant)
    mute(work, OTHER)
    assert lift(work.store, work.tenant, OTHER, work.clock())
    tick(work)
    assert work.slack.calls(LIST) == []
    assert work.slack.calls(POST) == []


def test_without_a_token_for_the_workspace_it_waits_and_holds_up_no_other(work: Workplace) -> None:
    muted(work.store, RULE, rule(work).version, tenant="T0ANOTHER")
    mute(work)
    clients = {work.tenant: client(work)}
    tell_administrators(work.store, work.parts.detector.rules, clients.get, work.clock)
    assert len(told(work, "cara")) == 1
    assert rows(work.store)["T0ANOTHER", RULE].told_at is None


def test_what_fails_in_one_workspace_leaves_the_others_alone(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    muted(work.store, RULE, rule(work).version, tenant="T0ANOTHER")
    mute(work)

    class Broken(WebClient):
        def users_list(self, **_: object) -> None:  # type: ignore[override]  # it never answers
            raise RuntimeError("plantedword")

    clients = {"T0ANOTHER": Broken(), work.tenant: client(work)}
    tell_administrators(work.store, work.parts.detector.rules, clients.get, work.clock)
    assert len(told(work, "cara")) == 1
    assert "telling of a muted rule failed: RuntimeError at" in caplog.text
    assert "plantedword" not in caplog.text


def test_logs_hold_the_place_and_slacks_own_codes_and_nothing_else(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    mute(work)
    mute(work, OTHER)
    work.slack.faults.add("error", LIST, error="plantedword")
    tick(work)
    work.slack.faults.add("error", POST, error="messages_tab_disabled")
    tick(work)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.nudging")]
    assert len(ours) == 2
    assert "error=an_error_not_documented" in ours[0]
    assert "error=messages_tab_disabled" in ours[1]
    for word in ("plantedword", "U0", work.slack.user_id("otto"), rule(work).title):
        assert word not in "".join(ours)


def test_the_whole_way_from_a_nudge_called_wrong_to_one_that_is_wanted_again(work_on_each: Workplace) -> None:
    work = work_on_each
    colleagues = ("dana", "eli", "fay", "gil")
    work.say("ann", "infra", HARMLESS)
    work.clock.move(minutes=1)
    for who in colleagues:
        work.slack.add_member(who)
        work.slack.invite("infra", who)
    work.settle()
    for day in range(3):
        for who in colleagues[: 4 if day < 2 else 2]:
            assert not rows(work.store) or known(work).muted_at is None
            work.slack.click(who, nudged(work, who), blocks.NOT_RELEVANT)
        work.clock.move(days=1)
    assert known(work).muted_at == work.clock() - timedelta(days=1)

    before = not_nudged()
    counted = len(work.counted("infra"))
    assert_not_nudged(work, "fay")
    assert len(work.counted("infra")) == counted + 1
    assert not_nudged() == before + 1

    tick(work)
    assert all(len(told(work, who)) == 1 for who in ADMINISTRATORS)
    assert "called wrong by 4 of 4 members in 10 answers" in told(work, "cara")[0]
    answer = work.command("cara", "infra", "rules").answers[-1]
    assert isinstance(answer, Ephemeral)
    work.slack.click("cara", answer, LIFT)
    assert "nudges again" in answer.text
    nudged(work, "gil")
    tick(work)
    assert len(told(work, "cara")) == 1


def nudged(work: Workplace, who: str) -> Ephemeral:
    """What a member sees who writes what the rule flags, and is nudged."""
    before = len(work.slack.ephemerals(who))
    work.say(who, "infra", FLAGGED)
    (nudge,) = work.slack.ephemerals(who)[before:]
    assert "Just between us" in nudge.text
    return nudge


def assert_not_nudged(work: Workplace, who: str) -> None:
    before = len(work.slack.ephemerals(who))
    work.say(who, "infra", FLAGGED)
    assert len(work.slack.ephemerals(who)) == before


def not_nudged() -> float:
    return REGISTRY.get_sample_value("fairview_not_nudged_total", {"reason": "rule_muted"}) or 0.0
