"""*Question a figure* and *The idea behind it*, in the Slack stand-in: whom a question reaches, and what is kept."""

import logging
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from workplace import Workplace

from bot.digests import question_listeners
from bot.digests.blocks import IDEA, idea_behind_value, idea_view
from bot.digests.questions import QUESTION, WORDS, passed_on, question_button, question_view
from bot.ideas import ONE_CUSTOMER, idea_behind
from bot.playground import Ephemeral, Interaction, Message
from bot.playground.blockkit import message_problems, view_problems
from bot.store.tables import DigestRun, DigestSubscription

RUN = "a" * 32
ASKED = "Us and them stands at 9, but <!channel> & I counted 4.\nWhy?"
POST, OPEN, LIST = "chat.postMessage", "views.open", "users.list"
CHANNEL_FIGURES = {"scope": {"kind": "channel", "channel_ids": ["C0INFRA"]}, "week_start": "2026-11-16", "weeks": 1}


def keep_run(work: Workplace, figures: dict[str, Any] | None = None) -> None:
    """Put a delivered digest on record."""
    with work.store.begin() as session:
        session.add(
            DigestSubscription(
                tenant_id=work.tenant,
                subscription_id="s" * 32,
                scope_channel_id="C0INFRA",
                destination_id="C0INFRA",
                owner_id="U0ANN",
                weekday=0,
                local_time=time(9),
                zone="Europe/London",
                since=work.clock(),
            )
        )
        session.flush()
        session.add(
            DigestRun(
                tenant_id=work.tenant,
                run_id=RUN,
                subscription_id="s" * 32,
                period_start=date(2026, 11, 23),
                due_at=work.clock(),
                next_attempt_at=work.clock(),
                state="delivered",
                payload={"text": "-", "blocks": [], "figures": figures or CHANNEL_FIGURES},
            )
        )


def post(work: Workplace, channel: str = "infra", elements: list[dict[str, Any]] | None = None) -> Message:
    """Post a digest's buttons as Fairview; the message."""
    client = WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)
    blocks = [{"type": "actions", "elements": elements or [question_button(RUN)]}]
    channel_id = work.slack.channel_id(channel)
    ts = str(client.chat_postMessage(channel=channel_id, text="A digest", blocks=blocks)["ts"])
    return work.slack.message(channel, ts)


def ask(work: Workplace, who: str = "ann", words: str = ASKED) -> Interaction:
    """Press the button, write a question and send it."""
    window = work.slack.click(who, post(work), QUESTION).view
    assert window is not None
    sent = work.slack.submit(who, window, {WORDS: words})
    work.settle()
    return sent


def told(work: Workplace, who: str) -> list[Message]:
    return work.slack.messages(work.slack.direct_channel(who))


def answer(work: Workplace, who: str = "ann") -> Ephemeral:
    work.slack.wait_until(lambda: bool(work.slack.ephemerals(who)))
    return work.slack.ephemerals(who)[-1]


def test_a_question_reaches_every_owner_and_administrator_and_nobody_else(work: Workplace) -> None:
    keep_run(work)
    ask(work)
    for who in ("otto", "cara"):
        (message,) = told(work, who)
        assert "has a question about a figure in <https://" in message.text
        assert "|the digest> of <#C0INFRA>, the week of 16 to 22 November 2026." in message.text
        assert f"<@{work.slack.user_id('ann')}>" in message.text
    for who in ("ben", "gus"):
        assert told(work, who) == []


def test_the_question_arrives_as_it_was_written_and_mentions_nobody(work: Workplace) -> None:
    keep_run(work)
    ask(work)
    (message,) = told(work, "otto")
    assert "> Us and them stands at 9, but &lt;!channel&gt; &amp; I counted 4.\n> Why?" in message.text
    quoted = (message.blocks or [])[1]["elements"][0]
    assert quoted == {"type": "rich_text_quote", "elements": [{"type": "text", "text": ASKED}]}


def test_the_asker_is_told_privately_whom_it_reached(work: Workplace) -> None:
    keep_run(work)
    ask(work)
    said = answer(work).text
    for who in ("otto", "cara"):
        assert f"<@{work.slack.user_id(who)}>" in said
    assert said.endswith("with your name. They answer you themselves.")
    assert [message.text for message in work.slack.messages("infra")] == ["A digest"]


def test_one_administrator_asks_the_others(work: Workplace) -> None:
    keep_run(work)
    ask(work, "otto")
    assert told(work, "otto") == []
    assert len(told(work, "cara")) == 1


def test_an_only_administrator_is_told_that_there_is_nobody_to_ask(work: Workplace, monkeypatch: Any) -> None:
    keep_run(work)
    otto = work.slack.user_id("otto")
    monkeypatch.setattr(question_listeners, "list_administrators", lambda *_: [otto])
    ask(work, "otto")
    assert answer(work, "otto").text.startswith("You are the only owner or administrator")


