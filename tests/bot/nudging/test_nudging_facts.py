"""What the policy is told: how many nudges a member had, on whose date, in which thread, and in which zone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from nudge_rows import CHANNEL, TENANT, Refusals, claimed, decided, nudge_row, posted, sent
from readings import TERMS

from bot.nudging.facts import Terms, zone_of
from bot.nudging.policy import Limits, Member, QuietHours
from bot.store.engine import Store
from bot.store.tables import DigestSubscription, NudgeState

NEVER_QUIET = QuietHours(time(0), time(0), frozenset())
PLENTY = Limits(per_day=99, per_rule_a_day=99, per_thread=99, quiet=NEVER_QUIET, trial=timedelta())
NEW_YORK, TOKYO = Member(zone="America/New_York"), Member(zone="Asia/Tokyo")


def terms(**limits: object) -> Terms:
    """Terms under which only these limits hold anybody back."""
    return replace(TERMS, limits=replace(PLENTY, **limits))  # type: ignore[arg-type]  # as the fields are


def local(hour: int, minute: int, day: int = 23, zone: str = "America/New_York") -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def subscribe(store: Store, zone: str, since: datetime, *, scope: str = CHANNEL, is_stopped: bool = False) -> None:
    """A digest about a channel, posted to a channel of its own."""
    row = DigestSubscription(
        tenant_id=TENANT,
        subscription_id=zone,
        scope_channel_id=scope,
        destination_id=f"C{zone}",
        owner_id="U9",
        weekday=0,
        local_time=time(9),
        zone=zone,
        since=since,
        stopped_at=since if is_stopped else None,
        stop_reason="asked" if is_stopped else None,
    )
    with store.begin() as session:
        session.add(row)


def zone_in(store: Store, member: Member, channel_id: str = CHANNEL) -> str:
    with store.read() as session:
        return zone_of(session, TENANT, channel_id, member, TERMS).key


def test_a_day_is_the_members_own(store: Store) -> None:
    once_a_day = terms(per_day=1)
    evening, night = local(23, 30), local(0, 30, day=24)
    assert evening.date() == night.date(), "in London it is the same day"
    first = sent(store, evening, member=NEW_YORK, terms=once_a_day)
    second = sent(store, night, member=NEW_YORK, terms=once_a_day)
    assert [row.local_day for one in (first, second) if (row := nudge_row(store, one))] == [
        date(2026, 11, 23),
        date(2026, 11, 24),
    ]
    refusals = Refusals()
    assert not claimed(store, decided(store, night), night, NEW_YORK, once_a_day)
    assert refusals.moved() == {"day_limit": 1}


def test_who_travels_over_midnight_has_the_day_they_arrive_in(store: Store) -> None:
    once_a_day = terms(per_day=1)
    at = local(23, 30)
    sent(store, at, member=NEW_YORK, terms=once_a_day)
    assert claimed(store, decided(store, at), at, TOKYO, once_a_day), "it is Tuesday there, and nothing came that day"
    assert not claimed(store, decided(store, at), at, NEW_YORK, once_a_day)


def test_each_limit_holds_by_itself_and_for_one_member(store: Store, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    rule_limit = terms(per_rule_a_day=1)
    sent(store, now, rule="us_them.a", terms=rule_limit)
    assert not claimed(store, decided(store, later, rule="us_them.a"), later, terms=rule_limit)
    assert claimed(store, decided(store, later, rule="us_them.b"), later, terms=rule_limit)
    assert claimed(store, decided(store, later, rule="us_them.a", author="U2"), later, terms=rule_limit)

    day_limit, refusals = terms(per_day=3), Refusals()
    sent(store, now, rule="us_them.c", terms=day_limit)
    assert not claimed(store, decided(store, later, rule="us_them.d"), later, terms=day_limit)
    assert refusals.moved() == {"day_limit": 1}
    assert claimed(store, decided(store, later, rule="us_them.d", author="U2"), later, terms=day_limit)

    tomorrow = now + timedelta(days=1)
    assert claimed(store, decided(store, tomorrow, rule="us_them.a"), tomorrow, terms=terms(per_rule_a_day=1))


def test_the_defaults_are_one_by_a_rule_and_three_a_day(sqlite_store: Store, now: datetime) -> None:
    reasons = []
    for rule in ("a", "a", "b", "c", "d"):
        refusals, pending = Refusals(), decided(sqlite_store, now, rule=f"us_them.{rule}")
        reasons.append("sent" if claimed(sqlite_store, pending, now) else next(iter(refusals.moved())))
    assert reasons == ["sent", "rule_limit", "sent", "sent", "day_limit"]


def test_a_thread_has_one_for_ever_and_its_first_message_is_part_of_it(store: Store, now: datetime) -> None:
    once = terms(per_thread=1)
    first = posted(now)
    sent(store, now, first, terms=once)
    later = now + timedelta(days=40)
    refusals = Refusals()
    assert not claimed(store, decided(store, later, posted(later, thread_ts=first.ts)), later, terms=once)
    assert refusals.moved() == {"thread_limit": 1}
    assert claimed(store, decided(store, later, posted(later, "U2", thread_ts=first.ts)), later, terms=once)

    alone = posted(now)
    sent(store, now, posted(now, thread_ts=alone.ts), terms=once)
    assert not claimed(store, decided(store, now, alone), now, terms=once), "the thread was nudged before its parent"
    elsewhere = posted(now, thread_ts=first.ts, channel_id="C2")
    assert claimed(store, decided(store, now, elsewhere), now, terms=once), "another channel's thread"


@pytest.mark.parametrize(("state", "counts"), [("missed", False), ("pending", False), ("unknown", True)])
def test_what_may_have_been_seen_counts_and_nothing_else(
    sqlite_store: Store, now: datetime, state: NudgeState, counts: bool
) -> None:
    store = sqlite_store
    for limits in ({"per_day": 1}, {"per_rule_a_day": 1}, {"per_thread": 1}):
        only, thread = terms(**limits), f"{int(now.timestamp())}.{len(limits)}00099"
        author = f"U{next(iter(limits))}"
        sent(store, now, posted(now, author, thread_ts=thread), state=NudgeState(state), terms=only)
        pending = decided(store, now, posted(now, author, thread_ts=thread), terms=only)
        assert claimed(store, pending, now, terms=only) is not counts, limits


def test_nudges_of_another_workspace_do_not_count(sqlite_store: Store, now: datetime) -> None:
    pending = sent(sqlite_store, now)
    with sqlite_store.begin() as session:
        row = nudge_row(sqlite_store, pending)
        assert row is not None
        session.add(type(row)(**{**row.model_dump(), "tenant_id": "T2"}))
        session.delete(row)
    assert claimed(sqlite_store, decided(sqlite_store, now), now)


def test_a_zone_is_the_members_else_the_digests_else_the_settings(store: Store, now: datetime) -> None:
    nobody = Member()
    assert (zone_in(store, nobody), zone_in(store, NEW_YORK)) == ("Europe/London", "America/New_York")
    subscribe(store, "Asia/Kolkata", now - timedelta(days=9), is_stopped=True)
    subscribe(store, "Asia/Dubai", now - timedelta(days=7), scope="C2")
    assert zone_in(store, nobody) == "Europe/London", "neither a stopped digest's, nor another channel's"
    subscribe(store, "Asia/Tokyo", now - timedelta(days=2))
    subscribe(store, "Europe/Paris", now)
    assert zone_in(store, nobody) == "Asia/Tokyo", "of several, the one that has been there longest"
    assert zone_in(store, NEW_YORK) == "America/New_York"
    assert zone_in(store, nobody, "C2") == "Asia/Dubai"


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        (lambda: local(7, 59), True),
        (lambda: local(8, 0), False),
        (lambda: local(17, 59), False),
        (lambda: local(18, 0), True),
        (lambda: local(12, 0, day=28), True),
        (lambda: local(23, 59, day=29), True),
    ],
)
def test_quiet_hours_are_told_by_the_zone_that_counts(
    sqlite_store: Store, at: Callable[[], datetime], is_quiet: bool
) -> None:
    now = at()
    subscribe(sqlite_store, "America/New_York", now)
    terms_ = replace(TERMS, limits=Limits(trial=timedelta()))
    assert claimed(sqlite_store, decided(sqlite_store, now), now, Member(), terms_) is not is_quiet
