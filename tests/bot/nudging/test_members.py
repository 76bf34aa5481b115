"""Who an author is, as Slack tells it: remembered for an hour, no name, and no failure."""

import pytest
from slack_sdk.errors import SlackApiError
from workplace import Workplace

from bot.nudging import members
from bot.nudging.members import Members
from bot.nudging.policy import Member


def find(work: Workplace, known: Members, who: str, tenant: str | None = None) -> Member:
    return known.find(work.app.client, tenant or work.tenant, work.slack.user_id(who), work.clock())


def asked(work: Workplace) -> int:
    return len(work.slack.calls("users.info"))


def test_people_of_every_kind(work: Workplace) -> None:
    known = Members()
    assert find(work, known, "ben") == Member(zone="America/New_York")
    assert find(work, known, "gus") == Member(zone="Europe/London", is_guest=True)
    assert find(work, known, "olga") == Member(zone="Europe/London", is_outsider=True)
    work.slack.change_member("ann", deleted=True)
    assert find(work, known, "ann") == Member(is_deactivated=True), "Slack tells no zone of theirs"
    assert "Archer" not in repr(vars(known))


def test_of_many_the_latest_asked_about_are_remembered(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_MOST", 2)
    known = Members()
    for who in ("ann", "ben", "cara", "cara", "ben"):
        find(work, known, who)
    assert asked(work) == 3
    find(work, known, "ann")
    assert asked(work) == 4


def test_a_member_is_another_in_another_workspace(work: Workplace) -> None:
    known = Members()
    assert not find(work, known, "ann").is_outsider
    assert find(work, known, "ann", "T0PARTNER").is_outsider


def test_neither_a_failure_nor_an_unknown_member_is_remembered(work: Workplace) -> None:
    known = Members()
    work.slack.faults.add("error", "users.info", error="user_not_found")
    assert find(work, known, "ann") == Member(is_known=False)
    for fault in ({"kind": "error", "error": "internal_error"}, {"kind": "http_500"}, {"kind": "rate_limit"}):
        work.slack.faults.add(method="users.info", **fault)  # type: ignore[arg-type]  # one of the kinds
        with pytest.raises(SlackApiError):
            find(work, known, "ann")
    assert asked(work) == 4, "each time once: nobody waits for a second try"
    assert find(work, known, "ann") == Member(zone="Europe/London")


def test_a_zone_that_slack_does_not_tell_just_now_is_none(work: Workplace) -> None:
    known, ann = Members(), work.slack.user_id("ann")
    for fault in ({"kind": "error", "error": "internal_error"}, {"kind": "drop_connection"}):
        work.slack.faults.add(method="users.info", **fault)  # type: ignore[arg-type]  # one of the kinds
        assert known.zone(work.app.client, work.tenant, ann, work.clock()) is None
    assert known.zone(work.app.client, work.tenant, ann, work.clock()) == "Europe/London"
