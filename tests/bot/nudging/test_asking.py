"""*Reframe this* and `/fairview check`: asked by a person, answered to that person, counted and kept nowhere."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from nudge_clicks import words_of
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from sqlmodel import SQLModel
from workplace import FLAGGED, HARMLESS, Workplace

from bot.nudging.asking import REFRAME
from bot.nudging.wording import NOT_READ
from bot.playground import Interaction
from bot.playground.views import View

WORDS = "The business wants the new price file by Friday."
SUGGESTED = "We want the new price file by Friday."
PURPOSE = "So that people waiting for a refund get it today, I moved the batch to noon."
USAGE = "Give the words to look at. `/fairview check The business wants it by Friday`"
FINE = "That reads fine: no line between colleagues, no process in the way."
PRIVATE = "Only you see this; nothing of it is counted or kept."


def rows(work: Workplace) -> dict[str, int]:
    """How many rows each table has."""
    with work.store.read() as session:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def figures() -> dict[tuple[str, str], float]:
    """All that Fairview counts about itself."""
    return {
        (sample.name, str(sample.labels)): sample.value
        for family in REGISTRY.collect()
        if family.name.startswith("fairview")
        for sample in family.samples
    }


def unseen(work: Workplace, caplog: pytest.LogCaptureFixture, ask: Callable[[], Any]) -> None:
    """Ask, and see that nothing of it is left anywhere."""
    caplog.set_level(logging.INFO)
    before = (rows(work), figures(), len(work.slack.calls("chat.postMessage")))
    ask()
    work.settle()
    assert (rows(work), figures(), len(work.slack.calls("chat.postMessage"))) == before
    assert not any(word in caplog.text for word in ("business", "price", "Friday"))


def reframed(work: Workplace, who: str, channel: str, ts: str, **how: Any) -> View:
    view = work.slack.shortcut(who, REFRAME, channel, ts, **how).view
    assert view is not None
    assert view.title == "Reframe this"
    return view


# --- the shortcut ---


def test_on_ones_own_message_and_on_anyones(work_either_way: Workplace) -> None:
    work = work_either_way
    ts = work.say("ann", "infra", FLAGGED)
    own, others = (words_of(reframed(work, who, "infra", ts).blocks) for who in ("ann", "cara"))
    for words in (own, others):
        assert "Fairview noticed “The business”." in words
        assert "Naming the people or the need" in words
        assert "Only you see this. Nothing is counted, and nothing is kept." in words
        assert SUGGESTED in words
    assert "You could say:" in own
    assert "It could also be said like this:" in others
    assert [message.text for message in work.slack.messages("infra")] == [FLAGGED]


def test_it_leaves_no_trace_of_a_message_fairview_never_saw(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    ts = work.say("ann", "lounge", WORDS)

    def ask() -> None:
        view = reframed(work, "cara", "lounge", ts)
        assert SUGGESTED in words_of(view.blocks)

    unseen(work, caplog, ask)
    assert rows(work)["message"] == rows(work)["channel"] == rows(work)["tenant"] == 0


def test_it_changes_nothing_about_a_message_that_was_counted(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    ts = work.say("ann", "infra", WORDS)
    work.slack.edit("infra", ts, HARMLESS)
    work.settle()
    states = work.nudge_states()
    unseen(work, caplog, lambda: reframed(work, "ann", "infra", ts))
    assert (work.nudge_states(), len(work.slack.ephemerals("ann"))) == (states, 1)


def test_it_works_in_threads_private_channels_and_direct_messages(work: Workplace) -> None:
    parent = work.say("ben", "lounge", HARMLESS)
    places = [
        ("lounge", work.say("ann", "lounge", WORDS, thread_ts=parent)),
        ("board", work.say("ann", "board", WORDS)),
        ("partners", work.say("ann", "partners", WORDS)),
        (work.slack.direct_channel("ann"), work.say("ann", work.slack.direct_channel("ann"), WORDS)),
    ]
    for place, ts in places:
        assert SUGGESTED in words_of(reframed(work, "ann", place, ts).blocks), place


@pytest.mark.parametrize("classic", [False, True])
def test_a_bots_message_is_read_like_any_other(work: Workplace, classic: bool) -> None:
    ts = work.slack.post_as_bot("infra", WORDS, classic=classic)
    work.settle()
    words = words_of(reframed(work, "ann", "infra", ts).blocks)
    assert SUGGESTED in words
    assert "It could also be said like this:" in words
    assert rows(work)["message"] == 0


def test_what_reads_fine_and_an_image_without_words_are_answered_too(work: Workplace) -> None:
    image = work.say("ann", "infra", "", subtype="file_share")
    for text in (HARMLESS, PURPOSE):
        words = words_of(reframed(work, "ann", "infra", work.say("ann", "infra", text)).blocks)
        assert "This reads fine" in words
        assert "Why?" not in words
    for ts in (image, work.say("ann", "infra", "Das Geschäft braucht die Preise bis Freitag, wie immer.")):
        words = words_of(reframed(work, "ann", "infra", ts).blocks)
        assert NOT_READ in words
        assert "This reads fine" not in words


def test_whoever_asks_wants_to_hear_whatever_the_stage(work: Workplace) -> None:
    work.ask("ben", "infra", "stage service")
    ts = work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == []
    assert SUGGESTED in words_of(reframed(work, "ann", "infra", ts).blocks)


def test_where_no_window_opens_it_is_said_in_an_answer(work: Workplace) -> None:
    ts = work.say("ann", "lounge", WORDS)
    work.slack.faults.add("error", "views.open", times=None, error="expired_trigger_id")
    asked: Interaction = work.slack.shortcut("cara", REFRAME, "lounge", ts)
    assert (asked.view, len(asked.answers)) == (None, 1)
    assert asked.text.startswith("About “The business”:")
    assert f"It could also be said like this: {SUGGESTED}" in asked.text
    assert asked.text.endswith(PRIVATE)
    assert [one.user for one in work.slack.ephemerals()] == [work.slack.user_id("cara")]


def test_a_long_message_is_reframed_in_what_slack_shows(work: Workplace) -> None:
    ts = work.say("ann", "lounge", " ".join(f"{number}. {FLAGGED}" for number in range(300)))
    assert "noticed “" in words_of(reframed(work, "ann", "lounge", ts).blocks)


# --- the command ---


@pytest.mark.parametrize(
    "typed",
    [
        WORDS,
        f"“{WORDS}”",
        f'"{WORDS}"',
        f"‘{WORDS}’",
        f"`{WORDS}`",
        f"\u00a0 {WORDS}  ",
        WORDS.replace(" ", "\u00a0"),
    ],
)
def test_words_are_looked_at_whatever_marks_stand_around_them(work: Workplace, typed: str) -> None:
    told = work.ask("ann", "infra", f"check {typed}")
    about, why, say, private = told.splitlines()
    assert about == "About “The business”:"
    assert why.startswith("Everyone inside is the business")
    assert (say, private) == (f"You could say: {SUGGESTED}", PRIVATE)


def test_what_is_quoted_within_the_words_is_still_somebody_elses(work: Workplace) -> None:
    for typed in ("Cara wrote “the business wants it”", "“The business” and “HR”", "“The business” he wrote"):
        assert work.ask("ann", "infra", f"check {typed}").startswith(FINE), typed
    assert work.ask("ann", "infra", "check ‘That’s the network team’s problem’").startswith("About “")


def test_it_is_counted_and_kept_nowhere(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    unseen(work, caplog, lambda: work.ask("ann", "infra", f"check {WORDS}"))
    assert sum(rows(work).values()) == 0
    assert work.slack.messages("infra") == []
    assert {one.user for one in work.slack.ephemerals()} == {work.slack.user_id("ann")}


def test_it_answers_wherever_it_is_typed_and_whoever_types(work: Workplace) -> None:
    for who, place in (("cara", "board"), ("gus", "lounge"), ("ann", work.slack.direct_channel("ann"))):
        assert SUGGESTED in work.ask(who, place, f"check {WORDS}")
    work.ask("ben", "infra", "stage service")
    assert SUGGESTED in work.ask("ann", "infra", f"check {WORDS}"), "whatever the stage"


def test_mentions_stay_mentions_and_markup_stays_escaped(work: Workplace) -> None:
    ben = work.slack.user_id("ben")
    told = work.ask("ann", "infra", f"check @ben {WORDS}")
    assert f"<@{ben}" in told.splitlines()[2]
    told = work.ask("ann", "infra", "check R&amp;D &lt;!channel&gt;: the business wants it by Friday")
    assert "<!channel>" not in told


@pytest.mark.parametrize("typed", ["check", "check  ", "check “”", "check ''", "check \u200b"])
def test_without_words_it_says_how_to_ask(work: Workplace, typed: str) -> None:
    assert work.ask("ann", "infra", typed) == USAGE


def test_what_reads_fine_is_said_to_and_what_was_not_read_is_not(work: Workplace) -> None:
    for text in (HARMLESS, PURPOSE):
        assert work.ask("ann", "infra", f"check {text}") == f"{FINE} {PRIVATE}"
    for text in ("Das Geschäft braucht die Preise bis Freitag, wie immer.", "12:30"):
        assert work.ask("ann", "infra", f"check {text}") == f"{NOT_READ} {PRIVATE}"


@pytest.mark.parametrize("words", [FLAGGED, "&amp;", "<@U00000001|ann> the business ", "the business wants it. "])
def test_three_thousand_characters_are_answered_in_what_slack_takes(work: Workplace, words: str) -> None:
    asked = work.command("ann", "infra", f"check {(words + ' ') * (3_000 // len(words))}")
    assert asked.outcome == "acked"
    assert 0 < len(asked.text) < 4_000
    assert asked.text.endswith(PRIVATE)


def test_help_says_that_commands_do_not_work_in_threads_and_the_shortcut_does(work: Workplace) -> None:
    told = work.ask("ann", "infra", "help")
    for expected in ("/fairview check", "/fairview thanks", "/fairview rules", "Reframe this"):
        assert expected in told
    assert "Slash commands do not work inside threads" in told
    assert "Reframe this" in told.partition("do not work inside threads")[2], "the shortcut does"
