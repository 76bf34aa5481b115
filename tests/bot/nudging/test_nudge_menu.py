"""The menu of a nudge: each pause and each silent rule says how long it lasts, and has its way back."""

import json
from datetime import timedelta

import pytest
from nudge_clicks import click_again, nudges_of, pick, the_nudge, undo
from nudge_rows import Refusals
from workplace import ALSO_FLAGGED, FLAGGED, Workplace

from bot.nudging import blocks
from bot.nudging.choices import FOREVER, Choices, find_choices
from bot.playground import Ephemeral
from bot.store.tables import Nudge

LASTS = {
    "day": (timedelta(days=1), "paused until Tuesday 24 November, 10:00"),
    "week": (timedelta(days=7), "paused until Monday 30 November, 10:00"),
    "good": (None, "off"),
}
OTHER_VERSION = "That choice is from another version of Fairview. `/fairview pause` works."


def choices_of(work: Workplace, who: str = "ann") -> Choices:
    return find_choices(work.store, work.parts.box, work.tenant, work.slack.user_id(who), work.clock())


def title_of(work: Workplace) -> str:
    return work.parts.detector.rules[the_nudge(work).rule_id].title


def is_one_line(nudge: Ephemeral, *, undoable: bool) -> bool:
    """Whether the nudge has given way to its line, with or without *Undo*."""
    (line,) = nudge.blocks or []
    assert line["text"]["text"] == nudge.text
    return ("accessory" in line) is undoable


@pytest.mark.parametrize("what", ["day", "week", "good"])
def test_a_pause_says_how_long_and_is_undone_in_its_place(work: Workplace, what: str) -> None:
    nudge = work.nudged("ann")
    span, lasts = LASTS[what]
    assert pick(work, nudge, what).replaced_original
    assert nudge.text == f"Your nudges are {lasts}; `/fairview resume` brings them back."
    assert is_one_line(nudge, undoable=True)
    assert choices_of(work).paused_until == (work.clock() + span if span else FOREVER)
    refusals = Refusals()
    work.say("ann", "infra", ALSO_FLAGGED)
    assert refusals.moved() == {"paused": 1}

    undo(work, nudge)
    assert nudge.text == "Your nudges are on again."
    assert is_one_line(nudge, undoable=False)
    assert choices_of(work) == Choices()
    assert the_nudge(work).answer is None, "wanting quiet is no verdict on the rule"
    assert work.nudged("ann", text=ALSO_FLAGGED)


def test_a_pause_ends_when_it_said(work: Workplace) -> None:
    pick(work, work.nudged("ann"), "day")
    work.clock.move(days=1, seconds=-1)
    work.say("ann", "infra", FLAGGED)
    assert len(nudges_of(work)) == 1
    work.clock.move(seconds=1)
    assert work.nudged("ann")


def test_the_hour_is_told_on_the_members_own_clock(work: Workplace) -> None:
    work.clock.move(hours=4)
    nudge = work.nudged("ben")
    pick(work, nudge, "day", "ben")
    assert "paused until Tuesday 24 November, 09:00;" in nudge.text
    assert "Tuesday 24 November, 09:00" in work.ask("ben", "infra", "status")


def test_where_slack_does_not_tell_the_clock_the_pause_holds_all_the_same(work: Workplace) -> None:
    work.clock.move(days=200)
    nudge = work.nudged("ann")
    work.clock.move(hours=1)
    work.slack.faults.add("error", "users.info", times=None, error="internal_error")
    assert pick(work, nudge, "day").replaced_original
    assert "paused until Saturday 12 June, 12:00;" in nudge.text, "in summer, by FAIRVIEW_ZONE"
    assert choices_of(work).paused_until == work.clock() + timedelta(days=1)


def test_a_rule_not_to_be_heard_of_again_and_its_way_back(work_either_way: Workplace) -> None:
    work = work_either_way
    nudge = work.nudged("ann")
    title, rule_id = title_of(work), the_nudge(work).rule_id
    pick(work, nudge, "rule")
    assert nudge.text.startswith(f"You will not hear about *{title}* again;")
    assert is_one_line(nudge, undoable=True)
    assert choices_of(work).silenced == (rule_id,)
    status = work.ask("ann", "infra", "status")
    assert f"Never about: *{title}*. `/fairview resume` brings it back." in status
    assert choices_of(work, "cara").silenced == ()

    undo(work, nudge)
    assert nudge.text == f"You will hear about *{title}* again."
    assert is_one_line(nudge, undoable=False)
    assert choices_of(work) == Choices()
    work.clock.move(days=1)
    assert work.nudged("ann")


def test_the_command_brings_everything_back(work: Workplace) -> None:
    first = work.nudged("ann")
    pick(work, first, "rule")
    second = work.nudged("ann", text=ALSO_FLAGGED)
    pick(work, second, "rule")
    third = work.nudged("ann", "erp", "That's the network team's problem.")
    pick(work, third, "good")
    assert len(choices_of(work).silenced) == 2
    told = work.ask("ann", "infra", "resume")
    assert told.startswith("You: nudges are on again. Still not about *")
    assert "`/fairview resume` once more brings that back." in told
    assert (choices_of(work).paused_until, len(choices_of(work).silenced)) == (None, 2)
    assert "You will hear again about *" in work.ask("ann", "infra", "resume")
    assert choices_of(work) == Choices()
    undo(work, third)
    assert third.text == "Your nudges are on again.", "Undo of what was undone already is no error"


def test_undo_twice_says_the_same_twice(work: Workplace) -> None:
    nudge = work.nudged("ann")
    for what in ("day", "rule"):
        pick(work, nudge, what)
        undo(work, nudge)
        said = nudge.text
        assert click_again(work) == said
        assert choices_of(work) == Choices()
        nudge = work.nudged("ann", text=ALSO_FLAGGED) if what == "day" else nudge


