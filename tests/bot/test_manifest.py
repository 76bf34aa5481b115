"""manifest.yaml is what the code listens to, no more and no less, with the fewest scopes that it needs."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from workplace import Clock, Workplace, manifest, parts_for

from bot.app import build_app, fairview_answers
from bot.digests.delivery import deliver_due
from bot.nudging import blocks
from bot.nudging.asking import REFRAME
from bot.nudging.rules_blocks import LIFT
from bot.playground import SlackStandIn
from bot.store.tables import DigestSubscription
from bot.valuestreams.blocks import CHOICE
from nlp import Detector

PACKAGE = Path(__file__).parents[2] / "bot"

# What Slack's reference asks for each method that Fairview calls (docs.slack.dev/reference/methods).
METHOD_SCOPES: dict[str, set[str]] = {
    "apps.connections.open": set(),  # the app-level token's own scope, connections:write
    "auth.test": set(),
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.members": {"channels:read", "groups:read"},
    "files.upload.v2": {"files:write"},  # files.getUploadURLExternal and files.completeUploadExternal
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
}
# ... and each event (docs.slack.dev/reference/events).
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "tokens_revoked": set(),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    **{f"channel_{what}": {"channels:read"} for what in ("archive", "deleted", "left", "rename", "unarchive")},
    **{f"group_{what}": {"groups:read"} for what in ("archive", "deleted", "left", "rename", "unarchive")},
}


@dataclass
class Listening:
    """What an app was told to listen to."""

    heard: dict[str, list[Any]] = field(default_factory=dict)

    def names(self, kind: str) -> set[str]:
        return {name for name in self.heard.get(kind, []) if isinstance(name, str)}


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory, detector: Detector) -> Listening:
    """What the app listens to once it is built as in production."""
    found = Listening()
    url = f"sqlite:///{tmp_path_factory.mktemp('manifest') / 'fairview.db'}"
    with (
        pytest.MonkeyPatch.context() as patch,
        SlackStandIn(app=manifest()) as slack,
        ThreadPoolExecutor(1) as executor,
    ):
        for kind in ("event", "command", "action", "view", "shortcut", "options", "message", "function", "step"):
            patch.setattr(App, kind, noting(found, kind, getattr(App, kind)))
        parts = parts_for(slack, url, detector, Clock(), {})
        build_app(parts, executor=executor)
        parts.store.close()
    return found


def noting(found: Listening, kind: str, genuine: Any) -> Any:
    def note(self: App, what: Any, *args: Any, **kwargs: Any) -> Any:
        found.heard.setdefault(kind, []).append(what)
        return genuine(self, what, *args, **kwargs)

    return note


def bot_events() -> set[str]:
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


def scopes() -> set[str]:
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def called_methods() -> set[str]:
    """Every method of the Web API that the app's code names."""
    names = {name for name in dir(WebClient) if "_" in name.strip("_") and callable(getattr(WebClient, name))}
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if "playground" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in names}
    return {_method(name) for name in found - {"api_call"}}


def _method(name: str) -> str:
    # chat_postMessage is chat.postMessage, apps_connections_open is apps.connections.open
    return name.replace("_", ".")


def test_every_event_subscribed_to_is_listened_to_and_the_other_way_round(listening: Listening) -> None:
    assert {name.partition(".")[0] for name in bot_events()} == listening.names("event")


def test_direct_messages_are_not_subscribed_to() -> None:
    assert not bot_events() & {"message.im", "message.mpim", "message.app_home"}
    assert {scope for scope in scopes() if scope.startswith(("im:", "mpim:"))} == {"im:history", "im:write"}, (
        "only to find a digest of its own there"
    )


def test_every_command_is_listened_to_and_escapes_what_it_is_given(listening: Listening) -> None:
    commands = manifest()["features"]["slash_commands"]
    assert {command["command"] for command in commands} == listening.names("command")
    assert all(command["should_escape"] for command in commands)


def test_the_hint_of_fairview_names_its_words(work: Workplace) -> None:
    (fairview,) = [one for one in manifest()["features"]["slash_commands"] if one["command"] == "/fairview"]
    hinted = set(re.findall(r"[a-z]+", fairview["usage_hint"]))
    assert set(fairview_answers(work.parts)) <= hinted


