"""The policy as a table: every reason not to nudge, the fact that brings it about, and the nearest that does not."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import finding, reading

from bot.nudging.policy import Facts, Limits, Member, QuietHours, Refusal, Sent, found_in, refusal_of
from nlp import STAGES, Detector, Reading

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday morning."""
SECOND = timedelta(seconds=1)
OF_MEMBER = {field.name for field in fields(Member)} - {"zone"}
OF_SENT = {field.name for field in fields(Sent)}


def facts(**changes: Any) -> Facts:
    """Facts that let a nudge pass, but for the changes; those of the member and of what was sent are named directly."""
    member = Member(**{name: changes.pop(name) for name in OF_MEMBER & changes.keys()})
    sent = Sent(**{name: changes.pop(name) for name in OF_SENT & changes.keys()})
    usual = {"found": None, "written_at": NOW, "now": NOW, "watched_since": NOW - timedelta(days=3)}
    return Facts(**{**usual, "member": member, "sent": sent, **changes})


def ahead(hours: int, seconds: int = 0) -> timezone:
    """A zone so far ahead of UTC."""
    return timezone(timedelta(hours=hours, seconds=seconds))


def test_where_nothing_speaks_against_it_the_author_is_nudged() -> None:
    assert refusal_of(facts(), Limits()) is None


# --- every reason, in the order in which they are told ---

FOUND = (Refusal.NOTHING_FOUND, Refusal.NEVER_NUDGED, Refusal.NOT_SURE, Refusal.NOT_AT_THIS_STAGE)
TABLE: dict[Refusal, tuple[dict[str, Any], dict[str, Any]]] = {
    **{refusal: ({"found": refusal}, {"found": None}) for refusal in FOUND},
    Refusal.ALREADY_NUDGED: ({"had_nudge": True}, {"had_nudge": False}),
    Refusal.SHARED_CHANNEL: ({"is_ext_shared": True}, {"is_ext_shared": False}),
    Refusal.TRIAL_DAYS: (
        {"watched_since": NOW - timedelta(days=3) + SECOND},
        {"watched_since": NOW - timedelta(days=3)},
    ),
    Refusal.TOO_OLD: (
        {"written_at": NOW - timedelta(minutes=5, seconds=1)},
        {"written_at": NOW - timedelta(minutes=5)},
    ),
    Refusal.RULE_MUTED: ({"is_rule_muted": True}, {"is_rule_muted": False}),
    Refusal.PAUSED: ({"paused_until": NOW + SECOND}, {"paused_until": NOW}),
    Refusal.RULE_SILENCED: ({"is_rule_silenced": True}, {"is_rule_silenced": False}),
    Refusal.AUTHOR_UNKNOWN: ({"is_known": False}, {"is_known": True}),
    Refusal.DEACTIVATED: ({"is_deactivated": True}, {"is_deactivated": False}),
    Refusal.BOT: ({"is_bot": True}, {"is_bot": False}),
    Refusal.OUTSIDER: ({"is_outsider": True}, {"is_outsider": False}),
    Refusal.GUEST: ({"is_guest": True}, {"is_guest": False}),
    Refusal.QUIET_HOURS: ({"zone": ahead(8)}, {"zone": ahead(8, seconds=-1)}),  # 18:00:00 there, and 17:59:59
    Refusal.THREAD_LIMIT: ({"in_thread": 1}, {"in_thread": 0}),
    Refusal.RULE_LIMIT: ({"by_rule_today": 1}, {"by_rule_today": 0}),
    Refusal.DAY_LIMIT: ({"today": 3}, {"today": 2}),
}
KNOWN_ONLY_WITH_THE_AUTHOR = list(TABLE)[list(TABLE).index(Refusal.AUTHOR_UNKNOWN) :]


def test_every_reason_stands_in_the_table() -> None:
    assert set(TABLE) == set(Refusal)


