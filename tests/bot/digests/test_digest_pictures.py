"""Pictures on their way to Slack, through the stand-in."""

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.digests.pictures import is_not_ready, picture_block, upload_picture
from bot.playground import AppConfig, SlackStandIn

PNG = b"\x89PNG and more"
ALT = "Line chart. " * 160


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(app=AppConfig.with_everything(), time_scale=0.001, rate_limits=False) as standin:
        standin.add_member("ann")
        standin.add_channel("infra", members=["ann"], with_app=True)
        yield standin


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


def refused(client: WebClient, channel: str, block: dict[str, Any]) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=channel, text="x", blocks=[block])
    return caught.value


def test_a_picture_goes_up_unseen_and_a_block_shows_it(slack: SlackStandIn, client: WebClient) -> None:
    file_id = upload_picture(client, PNG, ALT, "Week by week")
    assert slack.file_content(file_id) == PNG
    assert client.files_info(file=file_id)["file"]["channels"] == []
    assert slack.messages("infra") == []
    block = picture_block(file_id, ALT, "Week by week")
    client.chat_postMessage(channel=slack.channel_id("infra"), text="x", blocks=[block])
    posted = (slack.messages("infra")[-1].blocks or [])[0]
    assert posted == block | {"block_id": posted["block_id"]}


def test_a_description_is_cut_to_what_an_upload_takes(slack: SlackStandIn, client: WebClient) -> None:
    file_id = upload_picture(client, PNG, ALT, "Week by week")
    call = slack.calls("files.getUploadURLExternal")[0]
    assert call.arguments["alt_txt"] == ALT[:1000]
    assert picture_block(file_id, ALT, "Week by week")["alt_text"] == ALT
    assert len(picture_block(file_id, ALT * 2, "t" * 3000)["alt_text"]) == 2000


def test_without_the_scope_it_says_so() -> None:
    config = AppConfig.from_manifest({"oauth_config": {"scopes": {"bot": ["chat:write"]}}})
    with SlackStandIn(app=config, rate_limits=False) as slack, pytest.raises(SlackApiError) as caught:
        upload_picture(WebClient(token=slack.bot_token, base_url=slack.api_url), PNG, ALT, "t")
    assert caught.value.response["error"] == "missing_scope"


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize(("fault", "error"), [("http_500", SlackApiError), ("drop_connection", OSError)])
def test_a_call_that_fails_is_not_made_again(
    slack: SlackStandIn, client: WebClient, method: str, fault: str, error: type[Exception]
) -> None:
    slack.faults.add(fault, method)
    with pytest.raises(error):
        upload_picture(client, PNG, ALT, "t")
    assert len(slack.calls(method)) == 1


def test_bytes_that_do_not_arrive_are_not_sent_again(slack: SlackStandIn, client: WebClient) -> None:
    slack.faults.add("http_500", "upload_url")
    with pytest.raises(HTTPError) as caught:
        upload_picture(client, PNG, ALT, "t")
    caught.value.close()
    assert len(slack.calls("upload_url")) == 1
    assert slack.calls("files.completeUploadExternal") == []


def test_a_picture_that_is_not_ready_is_told_from_other_refusals(slack: SlackStandIn, client: WebClient) -> None:
    infra = slack.channel_id("infra")
    file_id = upload_picture(client, PNG, ALT, "t")
    told = "invalid slack file [json-pointer:/blocks/0/slack_file]"
    answer = {"errors": [told], "response_metadata": {"messages": [f"[ERROR] {told}"]}}
    slack.faults.add("error", "chat.postMessage", error="invalid_blocks", response=answer)
    picture = picture_block(file_id, "a chart", "t")
    assert is_not_ready(refused(client, infra, picture))
    assert client.chat_postMessage(channel=infra, text="x", blocks=[picture])["ok"]
    assert is_not_ready(refused(client, infra, picture_block("F0404", "a chart", "t")))
    assert not is_not_ready(refused(client, "C404", picture))


def test_where_charts_are_unknown_a_picture_takes_their_place(slack: SlackStandIn, client: WebClient) -> None:
    infra = slack.channel_id("infra")
    slack.allow_charts(False)
    pie = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    refusal = refused(client, infra, {"type": "data_visualization", "title": "Share", "chart": pie})
    assert refusal.response["error"] == "invalid_blocks"
    assert not is_not_ready(refusal)
    file_id = upload_picture(client, PNG, ALT, "t")
    assert client.chat_postMessage(channel=infra, text="x", blocks=[picture_block(file_id, ALT, "t")])["ok"]
