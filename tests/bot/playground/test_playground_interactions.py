"""Commands, buttons, shortcuts, modals and Home through a real Bolt app: what the person sees of each."""

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground import Ephemeral, SlackStandIn, StandInError


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def buttons(*action_ids: str) -> list[dict]:
    elements = [{"type": "button", "action_id": one, "text": plain(one), "value": f"v-{one}"} for one in action_ids]
    return [{"type": "actions", "block_id": "choices", "elements": elements}]


def entry(block_id: str, element: dict, **over: Any) -> dict:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **over}


def modal(*blocks: dict, callback_id: str = "form", **over: Any) -> dict:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("Form"),
        "submit": plain("Save"),
        "blocks": list(blocks) or [entry("name", {"type": "plain_text_input", "action_id": "text"})],
        **over,
    }


@pytest.fixture
def note(slack: SlackStandIn, client: WebClient) -> Ephemeral:
    """A private message with buttons before Ann, in a thread of #infra."""
    thread = slack.post_as_bot("infra", "parent")
    client.chat_postEphemeral(
        channel=slack.channel_id("infra"),
        user=slack.user_id("ann"),
        text="psst",
        blocks=buttons("helpful", "why"),
        thread_ts=thread,
    )
    return slack.ephemerals("ann")[0]


# Commands


def test_a_command_is_answered_with_the_acknowledgement(slack: SlackStandIn, bolt: App) -> None:
    bolt.command("/fairview")(lambda ack, command: ack(f"you said {command['text']}"))
    done = slack.command("ann", "infra", "/fairview", "status")
    assert (done.text, done.outcome) == ("you said status", "acked")
    assert slack.ephemerals("ann", "infra")[0].text == "you said status"
    assert slack.ephemerals("ben") == []


def test_a_command_is_answered_in_the_channel(slack: SlackStandIn, bolt: App) -> None:
    bolt.command("/fairview")(lambda ack: ack({"response_type": "in_channel", "text": "for all"}))
    slack.command("ann", "lounge", "/fairview")
    assert slack.ephemerals() == []
    assert slack.messages("lounge")[-1].text == "for all"


def test_a_command_is_answered_later(slack: SlackStandIn, bolt: App) -> None:
    def later(respond: Any) -> None:
        respond("in a moment")

    bolt.command("/fairview")(ack=lambda ack: ack(), lazy=[later])
    assert slack.command("ann", "infra", "/fairview").text == "in a moment"


def test_a_command_nobody_handles(slack: SlackStandIn, bolt: App) -> None:
    assert slack.command("ann", "infra", "/fairview").outcome == "dispatch_failed"
    with pytest.raises(StandInError):
        slack.command("ann", "infra", "/unknown")


def test_names_in_commands_are_escaped(slack: SlackStandIn, bolt: App) -> None:
    bolt.command("/fairview")(lambda ack, command: ack(command["text"]))
    ids = {name: slack.channel_id(name) for name in ("lounge", "board")}
    assert slack.command("ann", "infra", "/fairview", "watch #lounge @ben").text == (
        f"watch <#{ids['lounge']}|lounge> <@{slack.user_id('ben')}>"
    )
    assert slack.command("ann", "infra", "/fairview", "watch #board").text == f"watch <#{ids['board']}|>"
    assert slack.command("ben", "infra", "/fairview", "watch #board").text == "watch #board"


def test_commands_work_where_the_app_is_not(slack: SlackStandIn, bolt: App) -> None:
    bolt.command("/fairview")(lambda ack, command: ack(f"{command['channel_name']} {command['channel_id']}"))
    assert slack.command("ann", "board", "/fairview").text == f"privategroup {slack.channel_id('board')}"
    direct = slack.direct_channel("ann")
    assert slack.command("ann", direct, "/fairview").text == f"directmessage {direct}"
    assert slack.ephemerals("ann", "board")


# Buttons and response_url


