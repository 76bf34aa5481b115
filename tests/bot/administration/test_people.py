"""Who somebody is and what a channel is, as Slack's answers have it."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from workplace import Workplace

from bot.administration import people
from bot.administration.people import actor_of, channel_facts, is_member, scope_of
from bot.errors import CommandError


class Told(WebClient):
    """A client that answers what it was told to, without a network."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__()
        self._answers = answers

    def api_call(self, api_method: str, **_: Any) -> Any:
        answer = self._answers[api_method]
        if isinstance(answer, str):
            raise SlackApiError("refused", {"ok": False, "error": answer})
        return answer


def person(**about: Any) -> Told:
    return Told({"users.info": {"ok": True, "user": {"id": "U1", "team_id": "T1", **about}}})


@pytest.mark.parametrize(
    ("about", "tenant", "is_outsider"),
    [
        ({}, "T1", False),
        ({"team_id": "T2"}, "T1", True),
        ({"team_id": "T2", "is_stranger": False}, "T1", True),
        ({"enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T9"]}}, "E1", False),
        ({"team_id": "T9", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T9"]}}, "T1", False),
        ({"team_id": "T9", "enterprise_user": {"enterprise_id": "E2", "teams": ["T9"]}}, "E1", True),
        ({"team_id": "T9", "enterprise_user": {"enterprise_id": "E2"}}, "T1", True),
        ({"team_id": "E1"}, "E1", False),
    ],
)
def test_an_outsider_is_told_by_team_and_enterprise(about: dict[str, Any], tenant: str, is_outsider: bool) -> None:
    assert actor_of(person(**about), tenant, "U1").is_outsider is is_outsider


@pytest.mark.parametrize("sign", ["is_admin", "is_owner", "is_primary_owner"])
def test_owners_are_administrators(sign: str) -> None:
    actor = actor_of(person(**{sign: True}), "T1", "U1")
    assert (actor.is_admin, actor.is_guest) == (True, False)


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted"])
def test_guests_of_both_kinds_are_guests(sign: str) -> None:
    actor = actor_of(person(**{sign: True}), "T1", "U1")
    assert (actor.is_admin, actor.is_guest) == (False, True)


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        ("Europe/London", "Europe/London"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        (None, None),
        ("", None),
        ("Mars/Olympus", None),
        ("../etc/passwd", None),
        ("Europe", None),
    ],
)
def test_a_zone_nobody_knows_is_none(told: str | None, zone: str | None) -> None:
    assert actor_of(person(tz=told), "T1", "U1").zone == zone


@pytest.mark.parametrize("error", ["channel_not_found", "missing_scope", "method_not_supported_for_channel_type"])
def test_a_channel_that_cannot_be_seen_is_said_to_be_so(error: str) -> None:
    client = Told({"conversations.info": error, "conversations.members": error})
    with pytest.raises(CommandError, match="Fairview is not in this channel"):
        channel_facts(client, "C1")
    with pytest.raises(CommandError, match="Fairview is not in this channel"):
        is_member(client, "C1", "U1")


def test_other_refusals_are_passed_on() -> None:
    client = Told({"conversations.info": "internal_error", "conversations.members": "internal_error"})
    with pytest.raises(SlackApiError):
        channel_facts(client, "C1")
    with pytest.raises(SlackApiError):
        is_member(client, "C1", "U1")


@pytest.mark.parametrize("kind", ["is_im", "is_mpim"])
def test_direct_messages_are_refused_whatever_their_id(kind: str) -> None:
    client = Told({"conversations.info": {"ok": True, "channel": {"id": "G1", kind: True}}})
    with pytest.raises(CommandError, match="never reads direct messages"):
        channel_facts(client, "G1")


def test_a_direct_message_is_refused_without_asking_slack() -> None:
    with pytest.raises(CommandError, match="never reads direct messages"):
        channel_facts(Told({}), "D1")


def test_members_are_looked_for_on_every_page(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_PAGE", 200)
    crowd = [work.slack.add_member(f"member{number}") for number in range(450)]
    channel = work.slack.add_channel("crowded", members=crowd, creator=crowd[-1], with_app=True)
    client = WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)
    facts = channel_facts(client, channel)
    last = actor_of(client, work.tenant, crowd[-1])
    assert (scope_of(client, last, facts).is_member, scope_of(client, last, facts).is_creator) == (True, True)
    assert not is_member(client, channel, work.slack.user_id("ann"))
    assert len(work.slack.calls("conversations.members")) == 9
