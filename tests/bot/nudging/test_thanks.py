"""Thanks for words that lead to the customer: as the author chose, once a week, and only where they might be nudged."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nudge_clicks import nudges_of
from nudge_rows import BOX, TENANT, Refusals, count_it, edited, posted
from readings import TERMS, finding, reading
from sqlmodel import select
from workplace import FLAGGED, HARMLESS, Workplace, workplace

from bot.nudging import choices, praising
from bot.nudging.policy import Member
from bot.nudging.praising import Owed
from bot.nudging.thanking import REACTION
from bot.store.engine import Store
from bot.store.tables import MemberChoice, Praise
from nlp import Detector

PURPOSE = "So that people waiting for a refund get it today, I moved the batch to noon."
AGAIN = "Customers waited two hours for their parcels this morning, so let's fix the scanner first."
MIXED = "So that people waiting for a refund get it today, the business wants the batch at noon."
LINE = (
    "Thank you: words like these bring people to what they need. You get such a line once a week at most; "
    "`/fairview thanks off` ends them."
)


def thanked(work: Workplace, who: str = "ann") -> list[str]:
    """The lines of thanks a member was shown."""
    return [one.text for one in nudges_of(work, who) if one.text.startswith("Thank you")]


def reactions(work: Workplace, ts: str) -> dict[str, list[str]]:
    return work.slack.message("infra", ts).reactions


def is_thanked(work: Workplace, who: str = "ann", text: str = PURPOSE, channel: str = "infra") -> bool:
    """Whether a member who writes this is thanked for it."""
    before = len(thanked(work, who))
    work.say(who, channel, text)
    return len(thanked(work, who)) > before


def test_thanks_are_one_private_line_where_the_words_stand(work_either_way: Workplace) -> None:
    work = work_either_way
    parent = work.say("ben", "infra", HARMLESS)
    refusals = Refusals()
    ts = work.say("ann", "infra", PURPOSE, thread_ts=parent)
    (line,) = work.slack.ephemerals()
    assert (line.text, line.blocks, line.thread_ts) == (LINE, None, parent)
    assert line.user == work.slack.user_id("ann")
    assert work.counted()[ts] == ["shared_purpose"]
    assert (work.nudge_states(), refusals.moved()) == ([], {"never_nudged": 1})
    assert reactions(work, ts) == {}, "nobody else sees anything"


def test_they_come_once_a_week_to_the_second(work_on_each: Workplace) -> None:
    work = work_on_each
    assert is_thanked(work)
    assert not is_thanked(work, text=AGAIN)
    assert is_thanked(work, "cara"), "everybody has their own week"
    work.clock.move(days=7, seconds=-1)
    assert not is_thanked(work)
    work.clock.move(seconds=1)
    assert is_thanked(work, text=AGAIN)
    assert not is_thanked(work)


def test_who_chose_a_reaction_gets_that_and_no_line(work: Workplace) -> None:
    work.ask("ann", "infra", "thanks reaction")
    first = work.say("ann", "infra", PURPOSE)
    second = work.say("ann", "infra", AGAIN)
    assert reactions(work, first) == {REACTION: [work.slack.bot_user_id]}
    assert (reactions(work, second), thanked(work)) == ({}, [])
    work.ask("ann", "infra", "thanks private")
    assert not is_thanked(work), "another way is no second thank-you"


def test_nobody_who_wants_no_thanks_is_thanked_or_asked_about(work: Workplace) -> None:
    work.ask("ann", "infra", "thanks off")
    assert not is_thanked(work)
    assert work.slack.calls("users.info") == []
    work.ask("ann", "infra", "thanks private")
    assert is_thanked(work), "what was not given was not used up"


def test_a_pause_holds_for_thanks_too(work: Workplace) -> None:
    work.ask("ann", "infra", "pause day")
    assert not is_thanked(work)
    work.clock.move(days=1)
    assert is_thanked(work)


def test_in_quiet_hours_nobody_is_thanked_and_not_later_either(work: Workplace) -> None:
    assert not is_thanked(work, "ben"), "five o'clock in New York"
    work.clock.move(hours=4)
    work.timers.ring()
    work.settle()
    assert thanked(work, "ben") == []
    assert is_thanked(work, "ben", AGAIN)


def test_neither_guests_nor_shared_channels_nor_old_messages_nor_bots_are_thanked(work: Workplace) -> None:
    assert not is_thanked(work, "gus")
    assert not is_thanked(work, "ann", channel="partners")
    work.say("ann", "infra", PURPOSE, ts=f"{work.clock.seconds() - 301:.6f}")
    work.slack.post_as_bot("infra", PURPOSE)
    work.settle()
    assert nudges_of(work) == []
    assert is_thanked(work), "none of that used it up"


def test_a_new_channel_thanks_nobody_either(
    nothing_left: None, fresh_sqlite_url: str, detector: Detector, request_pool: ThreadPoolExecutor
) -> None:
    settings = {"FAIRVIEW_TRIAL_DAYS": "3"}
    with workplace(fresh_sqlite_url, detector, request_pool, settings=settings) as work:
        assert not is_thanked(work)
        work.clock.move(days=3)
        assert is_thanked(work)


@pytest.mark.parametrize("text", [MIXED, FLAGGED, HARMLESS])
def test_what_is_good_is_not_praised_beside_what_is_not(work: Workplace, text: str) -> None:
    assert not is_thanked(work, text=text)
    assert is_thanked(work)


def test_an_edit_is_not_thanked_and_a_redelivery_not_twice(work: Workplace) -> None:
    ts = work.say("ann", "infra", HARMLESS)
    work.slack.edit("infra", ts, PURPOSE)
    work.settle()
    assert thanked(work) == []
    ts = work.say("ann", "infra", PURPOSE)
    event = next(one.payload for one in work.slack.deliveries if one.payload.get("event", {}).get("ts") == ts)
    for days in (0, 8):
        work.clock.move(days=days)
        assert work.dispatch(event) == 200
    assert len(thanked(work)) == 1


@pytest.mark.parametrize("how", ["private", "reaction"])
def test_what_slack_refuses_is_lost_and_nothing_comes_later(
    work: Workplace, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    work.ask("ann", "infra", f"thanks {how}")
    method = "chat.postEphemeral" if how == "private" else "reactions.add"
    work.slack.faults.add("rate_limit", method, retry_after=1)
    ts = work.say("ann", "infra", PURPOSE)
    work.clock.move(minutes=1)
    work.timers.ring()
    work.settle()
    later = work.say("ann", "infra", AGAIN)
    assert (thanked(work), reactions(work, ts), reactions(work, later)) == ([], {}, {})
    assert len(work.slack.calls(method)) == 1
    assert "thanks not confirmed: SlackApiError" in caplog.text
    assert "refund" not in caplog.text


def test_where_slack_does_not_say_who_they_are_the_next_words_are_thanked(work: Workplace) -> None:
    work.slack.faults.add("error", "users.info", error="internal_error")
    assert not is_thanked(work)
    assert is_thanked(work)


# --- as rows ---


def owed(store: Store, now: datetime, *labels: str, author: str = "U1", is_edit: bool = False) -> Owed | None:
    found = [finding(f"{label}.test", label=label, nudges=label != "shared_purpose") for label in labels]
    message = posted(now, author)
    return count_it(store, edited(message, now) if is_edit else message, now, reading(*found)).thanks


def test_only_words_of_purpose_alone_are_owed_thanks(sqlite_store: Store, now: datetime) -> None:
    assert owed(sqlite_store, now, "shared_purpose")
    assert owed(sqlite_store, now, "shared_purpose", "overcommitment")
    for labels in ((), ("us_them",), ("shared_purpose", "us_them"), ("shared_purpose", "process_barrier")):
        assert owed(sqlite_store, now, *labels) is None, labels
    assert owed(sqlite_store, now, "shared_purpose", is_edit=True) is None


def test_of_two_processes_one_thanks(store: Store, now: datetime) -> None:
    both = [owed(store, now, "shared_purpose") for _ in range(2)]
    barrier, claims = threading.Barrier(2), list[Praise | None]()

    def claim(one: Owed | None) -> None:
        assert one is not None
        barrier.wait()
        claims.append(praising.claim(store, one, Member(), now, TERMS))

    threads = [threading.Thread(target=claim, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, claims)) == ["None", "thanks"]


def test_a_choice_made_between_the_count_and_the_thanks_is_heard(store: Store, now: datetime) -> None:
    def claimed(author: str) -> Praise | None:
        waiting = owed(store, now, "shared_purpose", author=author)
        assert waiting is not None
        if author == "U1":
            choices.pause(store, BOX, TENANT, author, now + timedelta(days=1), now)
        elif author == "U2":
            choices.choose_praise(store, BOX, TENANT, author, Praise.OFF, now)
        elif author == "U3":
            choices.choose_praise(store, BOX, TENANT, author, Praise.REACTION, now)
        return praising.claim(store, waiting, Member(), now, TERMS)

    assert [claimed(author) for author in ("U1", "U2", "U3", "U4")] == [None, None, Praise.REACTION, Praise.THANKS]
    with store.read() as session:
        praised = [row.praised_at for row in session.exec(select(MemberChoice))]
    assert sorted(praised, key=str) == [now, now, None, None]


def test_limits_of_nudges_hold_for_thanks_only_where_nobody_is_to_hear_anything(
    sqlite_store: Store, now: datetime
) -> None:
    waiting = owed(sqlite_store, now, "shared_purpose")
    assert waiting is not None
    silent = replace(TERMS, limits=replace(TERMS.limits, per_day=0))
    assert praising.claim(sqlite_store, waiting, Member(), now, silent) is None
    assert praising.claim(sqlite_store, waiting, Member(), now, TERMS) is Praise.THANKS