def test_a_click_on_an_ephemeral_message(slack: SlackStandIn, bolt: App, note: Ephemeral) -> None:
    bodies = []

    @bolt.action("helpful")
    def thank(ack: Any, body: dict, respond: Any) -> None:
        ack()
        bodies.append(body)
        respond(replace_original=True, text="Thank you")

    done = slack.click("ann", note, "helpful")
    assert done.replaced_original
    assert (note.text, note.blocks, note.replaced) == ("Thank you", None, 1)
    (body,) = bodies
    assert body["container"] == {
        "type": "message",
        "message_ts": note.ts,
        "channel_id": slack.channel_id("infra"),
        "is_ephemeral": True,
        "thread_ts": note.thread_ts,
    }
    assert "message" not in body
    assert body["user"]["id"] == slack.user_id("ann")
    assert body["team"]["id"] == slack.team_id
    action = body["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("helpful", "choices", "v-helpful")


def test_an_ephemeral_message_can_be_deleted_by_its_button(slack: SlackStandIn, bolt: App, note: Ephemeral) -> None:
    @bolt.action("helpful")
    def forget(ack: Any, respond: Any) -> None:
        ack()
        respond(delete_original=True)

    assert slack.click("ann", note, "helpful").deleted_original
    assert slack.ephemerals("ann") == []
    with pytest.raises(StandInError):
        slack.click("ann", note, "helpful")


def test_only_who_sees_it_can_press(slack: SlackStandIn, bolt: App, note: Ephemeral) -> None:
    with pytest.raises(StandInError):
        slack.click("ben", note, "helpful")
    with pytest.raises(StandInError):
        slack.click("ann", note, "nowhere")


def test_a_click_on_a_message_carries_it(slack: SlackStandIn, bolt: App, client: WebClient) -> None:
    bodies = []

    @bolt.action("helpful")
    def take(ack: Any, body: dict, respond: Any) -> None:
        ack()
        bodies.append(body)
        respond(replace_original=True, text="changed")

    ts = client.chat_postMessage(channel=slack.channel_id("infra"), text="digest", blocks=buttons("helpful"))["ts"]
    slack.click("ben", slack.message("infra", ts), "helpful")
    assert bodies[0]["message"]["text"] == "digest"
    assert bodies[0]["container"]["is_ephemeral"] is False
    assert slack.message("infra", ts).text == "changed"


def test_a_response_url_is_good_five_times(slack: SlackStandIn, bolt: App, note: Ephemeral) -> None:
    bolt.action("why")(lambda ack: ack())
    url = WebhookClient(slack.click("ann", note, "why", wait=0).response_url)
    assert url.send(text="").status_code == 400, "a refusal costs no use"
    answers = [url.send(text=f"answer {number}") for number in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert [one.text for one in slack.ephemerals("ann")][1:] == [f"answer {number}" for number in range(5)]
    assert len(slack.calls("response_url")) == 7


def test_a_response_url_is_good_for_thirty_minutes(slack: SlackStandIn, bolt: App, note: Ephemeral, clock: Any) -> None:
    bolt.action("why")(lambda ack: ack())
    url = WebhookClient(slack.click("ann", note, "why", wait=0).response_url)
    clock.now += 30 * 60
    assert url.send(text="in time").status_code == 200
    clock.now += 1
    assert "expired_url" in url.send(text="too late").body
    assert WebhookClient(url.url[:-4] + "beef").send(text="x").status_code == 404


def test_a_response_url_checks_blocks(slack: SlackStandIn, bolt: App, note: Ephemeral) -> None:
    bolt.action("why")(lambda ack: ack())
    url = WebhookClient(slack.click("ann", note, "why", wait=0).response_url)
    refused = url.send(text="x", blocks=[{"type": "section"}])
    assert (refused.status_code, "invalid_blocks" in refused.body) == (400, True)


def test_a_commands_own_response_url_replaces_nothing(slack: SlackStandIn, bolt: App) -> None:
    bolt.command("/fairview")(lambda ack: ack("first"))
    done = slack.command("ann", "infra", "/fairview")
    assert WebhookClient(done.response_url).send(text="second", replace_original=True).status_code == 200
    assert [one.text for one in slack.ephemerals("ann")] == ["first", "second"]


# Triggers and modals


def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: SlackStandIn, bolt: App, client: WebClient, note: Ephemeral, clock: Any
) -> None:
    bolt.action("why")(lambda ack: ack())
    fresh = slack.click("ann", note, "why", wait=0).trigger_id
    stale = slack.click("ann", note, "why", wait=0).trigger_id

    def refused(trigger_id: str) -> str:
        with pytest.raises(SlackApiError) as caught:
            client.views_open(trigger_id=trigger_id, view=modal())
        return caught.value.response["error"]

    clock.now += 3
    client.views_open(trigger_id=fresh, view=modal())
    assert refused(fresh) == "exchanged_trigger_id"
    clock.now += 0.5
    assert refused(stale) == "expired_trigger_id"


def test_a_refused_view_leaves_the_trigger_good(
    slack: SlackStandIn, bolt: App, client: WebClient, note: Ephemeral
) -> None:
    bolt.action("why")(lambda ack: ack())
    trigger = slack.click("ann", note, "why", wait=0).trigger_id
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=trigger, view=modal(title=plain("x" * 25)))
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    assert client.views_open(trigger_id=trigger, view=modal())["ok"]


