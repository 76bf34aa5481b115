"""The window that sets a digest, and the buttons that stop one, pressed by people in the whole app."""

import json
import time as clock
from datetime import time
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest
from workplace import Workplace

from bot.digests.listing import STOP
from bot.digests.window import CADENCE, CHANNELS, OTHER, SET_UP, TIME, TO, WEEKDAY, ZONE, explanation_blocks
from bot.playground import Interaction
from bot.playground.blockkit import message_problems, view_problems
from bot.playground.http_mode import signature
from bot.playground.views import View
from bot.store.tables import DigestScopeChannel, DigestSubscription

ABOUT = "digest_about"


def opened(work: Workplace, who: str, where: str = "infra") -> View:
    """Ask for the window by the button under the help."""
    work.ask(who, where, "digest")
    clicked = work.slack.click(who, work.slack.ephemerals(who)[-1], SET_UP)
    work.settle()
    view = clicked.view or work.slack.modal_of(who)
    assert view is not None
    return view


def send(work: Workplace, who: str, view: View, **values: Any) -> Interaction:
    sent = work.slack.submit(who, view, {f"digest_{name}": value for name, value in values.items()})
    work.settle()
    return sent


def subscription(work: Workplace) -> DigestSubscription:
    (row,) = work.rows(DigestSubscription)
    assert isinstance(row, DigestSubscription)
    return row


def option(zone: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": zone}, "value": zone}


def test_help_and_window_are_ones_slack_takes(work: Workplace) -> None:
    assert message_problems(explanation_blocks()) == []
    view = opened(work, "cara")
    assert view_problems(view.content) == []
    assert [block["block_id"] for block in view.blocks] == [
        ABOUT, CHANNELS, TO, OTHER, CADENCE, WEEKDAY, TIME, ZONE,
    ]  # fmt: skip


def test_as_it_opens_it_sets_the_channels_own(work: Workplace) -> None:
    sent = send(work, "ann", opened(work, "ann"))
    assert sent.errors == {}
    assert sent.view is not None
    said = str(sent.view.content)
    infra = work.slack.channel_id("infra")
    assert f"<#{infra}> gets its digest every Monday at 09:00 (Europe/London), next on Monday 30 November." in said
    row = subscription(work)
    assert (row.scope_channel_id, row.destination_id, row.cadence, row.weekday) == (infra, infra, "weekly", 0)
    assert row.local_time == time(9)


def test_everything_can_be_chosen(work: Workplace) -> None:
    infra, erp = work.slack.channel_id("infra"), work.slack.channel_id("erp")
    sent = send(
        work, "ann", opened(work, "ann"),
        channels=[infra, erp], to="me", cadence="monthly", weekday="4", time="16:30", zone=option("Europe/Berlin"),
    )  # fmt: skip
    assert sent.errors == {}
    row = subscription(work)
    assert (row.scope_kind, row.cadence, row.weekday, row.local_time) == ("group", "monthly", 4, time(16, 30))
    assert row.zone == "Europe/Berlin"
    assert row.destination_id == row.owner_id
    assert {one.channel_id for one in work.rows(DigestScopeChannel)} == {infra, erp}


def test_the_zone_is_the_persons_own(work: Workplace) -> None:
    send(work, "ben", opened(work, "ben"))
    assert subscription(work).zone == "America/New_York"


def test_the_whole_workspace_for_administrators(work: Workplace) -> None:
    assert ABOUT not in [block["block_id"] for block in opened(work, "ann").blocks]
    view = opened(work, "cara")
    send(work, "cara", view, about="workspace", channels=None, to="me")
    assert subscription(work).scope_kind == "workspace"


def test_opened_in_a_direct_message(work: Workplace) -> None:
    work.ask("ann", work.slack.direct_channel("ann"), "digest set")
    work.settle()
    view = work.slack.modal_of("ann")
    assert view is not None
    infra = work.slack.channel_id("infra")
    assert send(work, "ann", view, channels=[infra]).errors == {}
    assert subscription(work).destination_id == subscription(work).owner_id


def test_what_is_missing_or_refused_stands_in_its_field(work: Workplace) -> None:
    infra, erp, lounge = (work.slack.channel_id(name) for name in ("infra", "erp", "lounge"))
    view = opened(work, "cara")
    assert "Choose a channel" in send(work, "cara", view, channels=None).errors[CHANNELS]
    assert "Choose the channel" in send(work, "cara", view, channels=[infra], to="other").errors[OTHER]
    refused = send(work, "cara", view, channels=[infra, erp], to="here").errors[TO]
    assert refused == "#erp is private: choose “To me”, or that channel alone."
    assert "is not in #lounge" in send(work, "cara", view, channels=[infra, lounge], to="me").errors[CHANNELS]
    unused = send(work, "cara", opened(work, "cara"), channels=[infra], to="here", other=erp).errors[OTHER]
    assert "unless you choose “To another channel”" in unused
    other = opened(work, "ben")
    assert "Only members of that channel" in send(work, "ben", other, channels=[erp]).errors[CHANNELS]
    assert (
        "Only members of that channel" in send(work, "ben", other, channels=[infra], to="other", other=erp).errors[TO]
    )
    guest = opened(work, "gus")
    assert "guests" in send(work, "gus", guest).errors[CHANNELS]
    assert work.rows(DigestSubscription) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lond", "Europe/London"), ("new yo", "America/New_York"), ("cet", "Europe/Berlin"), ("utc", "UTC"),
        ("lodnon", "Europe/London"), ("kath", "Asia/Kathmandu"),
    ],
)  # fmt: skip
def test_zones_are_suggested(work: Workplace, typed: str, found: str) -> None:
    answered = suggestions(work, typed)
    assert found in answered
    assert len(answered) <= 20


