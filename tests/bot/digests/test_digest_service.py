"""Figures from real tables, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from digest_rows import AUTHORS, CHANNEL, TENANT, count, count_week, nudge, watch

from bot.digests.figures import Figures, Missing, Movement, NudgeFigures, Silence, Standing, Window
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.service import Asked, find_figures
from bot.store.engine import Store
from bot.store.tables import EntryChannel, Gap, MissedLookup, MutedRule

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


def several(store: Store, scope: Scope, weeks: int = 1, **asked: object) -> Figures:
    return find_figures(store, Asked(TENANT, scope, date(2026, 11, 16), "UTC", 10, weeks, **asked))  # type: ignore[arg-type]


def channels_of_a_workspace(store: Store) -> None:
    """#infra and #sales, and one that is private, one nobody watches, one of few people, and another workspace's."""
    for channel_id, changes in (
        (CHANNEL, {}),
        ("C0SALES", {}),
        ("C0PRIVATE", {"is_private": True}),
        ("C0LEFT", {"is_watched": False}),
        ("C0SMALL", {}),
        ("C0THEIRS", {"tenant_id": "T0OTHER"}),
    ):
        watch(store, channel_id=channel_id, **changes)
        people = 9 if channel_id == "C0SMALL" else 12
        tenant = {"tenant_id": "T0OTHER"} if channel_id == "C0THEIRS" else {}
        count_week(store, MONDAY, [BUSINESS] * 4 + [TICKET] * 3, people, channel_id=channel_id, **tenant)


def test_the_workspace_is_every_watched_channel_that_is_not_private(store: Store) -> None:
    channels_of_a_workspace(store)
    found = several(store, WORKSPACE)
    assert [one.channel_id for one in found.channels] == [CHANNEL, "C0SALES"]
    assert (found.messages, found.channels_withheld, found.label("us_them").messages) == (24, 1, 8)
    assert found.label("us_them").kinds == ("business_as_other",)
    assert (found.scope, found.channel_id, found.heard_since) == (WORKSPACE, "", None)


def test_a_group_is_the_channels_named(store: Store) -> None:
    channels_of_a_workspace(store)
    group = Scope("group", (CHANNEL, "C0PRIVATE", "C0LEFT", "C0THEIRS", "C0NOWHERE"))
    found = several(store, group)
    assert [one.channel_id for one in found.channels] == [CHANNEL, "C0PRIVATE"]
    assert (found.messages, found.label("process_barrier").messages) == (24, 6)


def test_a_kind_is_named_where_three_people_used_it_in_channels_that_are_shown(store: Store) -> None:
    for channel_id, people in ((CHANNEL, 12), ("C0SALES", 12), ("C0SMALL", 9)):
        watch(store, channel_id=channel_id)
        count_week(store, MONDAY, people=people, channel_id=channel_id)
    with store.begin() as session:
        for number, channel_id in enumerate((CHANNEL, CHANNEL, "C0SALES")):
            at = MONDAY + timedelta(days=2, minutes=number)
            count(session, at, AUTHORS[number], [BUSINESS], channel_id=channel_id)
            small = [TICKET] if number else [("us_them", "outsiders")]
            count(session, at, AUTHORS[number], small, channel_id="C0SMALL")
    found = several(store, WORKSPACE)
    assert found.label("us_them").kinds == ("business_as_other",)
    assert found.label("process_barrier").kinds == ()


def test_nudges_of_channels_that_are_shown(store: Store) -> None:
    channels_of_a_workspace(store)
    with store.begin() as session:
        for number, channel_id in enumerate([CHANNEL] * 3 + ["C0SALES"] * 4 + ["C0SMALL"] * 5):
            at = MONDAY + timedelta(days=1, minutes=number)
            nudge(session, at, AUTHORS[number], channel_id=channel_id, answer="used")
    assert several(store, WORKSPACE).nudges == NudgeFigures(sent=7, helpful=0, called_wrong=0, used=7)


def test_several_weeks_of_a_channel(store: Store) -> None:
    watch(store)
    for back, people in ((0, 12), (1, 9), (2, 11)):
        count_week(store, MONDAY - back * WEEK, [BUSINESS] * (3 + back), people)
    with store.begin() as session:
        for number, author in enumerate(AUTHORS[:9]):
            nudge(session, MONDAY - (number % 3) * WEEK + timedelta(days=1, minutes=number), author, became="reworded")
    asked = Asked(TENANT, Scope.channel(CHANNEL), date(2026, 11, 2), "UTC", 10, 3)
    found = find_figures(store, asked)
    assert (found.week_start, found.weeks, found.messages) == (date(2026, 11, 2), 3, 23)
    assert found.label("us_them").messages == 8
    assert found.nudges == NudgeFigures(6, 0, 0, reworded=6)
    assert [point.messages for point in found.history[-3:]] == [11, None, 12]


def test_rules_that_are_muted_as_they_are_now(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY)
    with store.begin() as session:
        for rule_id, version, muted_at in (("muted", "2", MONDAY), ("changed", "1", MONDAY), ("lifted", "2", None)):
            session.add(MutedRule(tenant_id=TENANT, rule_id=rule_id, rule_version=version, muted_at=muted_at))
    versions = {"muted": "2", "changed": "2", "lifted": "2"}
    assert several(store, Scope.channel(CHANNEL), rule_versions=versions).muted_rules == ("muted",)


def test_what_the_catalogue_lacks(store: Store) -> None:
    channels_of_a_workspace(store)
    with store.begin() as session:
        session.add(
            EntryChannel(tenant_id=TENANT, kind="stream", entry_id="refunds", given="#infra", channel_id=CHANNEL)
        )
        session.add(EntryChannel(tenant_id=TENANT, kind="team", entry_id="a", given="#sales", channel_id="C0SALES"))
        for number, words in enumerate((None, "parcel desk", "badge printer")):
            seen = {"first_at": MONDAY, "last_at": MONDAY}
            session.add(MissedLookup(tenant_id=TENANT, digest=str(number), words=words, **seen))
    assert several(store, Scope.channel(CHANNEL)).missing == Missing(0, 2)
    assert several(store, WORKSPACE).missing == Missing(2, 2)


def test_history_says_which_weeks_were_not_heard(store: Store) -> None:
    watch(store, MONDAY - 3 * WEEK)
    for back in (0, 1, 3):
        count_week(store, MONDAY - back * WEEK, [BUSINESS] * 3)
    with store.begin() as session:
        started = MONDAY - 2 * WEEK
        session.add(Gap(tenant_id=TENANT, channel_id="", started_at=started, ended_at=started + WEEK))
    for scope in (Scope.channel(CHANNEL), WORKSPACE):
        history = several(store, scope).history
        assert len(history) == 12
        assert [point.standing for point in history[-5:]] == [
            Standing.NOT_LISTENING,
            Standing.SHOWN,
            Standing.NOT_LISTENING,
            Standing.SHOWN,
            Standing.SHOWN,
        ]
        assert history[-5].messages is None
        assert history[-1].rates["us_them"] == pytest.approx(250)
