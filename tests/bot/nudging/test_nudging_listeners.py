"""A nudge as its author meets it: what it shows, and what its buttons do."""

from pathlib import Path

import pytest
from nudge_clicks import last_click, pick, the_nudge, words_of
from sqlmodel import col, delete, update
from workplace import ALSO_FLAGGED, FLAGGED, HARMLESS, Workplace

from bot.nudging import blocks
from bot.playground import Ephemeral
from bot.store.tables import Nudge, NudgeAnswer
from bot.valuestreams.catalogue_file import read_catalogue
from bot.valuestreams.importing import import_catalogue

SAMPLE = Path(__file__).parents[3] / "bot" / "valuestreams" / "samples" / "catalogue.yaml"


def test_the_nudge_is_for_the_authors_eyes_only(work: Workplace) -> None:
    nudge = work.nudged("ann")
    assert nudge.user == work.slack.user_id("ann")
    assert [one for one in work.slack.ephemerals() if one is not nudge] == []
    assert [message.text for message in work.slack.messages("infra")] == [FLAGGED], "nothing is posted for all to see"


def test_the_nudge_quotes_the_phrase_and_offers_a_sentence_three_buttons_and_a_menu(work: Workplace) -> None:
    nudge = work.nudged("ann")
    phrase, suggestion, actions = nudge.blocks or []
    assert "Just between us" in phrase["text"]["text"]
    assert "business" in phrase["text"]["text"]
    assert suggestion["text"]["text"].startswith("*You could say:*\n> ")
    *buttons, menu = actions["elements"]
    assert [one["text"]["text"] for one in buttons] == ["Use this", "Why this?", "Not relevant"]
    offered = ["Helpful", "Pause for a day", "Pause for a week", "Pause for good", "Not about this again"]
    assert [one["text"]["text"] for one in menu["options"]] == offered
    assert "business" in nudge.text, "what a notification shows and a screen reader speaks"
    assert "You could say:" in nudge.text


def test_the_nudge_stands_in_the_thread_of_the_message(work: Workplace) -> None:
    parent = work.say("ben", "infra", HARMLESS)
    work.say("ann", "infra", FLAGGED, thread_ts=parent)
    work.say("ann", "infra", ALSO_FLAGGED)
    assert [one.thread_ts for one in work.slack.ephemerals("ann")] == [parent, None]


@pytest.mark.parametrize(
    ("answer", "thanks"),
    [
        (NudgeAnswer.HELPFUL, "Thank you, noted: that one was helpful."),
        (NudgeAnswer.NOT_RELEVANT, "Noted: not relevant here."),
    ],
)
def test_an_answer_is_recorded_and_takes_the_nudges_place(work: Workplace, answer: NudgeAnswer, thanks: str) -> None:
    nudge = work.nudged("ann")
    is_helpful = answer is NudgeAnswer.HELPFUL
    clicked = pick(work, nudge, "helpful") if is_helpful else work.slack.click("ann", nudge, blocks.NOT_RELEVANT)
    assert clicked.outcome == "acked"
    assert clicked.replaced_original
    assert nudge.text.startswith(thanks)
    assert [block["type"] for block in nudge.blocks or []] == ["section"], "one line, and no buttons any more"
    kept = the_nudge(work)
    assert (kept.answer, kept.answered_at) == (answer, work.clock())
    assert kept.state == "sent"


def test_why_this_opens_a_window_and_leaves_the_nudge(work_either_way: Workplace) -> None:
    work = work_either_way
    nudge = work.nudged("ann")
    clicked = work.slack.click("ann", nudge, blocks.WHY)
    assert clicked.view is not None
    assert clicked.view.title == "Why this nudge?"
    words = words_of(clicked.view.blocks)
    rule = work.parts.detector.rules[the_nudge(work).rule_id]
    for expected in (rule.why, "Would be noticed", "Is fine", "partnership", "/fairview pause"):
        assert expected in words
    assert "<<" not in words, "the marks of examples are for the tests of rules"
    assert nudge.blocks, "it can still be answered"
    assert the_nudge(work).answer is None


def test_why_this_names_the_stage_of_the_channel_as_it_is_now(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.ask("cara", "infra", "stage one_business")
    clicked = work.slack.click("ann", nudge, blocks.WHY)
    assert clicked.view is not None
    assert "one business" in words_of(clicked.view.blocks)


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "internal_error"])
def test_why_this_answers_in_words_where_no_window_opens(work: Workplace, error: str) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("error", "views.open", times=None, error=error)
    clicked = work.slack.click("ann", nudge, blocks.WHY)
    assert clicked.view is None
    assert work.parts.detector.rules[the_nudge(work).rule_id].why in clicked.text
    assert not clicked.replaced_original, "the nudge stays, and can still be answered"


