"""The Web API through slack_sdk's own client: what is answered, and how it is refused."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import AppConfig, SlackStandIn

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response["error"]


@pytest.fixture
def infra(slack: SlackStandIn) -> str:
    return slack.channel_id("infra")


@pytest.fixture
def ann(slack: SlackStandIn) -> str:
    return slack.user_id("ann")


def test_auth_test_and_scopes_header(slack: SlackStandIn, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (slack.bot_user_id, slack.team_id)
    assert answer["bot_id"].startswith("B")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_tokens(slack: SlackStandIn, client: WebClient) -> None:
    url = slack.api_url
    assert refusal(lambda: WebClient(base_url=url).auth_test()) == "not_authed"
    assert refusal(lambda: WebClient(base_url=url, token="xoxb-no").auth_test()) == "invalid_auth"
    assert refusal(lambda: WebClient(base_url=url, token=slack.app_token).auth_test()) == "not_allowed_token_type"
    assert refusal(lambda: client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    slack.revoke_token()
    assert refusal(client.auth_test) == "token_revoked"
    slack.uninstall()
    assert refusal(client.auth_test) == "account_inactive"


def test_unknown_method(client: WebClient) -> None:
    assert refusal(lambda: client.api_call("chat.shout")) == "unknown_method"


def test_missing_scope_says_what_is_needed() -> None:
    config = AppConfig.from_manifest({"oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}})
    with SlackStandIn(app=config) as slack:
        slack.add_member("ann")
        channel = slack.add_channel("erp", private=True, members=["ann"], with_app=True)
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            client.users_info(user="U1")
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == "users:read"
        assert caught.value.response["provided"] == "channels:read,chat:write"
        assert refusal(lambda: client.conversations_info(channel=channel)) == "missing_scope"
        assert client.chat_postMessage(channel=channel, text="allowed")["ok"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_json_and_form_bodies(slack: SlackStandIn, infra: str, content_type: str) -> None:
    arguments = {"channel": infra, "text": "hello", "blocks": [SECTION]}
    if content_type == "application/json":
        body = json.dumps(arguments).encode()
    else:
        body = urllib.parse.urlencode({**arguments, "blocks": json.dumps([SECTION])}).encode()
    headers = {"Content-Type": content_type, "Authorization": f"Bearer {slack.bot_token}"}
    request = urllib.request.Request(f"{slack.api_url}chat.postMessage", body, headers)
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    assert answer["ok"]
    assert answer["message"]["blocks"][0]["text"] == SECTION["text"]


def test_post_message(slack: SlackStandIn, client: WebClient, infra: str, ann: str) -> None:
    metadata = {"event_type": "digest", "event_payload": {"run": "7"}}
    answer = client.chat_postMessage(channel=infra, text="weekly", metadata=metadata)
    message = slack.message("infra", answer["ts"])
    assert (message.text, message.user, message.metadata) == ("weekly", slack.bot_user_id, metadata)
    assert answer["message"]["bot_profile"]["name"] == "Fairview"
    reply = client.chat_postMessage(channel=infra, text="more", thread_ts=answer["ts"], reply_broadcast=True)
    assert slack.message("infra", reply["ts"]).subtype == "thread_broadcast"
    assert client.chat_postMessage(channel="#infra", text="by name")["channel"] == infra
    direct = client.chat_postMessage(channel=ann, text="to you")["channel"]
    assert direct == slack.direct_channel("ann")


def test_post_message_refusals(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    board = slack.channel_id("board")

    def post(**arguments: Any) -> str:
        return refusal(lambda: client.chat_postMessage(**{"channel": infra, "text": "x", **arguments}))

    assert refusal(lambda: client.api_call("chat.postMessage", json={"channel": infra, "text": ""})) == "no_text"
    assert post(channel="C404") == "channel_not_found"
    assert post(channel=board) == "channel_not_found"
    assert post(blocks=[{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]) == "invalid_blocks"
    assert post(blocks="nonsense") == "invalid_blocks_format"
    assert post(metadata={"event_type": "x"}) == "invalid_metadata_format"
    assert refusal(lambda: client.api_call("chat.postMessage", json={"text": "x"})) == "invalid_arguments"
    slack.archive("infra")
    assert post() == "is_archived"


def test_public_channels_need_membership_or_a_scope_of_their_own() -> None:
    for scopes, expected in ((["chat:write"], "not_in_channel"), (["chat:write", "chat:write.public"], None)):
        config = AppConfig.from_manifest({"oauth_config": {"scopes": {"bot": scopes}}})
        with SlackStandIn(app=config) as slack:
            lounge = slack.add_channel("lounge")
            client = WebClient(token=slack.bot_token, base_url=slack.api_url)
            if expected:
                assert refusal(lambda c=client, to=lounge: c.chat_postMessage(channel=to, text="x")) == expected
            else:
                assert client.chat_postMessage(channel=lounge, text="x")["ok"]


def test_long_texts(slack: SlackStandIn, client: WebClient, infra: str, ann: str) -> None:
    long = "x" * 40_001
    ts = client.chat_postMessage(channel=infra, text=long)["ts"]
    assert len(slack.message("infra", ts).text) == 40_000
    assert refusal(lambda: client.chat_postEphemeral(channel=infra, user=ann, text=long)) == "msg_too_long"
    assert refusal(lambda: client.chat_update(channel=infra, ts=ts, text="x" * 4_001)) == "msg_too_long"


def test_refused_blocks_are_explained(client: WebClient, infra: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=infra, text="x", blocks=[{"type": "section"}])
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] missing required field: text [json-pointer:/blocks/0]"
    ]


def test_ephemeral_is_for_one_member(slack: SlackStandIn, client: WebClient, infra: str, ann: str) -> None:
    thread = slack.post("ben", "infra", "parent")
    before = len(slack.messages("infra"))
    ts = client.chat_postEphemeral(channel=infra, user=ann, text="psst", thread_ts=thread)["message_ts"]
    shown = slack.ephemerals("ann", "infra")
    assert [(one.text, one.thread_ts) for one in shown] == [("psst", thread)]
    assert slack.ephemerals("ben") == []
    assert len(slack.messages("infra")) == before
    assert refusal(lambda: client.chat_update(channel=infra, ts=ts, text="new")) == "message_not_found"
    assert refusal(lambda: client.chat_delete(channel=infra, ts=ts)) == "message_not_found"


def test_ephemeral_refuses_who_is_not_there(slack: SlackStandIn, client: WebClient, infra: str, ann: str) -> None:
    cara = slack.user_id("cara")
    for user in (cara, "U404"):
        assert (
            refusal(lambda u=user: client.chat_postEphemeral(channel=infra, user=u, text="x")) == "user_not_in_channel"
        )
    slack.change_member("ann", deleted=True)
    assert refusal(lambda: client.chat_postEphemeral(channel=infra, user=ann, text="x")) == "user_not_in_channel"
    assert slack.ephemerals() == []


def test_update_and_delete(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    ts = client.chat_postMessage(channel=infra, text="one", blocks=[SECTION])["ts"]
    client.chat_update(channel=infra, ts=ts, text="two")
    message = slack.message("infra", ts)
    assert message.text == "two"
    assert message.blocks[0]["text"] == SECTION["text"], "blocks stay where none are sent"
    assert message.edited["user"] == slack.bot_user_id
    client.chat_update(channel=infra, ts=ts, text="three", blocks=[])
    assert not message.blocks
    client.chat_delete(channel=infra, ts=ts)
    assert message.state == "deleted"
    assert refusal(lambda: client.chat_update(channel=infra, ts=ts, text="x")) == "message_not_found"
    theirs = slack.post("ann", "infra", "mine")
    assert refusal(lambda: client.chat_update(channel=infra, ts=theirs, text="x")) == "cant_update_message"
    assert refusal(lambda: client.chat_delete(channel=infra, ts=theirs)) == "cant_delete_message"


def test_permalink(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    ts = slack.post("ann", "infra", "hi")
    link = client.chat_getPermalink(channel=infra, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{infra}/p{ts.replace('.', '')}")
    assert refusal(lambda: client.chat_getPermalink(channel=infra, message_ts="1.000000")) == "message_not_found"


def test_private_channels_without_the_app_do_not_exist(slack: SlackStandIn, client: WebClient) -> None:
    board, lounge = slack.channel_id("board"), slack.channel_id("lounge")
    for method in (client.conversations_info, client.conversations_members, client.conversations_history):
        assert refusal(lambda m=method: m(channel=board)) == "channel_not_found"
    assert client.conversations_info(channel=lounge)["channel"]["is_member"] is False
    assert refusal(lambda: client.conversations_history(channel=lounge)) == "not_in_channel"
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert sorted(one["name"] for one in listed) == ["erp", "infra", "lounge", "partners"]
    assert refusal(lambda: client.conversations_list(types="secret")) == "invalid_types"


def test_members_come_in_pages(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    for number in range(5):
        slack.invite("infra", slack.add_member(f"m{number}"))
    pages = [page["members"] for page in client.conversations_members(channel=infra, limit=3)]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert len({member for page in pages for member in page}) == 8
    assert refusal(lambda: client.conversations_members(channel=infra, cursor="x")) == "invalid_cursor"


def test_history(slack: SlackStandIn, client: WebClient) -> None:
    erp = slack.channel_id("erp")
    first = slack.post("ann", "erp", "first", ts="1700000000.000100")
    reply = slack.post("cara", "erp", "reply", thread_ts=first, ts="1700000001.000100")
    second = client.chat_postMessage(channel=erp, text="second", metadata={"event_type": "t", "event_payload": {}})[
        "ts"
    ]
    gone = slack.post("ann", "erp", "gone")
    slack.delete("erp", gone)

    def seen(**arguments: Any) -> list[str]:
        return [one["ts"] for one in client.conversations_history(channel=erp, **arguments)["messages"]]

    newest_first = seen()
    assert newest_first == sorted(newest_first, reverse=True)
    assert first in newest_first
    assert second in newest_first
    assert not {reply, gone} & set(newest_first)
    assert first not in seen(oldest=first)
    assert first in seen(oldest=first, inclusive=True)
    assert seen(latest=first) == []
    limited = client.conversations_history(channel=erp, limit=1)
    assert (len(limited["messages"]), limited["has_more"]) == (1, True)
    assert refusal(lambda: client.conversations_history(channel=erp, oldest="soon")) == "invalid_ts_oldest"

    def metadata(**arguments: Any) -> Any:
        messages = client.conversations_history(channel=erp, oldest=second, inclusive=True, **arguments)["messages"]
        return messages[-1].get("metadata")

    assert metadata() is None
    assert metadata(include_all_metadata=True) == {"event_type": "t", "event_payload": {}}
    thread = client.conversations_replies(channel=erp, ts=first)["messages"]
    assert [one["ts"] for one in thread] == [first, reply]
    assert thread[0]["reply_count"] == 1
    assert thread[1]["parent_user_id"] == thread[0]["user"]
    assert refusal(lambda: client.conversations_replies(channel=erp, ts="1.000000")) == "thread_not_found"


def test_sparing_history(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    slack.keep_history_sparing()
    for number in range(20):
        slack.post("ann", "infra", f"m{number}")
    assert len(client.conversations_history(channel=infra, limit=100)["messages"]) == 15


def test_join_and_open(slack: SlackStandIn, client: WebClient, ann: str) -> None:
    lounge, erp = slack.channel_id("lounge"), slack.channel_id("erp")
    assert client.conversations_join(channel=lounge)["channel"]["is_member"]
    assert client.conversations_join(channel=lounge)["warning"] == "already_in_channel"
    assert refusal(lambda: client.conversations_join(channel=erp)) == "method_not_supported_for_channel_type"
    assert client.conversations_open(users=ann)["channel"]["id"] == slack.direct_channel("ann")
    assert refusal(lambda: client.conversations_open(users="U404")) == "user_not_found"
    names = [one["name"] for one in client.users_conversations(user=ann)["channels"]]
    assert names == ["infra", "lounge", "partners"]


def test_users(slack: SlackStandIn, client: WebClient, ann: str) -> None:
    user = client.users_info(user=ann)["user"]
    assert (user["real_name"], user["tz"], user["is_admin"]) == ("Ann Archer", "Europe/London", False)
    assert client.users_info(user=slack.user_id("cara"))["user"]["is_admin"] is True
    slack.change_member("ann", deleted=True)
    left = client.users_info(user=ann)["user"]
    assert left["deleted"]
    assert "tz" not in left
    assert refusal(lambda: client.users_info(user="U404")) == "user_not_found"
    assert len(client.users_list()["members"]) == 5
    bot_id = client.auth_test()["bot_id"]
    assert client.bots_info(bot=bot_id)["bot"]["user_id"] == slack.bot_user_id
    assert refusal(lambda: client.bots_info(bot="B404")) == "bot_not_found"
    assert client.team_info()["team"]["id"] == slack.team_id
    assert client.usergroups_list()["usergroups"] == []
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}


def test_reactions(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    ts = slack.post("ann", "infra", "nice")
    client.reactions_add(channel=infra, timestamp=ts, name="wave")
    assert refusal(lambda: client.reactions_add(channel=infra, timestamp=ts, name="wave")) == "already_reacted"
    slack.react("ben", "infra", ts, "wave")
    assert client.reactions_get(channel=infra, timestamp=ts)["message"]["reactions"][0]["count"] == 2
    assert refusal(lambda: client.reactions_add(channel=infra, timestamp="1.0", name="x")) == "message_not_found"


def test_home_is_published(slack: SlackStandIn, client: WebClient, ann: str) -> None:
    view = {"type": "home", "blocks": [SECTION]}
    first = client.views_publish(user_id=ann, view=view)["view"]
    assert slack.home_of("ann").blocks[0]["text"]["text"] == "words"
    client.views_publish(user_id=ann, view=view, hash=first["hash"])
    assert refusal(lambda: client.views_publish(user_id=ann, view=view, hash=first["hash"])) == "hash_conflict"
    assert refusal(lambda: client.views_publish(user_id="U404", view=view)) == "user_not_found"
    big = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 100
    assert refusal(lambda: client.views_publish(user_id=ann, view={"type": "home", "blocks": big})) == "view_too_large"
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    assert refusal(lambda: client.views_publish(user_id=ann, view=modal)) == "invalid_arguments"
    assert refusal(lambda: client.views_update(view_id="V404", view=modal)) == "not_found"
    assert refusal(lambda: client.views_open(trigger_id="1.2.3", view=modal)) == "invalid_trigger_id"


def test_a_file_goes_up_and_into_a_message(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    answer = client.files_upload_v2(content=b"\x89PNG chart", filename="chart.png", title="Chart")
    file_id = answer["files"][0]["id"]
    assert slack.file_content(file_id) == b"\x89PNG chart"
    assert answer["files"][0]["channels"] == []

    def image(reference: dict) -> list[dict]:
        return [{"type": "image", "slack_file": reference, "alt_text": "a chart"}]

    assert client.chat_postMessage(channel=infra, text="x", blocks=image({"id": file_id}))["ok"]
    url = answer["files"][0]["url_private"]
    assert client.chat_postMessage(channel=infra, text="x", blocks=image({"url": url}))["ok"]
    refused = refusal(lambda: client.chat_postMessage(channel=infra, text="x", blocks=image({"id": "F404"})))
    assert refused == "invalid_blocks"
    assert client.files_info(file=file_id)["file"]["title"] == "Chart"
    client.files_delete(file=file_id)
    assert refusal(lambda: client.files_info(file=file_id)) == "file_not_found"


def test_an_uploaded_file_can_be_shared(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    client.files_upload_v2(content="a,b", filename="a.csv", channel=infra, initial_comment="figures")
    shared = slack.messages("infra")[-1]
    assert (shared.subtype, shared.text) == ("file_share", "figures")


def test_charts_can_be_switched_off(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    pie = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    blocks = [{"type": "data_visualization", "title": "Share", "chart": pie}]
    assert client.chat_postMessage(channel=infra, text="x", blocks=blocks)["ok"]
    slack.allow_charts(False)
    assert refusal(lambda: client.chat_postMessage(channel=infra, text="x", blocks=blocks)) == "invalid_blocks"


def test_every_call_is_kept(slack: SlackStandIn, client: WebClient, infra: str) -> None:
    client.chat_postMessage(channel=infra, text="x", blocks=[SECTION])
    refusal(lambda: client.chat_postMessage(channel="C404", text="x"))
    good, bad = slack.calls("chat.postMessage")
    assert (good.arguments["blocks"], good.accepted, good.status, good.error) == ([SECTION], True, 200, None)
    assert (bad.accepted, bad.error) == (False, "channel_not_found")
    assert slack.counters["call:chat.postMessage"] == 2
    assert all("token" not in call.arguments for call in slack.calls())