def test_a_question_of_spaces_is_not_sent(work: Workplace) -> None:
    keep_run(work)
    assert ask(work, words="  \n ").errors == {WORDS: "Please write your question first."}
    assert told(work, "otto") == []


def test_whoever_slack_refuses_is_not_said_to_have_been_reached(work: Workplace) -> None:
    keep_run(work)
    otto = work.slack.user_id("otto")
    work.slack.faults.add(
        "error", POST, error="messages_tab_disabled", when=lambda call: call.arguments.get("channel") == otto
    )
    ask(work)
    said = answer(work).text
    assert f"<@{work.slack.user_id('cara')}>" in said
    assert f"<@{otto}>" not in said


@pytest.mark.parametrize(
    ("fault", "method", "how", "says"),
    [
        ("error", POST, {"error": "messages_tab_disabled"}, "Your question could not be passed on"),
        ("error", POST, {"error": "fatal_error"}, "It is not certain that your question arrived"),
        ("error", LIST, {"error": "missing_scope"}, "Your question could not be passed on"),
    ],
)
def test_a_question_that_reached_nobody_is_said_not_to_have(
    work: Workplace, fault: Any, method: str, how: dict[str, Any], says: str
) -> None:
    keep_run(work)
    to_people = {"when": lambda call: str(call.arguments.get("channel"))[:1] == "U"} if method == POST else {}
    work.slack.faults.add(fault, method, times=None, **how, **to_people)
    ask(work)
    assert answer(work).text.startswith(says)


def test_a_digest_that_is_on_record_no_more_is_said_to_be_gone(work: Workplace) -> None:
    assert work.slack.click("ann", post(work), QUESTION).view is None
    assert answer(work).text.startswith("That digest is no longer on record.")


def test_where_no_window_opens_the_asker_is_told(work: Workplace) -> None:
    keep_run(work)
    work.slack.faults.add("error", OPEN, error="expired_trigger_id")
    work.slack.click("ann", post(work), QUESTION)
    assert "press *Question a figure* once more" in answer(work).text


@pytest.mark.parametrize(
    ("scope", "weeks", "says"),
    [
        ({"kind": "workspace", "channel_ids": []}, 2, "the whole workspace, the two weeks of 16 to 29 November 2026"),
        (
            {"kind": "group", "channel_ids": ["C0A", "C0B"]},
            4,
            "<#C0A> and <#C0B>, the four weeks of 16 November to 13 December 2026",
        ),
    ],
)
def test_the_digest_is_named_by_its_scope_and_weeks(
    work: Workplace, scope: dict[str, Any], weeks: int, says: str
) -> None:
    keep_run(work, {"scope": scope, "week_start": "2026-11-16", "weeks": weeks})
    ask(work)
    assert f"|the digest> of {says}." in told(work, "otto")[0].text


def test_the_words_of_a_question_are_kept_nowhere(
    work: Workplace, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    keep_run(work)
    work.slack.faults.add("error", POST, error="fatal_error", when=lambda call: call.arguments["channel"][:1] == "U")
    with caplog.at_level(logging.DEBUG, logger="bot"):
        ask(work, words="quixotic zebra")
    assert "administrator not told of a question" in caplog.text
    assert "quixotic" not in "".join(record.getMessage() for record in caplog.records if record.name[:3] == "bot")
    work.store.engine.dispose()
    assert b"quixotic" not in b"".join(path.read_bytes() for path in tmp_path.rglob("fairview.db*"))


def test_the_idea_behind_the_advice_opens_in_a_window(work: Workplace) -> None:
    button = {
        "type": "button",
        "action_id": IDEA,
        "text": {"type": "plain_text", "text": "The idea behind it"},
        "value": "us_them:outsiders",
    }
    window = work.slack.click("ann", post(work, elements=[button]), IDEA).view
    assert window is not None
    assert idea_behind("us_them", "outsiders").paragraph in str(window.blocks)
    assert ONE_CUSTOMER.paragraph in str(window.blocks)
    work.slack.faults.add("error", OPEN, error="expired_trigger_id")
    work.slack.click("ben", post(work, elements=[button]), IDEA)
    assert idea_behind("us_them", "outsiders").title in answer(work, "ben").text


def test_slack_takes_the_windows_and_the_message() -> None:
    assert view_problems(question_view("x" * 3_000)) == []
    assert view_problems(idea_view(idea_behind_value("no such:kind"))) == []
    for words in ("&" * 1_500, "\n\n\n?", "<@U1> *x* `y`", "🙂" * 700):
        text, blocks = passed_on("U0ANN", "<#C0INFRA>, the week", "https://a.example/p?x=1&y=2|3", words)
        assert message_problems(blocks) == []
        assert "y=2%7C3|the digest>" in text
    with pytest.raises(ValueError, match="longer than Slack takes"):
        question_view("x" * 3_001)
