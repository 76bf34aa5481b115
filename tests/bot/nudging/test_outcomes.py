"""What became of nudges: by what was answered, and by what was done with the message; without any text."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nudge_rows import BOX, CHANNEL, TENANT, claimed, count_it, decided, edited, nudge_row, posted, sent, state_of
from readings import TERMS, finding, reading
from sqlmodel import select
from workplace import FLAGGED, HARMLESS, Workplace

from bot.errors import PersonError
from bot.nudging import outcomes
from bot.nudging.outcomes import Outcome, outcome_of
from bot.nudging.service import Pending, settle
from bot.store.engine import Store
from bot.store.tables import Became, Nudge, NudgeAnswer, NudgeState
from bot.watching.payload import Posted, Removed
from bot.watching.service import remove
from nlp import Reading

USED, HELPFUL, WRONG = NudgeAnswer.USED, NudgeAnswer.HELPFUL, NudgeAnswer.NOT_RELEVANT
REWORDED, WITHDRAWN = Became.REWORDED, Became.WITHDRAWN


@pytest.mark.parametrize(
    ("answer", "became", "outcome"),
    [
        (None, None, Outcome.IGNORED),
        (None, REWORDED, Outcome.REWORDED),
        (None, WITHDRAWN, Outcome.WITHDRAWN),
        (USED, None, Outcome.USED),
        (USED, REWORDED, Outcome.REWORDED),
        (USED, WITHDRAWN, Outcome.USED),
        (HELPFUL, None, Outcome.HELPFUL),
        (HELPFUL, REWORDED, Outcome.REWORDED),
        (HELPFUL, WITHDRAWN, Outcome.WITHDRAWN),
        (WRONG, None, Outcome.CALLED_WRONG),
        (WRONG, REWORDED, Outcome.CALLED_WRONG),
        (WRONG, WITHDRAWN, Outcome.CALLED_WRONG),
    ],
)
def test_of_what_was_said_and_done_one_outcome_comes(
    answer: NudgeAnswer | None, became: Became | None, outcome: Outcome
) -> None:
    assert outcome_of(answer, became) is outcome
    plain = (answer.value if answer else None, became.value if became else None)
    assert outcome_of(*plain) is outcome, "as a table gives them back"


def test_an_answer_is_the_authors_alone(store: Store, now: datetime) -> None:
    pending = decided(store, now)
    for tenant, nudge, user in (
        (TENANT, pending.nudge_id, "U2"),
        ("T2", pending.nudge_id, "U1"),
        (TENANT, "none", "U1"),
    ):
        with pytest.raises(PersonError, match="no longer on record"):
            outcomes.record_answer(store, BOX, tenant, nudge, user, HELPFUL, now)
        with pytest.raises(PersonError, match="no longer on record"):
            outcomes.find_nudge(store, BOX, tenant, nudge, user)
    assert outcomes.find_nudge(store, BOX, TENANT, pending.nudge_id, "U1").rule_id == "us_them.test"
    for answer in (HELPFUL, WRONG, USED):
        outcomes.record_answer(store, BOX, TENANT, pending.nudge_id, "U1", answer, now)
        row = nudge_row(store, pending)
        assert row is not None
        assert (row.answer, row.answered_at) == (answer, now), "the last answer counts"


def became(store: Store, pending: Pending) -> str | None:
    row = nudge_row(store, pending)
    return row.became if row else "gone"


def change(store: Store, message: Posted, at: datetime, found: Reading) -> None:
    assert count_it(store, edited(message, at), at, found).outcome == "counted"


def nudged(store: Store, now: datetime, state: NudgeState = NudgeState.SENT) -> tuple[Posted, Pending]:
    message = posted(now)
    return message, sent(store, now, message, state=state)


MANY = replace(TERMS, limits=replace(TERMS.limits, per_rule_a_day=9, per_day=9))
GONE, KEPT, OTHER_KIND = (
    reading(),
    reading(finding("us_them.b")),
    reading(finding("process_barrier.sla_shield.within", label="process_barrier")),
)


def test_an_edit_within_the_hour_without_the_finding_is_a_rewording(store: Store, now: datetime) -> None:
    for minutes, found, expected in (
        (1, GONE, "reworded"),
        (60, GONE, None),  # in the first second of the second hour: a ts has its fractions
        (59, GONE, "reworded"),
        (61, GONE, None),
        (1, KEPT, None),
        (1, OTHER_KIND, "reworded"),
    ):
        message, pending = nudged(store, now)
        change(store, message, now + timedelta(minutes=minutes), found)
        assert became(store, pending) == expected, (minutes, found.labels)
        with store.begin() as session:
            session.delete(session.get_one(Nudge, (TENANT, pending.nudge_id)))


def test_an_edit_back_within_the_hour_undoes_it_and_a_later_one_does_not(store: Store, now: datetime) -> None:
    message, pending = nudged(store, now)
    for minutes, found, expected in (
        (1, GONE, "reworded"),
        (2, KEPT, None),
        (3, GONE, "reworded"),
        (61, KEPT, "reworded"),
    ):
        change(store, message, now + timedelta(minutes=minutes), found)
        assert became(store, pending) == expected


def test_an_unknown_nudge_may_have_worked_and_one_never_sent_has_not(sqlite_store: Store, now: datetime) -> None:
    for state, expected in ((NudgeState.UNKNOWN, "reworded"), (NudgeState.MISSED, None)):
        message, pending = nudged(sqlite_store, now, state)
        change(sqlite_store, message, now + timedelta(minutes=1), GONE)
        assert became(sqlite_store, pending) == expected
        removed = Removed(CHANNEL, message.ts)
        remove(sqlite_store, TENANT, removed, now + timedelta(minutes=2))
        assert became(sqlite_store, pending) == expected, "what was reworded first stays so"
        with sqlite_store.begin() as session:
            session.delete(session.get_one(Nudge, (TENANT, pending.nudge_id)))


def test_what_is_done_while_it_is_on_its_way_is_its_doing_only_if_it_arrives(store: Store, now: datetime) -> None:
    for state, expected in (
        (NudgeState.SENT, "reworded"),
        (NudgeState.UNKNOWN, "reworded"),
        (NudgeState.PENDING, None),
    ):
        message = posted(now)
        pending = decided(store, now, message, terms=MANY)
        assert claimed(store, pending, now, terms=MANY)
        change(store, message, now + timedelta(seconds=1), GONE)
        settle(store, TENANT, pending.nudge_id, state, now)
        assert became(store, pending) == expected
    assert not claimed(store, pending, now, terms=MANY), "its words are gone by now"
    assert state_of(store, pending) == "missed"


def test_a_verdict_can_be_taken_back_by_its_author_alone(sqlite_store: Store, now: datetime) -> None:
    _, pending = nudged(sqlite_store, now)
    outcomes.record_answer(sqlite_store, BOX, TENANT, pending.nudge_id, "U1", WRONG, now)
    with pytest.raises(PersonError, match="no longer on record"):
        outcomes.take_back(sqlite_store, BOX, TENANT, pending.nudge_id, "U2")
    outcomes.take_back(sqlite_store, BOX, TENANT, pending.nudge_id, "U1")
    row = nudge_row(sqlite_store, pending)
    assert row is not None
    assert (row.answer, row.answered_at) == (None, None)


def test_a_deletion_withdraws_it_whenever_it_comes(sqlite_store: Store, now: datetime) -> None:
    message, pending = nudged(sqlite_store, now)
    remove(sqlite_store, TENANT, Removed(CHANNEL, message.ts), now + timedelta(days=3))
    assert became(sqlite_store, pending) == "withdrawn"


def test_whether_a_click_comes_late_is_told_by_the_message_as_it_is_now(store: Store, now: datetime) -> None:
    def settled(pending: Pending) -> Outcome | None:
        return outcomes.is_settled(store, outcomes.find_nudge(store, BOX, TENANT, pending.nudge_id, "U1"))

    message, pending = nudged(store, now)
    assert settled(pending) is None
    change(store, message, now + timedelta(hours=5), GONE)
    assert settled(pending) is Outcome.REWORDED, "also after the hour within which it counts as such"
    change(store, message, now + timedelta(hours=6), KEPT)
    assert settled(pending) is None
    remove(store, TENANT, Removed(CHANNEL, message.ts), now + timedelta(hours=7))
    assert settled(pending) is Outcome.WITHDRAWN


# --- end to end ---


def the_outcome(work: Workplace) -> Outcome:
    (nudge,) = work.rows(Nudge)
    return outcome_of(nudge.answer, nudge.became)


def edit(work: Workplace, ts: str, text: str) -> None:
    work.slack.edit("infra", ts, text)
    work.settle()


def test_the_author_edits_and_edits_back(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    assert the_outcome(work) is Outcome.IGNORED
    work.clock.move(minutes=10)
    edit(work, ts, f"{FLAGGED} Please.")
    assert the_outcome(work) is Outcome.IGNORED
    edit(work, ts, HARMLESS)
    assert the_outcome(work) is Outcome.REWORDED
    edit(work, ts, FLAGGED)
    assert the_outcome(work) is Outcome.IGNORED
    work.clock.move(minutes=51)
    edit(work, ts, HARMLESS)
    assert the_outcome(work) is Outcome.IGNORED, "an hour later it is not the nudge's doing"
    assert len(work.slack.ephemerals("ann")) == 1
    assert work.counted() == {ts: []}


def test_a_preview_that_slack_adds_is_no_edit(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.unfurl("infra", ts)
    work.settle()
    assert the_outcome(work) is Outcome.IGNORED


@pytest.mark.parametrize("has_replies", [False, True])
def test_the_author_deletes_the_message_or_the_parent_of_a_thread(work: Workplace, has_replies: bool) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    if has_replies:
        work.say("ben", "infra", HARMLESS, thread_ts=ts)
    work.slack.delete("infra", ts)
    work.settle()
    assert work.slack.message("infra", ts).state == ("tombstone" if has_replies else "deleted")
    assert the_outcome(work) is Outcome.WITHDRAWN


def test_it_is_kept_without_any_text_or_name(work_on_each: Workplace) -> None:
    work = work_on_each
    ts = work.say("ann", "infra", FLAGGED)
    edit(work, ts, HARMLESS)
    (nudge,) = work.rows(Nudge)
    kept = " ".join(str(value) for value in nudge.model_dump().values())
    for word in ("The business", "price", "Deploy", work.slack.user_id("ann")):
        assert word not in kept
    with work.store.read() as session:
        assert session.exec(select(Nudge.became)).all() == ["reworded"]
