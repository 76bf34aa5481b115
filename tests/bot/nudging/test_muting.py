"""When a rule is muted in a workspace: the sum, the thresholds, whose answers count, and how it comes back."""

import threading
from datetime import timedelta
from itertools import product

import pytest
from scipy.stats import beta
from sqlmodel import select
from verdicts import BEGIN, HELPFUL, RULE, TENANT, USED, VERSION, WRONG, answered, muted, rows

from bot.nudging.muting import Votes, count_votes, is_muted, judge_rule, lift, list_muted
from bot.store.engine import Store
from bot.store.tables import Became, Nudge, NudgeAnswer

LATER = BEGIN + timedelta(days=1)
MEMBERS = ("ann", "ben", "cara", "dan")
AT_ONCE = 8


def judged(store: Store, nudge: Nudge) -> bool:
    """Whether the answer to this nudge mutes its rule, as it is judged when it is given."""
    with store.begin() as session:
        return judge_rule(store, session, nudge, LATER)


def called_wrong(store: Store, *authors: str, tenant: str = TENANT, version: str = VERSION) -> bool:
    """Whether the last of these answers mutes the rule; the others are not judged."""
    nudges = [answered(store, author, tenant=tenant, version=version) for author in authors]
    return judged(store, nudges[-1])


def votes(store: Store, tenant: str = TENANT, version: str = VERSION) -> Votes:
    with store.read() as session:
        return count_votes(session, tenant, RULE, version)


def mute_now(store: Store, tenant: str = TENANT, version: str = VERSION) -> bool:
    with store.read() as session:
        return is_muted(session, tenant, RULE, version)


@pytest.mark.parametrize(("good", "wrong"), [*product(range(8), range(8)), (0, 40), (40, 0), (33, 9), (500, 100)])
def test_the_mean_is_that_of_the_posterior(good: int, wrong: int) -> None:
    assert Votes(good + wrong, good, wrong).mean == pytest.approx(beta(19 + good, 1 + wrong).mean())


@pytest.mark.parametrize(
    ("answers", "good", "wrong", "condemn"),
    [
        (9, 0, 9, False),
        (10, 0, 10, True),
        (10, 0, 3, False),  # three members, however often they answer
        (10, 0, 4, True),
        (10, 1, 3, True),  # 20 / 24
        (10, 2, 2, False),  # 21 / 24
        (10, 6, 4, True),  # 25 / 30
        (13, 9, 4, True),  # 28 / 33
        (14, 10, 4, False),  # 29 / 34
        (1_000, 850, 150, False),
        (1_000, 849, 151, False),  # 868 / 1020 is 0.851: the prior speaks for the rule
        (1_000, 840, 160, True),
    ],
)
def test_a_rule_is_condemned_by_enough_answers_of_enough_members(
    answers: int, good: int, wrong: int, condemn: bool
) -> None:
    assert Votes(answers, good, wrong).condemn is condemn


def test_just_at_the_bar_it_stays() -> None:
    at_the_bar = Votes(20, 15, 5)
    assert at_the_bar.mean == pytest.approx(0.85)
    assert not at_the_bar.condemn


def test_nine_answers_do_not_mute_it_and_the_tenth_does(store: Store) -> None:
    assert not called_wrong(store, *MEMBERS, *MEMBERS, "ann")
    assert not mute_now(store)
    assert called_wrong(store, "ben")
    assert mute_now(store)
    assert rows(store)[TENANT, RULE].muted_at == LATER
    assert rows(store)[TENANT, RULE].told_at is None


def test_three_members_do_not_mute_it_however_often_they_answer(store: Store) -> None:
    assert not called_wrong(store, *MEMBERS[:3] * 5)
    assert called_wrong(store, "dan")


def test_many_answers_of_a_member_are_one_verdict_and_it_is_the_last(store: Store) -> None:
    for author in MEMBERS:
        answered(store, author, HELPFUL)
        answered(store, author, WRONG)
    assert votes(store) == Votes(answers=8, good=0, wrong=4)
    for _ in range(3):
        answered(store, "ann", WRONG)
    answered(store, "ann", USED)
    assert votes(store) == Votes(answers=12, good=1, wrong=3)


def test_the_verdict_is_the_last_that_was_given_not_the_last_nudge(store: Store) -> None:
    earlier, later = answered(store, "ann", WRONG), answered(store, "ann", HELPFUL)
    with store.begin() as session:
        changed = session.get_one(Nudge, (TENANT, earlier.nudge_id))
        assert later.answered_at is not None
        changed.answered_at = later.answered_at + timedelta(hours=1)
        session.add(changed)
    assert votes(store) == Votes(answers=2, good=0, wrong=1)


@pytest.mark.parametrize(
    ("answer", "became", "expected"),
    [
        (USED, None, Votes(1, 1, 0)),
        (HELPFUL, None, Votes(1, 1, 0)),
        (None, Became.REWORDED, Votes(1, 1, 0)),
        (HELPFUL, Became.WITHDRAWN, Votes(1, 1, 0)),
        (WRONG, None, Votes(1, 0, 1)),
        (WRONG, Became.REWORDED, Votes(1, 0, 1)),  # said outright: not relevant
        (None, Became.WITHDRAWN, Votes(0, 0, 0)),
        (None, None, Votes(0, 0, 0)),
    ],
)
def test_what_counts_for_a_rule_and_what_against(
    store: Store, answer: NudgeAnswer | None, became: str | None, expected: Votes
) -> None:
    answered(store, "ann", answer, became=became)
    assert votes(store) == expected