@pytest.mark.parametrize("refusal", TABLE)
def test_a_reason_holds_and_the_nearest_facts_do_not_bring_it(refusal: Refusal) -> None:
    holds, nearest = TABLE[refusal]
    assert refusal_of(facts(**holds), Limits()) is refusal
    assert refusal_of(facts(**nearest), Limits()) is None


@pytest.mark.parametrize(("first", "second"), [pair for pair in combinations(TABLE, 2) if pair[1] not in FOUND])
def test_of_two_reasons_the_one_higher_in_the_table_is_told(first: Refusal, second: Refusal) -> None:
    assert refusal_of(facts(**{**TABLE[first][0], **TABLE[second][0]}), Limits()) is first


@pytest.mark.parametrize("refusal", TABLE)
def test_before_slack_was_asked_nothing_about_the_author_refuses(refusal: Refusal) -> None:
    asked_first = replace(facts(**TABLE[refusal][0]), member=None)
    expected = None if refusal in KNOWN_ONLY_WITH_THE_AUTHOR else refusal
    assert refusal_of(asked_first, Limits()) is expected


def test_names_and_meanings_are_each_told_once() -> None:
    assert len({refusal.value for refusal in Refusal}) == len(Refusal.__members__)


@pytest.mark.parametrize(
    "changes",
    [
        {"written_at": NOW + timedelta(seconds=2)},  # Slack's clock is ahead of ours
        {"watched_since": NOW - timedelta(days=400)},
        {"paused_until": NOW - timedelta(days=1)},
    ],
)
def test_what_is_over_or_only_a_clock_askew_refuses_nothing(changes: dict[str, Any]) -> None:
    assert refusal_of(facts(**changes), Limits()) is None


@pytest.mark.parametrize("days", [1, 3, 365])
def test_the_trial_lasts_to_the_second(days: int) -> None:
    limits, since = Limits(trial=timedelta(days=days)), NOW - timedelta(days=days)
    assert refusal_of(facts(watched_since=since), limits) is None
    assert refusal_of(facts(watched_since=since + SECOND), limits) is Refusal.TRIAL_DAYS
    assert refusal_of(facts(watched_since=NOW + SECOND), limits) is Refusal.TRIAL_DAYS


@pytest.mark.parametrize("since", [NOW - SECOND, NOW, NOW + SECOND])
def test_without_a_trial_a_channel_is_never_new_though_slacks_clock_be_ahead(since: datetime) -> None:
    assert refusal_of(facts(watched_since=since), Limits(trial=timedelta(0))) is None


# --- limits ---


@pytest.mark.parametrize("most", [0, 1, 2, 7])
@pytest.mark.parametrize(
    ("limit", "sent", "refusal"),
    [
        ("per_thread", "in_thread", Refusal.THREAD_LIMIT),
        ("per_rule_a_day", "by_rule_today", Refusal.RULE_LIMIT),
        ("per_day", "today", Refusal.DAY_LIMIT),
    ],
)
def test_a_limit_is_how_many_there_may_be(most: int, limit: str, sent: str, refusal: Refusal) -> None:
    limits = Limits(**{limit: most})  # type: ignore[arg-type]  # the three are whole numbers
    for already in range(10):
        expected = refusal if already >= most else None
        assert refusal_of(facts(**{sent: already}), limits) is expected, already


# --- quiet hours ---