def test_no_zone_is_suggested_for_nonsense(work: Workplace) -> None:
    assert suggestions(work, "qqqqq") == []


def suggestions(work: Workplace, typed: str) -> list[str]:
    body = {
        "type": "block_suggestion",
        "team": {"id": work.tenant},
        "user": {"id": "U1"},
        "api_app_id": "A1",
        "token": "x",
        "action_id": ZONE,
        "block_id": ZONE,
        "value": typed,
        "view": {"id": "V1", "type": "modal", "callback_id": "digest_set"},
        "container": {"type": "view", "view_id": "V1"},
    }
    text = urlencode({"payload": json.dumps(body)})
    stamp = str(int(clock.time()))
    headers = {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-slack-request-timestamp": [stamp],
        "x-slack-signature": [signature(work.slack.signing_secret, stamp, text)],
    }
    response = work.app.dispatch(BoltRequest(body=text, headers=headers))
    return [one["value"] for one in json.loads(response.body or "{}")["options"]]


def test_the_list_has_buttons_that_stop(work: Workplace) -> None:
    work.ask("ann", "infra", "digest here monday 09:00")
    work.clock.move(minutes=1)
    work.ask("ann", "infra", "digest me tuesday 09:00")
    said = work.ask("ann", "infra", "digest list")
    assert said.startswith("1. <#")
    assert "2. <#" in said
    shown = work.slack.ephemerals("ann")[-1]
    assert message_problems(shown.blocks or []) == []
    buttons = [block for block in shown.blocks or [] if "accessory" in block]
    assert len(buttons) == 2
    read_out = [block["accessory"]["accessibility_label"] for block in buttons]
    assert read_out[0].startswith("Stop digest 1. #infra: every Monday")
    assert not [one for one in read_out if "<#" in one]
    work.slack.click("ann", shown, STOP, block_id=buttons[1]["block_id"])
    work.settle()
    assert "no longer comes to you, as a direct message." in shown.text
    assert "1. <#" in shown.text
    assert "2. <#" not in shown.text
    assert sorted(str(row.stop_reason) for row in work.rows(DigestSubscription)) == ["None", "asked"]


def test_others_see_no_direct_message_and_no_button_they_may_not_press(work: Workplace) -> None:
    work.ask("ann", "infra", "digest me tuesday 09:00")
    assert "No digest is set" in work.ask("ben", "infra", "digest list")
    work.ask("cara", "infra", "digest workspace tuesday 09:00")
    assert "the whole workspace" in work.ask("ben", "infra", "digest list")
    assert not [block for block in work.slack.ephemerals("ben")[-1].blocks or [] if "accessory" in block]