def test_undo_takes_the_pause_back_however_it_was_lengthened_since(work: Workplace) -> None:
    nudge = work.nudged("ann")
    pick(work, nudge, "day")
    assert "until you resume them" in work.ask("ann", "infra", "pause")
    undo(work, nudge)
    assert nudge.text == "Your nudges are on again."
    assert choices_of(work).paused_until is None
    assert "You: nudges are on." in work.ask("ann", "infra", "status")


def test_a_pause_from_the_menu_never_shortens_one_that_was_asked_for(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.ask("ann", "infra", "pause week")
    pick(work, nudge, "day")
    assert nudge.text == (
        "Your nudges are paused until Monday 30 November, 10:00, as you asked before; "
        "`/fairview resume` brings them back."
    )
    other = work.nudged("cara")
    work.ask("cara", "infra", "pause for good")
    pick(work, other, "week", "cara")
    assert other.text == "Your nudges are off, as you asked before; `/fairview resume` brings them back."
    assert choices_of(work, "cara").paused_until == FOREVER


@pytest.mark.parametrize("answer", ["helpful", "not_relevant"])
def test_an_answer_can_be_taken_back(work: Workplace, answer: str) -> None:
    nudge = work.nudged("ann")
    if answer == "helpful":
        pick(work, nudge, "helpful")
    else:
        work.slack.click("ann", nudge, blocks.NOT_RELEVANT)
    assert the_nudge(work).answer == answer
    assert is_one_line(nudge, undoable=True)
    undo(work, nudge)
    assert nudge.text == "Taken back: nothing is noted of that nudge."
    assert is_one_line(nudge, undoable=False)
    assert (the_nudge(work).answer, the_nudge(work).answered_at) == (None, None)
    assert click_again(work) == nudge.text, "twice is no error"


def test_undo_of_a_pause_leaves_silent_rules_silent(work: Workplace) -> None:
    first = work.nudged("ann")
    pick(work, first, "rule")
    second = work.nudged("ann", text=ALSO_FLAGGED)
    pick(work, second, "week")
    undo(work, second)
    assert len(choices_of(work).silenced) == 1


@pytest.mark.parametrize("value", ['{"do": "day"}', "{", "[]", "null", '{"nudge": "1"}', '{"nudge": "1", "do": "day"}'])
def test_a_menu_of_another_version_changes_nothing(work: Workplace, value: str) -> None:
    nudge = work.nudged("ann")
    pick(work, nudge, "helpful")
    said = click_again(work, selected_option={"text": {"type": "plain_text", "text": "x"}, "value": value})
    assert said in {
        "That button is from another version of Fairview. A new nudge will work.",
        "That nudge is no longer on record, so there was nothing to change.",
    }
    assert choices_of(work) == Choices()


def test_a_choice_or_an_undo_of_another_version_changes_nothing(work: Workplace) -> None:
    nudge = work.nudged("ann")
    pick(work, nudge, "helpful")
    for do in ("month", None):
        value = json.dumps({"nudge": the_nudge(work).nudge_id, "do": do})
        said = click_again(work, selected_option={"text": {"type": "plain_text", "text": "x"}, "value": value})
        assert said == OTHER_VERSION
    work.ask("ann", "infra", "pause")
    for undone in ("everything", None):
        value = json.dumps({"nudge": the_nudge(work).nudge_id, "undo": undone})
        click_again(work, action_id=blocks.UNDO, selected_option=None, value=value)
        assert nudge.text == "That button is from another version of Fairview. `/fairview resume` works."
    assert choices_of(work).paused_until == FOREVER


def test_nobody_pauses_another_or_undoes_anothers_pause(work: Workplace) -> None:
    nudge = work.nudged("ann")
    pick(work, nudge, "good")
    assert "no longer on record" in click_again(work, user="ben")
    assert choices_of(work, "ben") == Choices()
    value = json.dumps({"nudge": the_nudge(work).nudge_id, "undo": "pause"})
    click_again(work, user="ben", action_id=blocks.UNDO, selected_option=None, value=value)
    assert choices_of(work).paused_until == FOREVER


def test_a_choice_after_half_an_hour_holds_though_the_line_cannot_be_shown(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("error", "response_url", error="expired_url")
    pick(work, nudge, "good", wait=0)
    work.settle()
    assert nudge.replaced == 0
    assert choices_of(work).paused_until == FOREVER


def test_a_title_that_looks_like_markup_is_no_markup(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    nudge = work.nudged("ann")
    rule = work.parts.detector.rules[the_nudge(work).rule_id]
    rules = {**work.parts.detector.rules, rule.id: rule.model_copy(update={"title": "R&D <!channel>"})}
    monkeypatch.setattr(work.parts.detector, "rules", rules)
    pick(work, nudge, "rule")
    assert "*R&amp;D &lt;!channel&gt;*" in nudge.text
    assert "*R&amp;D &lt;!channel&gt;*" in work.ask("ann", "infra", "status")
    undo(work, nudge)
    assert "*R&amp;D &lt;!channel&gt;*" in nudge.text


def test_what_waits_to_be_sent_is_withdrawn_by_the_menu(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("rate_limit", "chat.postEphemeral", retry_after=30)
    work.say("ann", "infra", ALSO_FLAGGED)
    assert work.nudge_states() == ["sent", "pending"]
    value = json.loads((nudge.blocks or [])[-1]["elements"][-1]["options"][1]["value"])
    assert value["do"] == "day"
    work.slack.click("ann", nudge, blocks.MORE, json.dumps(value))
    work.timers.ring()
    assert sorted(row.state for row in work.rows(Nudge)) == ["missed", "sent"]
