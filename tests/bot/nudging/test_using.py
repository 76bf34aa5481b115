"""*Use this*: a window with the words to change and copy; late or repeated clicks lose nothing."""

import json
from typing import Any

import pytest
from nudge_clicks import click_again, last_click, nudges_of, pick, the_nudge, words_of
from sqlmodel import delete
from workplace import FLAGGED, HARMLESS, Workplace

from bot.nudging import blocks
from bot.nudging.modals import USE_VIEW, WORDING
from bot.playground import Ephemeral, Interaction
from bot.playground.views import View
from bot.store.tables import Nudge, NudgeAnswer

SUGGESTED = "We want the new price file by Friday."
ON_RECORD_NO_MORE = "That nudge is no longer on record, so there was nothing to change."


def use(work: Workplace, nudge: Ephemeral, who: str = "ann", **how: Any) -> Interaction:
    return work.slack.click(who, nudge, blocks.USE, **how)


def opened(work: Workplace, nudge: Ephemeral) -> View:
    view = use(work, nudge).view
    assert view is not None
    assert view.callback_id == USE_VIEW
    return view


def submitted(work: Workplace, view: View, text: str | None = SUGGESTED, who: str = "ann") -> Interaction:
    done = work.slack.submit(who, view, {WORDING: text})
    work.settle()
    return done


def wording(view: View) -> dict[str, Any]:
    block: dict[str, Any] = next(one for one in view.blocks if one.get("block_id") == WORDING)
    return block


def offered(view: View) -> str:
    return words_of(wording(view)["element"]["initial_value"]).strip()


def pasteable(done: Interaction) -> list[str]:
    """The words the person may copy at the end."""
    assert done.view is not None
    assert done.view.title == "Ready to paste"
    return [words_of(block["elements"]).strip() for block in done.view.blocks if block["type"] == "rich_text"]


def answer_of(work: Workplace) -> str | None:
    return the_nudge(work).answer


def permalink(work: Workplace, ts: str, channel: str = "infra") -> str:
    return f"/archives/{work.slack.channel_id(channel)}/p{ts.replace('.', '')}"


def test_the_window_offers_the_words_and_hands_over_what_was_made_of_them(work_either_way: Workplace) -> None:
    work = work_either_way
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    assert offered(view) == SUGGESTED
    assert wording(view)["element"]["type"] == "rich_text_input"
    assert "hint" not in wording(view)
    link = permalink(work, the_nudge(work).ts)
    assert link in words_of(view.blocks)
    assert answer_of(work) is None, "looking is no answer"
    assert nudge.replaced == 0

    changed = f"Could we have the new price file by Friday, <@{work.slack.user_id('ben')}>?"
    done = submitted(work, view, changed)
    assert link in words_of(done.view.blocks if done.view else [])
    (kept,) = pasteable(done)
    assert kept.startswith("Could we have the new price file by Friday, ")
    assert work.slack.user_id("ben") in kept
    assert (answer_of(work), the_nudge(work).answered_at) == (NudgeAnswer.USED, work.clock())
    assert nudge.replaced == 1
    assert nudge.text.startswith("Noted: you are using the wording. Here is <https://")
    assert f"{link}|your message>." in nudge.text
    assert [block["type"] for block in nudge.blocks or []] == ["section"]
    assert [message.text for message in work.slack.messages("infra")] == [FLAGGED], (
        "the message is the author's to edit"
    )


def test_the_link_leads_into_the_thread(work: Workplace) -> None:
    parent = work.say("ben", "infra", HARMLESS)
    ts = work.say("ann", "infra", FLAGGED, thread_ts=parent)
    (nudge,) = nudges_of(work)
    view = opened(work, nudge)
    assert f"{permalink(work, ts)}?thread_ts={parent}" in words_of(view.blocks)
    submitted(work, view)
    assert nudge.thread_ts == parent
    assert f"?thread_ts={parent}" in nudge.text