NIGHT = QuietHours(time(18), time(8), frozenset())
USUAL = QuietHours()
LUNCH = QuietHours(time(12), time(13, 30), frozenset())
AFTER_ONE = QuietHours(time(1, 15), time(1, 45), frozenset())
NEVER = QuietHours(time(9), time(9), frozenset())
FRIDAYS = QuietHours(time(9), time(9), frozenset({4}))
WEEKENDS = QuietHours(time(9), time(9), frozenset({5, 6}))
KOLKATA, NEW_YORK, LONDON = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
HONOLULU, KIRITIMATI = ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("quiet", "zone", "instant", "expected"),
    [
        # Over midnight: the first minute is quiet, that of the end is not. 23 November 2026 is a Monday.
        (NIGHT, UTC, "2026-11-23T17:59:59", False),
        (NIGHT, UTC, "2026-11-23T18:00:00", True),
        (NIGHT, UTC, "2026-11-23T23:59:59", True),
        (NIGHT, UTC, "2026-11-24T00:00:00", True),
        (NIGHT, UTC, "2026-11-24T07:59:59.999999", True),
        (NIGHT, UTC, "2026-11-24T08:00:00", False),
        # To midnight, and from midnight.
        (QuietHours(time(18), time(0), frozenset()), UTC, "2026-11-23T23:59:59", True),
        (QuietHours(time(18), time(0), frozenset()), UTC, "2026-11-24T00:00:00", False),
        (QuietHours(time(0), time(8), frozenset()), UTC, "2026-11-23T23:59:59", False),
        (QuietHours(time(0), time(8), frozenset()), UTC, "2026-11-24T00:00:00", True),
        # Within one day.
        (LUNCH, UTC, "2026-11-23T11:59:59", False),
        (LUNCH, UTC, "2026-11-23T12:00:00", True),
        (LUNCH, UTC, "2026-11-23T13:29:59", True),
        (LUNCH, UTC, "2026-11-23T13:30:00", False),
        # Days: the whole of them, beside the hours.
        (USUAL, UTC, "2026-11-20T17:59:59", False),
        (USUAL, UTC, "2026-11-21T12:00:00", True),
        (USUAL, UTC, "2026-11-22T12:00:00", True),
        (USUAL, UTC, "2026-11-23T07:59:59", True),
        (USUAL, UTC, "2026-11-23T08:00:00", False),
        # Days only, and neither.
        (FRIDAYS, UTC, "2026-11-19T23:59:59", False),
        (FRIDAYS, UTC, "2026-11-20T00:00:00", True),
        (FRIDAYS, UTC, "2026-11-20T23:59:59", True),
        (FRIDAYS, UTC, "2026-11-21T00:00:00", False),
        (NEVER, UTC, "2026-11-23T09:00:00", False),
        (NEVER, UTC, "2026-11-22T23:00:00", False),
        # Zones: half an hour off, and across the ocean.
        (USUAL, KOLKATA, "2026-11-23T02:29:59", True),
        (USUAL, KOLKATA, "2026-11-23T02:30:00", False),
        (USUAL, KOLKATA, "2026-11-23T12:29:59", False),
        (USUAL, KOLKATA, "2026-11-23T12:30:00", True),
        (USUAL, NEW_YORK, "2026-11-23T12:59:59", True),
        (USUAL, NEW_YORK, "2026-11-23T13:00:00", False),
        (USUAL, NEW_YORK, "2026-11-23T22:59:59", False),
        (USUAL, NEW_YORK, "2026-11-23T23:00:00", True),
        # Friday for the member, Saturday in UTC; and Saturday already, Friday in UTC; Monday, and Sunday.
        (USUAL, HONOLULU, "2026-11-21T03:59:59", False),
        (USUAL, HONOLULU, "2026-11-21T04:00:00", True),
        (WEEKENDS, HONOLULU, "2026-11-21T09:59:59", False),
        (WEEKENDS, HONOLULU, "2026-11-21T10:00:00", True),
        (WEEKENDS, KIRITIMATI, "2026-11-20T09:59:59", False),
        (WEEKENDS, KIRITIMATI, "2026-11-20T10:00:00", True),
        (WEEKENDS, KIRITIMATI, "2026-11-22T09:59:59", True),
        (WEEKENDS, KIRITIMATI, "2026-11-22T10:00:00", False),
        # The clocks go forward in London on 29 March 2026: eight is an hour earlier than the day before.
        (NIGHT, LONDON, "2026-03-28T07:59:59", True),
        (NIGHT, LONDON, "2026-03-28T08:00:00", False),
        (NIGHT, LONDON, "2026-03-29T06:59:59", True),
        (NIGHT, LONDON, "2026-03-29T07:00:00", False),
        # Hours that this day has not are not held.
        (AFTER_ONE, LONDON, "2026-03-29T00:59:59", False),
        (AFTER_ONE, LONDON, "2026-03-29T01:00:00", False),
        # They go back in New York on 1 November 2026: eight is an hour later, and half past one comes twice.
        (NIGHT, NEW_YORK, "2026-10-31T12:00:00", False),
        (NIGHT, NEW_YORK, "2026-11-01T12:59:59", True),
        (NIGHT, NEW_YORK, "2026-11-01T13:00:00", False),
        (AFTER_ONE, NEW_YORK, "2026-11-01T05:30:00", True),
        (AFTER_ONE, NEW_YORK, "2026-11-01T05:45:00", False),
        (AFTER_ONE, NEW_YORK, "2026-11-01T06:30:00", True),
        (AFTER_ONE, NEW_YORK, "2026-11-01T06:45:00", False),
    ],
)
def test_quiet_hours_are_on_the_authors_clock(quiet: QuietHours, zone: tzinfo, instant: str, expected: bool) -> None:
    now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    at_that_time = replace(facts(zone=zone), now=now, written_at=now, watched_since=now - timedelta(days=3))
    assert refusal_of(at_that_time, Limits(quiet=quiet)) is (Refusal.QUIET_HOURS if expected else None)


