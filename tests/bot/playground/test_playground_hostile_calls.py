"""Whatever an app sends, the Web API answers or refuses: the stand-in itself never breaks."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground import AppConfig, SlackStandIn, response_url, web_api
from bot.playground.platform import Platform
from bot.playground.refusals import Refusal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
STRUCTURED = ["attachments", "blocks", "files", "metadata", "view"]
IDS = ["bot", "channel", "channel_id", "external_id", "file", "trigger_id", "user", "user_id", "users", "view_id"]
STAMPS = ["latest", "message_ts", "oldest", "thread_ts", "timestamp", "ts"]
OTHERS = ["cursor", "filename", "hash", "inclusive", "length", "limit", "name", "reply_broadcast", "text", "types"]
NAMES = [*STRUCTURED, *IDS, *STAMPS, *OTHERS]


def known(platform: Platform) -> st.SearchStrategy[Any]:
    """Values that lead further in than nonsense does."""
    workspace = platform.workspace
    ids = [*workspace.channels, *workspace.members, *workspace.files]
    stamps = [ts for channel in workspace.channels.values() for ts in channel.messages]
    section = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [section]}
    shaped = [[section], modal, {"type": "home", "blocks": [section]}, [{"id": "F00000001"}], "1", "²", "words"]
    return st.sampled_from([*ids, *stamps, *shaped, *map(json.dumps, shaped)])


@pytest.fixture(scope="module")
def platform() -> Platform:
    slack = SlackStandIn(app=AppConfig.with_everything("/fairview"), rate_limits=False)
    slack.add_member("ann")
    slack.add_channel("infra", members=["ann"], with_app=True)
    slack.add_channel("board", private=True, members=["ann"])
    parent = slack.post("ann", "infra", "parent")
    slack.post("ann", "infra", "reply", thread_ts=parent)
    slack.delete("infra", parent)
    return slack._platform


@pytest.fixture(scope="module")
def leading(platform: Platform) -> st.SearchStrategy[Any]:
    return known(platform)


@pytest.mark.parametrize("method", sorted(web_api.METHODS))
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_every_method_answers_or_refuses(
    platform: Platform, leading: st.SearchStrategy[Any], method: str, data: st.DataObject
) -> None:
    arguments = data.draw(st.dictionaries(st.sampled_from(NAMES), leading | JSON, max_size=8))
    token = platform.app_token if method == "apps.connections.open" else platform.bot_token
    with platform.lock:
        try:
            answer = web_api.answer(platform, method, token, arguments)
        except Refusal as refusal:
            answer = refusal.payload()
            assert answer["error"] != "unknown_method"
    json.dumps(answer)


@settings(deadline=None)
@given(payload=st.dictionaries(st.sampled_from(["text", "blocks", "attachments", "response_type"]), JSON))
def test_every_answer_to_a_command_is_shown_or_refused(platform: Platform, payload: dict[str, Any]) -> None:
    with platform.lock:
        ann, infra = platform.workspace.member("ann"), platform.workspace.channel("infra")
        interaction = platform.begin_interaction("command", ann, infra)
        key = interaction.response_url.rsplit("/", 1)[-1]
        try:
            response_url.answer(platform, key, payload)
            refused = False
        except Refusal:
            refused = True
    assert len(interaction.answers) == (0 if refused else 1)
