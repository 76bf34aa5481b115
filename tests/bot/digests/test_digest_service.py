"""Figures from real tables, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from digest_rows import AUTHORS, CHANNEL, TENANT, count, count_week, nudge, watch

from bot.digests.figures import Figures, Movement, NudgeFigures, Silence, Standing, Window
from bot.digests.scope import Scope
from bot.digests.service import Asked, find_figures
from bot.store.engine import Store
from bot.store.tables import Gap

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BUSINESS = ("us_them", "business_as_other")
TICKET = ("process_barrier", "no_ticket_no_help")


def figures(store: Store, zone: str = "UTC", floor: int = 10, week_start: date = date(2026, 11, 16)) -> Figures:
    return find_figures(store, Asked(TENANT, Scope.channel(CHANNEL), week_start, zone, floor))


def test_messages_are_counted_not_findings(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY, [BUSINESS] * 4)
    with store.begin() as session:
        count(session, MONDAY + timedelta(days=2), AUTHORS[5], [BUSINESS, BUSINESS, ("us_them", "outsiders"), TICKET])
    found = figures(store)
    assert (found.standing, found.messages) == (Standing.SHOWN, 13)
    assert found.label("us_them").messages == 5
    assert found.label("us_them").kinds == ("business_as_other",)
    assert found.label("process_barrier").messages == "few"
    assert found.label("shared_purpose").messages == 0


def test_what_is_not_counted(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY, [BUSINESS] * 4)
    at = MONDAY + timedelta(days=3)
    with store.begin() as session:
        count(session, at, AUTHORS[1], [BUSINESS], is_deleted=True)
        count(session, at + timedelta(minutes=1), AUTHORS[1], [BUSINESS], channel_id="C0OTHER")
        count(session, at + timedelta(minutes=2), AUTHORS[1], [BUSINESS], tenant_id="T0OTHER")
        for number in range(3):
            count(session, at + timedelta(minutes=3 + number), AUTHORS[number], [BUSINESS], has_prose=False)
        count(session, MONDAY - timedelta(microseconds=1), AUTHORS[1], [BUSINESS])
        count(session, MONDAY + WEEK, AUTHORS[1], [BUSINESS])
    found = figures(store)
    assert (found.messages, found.not_read, found.label("us_them").messages) == (12, 3, 4)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("UTC", datetime(2026, 3, 23, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 3, 23, tzinfo=UTC)),  # its Sunday has 23 hours
        ("America/Los_Angeles", datetime(2026, 3, 23, 7, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 3, 22, 18, 15, tzinfo=UTC)),
    ],
)
def test_weeks_are_the_reporting_zones(store: Store, zone: str, start: datetime) -> None:
    watch(store)
    end = start + WEEK - (timedelta(hours=1) if zone == "Europe/London" else timedelta())
    with store.begin() as session:
        for number, author in enumerate(AUTHORS[:10]):
            count(session, start + timedelta(minutes=number), author)
        count(session, end - timedelta(microseconds=1))
        count(session, start - timedelta(microseconds=1))
        count(session, end)
    assert figures(store, zone, week_start=date(2026, 3, 23)).messages == 11


def test_four_weeks_against_the_four_before(store: Store) -> None:
    watch(store)
    for back in range(12):
        count_week(store, MONDAY - back * WEEK, [BUSINESS] * (9 if back < 4 else 3))
    one = figures(store).label("us_them")
    assert (one.movement, one.recent, one.earlier) == (Movement.UP, Window(36, 4), Window(12, 4))


def test_older_weeks_are_not_looked_at(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY, [BUSINESS] * 3)
    for back in range(16, 30):
        count_week(store, MONDAY - back * WEEK, [BUSINESS] * 9)
    assert figures(store).label("us_them").movement is Movement.TOO_EARLY


def test_too_few_people(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY, [BUSINESS], people=9)
    assert figures(store).standing is Standing.TOO_FEW_PEOPLE
    assert figures(store, floor=9).standing is Standing.SHOWN


def test_nudges_of_the_week(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY)
    with store.begin() as session:
        for number, author in enumerate(AUTHORS[:8]):
            answer = {0: "helpful", 1: "helpful", 2: "helpful", 3: None}.get(number, "not_relevant")
            nudge(session, MONDAY + timedelta(days=1, minutes=number), author, answer=answer)
        nudge(session, MONDAY + timedelta(days=2), AUTHORS[9], state="missed")
        nudge(session, MONDAY - timedelta(days=2), AUTHORS[9])
        nudge(session, MONDAY + timedelta(days=3), AUTHORS[9], channel_id="C0OTHER")
    assert figures(store).nudges == NudgeFigures(sent=8, helpful=3, called_wrong=4)


def test_silences_are_joined_and_clipped_to_the_week(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY)
    day = timedelta(days=1)
    with store.begin() as session:
        for channel_id, start, end in (
            (CHANNEL, MONDAY - day, MONDAY + timedelta(hours=1)),
            ("", MONDAY + 2 * day, MONDAY + 3 * day),
            (CHANNEL, MONDAY + 2.5 * day, MONDAY + 4 * day),
            ("C0OTHER", MONDAY + 5 * day, MONDAY + 6 * day),
            (CHANNEL, MONDAY + 6.5 * day, None),
            (CHANNEL, MONDAY - 9 * day, MONDAY - 8 * day),
        ):
            session.add(Gap(tenant_id=TENANT, channel_id=channel_id, started_at=start, ended_at=end))
    assert figures(store).silences == (
        Silence(MONDAY, MONDAY + timedelta(hours=1)),
        Silence(MONDAY + 2 * day, MONDAY + 4 * day),
        Silence(MONDAY + 6.5 * day, MONDAY + WEEK),
    )


@pytest.mark.parametrize(
    ("since", "gap", "standing"),
    [
        (MONDAY - WEEK, None, Standing.EMPTY),
        (MONDAY + WEEK, None, Standing.NOT_LISTENING),
        (MONDAY - WEEK, (MONDAY - WEEK, MONDAY + 2 * WEEK), Standing.NOT_LISTENING),
        (MONDAY - WEEK, (MONDAY - WEEK, None), Standing.NOT_LISTENING),
        (MONDAY + timedelta(days=2), (MONDAY + timedelta(days=1), MONDAY + WEEK), Standing.NOT_LISTENING),
        (MONDAY - WEEK, (MONDAY - WEEK, MONDAY + timedelta(days=6)), Standing.EMPTY),
    ],
)
def test_a_week_nobody_listened_to_is_not_an_empty_one(
    store: Store, since: datetime, gap: tuple[datetime, datetime | None] | None, standing: Standing
) -> None:
    watch(store, since)
    if gap:
        with store.begin() as session:
            session.add(Gap(tenant_id=TENANT, channel_id="", started_at=gap[0], ended_at=gap[1]))
    assert figures(store).standing is standing


def test_a_channel_nobody_knows_was_not_listened_to(store: Store) -> None:
    assert figures(store).standing is Standing.NOT_LISTENING
    assert figures(store).heard_since is None


def test_listening_began_within_the_week(store: Store) -> None:
    since = MONDAY + timedelta(days=2)
    watch(store, since)
    count_week(store, MONDAY + timedelta(days=2))
    assert figures(store).heard_since == since
    assert figures(store).standing is Standing.SHOWN