@pytest.fixture
def opened(slack: SlackStandIn, bolt: App, note: Ephemeral) -> Any:
    """Open a modal before Ann by the button ``why``."""

    views: list[dict] = []

    @bolt.action("why")
    def show(ack: Any, body: dict, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=views[-1])

    def open_with(view: dict) -> Any:
        views.append(view)
        done = slack.click("ann", note, "why")
        assert done.view is slack.modal_of("ann")
        return done.view

    return open_with


def test_a_submission_brings_what_was_filled_in(slack: SlackStandIn, bolt: App, opened: Any) -> None:
    views = []

    @bolt.view("form")
    def save(ack: Any, view: dict) -> None:
        ack()
        views.append(view)

    choices = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]
    view = opened(
        modal(
            entry("name", {"type": "plain_text_input", "action_id": "text", "initial_value": "was"}),
            entry("words", {"type": "rich_text_input", "action_id": "rich"}),
            entry("pick", {"type": "static_select", "action_id": "one", "options": choices}),
            entry("many", {"type": "checkboxes", "action_id": "boxes", "options": choices}, optional=True),
            entry("where", {"type": "multi_conversations_select", "action_id": "channels"}, optional=True),
            entry("when", {"type": "timepicker", "action_id": "time", "initial_time": "09:00"}),
            private_metadata="kept",
        )
    )
    channel = slack.channel_id("infra")
    values = {"words": "hi <@U1>", "one": "2", "many": {"boxes": ["1", "2"]}, "where": [channel]}
    done = slack.submit("ann", view, values)
    assert (done.outcome, done.view, slack.modal_of("ann")) == ("acked", None, None)
    state = views[0]["state"]["values"]
    assert state["name"]["text"] == {"type": "plain_text_input", "value": "was"}
    assert state["words"]["rich"]["rich_text_value"]["elements"][0]["elements"] == [
        {"type": "text", "text": "hi "},
        {"type": "user", "user_id": "U1"},
    ]
    assert state["pick"]["one"]["selected_option"] == choices[1]
    assert state["many"]["boxes"]["selected_options"] == choices
    assert state["where"]["channels"]["selected_conversations"] == [channel]
    assert state["when"]["time"]["selected_time"] == "09:00"
    assert views[0]["private_metadata"] == "kept"


def test_slacks_client_checks_before_it_submits(slack: SlackStandIn, opened: Any) -> None:
    view = opened(modal(entry("name", {"type": "plain_text_input", "action_id": "text", "max_length": 3})))
    for values in ({}, {"name": ""}, {"name": "four"}, {"name": "ok", "other": "x"}):
        with pytest.raises(StandInError):
            slack.submit("ann", view, values)


def test_errors_keep_the_modal_open(slack: SlackStandIn, bolt: App, opened: Any) -> None:
    bolt.view("form")(lambda ack: ack(response_action="errors", errors={"name": "Too short"}))
    view = opened(modal())
    done = slack.submit("ann", view, {"name": "x"})
    assert done.errors == {"name": "Too short"}
    assert slack.modal_of("ann") is view


def test_errors_beside_no_input_are_a_failure(slack: SlackStandIn, bolt: App, opened: Any) -> None:
    bolt.view("form")(lambda ack: ack(response_action="errors", errors={"elsewhere": "x"}))
    assert slack.submit("ann", opened(modal()), {"name": "x"}).outcome == "dispatch_failed"


def test_update_push_and_clear(slack: SlackStandIn, bolt: App, opened: Any) -> None:
    step = {"text": "update"}

    @bolt.view("form")
    def go_on(ack: Any) -> None:
        if step["text"] == "clear":
            ack(response_action="clear")
        else:
            ack(response_action=step["text"], view=modal(title=plain(step["text"])))

    view = opened(modal())
    done = slack.submit("ann", view, {"name": "x"})
    assert (done.view, view.title) == (view, "update")
    step["text"] = "push"
    pushed = slack.submit("ann", view, {"name": "x"}).view
    assert [one.title for one in slack.modals_of("ann")] == ["update", "push"]
    assert (pushed.previous, pushed.root) == (view.id, view.id)
    step["text"] = "clear"
    slack.submit("ann", pushed, {"name": "x"})
    assert slack.modals_of("ann") == []