# --- what the reading says ---

SURE = finding()
UNSURE = finding("us_them.unsure", confidence=0.7, nudges=False)
TOO_WEAK = finding("us_them.weak", confidence=0.4, counts=False, nudges=False)
EXCUSED = finding("us_them.quoted", excused="quoted", counts=False, nudges=False)
ON_TRIAL = finding("us_them.trial", mode="shadow", counts=False, nudges=False)
ONLY_COUNTED = finding("us_them.counted", mode="count", nudges=False)
PRAISE = finding("shared_purpose.test", label="shared_purpose", mode="count", nudges=False)
OVERCOMMITTED = finding("overcommitment.test", label="overcommitment", mode="count", nudges=False)
BARRIER = finding("process_barrier.test", label="process_barrier")


def too_early(of: Reading) -> Reading:
    """The same, read for a stage that has not come to any of it."""
    return replace(of, nudge=(), strongest_nudge=None, nudge_suggestion=None)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (reading(), Refusal.NOTHING_FOUND),
        (reading(prose=False), Refusal.NOTHING_FOUND),
        (reading(TOO_WEAK), Refusal.NOTHING_FOUND),
        (reading(EXCUSED), Refusal.NOTHING_FOUND),
        (reading(ON_TRIAL), Refusal.NOTHING_FOUND),
        (reading(TOO_WEAK, EXCUSED, ON_TRIAL), Refusal.NOTHING_FOUND),
        (reading(PRAISE), Refusal.NEVER_NUDGED),
        (reading(OVERCOMMITTED), Refusal.NEVER_NUDGED),
        (reading(ONLY_COUNTED), Refusal.NEVER_NUDGED),
        (reading(replace(PRAISE, mode="nudge")), Refusal.NEVER_NUDGED),  # no mode makes praise a nudge
        (reading(PRAISE, OVERCOMMITTED, ONLY_COUNTED, EXCUSED), Refusal.NEVER_NUDGED),
        (reading(UNSURE), Refusal.NOT_SURE),
        (reading(UNSURE, PRAISE, ONLY_COUNTED), Refusal.NOT_SURE),
        (reading(replace(BARRIER, confidence=0.7, nudges=False)), Refusal.NOT_SURE),
        (too_early(reading(SURE)), Refusal.NOT_AT_THIS_STAGE),
        (too_early(reading(UNSURE, SURE, PRAISE)), Refusal.NOT_AT_THIS_STAGE),
        (reading(SURE), None),
        (reading(BARRIER), None),
        (reading(UNSURE, SURE, PRAISE, OVERCOMMITTED, EXCUSED, ON_TRIAL), None),
    ],
)
def test_what_a_reading_says(read: Reading, expected: Refusal | None) -> None:
    assert found_in(read) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lunch?", (Refusal.NOTHING_FOUND,) * 3),
        ("> the business wants it", (Refusal.NOTHING_FOUND,) * 3),
        ("No ticket, no work", (None,) * 3),
        ("The business wants it by Friday.", (Refusal.NOT_AT_THIS_STAGE, None, None)),
        (
            "Our internal customers want a service provider",
            (Refusal.NOT_AT_THIS_STAGE, Refusal.NOT_AT_THIS_STAGE, None),
        ),
        ("everything is number one priority", (Refusal.NEVER_NUDGED,) * 3),
    ],
)
def test_what_real_words_say_at_each_stage(detector: Detector, text: str, expected: tuple[Refusal | None, ...]) -> None:
    assert tuple(found_in(detector.read(text, stage=stage)) for stage in STAGES) == expected