@pytest.mark.parametrize(
    "action_id",
    [blocks.USE, blocks.WHY, blocks.NOT_RELEVANT, blocks.MORE, blocks.UNDO, LIFT, f"{CHOICE}_0", f"{CHOICE}_12"],
)
def test_every_button_is_listened_to_once_and_interactivity_is_on(listening: Listening, action_id: str) -> None:
    assert len([one for one in listening.heard["action"] if re.fullmatch(one, action_id)]) == 1
    assert manifest()["settings"]["interactivity"]["is_enabled"] is True


def test_shortcuts_are_listened_to(listening: Listening) -> None:
    shortcuts = manifest()["features"].get("shortcuts") or []
    assert {one["callback_id"] for one in shortcuts} == listening.names("shortcut")


def test_home_is_on_where_it_is_listened_to() -> None:
    assert manifest()["features"]["app_home"]["home_tab_enabled"] is ("app_home_opened" in bot_events())


def test_direct_messages_reach_people_who_cannot_answer_them() -> None:
    home = manifest()["features"]["app_home"]
    assert home["messages_tab_enabled"] is True, "else Slack refuses what is posted to a member"
    assert home["messages_tab_read_only_enabled"] is True, "nothing listens to what they would write"


def test_the_scopes_are_those_of_the_methods_called_and_the_events_and_no_more() -> None:
    methods = called_methods()
    assert methods == set(METHOD_SCOPES), "a method that is called, and its scopes, stand in the table above"
    needed = {"commands"}.union(
        *(METHOD_SCOPES[name] for name in methods), *(EVENT_SCOPES[one] for one in bot_events())
    )
    assert scopes() == needed


def test_every_scope_is_justified_beside_it() -> None:
    text = (PACKAGE.parent / "manifest.yaml").read_text(encoding="utf-8")
    for scope in scopes():
        assert re.search(rf"- {scope} +# \S", text), scope


def test_a_working_day_calls_only_what_the_table_names_and_lacks_no_scope(work: Workplace) -> None:
    """Slack's stand-in holds the app to the scopes of the manifest."""
    nudge = work.nudged("ann")
    work.slack.click("ann", nudge, blocks.WHY)
    used = work.slack.click("ann", nudge, blocks.USE)
    assert used.view is not None
    work.slack.submit("ann", used.view)
    work.settle()
    work.nudged("cara", "erp")
    work.slack.shortcut("cara", REFRAME, "erp", work.slack.messages("erp")[-1].ts)
    work.ask("otto", "infra", "thanks reaction")
    work.say("otto", "infra", "I've got it into tonight's window, so shoppers get their refund tomorrow.")
    assert work.slack.calls("reactions.add")
    for text in ("status", "stage service", "watch off", "watch on", "digest here monday 09:00", "digest preview"):
        work.ask("ben", "infra", text)
    work.ask("ann", "erp", "digest here monday 09:00")
    work.ask("ann", "infra", "refunds", "/valuestream")
    work.slack.open_home("ann")
    work.slack.invite_app("board", by="cara")
    work.settle()
    assert len(work.rows(DigestSubscription)) == 2
    work.clock.move(days=14)
    client = WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)
    deliver_due(work.store, work.parts.settings, lambda _: client, work.clock)
    calls = [call for call in work.slack.calls() if call.method != "response_url"]
    assert {call.method for call in calls} <= set(METHOD_SCOPES)
    assert {"chat.postEphemeral", "chat.postMessage", "views.open", "views.publish"} <= {call.method for call in calls}
    assert [call for call in calls if call.error is not None] == []


def test_slack_takes_the_manifest() -> None:
    """The lengths of docs.slack.dev/reference/app-manifest."""
    content = manifest()
    about = content["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4_000
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    assert len(content["features"]["bot_user"]["display_name"]) <= 80
    for command in content["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2_000
        assert len(command["usage_hint"]) <= 1_000
    assert len(bot_events()) <= 100
    assert len(bot_events()) == len(content["settings"]["event_subscriptions"]["bot_events"])
    assert content["settings"]["socket_mode_enabled"] is True