def test_mentions_and_links_are_offered_as_what_they_are(work: Workplace) -> None:
    cara = work.slack.user_id("cara")
    text = f"<@{cara}> the business wants <https://example.com/f?a=1&amp;b=2|the new price file> by Friday."
    view = opened(work, work.nudged("ann", text=text))
    elements = wording(view)["element"]["initial_value"]["elements"][0]["elements"]
    assert [one["type"] for one in elements] == ["user", "text", "link", "text"]
    assert elements[0]["user_id"] == cara
    assert elements[2]["url"] == "https://example.com/f?a=1&b=2"


def test_where_the_nudge_can_no_longer_be_replaced_it_is_recorded_all_the_same(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    work.clock.move(minutes=31)
    assert pasteable(submitted(work, view)) == [SUGGESTED]
    assert answer_of(work) == NudgeAnswer.USED
    assert nudge.replaced == 0
    assert [call.error for call in work.slack.calls("response_url")] == ["expired_url"]


def test_a_click_after_the_message_is_gone_still_gives_the_words(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.delete("infra", the_nudge(work).ts)
    work.settle()
    view = opened(work, nudge)
    assert words_of(view.blocks[0]).startswith("Your message is gone already.")
    assert offered(view) == SUGGESTED
    assert "https://" not in words_of(view.blocks)
    assert pasteable(submitted(work, view)) == [SUGGESTED]
    assert (nudge.text, answer_of(work)) == ("Noted: you are using the wording.", NudgeAnswer.USED)


def test_a_click_after_the_message_was_reworded_still_gives_the_words(work: Workplace) -> None:
    nudge = work.nudged("ann")
    ts = the_nudge(work).ts
    work.slack.edit("infra", ts, HARMLESS)
    work.settle()
    view = opened(work, nudge)
    assert words_of(view.blocks[0]).startswith("You have changed your message already.")
    assert offered(view) == SUGGESTED
    assert permalink(work, ts) in words_of(view.blocks)


def test_a_window_stays_useful_when_the_message_goes_while_it_is_open(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    work.slack.delete("infra", the_nudge(work).ts)
    work.settle()
    assert pasteable(submitted(work, view)) == [SUGGESTED]
    assert (the_nudge(work).answer, the_nudge(work).became) == ("used", "withdrawn")


def test_a_nudge_that_was_answered_meanwhile_is_used_all_the_same(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    pick(work, nudge, blocks.HELPFUL)
    assert answer_of(work) == NudgeAnswer.HELPFUL
    assert pasteable(submitted(work, view)) == [SUGGESTED]
    assert answer_of(work) == NudgeAnswer.USED, "the last answer counts"
    assert nudge.text.startswith("Noted: you are using the wording.")


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "internal_error"])
def test_where_no_window_opens_the_words_come_as_an_answer(work: Workplace, error: str) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("error", "views.open", times=None, error=error)
    clicked = use(work, nudge)
    assert (clicked.view, clicked.text) == (None, f"To copy: {SUGGESTED}")
    assert not clicked.replaced_original, "the nudge stays, and can still be answered"
    assert (answer_of(work), len(nudge.blocks or [])) == (None, 3)


def test_a_click_that_slack_repeats_gives_the_words_once_more(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    submitted(work, view)
    assert work.dispatch(last_click(work), as_form=True) == 200
    assert work.slack.ephemerals("ann")[-1].text == f"To copy: {SUGGESTED}"
    assert answer_of(work) == NudgeAnswer.USED


@pytest.mark.parametrize("fault", [{"kind": "error", "error": "message_not_found"}, {"kind": "http_500"}])
def test_without_a_link_the_window_says_where_to_edit(work: Workplace, fault: dict[str, str]) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add(method="chat.getPermalink", times=None, **fault)
    view = opened(work, nudge)
    assert "https://" not in words_of(view.blocks)
    assert "Edit message" in words_of(view.blocks)
    submitted(work, view)
    assert nudge.text == "Noted: you are using the wording."


def test_slack_is_asked_for_the_link_once_since_a_click_is_good_for_three_seconds(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.faults.add("rate_limit", "chat.getPermalink", times=None, retry_after=30)
    assert opened(work, nudge)
    assert len(work.slack.calls("chat.getPermalink")) == 1


def test_where_the_nudge_is_on_record_no_more_the_window_keeps_its_words(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    with work.store.begin() as session:
        session.execute(delete(Nudge))
    assert pasteable(submitted(work, view)) == [SUGGESTED]
    assert nudge.text == ON_RECORD_NO_MORE


def test_nobody_uses_another_members_nudge(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    click = last_click(work)
    click["user"]["id"] = work.slack.user_id("ben")
    work.dispatch(click, as_form=True)
    assert work.slack.ephemerals()[-1].text == ON_RECORD_NO_MORE

    submitted(work, view)
    with work.store.begin() as session:
        row = session.get_one(Nudge, (work.tenant, the_nudge(work).nudge_id))
        row.answer = row.answered_at = None
    payload = last_click(work, "view_submission")
    payload["user"]["id"] = work.slack.user_id("ben")
    assert work.dispatch(payload, as_form=True) == 200
    assert answer_of(work) is None


def test_of_a_long_message_the_window_offers_the_sentence_that_changes(work: Workplace) -> None:
    rest = " ".join(f"Step {number} of the deployment went well and all checks are fine." for number in range(32))
    nudge = work.nudged("ann", text=f"{rest} The business wants it by Friday.")
    assert rest[:100] in nudge.text
    button = next(one for one in (nudge.blocks or [])[-1]["elements"] if one["action_id"] == blocks.USE)
    assert len(button["value"]) <= 2_000
    view = opened(work, nudge)
    assert offered(view) == "We want it by Friday."
    assert "Only the sentence that changes" in wording(view)["hint"]["text"]
    assert pasteable(submitted(work, view, "We want it by Friday.")) == ["We want it by Friday."]


def test_whoever_cuts_the_words_out_may_still_say_that_they_use_them(work: Workplace) -> None:
    nudge = work.nudged("ann")
    view = opened(work, nudge)
    assert pasteable(submitted(work, view, None)) == []
    assert answer_of(work) == NudgeAnswer.USED
    assert nudge.replaced == 1


def test_a_second_submission_changes_nothing_but_the_hour(work: Workplace) -> None:
    nudge = work.nudged("ann")
    submitted(work, opened(work, nudge))
    said, again = nudge.text, last_click(work, "view_submission")
    work.clock.move(minutes=1)
    assert work.dispatch(again, as_form=True) == 200
    assert (answer_of(work), nudge.text) == (NudgeAnswer.USED, said)


def test_closing_the_window_is_no_answer(work: Workplace) -> None:
    nudge = work.nudged("ann")
    work.slack.close(opened(work, nudge))
    work.settle()
    assert (answer_of(work), nudge.replaced) == (None, 0)
    assert opened(work, nudge), "it can be opened again"


@pytest.mark.parametrize("value", [{}, {"say": None}, {"say": " "}, {"say": 7}])
def test_a_button_of_another_version_is_answered_kindly(work: Workplace, value: dict[str, object]) -> None:
    nudge = work.nudged("ann")
    work.slack.close(opened(work, nudge))
    said = click_again(work, value=json.dumps({"nudge": the_nudge(work).nudge_id, **value}))
    assert said == "That button is from another version of Fairview. A new nudge will work."


def test_neither_the_words_nor_what_was_made_of_them_are_kept_or_logged(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    nudge = work.nudged("ann")
    submitted(work, opened(work, nudge), "Zanzibar, by Friday.")
    kept = " ".join(str(value) for value in the_nudge(work).model_dump().values()) + caplog.text
    for word in ("Zanzibar", "price", "The business"):
        assert word not in kept