# --- whatever the facts ---

# Mostly near one another, so that every reason is met.
near = (
    st.timedeltas(-timedelta(days=4), timedelta(days=4)) | st.timedeltas(-timedelta(36_500), timedelta(36_500))
).map(lambda apart: NOW + apart)
counts = st.integers(0, 4)
members = st.builds(Member, zone=st.none(), **{name: st.booleans() for name in OF_MEMBER})  # type: ignore[arg-type]  # they are
whatever = st.builds(
    Facts,
    found=st.none() | st.sampled_from(FOUND),
    written_at=near,
    now=near,
    watched_since=near,
    had_nudge=st.booleans(),
    is_ext_shared=st.booleans(),
    is_rule_muted=st.booleans(),
    is_rule_silenced=st.booleans(),
    paused_until=st.none() | near,
    member=st.none() | members,
    zone=st.timezones(),
    sent=st.builds(Sent, in_thread=counts, by_rule_today=counts, today=counts),
)
quiet_hours = st.builds(QuietHours, start=st.times(), end=st.times(), days=st.frozensets(st.integers(0, 6), max_size=7))
any_limits = st.builds(
    Limits,
    per_day=counts,
    per_rule_a_day=counts,
    per_thread=counts,
    quiet=quiet_hours,
    trial=st.timedeltas(timedelta(0), timedelta(days=365)),
)
well_meant = st.builds(facts, in_thread=counts, by_rule_today=counts, today=counts)
"""Facts against which only limits and quiet hours can speak."""


@given(whatever, any_limits)
def test_there_is_always_an_answer_and_what_the_words_say_comes_first(some: Facts, limits: Limits) -> None:
    refusal = refusal_of(some, limits)
    assert refusal is None or refusal in Refusal
    if some.found is not None:
        assert refusal is some.found
    if some.member is None:
        assert refusal not in KNOWN_ONLY_WITH_THE_AUTHOR


@given(whatever | well_meant, any_limits, counts, counts, counts)
def test_more_nudges_never_turn_a_no_into_a_yes(
    some: Facts, limits: Limits, in_thread: int, by_rule: int, today: int
) -> None:
    had = some.sent
    more = Sent(had.in_thread + in_thread, had.by_rule_today + by_rule, had.today + today)
    if refusal_of(some, limits) is not None:
        assert refusal_of(replace(some, sent=more), limits) is not None


@given(whatever | well_meant, any_limits)
def test_who_the_author_is_never_turns_a_no_into_a_yes(some: Facts, limits: Limits) -> None:
    early = refusal_of(replace(some, member=None), limits)
    if early is not None:
        assert refusal_of(some, limits) is early


@given(quiet_hours, near)
def test_quiet_hours_without_a_length_are_never(quiet: QuietHours, at: datetime) -> None:
    assert replace(quiet, end=quiet.start).hold(at) is (at.weekday() in quiet.days)


@given(st.times(), st.times(), near)
def test_hours_and_those_that_are_left_make_a_day(start: time, end: time, at: datetime) -> None:
    held = QuietHours(start, end, frozenset()).hold(at)
    left = QuietHours(end, start, frozenset()).hold(at)
    assert held is not left if start != end else not held and not left