def test_a_click_after_half_an_hour_is_recorded_though_slack_takes_no_answer(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("error", "response_url", error="expired_url")
    pick(work, nudge, blocks.HELPFUL, wait=0)
    work.settle()
    assert the_nudge(work).answer == NudgeAnswer.HELPFUL


@pytest.mark.parametrize("button", [blocks.USE, blocks.NOT_RELEVANT, blocks.WHY])
def test_a_click_on_a_nudge_that_is_on_record_no_more_is_answered_kindly(work: Workplace, button: str) -> None:
    nudge = work.nudged("ann")
    with work.store.begin() as session:
        session.execute(delete(Nudge))
    clicked = work.slack.click("ann", nudge, button)
    shown = clicked.text or nudge.text
    assert shown == "That nudge is no longer on record, so there was nothing to change."
    assert clicked.outcome == "acked"


def test_nobody_answers_another_members_nudge(work: Workplace) -> None:
    nudge = work.nudged("ann")
    clicked = pick(work, nudge, "helpful")
    payload = last_click(work)
    payload["user"]["id"] = work.slack.user_id("ben")
    payload["actions"][0] |= {"action_id": blocks.NOT_RELEVANT}
    assert work.dispatch(payload, as_form=True) == 200
    assert the_nudge(work).answer == NudgeAnswer.HELPFUL
    assert "no longer on record" in nudge.text
    assert clicked.outcome == "acked"


def test_a_second_answer_counts_in_place_of_the_first(work: Workplace) -> None:
    nudge = work.nudged("ann")
    pick(work, nudge, "helpful")
    payload = last_click(work)
    payload["actions"][0] |= {"action_id": blocks.NOT_RELEVANT}
    work.clock.move(minutes=1)
    work.dispatch(payload, as_form=True)
    assert (the_nudge(work).answer, the_nudge(work).answered_at) == (NudgeAnswer.NOT_RELEVANT, work.clock())


@pytest.mark.parametrize("value", ["", "nudge", "[]", '"x"', '{"nudge_id": "1"}', "{", "null"])
def test_a_button_of_another_version_is_answered_kindly(work: Workplace, value: str) -> None:
    nudge = work.nudged("ann")
    work.slack.click("ann", nudge, blocks.WHY)
    payload = last_click(work)
    payload["actions"][0]["value"] = value
    assert work.dispatch(payload, as_form=True) == 200
    assert shown_last(work).text == "That button is from another version of Fairview. A new nudge will work."


def test_a_button_that_this_version_no_longer_sends_is_answered_too(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.click("ann", nudge, blocks.WHY)
    payload = last_click(work)
    payload["actions"][0]["action_id"] = "nudge_helpful"
    assert work.dispatch(payload, as_form=True) == 200
    assert shown_last(work).text == "That button is from another version of Fairview. A new nudge will work."
    assert nudge.replaced == 0


def test_a_rule_that_is_gone_is_said_to_be_gone(work: Workplace) -> None:
    nudge = work.nudged("ann")
    with work.store.begin() as session:
        session.execute(update(Nudge).where(col(Nudge.channel_id) != "").values(rule_id="us_them.of_old"))
    clicked = work.slack.click("ann", nudge, blocks.WHY)
    assert clicked.text == "The rule behind this nudge is no longer part of Fairview."


def test_a_failure_is_told_with_a_number_that_stands_in_the_log(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the price file")

    nudge = work.nudged("ann")
    monkeypatch.setattr("bot.nudging.outcomes.record_answer", fail)
    clicked = pick(work, nudge, "helpful")
    assert "Something went wrong on Fairview's side." in clicked.text
    number = clicked.text.rpartition(" ")[2]
    assert f"request_id={number}" in caplog.text
    assert "price file" not in caplog.text
    assert nudge.blocks, "the nudge stays, so that the answer can be given again"


def test_where_the_channel_serves_somebody_the_sentence_ends_at_them(work: Workplace) -> None:
    catalogue = read_catalogue(SAMPLE, work.clock().date())
    ids = {"infrastructure": work.slack.channel_id("infra")}
    import_catalogue(work.store, work.tenant, catalogue, ids, work.clock())
    assert "people waiting for their furniture" in work.nudged("ann").text


def shown_last(work: Workplace) -> Ephemeral:
    return work.slack.ephemerals("ann")[-1]