def test_views_update_and_push_by_the_app(slack: SlackStandIn, bolt: App, client: WebClient, opened: Any) -> None:
    view = opened(modal(external_id="mine"))
    old = view.hash
    client.views_update(view_id=view.id, hash=old, view=modal(title=plain("New")))
    assert view.title == "New"
    with pytest.raises(SlackApiError) as caught:
        client.views_update(view_id=view.id, hash=old, view=modal())
    assert caught.value.response["error"] == "hash_conflict"

    client.views_update(view_id=view.id, view=modal(*buttons("more"), submit=None))
    bolt.action("more")(lambda ack: ack())

    def push() -> dict:
        trigger = slack.click("ann", slack.modal_of("ann"), "more", wait=0).trigger_id
        return client.views_push(trigger_id=trigger, view=modal(*buttons("more"), submit=None))

    for depth in (2, 3):
        push()
        assert len(slack.modals_of("ann")) == depth
    with pytest.raises(SlackApiError) as caught:
        push()
    assert caught.value.response["error"] == "push_limit_reached"


def test_closing_is_told_where_wanted(slack: SlackStandIn, bolt: App, opened: Any) -> None:
    closed = []

    @bolt.view_closed("form")
    def note_it(ack: Any, body: dict) -> None:
        ack()
        closed.append(body["is_cleared"])

    quiet = opened(modal())
    assert slack.close(quiet).outcome == "acked"
    assert (slack.modal_of("ann"), closed) == (None, [])
    told = opened(modal(notify_on_close=True))
    slack.close(told, everything=True)
    assert (slack.modal_of("ann"), closed) == (None, [True])
    with pytest.raises(StandInError):
        slack.submit("ann", told, {"name": "x"})


# Shortcuts and Home


def test_a_message_shortcut_works_in_a_thread(slack: SlackStandIn, bolt: App) -> None:
    bodies = []

    @bolt.shortcut("look")
    def look(ack: Any, body: dict, respond: Any) -> None:
        ack()
        bodies.append(body)
        respond("seen")

    parent = slack.post_as_bot("lounge", "parent")
    ts = slack.post("ben", "lounge", "reply", thread_ts=parent)
    assert slack.shortcut("ann", "look", "lounge", ts).text == "seen"
    body = bodies[0]
    assert (body["type"], body["message_ts"], body["message"]["text"]) == ("message_action", ts, "reply")
    assert body["channel"] == {"id": slack.channel_id("lounge"), "name": "lounge"}
    with pytest.raises(StandInError):
        slack.shortcut("ann", "look")
    with pytest.raises(StandInError):
        slack.shortcut("ann", "new", "lounge", ts)


def test_the_home_tab_and_its_buttons(slack: SlackStandIn, bolt: App) -> None:
    def publish(client: WebClient, user: str, *action_ids: str) -> None:
        client.views_publish(user_id=user, view={"type": "home", "blocks": buttons(*action_ids)})

    @bolt.event("app_home_opened")
    def show(event: dict, client: WebClient) -> None:
        publish(client, event["user"], "pause")

    @bolt.action("pause")
    def pause(ack: Any, body: dict, client: WebClient) -> None:
        ack()
        assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
        publish(client, body["user"]["id"], "resume")

    slack.open_home("ann")
    home = slack.wait_until(lambda: slack.home_of("ann"))
    slack.click("ann", home, "pause")
    assert home.blocks[0]["elements"][0]["action_id"] == "resume"
    with pytest.raises(StandInError):
        slack.click("ben", home, "resume")


def test_a_menu_in_a_message(slack: SlackStandIn, bolt: App, client: WebClient) -> None:
    picked = []

    @bolt.action("pick")
    def pick(ack: Any, action: dict) -> None:
        ack()
        picked.append(action["selected_option"]["value"])

    choices = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]
    menu = {"type": "static_select", "action_id": "pick", "options": choices}
    ts = client.chat_postMessage(
        channel=slack.channel_id("infra"),
        text="menu",
        blocks=[{"type": "section", "text": plain("Pick"), "accessory": menu}],
    )["ts"]
    slack.click("ann", slack.message("infra", ts), "pick", "2", wait=0)
    assert picked == ["2"]
    with pytest.raises(StandInError):
        slack.click("ann", slack.message("infra", ts), "pick", "3")
