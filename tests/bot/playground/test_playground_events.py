"""Events: which are sent, to whom, in which envelope, and what stands in them."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.playground import AppConfig, SlackStandIn, StandInError

Events = Callable[[], list[dict[str, Any]]]


def inner(events: Events) -> list[dict[str, Any]]:
    return [envelope["event"] for envelope in events()]


def kinds(events: Events) -> list[tuple[str, str | None]]:
    return [(event["type"], event.get("subtype")) for event in inner(events)]


def test_the_envelope(slack: SlackStandIn, events: Events) -> None:
    ts = slack.post("ann", "infra", "hello <@U00000003>", ts="1732354000.000100")
    (envelope,) = events()
    assert envelope["type"] == "event_callback"
    assert (envelope["team_id"], envelope["api_app_id"]) == (slack.team_id, slack.app_id)
    assert envelope["event_id"].startswith("Ev")
    assert envelope["event_time"] == 1732354000
    assert envelope["is_ext_shared_channel"] is False
    assert envelope["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": slack.team_id,
            "user_id": slack.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    event = envelope["event"]
    assert {
        key: event[key] for key in ("type", "user", "text", "ts", "event_ts", "channel", "channel_type", "team")
    } == {
        "type": "message",
        "user": slack.user_id("ann"),
        "text": "hello <@U00000003>",
        "ts": ts,
        "event_ts": ts,
        "channel": slack.channel_id("infra"),
        "channel_type": "channel",
        "team": slack.team_id,
    }
    assert event["client_msg_id"]
    parts = event["blocks"][0]["elements"][0]["elements"]
    assert parts == [{"type": "text", "text": "hello "}, {"type": "user", "user_id": "U00000003"}]


def test_only_channels_the_app_is_in(slack: SlackStandIn, events: Events) -> None:
    slack.post("ann", "lounge", "not here")
    slack.post("ann", "board", "nor here")
    slack.post("ann", "erp", "here")
    slack.post("ann", slack.direct_channel("ann"), "and here")
    assert [(one["text"], one["channel_type"]) for one in inner(events)] == [("here", "group"), ("and here", "im")]


@pytest.mark.parametrize(
    ("scopes", "subscribed", "expected"),
    [
        (["channels:history"], ["message.channels"], ["infra"]),
        (["channels:history", "groups:history"], ["message.channels"], ["infra"]),
        (["channels:history", "groups:history"], ["message.channels", "message.groups"], ["infra", "erp"]),
        (["channels:history"], ["message.channels", "message.groups"], ["infra"]),
        ([], ["message.channels"], []),
    ],
)
def test_only_what_is_subscribed_and_in_scope(
    serve: Callable[..., str],
    make_recording: Callable[[], Any],
    scopes: list[str],
    subscribed: list[str],
    expected: list[str],
) -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": subscribed}},
    }
    app = make_recording()
    with SlackStandIn(app=manifest) as slack:
        slack.add_member("ann")
        slack.add_channel("infra", members=["ann"], with_app=True)
        slack.add_channel("erp", private=True, members=["ann"], with_app=True)
        slack.connect_http(serve(app.wsgi()))
        for channel in ("infra", "erp"):
            slack.post("ann", channel, channel)
        slack.settle()
    assert {one["json"]["event"]["text"] for one in app.received} == set(expected)
    assert len(app.received) == len(expected)


def test_nothing_is_kept_for_an_app_that_never_connected(slack: SlackStandIn) -> None:
    slack.post("ann", "infra", "unheard")
    slack.settle(timeout=1)
    assert slack.deliveries == []
    assert slack.counters["events_before_the_app"] == 1


def test_subtypes_of_people(slack: SlackStandIn, events: Events) -> None:
    parent = slack.post("ann", "infra", "parent")
    slack.post("ben", "infra", "reply", thread_ts=parent)
    slack.post("ben", "infra", "aloud", thread_ts=parent, subtype="thread_broadcast")
    slack.post("ann", "infra", "waves", subtype="me_message")
    slack.post("ann", "infra", "see file", subtype="file_share")
    plain, reply, broadcast, me, file = inner(events)
    assert "subtype" not in plain
    assert "thread_ts" not in plain
    assert (reply["thread_ts"], reply["parent_user_id"]) == (parent, slack.user_id("ann"))
    assert (broadcast["subtype"], broadcast["thread_ts"]) == ("thread_broadcast", parent)
    assert (me["subtype"], "blocks" in me) == ("me_message", False)
    assert (file["subtype"], len(file["files"])) == ("file_share", 1)


def test_bots_and_the_app_itself(slack: SlackStandIn, events: Events, client: WebClient) -> None:
    slack.post_as_bot("infra", "deployed")
    slack.post_as_bot("infra", "hooked", classic=True)
    client.chat_postMessage(channel=slack.channel_id("infra"), text="mine")
    modern, classic, own = inner(events)
    assert modern["bot_profile"]["name"] == "Deploy Bot"
    assert modern["bot_id"] == modern["bot_profile"]["id"]
    assert (classic["subtype"], "user" in classic, classic["username"]) == ("bot_message", False, "Deploy Bot")
    assert (own["bot_id"], own["user"], own["app_id"]) == (
        client.auth_test()["bot_id"],
        slack.bot_user_id,
        slack.app_id,
    )
    assert "client_msg_id" not in own


def test_an_ephemeral_message_is_no_event(slack: SlackStandIn, events: Events, client: WebClient) -> None:
    client.chat_postEphemeral(channel=slack.channel_id("infra"), user=slack.user_id("ann"), text="psst")
    assert events() == []


def test_edits(slack: SlackStandIn, events: Events, clock: Callable[[], float]) -> None:
    ts = slack.post("ann", "infra", "one")
    clock.now += 90
    slack.edit("infra", ts, "two")
    slack.edit("infra", ts, "three")
    _, first, second = inner(events)
    assert (first["subtype"], first["hidden"]) == ("message_changed", True)
    assert (first["message"]["text"], first["previous_message"]["text"]) == ("two", "one")
    assert first["message"]["ts"] == first["previous_message"]["ts"] == ts
    assert first["message"]["edited"] == {"user": slack.user_id("ann"), "ts": "1732354890.000000"}
    assert "edited" not in first["previous_message"]
    assert first["ts"] != ts
    assert float(second["message"]["edited"]["ts"]) > float(first["message"]["edited"]["ts"])
    assert first["message"]["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "two"}]


def test_unfurls_change_no_words(slack: SlackStandIn, events: Events) -> None:
    ts = slack.post("ann", "infra", "see <https://example.com>")
    slack.unfurl("infra", ts)
    slack.edit("infra", ts, "look <https://example.com>")
    slack.unfurl("infra", ts)
    _, unfurled, _, again = inner(events)
    assert unfurled["subtype"] == "message_changed"
    assert unfurled["message"]["text"] == unfurled["previous_message"]["text"]
    assert len(unfurled["message"]["attachments"]) == 1
    assert "edited" not in unfurled["message"]
    assert again["message"]["edited"], "an unfurl after an edit still carries it"
    assert again["message"]["text"] == again["previous_message"]["text"]


def test_deletions(slack: SlackStandIn, events: Events) -> None:
    lone = slack.post("ann", "infra", "lone")
    parent = slack.post("ann", "infra", "parent")
    reply = slack.post("ben", "infra", "reply", thread_ts=parent)
    slack.delete("infra", lone)
    slack.delete("infra", parent)
    deleted, tombstone = inner(events)[3:]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", lone)
    assert deleted["previous_message"]["text"] == "lone"
    assert tombstone["subtype"] == "message_changed"
    assert (tombstone["message"]["subtype"], tombstone["message"]["ts"]) == ("tombstone", parent)
    assert tombstone["previous_message"]["text"] == "parent"
    assert [one.state for one in slack.messages("infra")] == ["tombstone", "live"]
    slack.delete("infra", reply)
    assert slack.message("infra", reply).state == "deleted"
    with pytest.raises(StandInError):
        slack.delete("infra", lone)


def test_joins_and_leaves(slack: SlackStandIn, events: Events) -> None:
    slack.invite("infra", "cara", by="ann")
    slack.remove("infra", "cara")
    assert kinds(events) == [
        ("message", "channel_join"),
        ("member_joined_channel", None),
        ("message", "channel_leave"),
        ("member_left_channel", None),
    ]
    joined = inner(events)[1]
    assert (joined["user"], joined["inviter"]) == (slack.user_id("cara"), slack.user_id("ann"))
    assert (joined["channel_type"], joined["channel"]) == ("C", slack.channel_id("infra"))


def test_the_app_comes_and_goes(slack: SlackStandIn, events: Events) -> None:
    slack.invite_app("lounge", by="ann")
    slack.post("ann", "lounge", "heard")
    slack.remove("lounge", by="ann")
    slack.post("ann", "lounge", "unheard")
    slack.remove("erp")
    assert kinds(events) == [
        ("message", "channel_join"),
        ("member_joined_channel", None),
        ("message", None),
        ("channel_left", None),
        ("group_left", None),
    ]
    assert inner(events)[1]["user"] == slack.bot_user_id
    assert inner(events)[3]["actor_id"] == slack.user_id("ann")


def test_what_becomes_of_a_channel(slack: SlackStandIn, events: Events) -> None:
    slack.set_topic("infra", "Networks")
    slack.rename("infra", "platform")
    slack.rename("erp", "finance-systems")
    slack.share("platform")
    slack.unshare("platform")
    slack.archive("platform")
    slack.unarchive("platform")
    assert kinds(events) == [
        ("message", "channel_topic"),
        ("message", "channel_name"),
        ("channel_rename", None),
        ("message", "channel_name"),
        ("group_rename", None),
        ("channel_shared", None),
        ("channel_unshared", None),
        ("message", "channel_archive"),
        ("channel_archive", None),
        ("channel_unarchive", None),
    ]
    assert inner(events)[2]["channel"]["name"] == "platform"
    assert inner(events)[5]["connected_team_id"] == "T0PARTNER"


def test_foreign_authors(slack: SlackStandIn, events: Events) -> None:
    slack.post("olga", "partners", "from outside")
    slack.post("ann", "partners", "from inside")
    outside, inside = events()
    assert outside["is_ext_shared_channel"]
    assert outside["team_id"] == "T0PARTNER"
    assert outside["authorizations"][0]["team_id"] == slack.team_id
    event = outside["event"]
    assert (event["team"], event["user_team"], event["source_team"]) == ("T0PARTNER",) * 3
    assert inside["team_id"] == slack.team_id
    assert "user_team" not in inside["event"]


def test_reactions_members_and_the_end(slack: SlackStandIn, events: Events) -> None:
    ts = slack.post("ann", "infra", "nice")
    slack.react("ben", "infra", ts, "wave")
    slack.change_member("ben", is_admin=True)
    slack.uninstall()
    _, reaction, change, revoked, uninstalled = inner(events)
    assert (reaction["type"], reaction["reaction"], reaction["item"]["ts"]) == ("reaction_added", "wave", ts)
    assert change["user"]["is_admin"]
    assert (revoked["type"], revoked["tokens"]["bot"]) == ("tokens_revoked", [slack.bot_user_id])
    assert uninstalled["type"] == "app_uninstalled"


def test_home_opened(slack: SlackStandIn, events: Events, client: WebClient) -> None:
    slack.open_home("ann")
    client.views_publish(user_id=slack.user_id("ann"), view={"type": "home", "blocks": []})
    slack.open_home("ann")
    first, second = inner(events)
    assert (first["type"], first["tab"], first["user"]) == ("app_home_opened", "home", slack.user_id("ann"))
    assert "view" not in first
    assert second["view"]["type"] == "home"


def test_people_cannot_do_what_slack_would_not_let_them(slack: SlackStandIn) -> None:
    with pytest.raises(StandInError):
        slack.post("cara", "infra", "not a member")
    slack.archive("lounge")
    with pytest.raises(StandInError):
        slack.post("ann", "lounge", "archived")
    with pytest.raises(StandInError, match="no such member: nobody"):
        slack.post("nobody", "infra", "unknown")
    with pytest.raises(StandInError):
        slack.edit("infra", slack.post_as_bot("infra", "mine"), "yours")
    with pytest.raises(StandInError):
        slack.add_member("dan", shoe_size=9)


def test_what_is_typed_is_escaped_and_resolved(slack: SlackStandIn) -> None:
    ts = slack.post("ann", "infra", "@ben <b> & #lounge #board #nowhere", typed=True)
    ids = {name: slack.channel_id(name) for name in ("lounge", "board")}
    assert slack.message("infra", ts).text == (
        f"<@{slack.user_id('ben')}> &lt;b&gt; &amp; <#{ids['lounge']}|lounge> <#{ids['board']}|> #nowhere"
    )


def test_a_manifest_is_read() -> None:
    config = AppConfig.from_manifest(
        {
            "display_information": {"name": "Fairview"},
            "features": {
                "app_home": {"home_tab_enabled": True},
                "slash_commands": [{"command": "/fairview", "should_escape": True}, {"command": "/valuestream"}],
                "shortcuts": [{"name": "Look", "type": "message", "callback_id": "look", "description": "x"}],
            },
            "oauth_config": {"scopes": {"bot": ["chat:write"]}},
            "settings": {
                "event_subscriptions": {"bot_events": ["message.channels"]},
                "interactivity": {"is_enabled": True},
            },
        }
    )
    assert config.commands["/fairview"].should_escape
    assert not config.commands["/valuestream"].should_escape
    assert config.shortcuts == {"look": "message"}
    assert (config.scopes, config.events) == ({"chat:write"}, {"message.channels"})
    assert config.home_tab
    assert config.interactivity
