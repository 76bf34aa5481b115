"""Block Kit's limits, each at its edge."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.blockkit import message_problems, view_problems


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict:
    return {"type": "mrkdwn", "text": text}


def button(**over) -> dict:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **over}


def actions(*elements) -> dict:
    return {"type": "actions", "elements": list(elements)}


def section(**over) -> dict:
    return {"type": "section", "text": mrkdwn("words"), **over}


def option(text="One", value="1") -> dict:
    return {"text": plain(text), "value": value}


def select(**over) -> dict:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **over}


def entry(element: dict, **over) -> dict:
    return {"type": "input", "block_id": "field", "label": plain("Label"), "element": element, **over}


def chart(**over) -> dict:
    points = [{"label": "w1", "value": 1}, {"label": "w2", "value": 2.5}]
    line = {"type": "line", "series": [{"name": "a", "data": points}], "axis_config": {"categories": ["w1", "w2"]}}
    return {"type": "data_visualization", "title": "Weeks", "chart": line, **over}


def table(rows: list) -> dict:
    return {"type": "table", "rows": rows}


def rich(*parts) -> dict:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


CELL = {"type": "raw_text", "text": "x"}

# (what is at its limit, what is one beyond it)
EDGES = {
    "header": ({"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)}),
    "header is plain": ({"type": "header", "text": plain("x")}, {"type": "header", "text": mrkdwn("x")}),
    "section text": (section(text=mrkdwn("x" * 3000)), section(text=mrkdwn("x" * 3001))),
    "empty text": (section(text=mrkdwn("x")), section(text=mrkdwn(""))),
    "section needs words": (section(), {"type": "section"}),
    "field": (section(fields=[plain("x" * 2000)]), section(fields=[plain("x" * 2001)])),
    "fields": (section(fields=[plain("x")] * 10), section(fields=[plain("x")] * 11)),
    "button text": (actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76)))),
    "button is plain": (actions(button()), actions(button(text=mrkdwn("Go")))),
    "button value": (actions(button(value="x" * 2000)), actions(button(value="x" * 2001))),
    "button url": (actions(button(url="x" * 3000)), actions(button(url="x" * 3001))),
    "button style": (actions(button(style="danger")), actions(button(style="blue"))),
    "action_id": (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256))),
    "block_id": (section(block_id="x" * 255), section(block_id="x" * 256)),
    "actions": (
        actions(*(button(action_id=f"b{n}") for n in range(25))),
        actions(*(button(action_id=f"b{n}") for n in range(26))),
    ),
    "same action_id": (actions(button(), button(action_id="b")), actions(button(), button())),
    "no actions": (actions(button()), actions()),
    "context": (
        {"type": "context", "elements": [mrkdwn("x")] * 10},
        {"type": "context", "elements": [mrkdwn("x")] * 11},
    ),
    "alt_text": (
        {"type": "image", "image_url": "https://e.x/i.png", "alt_text": "x" * 2000},
        {"type": "image", "image_url": "https://e.x/i.png", "alt_text": "x" * 2001},
    ),
    "image needs alt_text": (
        {"type": "image", "image_url": "https://e.x/i.png", "alt_text": "x"},
        {"type": "image", "image_url": "https://e.x/i.png"},
    ),
    "image has one source": (
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
        {"type": "image", "slack_file": {"id": "F1"}, "image_url": "https://e.x/i.png", "alt_text": "x"},
    ),
    "option text": (actions(select(options=[option("x" * 75)])), actions(select(options=[option("x" * 76)]))),
    "option value": (
        actions(select(options=[option(value="x" * 150)])),
        actions(select(options=[option(value="x" * 151)])),
    ),
    "options": (actions(select(options=[option()] * 100)), actions(select(options=[option()] * 101))),
    "options or groups": (
        actions(select()),
        actions(select(option_groups=[{"label": plain("g"), "options": [option()]}])),
    ),
    "initial option": (actions(select(initial_option=option())), actions(select(initial_option=option("Two", "2")))),
    "overflow": (
        actions({"type": "overflow", "action_id": "o", "options": [option()] * 5}),
        actions({"type": "overflow", "action_id": "o", "options": [option()] * 6}),
    ),
    "checkboxes": (
        actions({"type": "checkboxes", "action_id": "c", "options": [option()] * 10}),
        actions({"type": "checkboxes", "action_id": "c", "options": [option()] * 11}),
    ),
    "time": (
        actions({"type": "timepicker", "action_id": "t", "initial_time": "09:00"}),
        actions({"type": "timepicker", "action_id": "t", "initial_time": "9:00"}),
    ),
    "date": (
        actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-06-16"}),
        actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-13-16"}),
    ),
    "conversations": (
        section(accessory={"type": "multi_conversations_select", "action_id": "m", "filter": {"include": ["public"]}}),
        section(accessory={"type": "multi_conversations_select", "action_id": "m", "filter": {}}),
    ),
    "unknown block": (section(), {"type": "sektion", "text": mrkdwn("x")}),
    "unknown element": (actions(button()), actions({"type": "knob", "action_id": "k"})),
    "unknown property": (section(), section(colour="red")),
    "rich text": (
        rich({"type": "text", "text": "hi"}, {"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "wave"}),
        rich({"type": "mention", "user_id": "U1"}),
    ),
    "link part": (rich({"type": "link", "url": "https://e.x"}), rich({"type": "link", "text": "e.x"})),
    "table": (table([[CELL] * 20] * 100), table([[CELL] * 20] * 101)),
    "table row": (table([[CELL] * 20]), table([[CELL] * 21])),
    "chart title": (chart(title="x" * 50), chart(title="x" * 51)),
    "chart labels": (
        chart(),
        chart(
            chart={
                "type": "bar",
                "series": [{"name": "a", "data": [{"label": "w1", "value": 1}]}],
                "axis_config": {"categories": ["w2"]},
            }
        ),
    ),
    "pie": (
        chart(chart={"type": "pie", "segments": [{"label": "a", "value": 1}]}),
        chart(chart={"type": "pie", "segments": [{"label": "a", "value": 0}]}),
    ),
    "pie segments": (
        chart(chart={"type": "pie", "segments": [{"label": str(n), "value": 1} for n in range(6)]}),
        chart(chart={"type": "pie", "segments": [{"label": str(n), "value": 1} for n in range(7)]}),
    ),
    "markdown": ({"type": "markdown", "text": "x" * 12000}, {"type": "markdown", "text": "x" * 12001}),
}


@pytest.mark.parametrize("name", EDGES)
def test_a_message_passes_at_the_limit_and_not_beyond(name: str) -> None:
    within, beyond = EDGES[name]
    assert message_problems([within]) == []
    assert message_problems([beyond]) != []


def test_number_of_blocks() -> None:
    assert message_problems([{"type": "divider"}] * 50) == []
    assert [str(one) for one in message_problems([{"type": "divider"}] * 51)] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_problems_name_the_place() -> None:
    problems = message_problems([section(), {"type": "header", "text": plain("x" * 151)}])
    assert [str(one) for one in problems] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    ]


def test_block_ids_are_unique_in_a_message() -> None:
    assert message_problems([section(block_id="a"), section(block_id="b")]) == []
    assert message_problems([section(block_id="a"), section(block_id="a")]) != []


def test_at_most_two_charts_and_one_table() -> None:
    assert message_problems([chart(), chart(), table([[CELL]])]) == []
    assert message_problems([chart(), chart(), chart()]) != []
    assert message_problems([table([[CELL]]), table([[CELL]])]) != []


def test_charts_can_be_unknown() -> None:
    problems = message_problems([chart()], charts=False)
    assert [str(one) for one in problems] == [
        "[ERROR] unsupported type: data_visualization [json-pointer:/blocks/0/type]"
    ]


def test_series_have_names_of_their_own() -> None:
    twice = chart()
    twice["chart"]["series"] *= 2
    assert any("unique" in one.message for one in message_problems([twice]))


def test_files_must_exist() -> None:
    block = {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"}
    assert message_problems([block], file_exists=lambda file: file["id"] == "F1") == []
    assert message_problems([block], file_exists=lambda _: False) != []


def modal(*blocks: dict, **over) -> dict:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": list(blocks), **over}


TEXT = {"type": "plain_text_input", "action_id": "t"}
VIEW_EDGES = {
    "blocks": (modal(*[{"type": "divider"}] * 100), modal(*[{"type": "divider"}] * 101)),
    "title": (modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    "submit": (modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25))),
    "close": (modal(close=plain("x" * 24)), modal(close=plain("x" * 25))),
    "private_metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
    "callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    "input needs submit": (modal(entry(TEXT)), modal(entry(TEXT), submit=None)),
    "input label": (modal(entry(TEXT, label=plain("x" * 2000))), modal(entry(TEXT, label=plain("x" * 2001)))),
    "input kinds": (modal(entry({"type": "rich_text_input", "action_id": "r"})), modal(entry(button()))),
    "placeholder": (
        modal(entry({**TEXT, "placeholder": plain("x" * 150)})),
        modal(entry({**TEXT, "placeholder": plain("x" * 151)})),
    ),
    "radio": (
        modal(entry({"type": "radio_buttons", "action_id": "r", "options": [option()]})),
        modal(entry({"type": "radio_buttons", "action_id": "r", "options": []})),
    ),
    "messages' own blocks": (modal(section()), modal(chart())),
    "home": ({"type": "home", "blocks": [section()]}, {"type": "home", "blocks": [section()], "title": plain("x")}),
    "kind": (modal(), modal(type="dialogue")),
    "same block_id": (modal(section(block_id="a")), modal(section(block_id="a"), section(block_id="a"))),
}


@pytest.mark.parametrize("name", VIEW_EDGES)
def test_a_view_passes_at_the_limit_and_not_beyond(name: str) -> None:
    within, beyond = VIEW_EDGES[name]
    assert view_problems(within) == []
    assert view_problems(beyond) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
VALID = [one for one, _ in EDGES.values()]


@settings(deadline=None)
@given(JSON)
def test_nothing_makes_the_check_raise(wild: object) -> None:
    message_problems(wild)
    view_problems(wild)


@settings(deadline=None)
@given(st.sampled_from(range(len(VALID))), st.data())
def test_a_block_with_a_wild_part_never_raises(index: int, data: st.DataObject) -> None:
    block = copy.deepcopy(VALID[index])
    path = block
    while isinstance(path, dict) and path:
        key = data.draw(st.sampled_from(sorted(path)))
        if not isinstance(path[key], dict) or data.draw(st.booleans()):
            path[key] = data.draw(JSON)
            break
        path = path[key]
    message_problems([block])
    view_problems({"type": "modal", "blocks": [block]})