def test_good_answers_keep_a_rule(store: Store) -> None:
    for number in range(10):
        answered(store, f"good{number}", (USED, HELPFUL, None)[number % 3], became=Became.REWORDED)
    assert not called_wrong(store, *MEMBERS)
    assert called_wrong(store, "eli")


def test_an_upgrade_of_the_rule_resets_it(store: Store) -> None:
    assert called_wrong(store, *MEMBERS * 3)
    assert not mute_now(store, version="v2")
    assert not called_wrong(store, *MEMBERS, version="v2"), "what was said of the old version is forgotten"
    assert called_wrong(store, *MEMBERS * 2, version="v2")
    assert mute_now(store, version="v2")
    assert not mute_now(store, version="v1")


def test_muted_again_after_an_upgrade_it_is_told_again(store: Store) -> None:
    muted(store)
    with store.begin() as session:
        row = session.merge(rows(store)[TENANT, RULE])
        row.told_at = BEGIN
    assert called_wrong(store, *MEMBERS * 3, version="v2")
    assert rows(store)[TENANT, RULE].told_at is None


def test_a_late_answer_about_an_old_version_does_not_bring_a_muted_rule_back(store: Store) -> None:
    old = [answered(store, author, version="v1") for author in MEMBERS * 3]
    assert called_wrong(store, *MEMBERS * 3, version="v2")
    assert not judged(store, old[-1])
    assert mute_now(store, version="v2")


def test_lifted_it_nudges_again_and_earlier_answers_are_forgotten(store: Store) -> None:
    last = [answered(store, author) for author in MEMBERS * 3][-1]
    assert judged(store, last)
    assert lift(store, TENANT, RULE, LATER)
    assert not mute_now(store)
    assert not judged(store, last), "all that was answered before is forgotten"
    with store.read() as session:
        assert count_votes(session, TENANT, RULE, VERSION, LATER) == Votes(0, 0, 0)
    since = [answered(store, author) for author in MEMBERS * 3]
    with store.begin() as session:
        for nudge in since:
            nudge.answered_at = LATER + timedelta(hours=1)
            session.merge(nudge)
    assert judged(store, since[-1])
    assert mute_now(store)


def test_lifting_what_is_not_muted_changes_nothing(store: Store) -> None:
    assert not lift(store, TENANT, RULE, LATER)
    assert rows(store) == {}
    muted(store)
    assert lift(store, TENANT, RULE, LATER)
    assert not lift(store, TENANT, RULE, LATER + timedelta(days=1))
    assert rows(store)[TENANT, RULE].lifted_at == LATER


def test_other_workspaces_and_other_rules_are_untouched(store: Store) -> None:
    for author in MEMBERS * 2:
        answered(store, author, tenant="T2")
        answered(store, author, rule_id="us_them.other.rule")
    assert not called_wrong(store, "ann")
    assert called_wrong(store, *MEMBERS * 2, "ann", tenant="T2")
    assert mute_now(store, tenant="T2")
    assert not mute_now(store)
    assert not lift(store, TENANT, RULE, LATER)
    assert mute_now(store, tenant="T2")


def test_the_muted_are_listed_as_they_were_answered_the_oldest_first(store: Store) -> None:
    muted(store, "b", at=LATER)
    muted(store, "a", at=LATER)
    muted(store, RULE)
    muted(store, "of_old", "v0")
    muted(store, "gone")
    muted(store, RULE, tenant="T2")
    for author, answer in (("ann", WRONG), ("ann", WRONG), ("ben", USED)):
        answered(store, author, answer)
    versions = {RULE: VERSION, "a": VERSION, "b": VERSION, "of_old": "v1"}
    with store.read() as session:
        listed = list_muted(session, TENANT, versions)
    assert [(one.rule_id, one.muted_at) for one in listed] == [(RULE, BEGIN), ("a", LATER), ("b", LATER)]
    assert listed[0].votes == Votes(answers=3, good=1, wrong=1)
    assert listed[0].votes.members == 2


def test_of_many_answers_at_once_one_mutes_the_rule(store: Store) -> None:
    """The tenth must not be overlooked because it came together with the ninth."""
    for author in MEMBERS[:2]:
        answered(store, author)
    waiting = [answered(store, f"member{number}", None) for number in range(AT_ONCE)]
    start, muting = threading.Barrier(AT_ONCE), []

    def click(nudge: Nudge) -> None:
        start.wait()
        with store.begin() as session:
            clicked = session.get_one(Nudge, (TENANT, nudge.nudge_id), with_for_update=True)
            clicked.answer, clicked.answered_at = WRONG, LATER
            session.add(clicked)
            session.flush()
            muting.append(judge_rule(store, session, clicked, LATER))

    clicks = [threading.Thread(target=click, args=(nudge,)) for nudge in waiting]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(muting) == [False] * (AT_ONCE - 1) + [True]
    assert mute_now(store)
    with store.read() as session:
        assert len(session.exec(select(Nudge).where(Nudge.answer == WRONG)).all()) == 10
