"""What `/fairview` answers about one's own nudges and thanks; pauses are among the tests of administration."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from nudge_clicks import pick, the_nudge
from workplace import FLAGGED, Workplace, workplace

from bot.nudging import choices
from bot.nudging.choices import Choices, find_choices
from bot.store.tables import MemberChoice, Praise
from nlp import Detector

CHOICES = "`/fairview thanks private`, `thanks reaction` or `thanks off` chooses."
PRIVATE = "one private line, at most once a week, for words that lead to the customer."
REACTION = "a reaction that everybody sees, at most once a week, on words that lead to the customer."


def chosen(work: Workplace, who: str = "ann") -> Choices:
    return find_choices(work.store, work.parts.box, work.tenant, work.slack.user_id(who), work.clock())


@pytest.mark.parametrize(
    ("word", "praise", "told"),
    [("private", Praise.THANKS, PRIVATE), ("REACTION", Praise.REACTION, REACTION), ("“off”", Praise.OFF, "none.")],
)
def test_how_to_be_thanked_is_chosen_and_told(work: Workplace, word: str, praise: Praise, told: str) -> None:
    assert work.ask("ann", "infra", f"thanks {word}") == f"Thanks from now on: {told} {CHOICES}"
    assert chosen(work).praise is praise
    assert chosen(work, "cara").praise is Praise.THANKS
    assert work.ask("ann", "board", "thanks") == f"Thanks: {told} {CHOICES}"
    assert f"• Thanks: {told} {CHOICES}" in work.ask("ann", "infra", "status")


def test_asking_how_one_is_thanked_chooses_nothing(work: Workplace) -> None:
    assert work.ask("ann", work.slack.direct_channel("ann"), "thanks") == f"Thanks: {PRIVATE} {CHOICES}"
    assert work.rows(MemberChoice) == []


@pytest.mark.parametrize("word", ["a lot", "on", "x" * 900, "&amp;lt;"])
def test_a_way_nobody_offers_is_answered_with_those_there_are(work: Workplace, word: str) -> None:
    told = work.ask("ann", "infra", f"thanks {word}")
    assert told.startswith("Fairview cannot thank you by “")
    assert told.endswith(CHOICES)
    assert len(told) < 200
    assert work.rows(MemberChoice) == []


def test_status_tells_what_one_has_stopped_and_when_it_is_quiet(work: Workplace) -> None:
    nudge = work.nudged("ann")
    title = work.parts.detector.rules[the_nudge(work).rule_id].title
    pick(work, nudge, "rule")
    work.ask("ann", "infra", "pause week")
    mine = work.ask("ann", "infra", "status").splitlines()[2:]
    assert mine == [
        (
            "• You: nudges are paused until Monday 30 November, 10:00. Messages are still counted, without your name. "
            "`/fairview resume` brings nudges back."
        ),
        f"• Never about: *{title}*. `/fairview resume` brings it back.",
        "• Quiet hours, on your own clock: 18:00 to 08:00 and weekends.",
        f"• Thanks (not while you are paused): {PRIVATE} {CHOICES}",
    ]
    assert "Never about" not in work.ask("cara", "infra", "status")
    assert work.ask("ann", "infra", "resume") == (
        f"You: nudges are on again. Still not about *{title}*: `/fairview resume` once more brings that back. "
        "`/fairview pause` stops them."
    )
    assert work.ask("ann", "infra", "resume") == (
        f"You: nudges are on again. You will hear again about *{title}*. `/fairview pause` stops them."
    )
    assert chosen(work) == Choices()


def test_a_rule_that_is_gone_is_not_told(work: Workplace) -> None:
    choices.silence(work.store, work.parts.box, work.tenant, work.slack.user_id("ann"), "us_them.of_old", work.clock())
    assert "Never about" not in work.ask("ann", "infra", "status")


def test_quiet_hours_are_told_as_they_are_set(
    nothing_left: None, fresh_sqlite_url: str, detector: Detector, request_pool: ThreadPoolExecutor
) -> None:
    settings = {"FAIRVIEW_QUIET_HOURS": "off", "FAIRVIEW_QUIET_DAYS": "off"}
    with workplace(fresh_sqlite_url, detector, request_pool, settings=settings) as work:
        assert "Quiet hours: none." in work.ask("ann", "infra", "status")


def test_resume_where_nothing_was_stopped_is_no_error(work: Workplace) -> None:
    assert work.ask("ann", "lounge", "resume") == "You: nudges are on again. `/fairview pause` stops them."
    work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["sent"]
