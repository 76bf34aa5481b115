"""Weekly counts are those of the messages, whatever was posted, edited, deleted, late or sent again."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from digest_rows import AUTHORS, CHANNEL, TENANT, count, count_week, watch
from sqlalchemy import text
from sqlmodel import select
from week_streams import CHANNELS, Stream, cells, recounted
from week_streams import TENANT as STREAM_TENANT

from bot.digests.figures import Figures, Missing, Standing
from bot.digests.schedule import WEEK
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.service import Asked, find_figures
from bot.digests.spread import ChannelTally, Spread, summarise_channels
from bot.digests.summary import WEEKS, Surroundings, WeekTally, summarise
from bot.digests.week_counts import count_stale_weeks, ensure_counted
from bot.digests.week_rows import Rows, cells_of, week_tallies
from bot.store.engine import Store
from bot.store.tables import WeekCount, WeekState, WeekTotal
from bot.store.tenants import erase_tenant
from bot.store.weeks import mark_stale, weeks_around

FLOOR = 5
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def mondays(last: date, weeks: int = WEEKS) -> list[date]:
    return [last - back * WEEK for back in reversed(range(weeks))]


@pytest.mark.parametrize(("zone", "seed"), [("Europe/London", 1), ("America/Los_Angeles", 2)])
def test_counts_and_figures_are_those_of_the_messages(store: Store, zone: str, seed: int) -> None:
    """Six weeks of wild messages, over a clock change, while the clock counts and digests are read."""
    stream = Stream(store, seed, datetime(2026, 9, 28, 12, tzinfo=UTC), 6, zone)
    for number in range(400):
        stream.step()
        if number % 100 == 99:
            assert count_stale_weeks(store, zone, datetime(2026, 10, 12 + number // 100, tzinfo=UTC))
    starts = mondays(date(2026, 11, 2))
    for _ in range(40):  # one by one, so that no later message hides that a week was not marked
        stream.step()
        ensure_counted(store, STREAM_TENANT, CHANNELS, starts, zone)
        _counts_are_right(store, {channel_id: recounted(store, channel_id, starts, zone) for channel_id in CHANNELS})
    tallies = {channel_id: recounted(store, channel_id, starts, zone) for channel_id in CHANNELS}
    for weeks in (1, 2, 5):
        _figures_are_right(store, tallies, zone, weeks)


def _counts_are_right(store: Store, tallies: Mapping[str, list[WeekTally]]) -> None:
    starts = [week.week_start for week in tallies[CHANNELS[0]]]
    with store.read() as session:
        totals = cells_of(Rows(session, STREAM_TENANT, CHANNELS, starts), len(starts))
        for channel_id, expected in tallies.items():
            assert week_tallies(Rows(session, STREAM_TENANT, [channel_id], starts), [True] * len(starts)) == expected
            for found, week in zip(totals[channel_id], expected, strict=True):
                wanted = {label: pytest.approx(tuple(cell)) for label, cell in cells(week).items()}
                assert {label: tuple(cell) for label, cell in found.items()} == wanted


def _figures_are_right(store: Store, tallies: Mapping[str, list[WeekTally]], zone: str, weeks: int) -> None:
    starts = [week.week_start for week in tallies[CHANNELS[0]]]
    asked = Asked(STREAM_TENANT, WORKSPACE, starts[-weeks], zone, FLOOR, weeks)
    for channel_id, counted in tallies.items():
        found = find_figures(store, replace(asked, scope=Scope.channel(channel_id)))
        assert _bare(found) == _bare(summarise(counted, [], Surroundings(channel_id, zone, FLOOR), weeks))
    for scope, members in ((Scope("group", CHANNELS[:2]), CHANNELS[:2]), (WORKSPACE, CHANNELS)):
        spread = _spread({one: tallies[one] for one in members}, weeks)
        found = find_figures(store, replace(asked, scope=scope))
        assert found.standing is Standing.SHOWN
        assert _bare(found) == _bare(summarise_channels(spread, Surroundings("", zone, FLOOR), scope, weeks))


def _bare(figures: Figures) -> Figures:
    """What comes of counts alone."""
    return replace(figures, missing=Missing())


def _spread(tallies: Mapping[str, Sequence[WeekTally]], weeks: int) -> Spread:
    """Several channels from their tallies by author."""
    every = [week for counted in tallies.values() for week in counted if len(week.prose) >= FLOOR]
    starts = [week.week_start for week in next(iter(tallies.values()))]
    kinds: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for week in every:
        at = starts.index(week.week_start)
        for label, by_kind in week.kinds.items() if at >= len(starts) - weeks else ():
            for kind, by_author in by_kind.items():
                kinds[label][kind].update(by_author)
    return Spread(
        starts=starts,
        channels=[
            ChannelTally(channel_id, [cells(week) for week in counted], [True] * len(starts))
            for channel_id, counted in tallies.items()
        ],
        kinds={
            label: {kind: (by.total(), len(by)) for kind, by in by_kind.items()} for label, by_kind in kinds.items()
        },
    )


def states(store: Store) -> dict[tuple[str, date], tuple[str, bool]]:
    with store.read() as session:
        return {(one.channel_id, one.week_start): (one.zone, one.is_stale) for one in session.exec(select(WeekState))}


def read(store: Store) -> int:
    with store.read() as session:
        total = session.get(WeekTotal, (TENANT, MONDAY.date(), CHANNEL, ""))
        return total.messages if total else 0


def figures(store: Store, zone: str = "UTC") -> Figures:
    return find_figures(store, Asked(TENANT, Scope.channel(CHANNEL), MONDAY.date(), zone, 10))


def test_the_clock_counts_weeks_that_are_over(store: Store, now: datetime) -> None:
    count_week(store, MONDAY)
    with store.begin() as session:
        for at in (MONDAY + timedelta(days=3), now):
            mark_stale(store, session, TENANT, CHANNEL, at)
    assert count_stale_weeks(store, "UTC", now) == 1
    assert states(store)[CHANNEL, MONDAY.date()] == ("UTC", False)
    assert states(store)[CHANNEL, now.date()] == ("", True)
    assert read(store) == 12
    assert count_stale_weeks(store, "UTC", now) == 0


def test_a_tick_counts_so_much_and_the_next_goes_on(store: Store, now: datetime) -> None:
    with store.begin() as session:
        for back in range(1, 4):
            for number in range(30):
                mark_stale(store, session, TENANT, f"C{number:02}", now - back * WEEK + timedelta(days=2))
    assert [count_stale_weeks(store, "UTC", now, most=2) for _ in range(4)] == [30, 30, 30, 0]


def test_what_comes_late_is_in_the_next_figures(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY)
    assert figures(store).messages == 12
    at = MONDAY + timedelta(days=3)
    with store.begin() as session:
        count(session, at)
    assert figures(store).messages == 12  # nobody said so
    with store.begin() as session:
        mark_stale(store, session, TENANT, CHANNEL, at)
    assert figures(store).messages == 13


def test_another_reporting_zone_is_another_week(store: Store, now: datetime) -> None:
    watch(store)
    count_week(store, MONDAY)
    with store.begin() as session:
        count(session, MONDAY + timedelta(hours=2))  # still Sunday in New York
    assert figures(store).messages == 13
    assert figures(store, "America/New_York").messages == 12
    assert count_stale_weeks(store, "UTC", now) == WEEKS
    assert read(store) == 13


@pytest.mark.parametrize(
    ("at", "weeks"),
    [
        (datetime(2026, 11, 18, tzinfo=UTC), [date(2026, 11, 16)]),
        (datetime(2026, 11, 22, 9, 59, tzinfo=UTC), [date(2026, 11, 16)]),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), [date(2026, 11, 16), date(2026, 11, 23)]),
        (datetime(2026, 11, 23, 11, 59, tzinfo=UTC), [date(2026, 11, 16), date(2026, 11, 23)]),
        (datetime(2026, 11, 23, 12, tzinfo=UTC), [date(2026, 11, 23)]),
    ],
)
def test_the_weeks_an_instant_may_lie_in(at: datetime, weeks: list[date]) -> None:
    assert weeks_around(at) == weeks


def test_erasing_a_workspace_leaves_no_count(store: Store) -> None:
    watch(store)
    count_week(store, MONDAY)
    figures(store)
    erase_tenant(store, TENANT)
    with store.read() as session:
        assert not any(session.exec(select(table)).first() for table in (WeekState, WeekCount, WeekTotal))


@pytest.fixture
def racing(postgresql_tables_url: str) -> Iterator[Store]:
    """A store in which one transaction can wait for another."""
    store = Store(postgresql_tables_url)
    watch(store)
    count_week(store, MONDAY)
    yield store
    store.close()


LATE = MONDAY + timedelta(days=3)


def recount(store: Store) -> None:
    ensure_counted(store, TENANT, [CHANNEL], [MONDAY.date()], "UTC")


def mark(store: Store) -> None:
    with store.begin() as session:
        mark_stale(store, session, TENANT, CHANNEL, LATE)


def await_waiting(store: Store) -> None:
    """Return as soon as one transaction waits for another."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(waiting).scalar():
            pass


def test_a_recount_waits_for_a_message_that_is_not_committed(racing: Store) -> None:
    mark(racing)
    with racing.begin() as session, ThreadPoolExecutor() as pool:
        mark_stale(racing, session, TENANT, CHANNEL, LATE)
        mark(racing)  # another message does not wait
        counting = pool.submit(recount, racing)
        await_waiting(racing)
        count(session, LATE)
        session.commit()
        counting.result(10)
    assert states(racing)[CHANNEL, MONDAY.date()] == ("UTC", False)
    assert read(racing) == 13


def test_a_message_that_comes_while_its_week_is_counted_makes_it_stale_again(racing: Store) -> None:
    recount(racing)
    with racing.begin() as session, ThreadPoolExecutor() as pool:
        session.get_one(WeekState, (TENANT, CHANNEL, MONDAY.date()), with_for_update=True)
        marking = pool.submit(mark, racing)
        await_waiting(racing)
        session.commit()
        marking.result(10)
    assert states(racing)[CHANNEL, MONDAY.date()] == ("UTC", True)


def test_a_week_counted_before_a_commit_is_stale_after_it(racing: Store) -> None:
    recount(racing)
    with racing.begin() as session:
        mark_stale(racing, session, TENANT, CHANNEL, LATE)
        count(session, LATE)
        recount(racing)
        assert read(racing) == 12
    recount(racing)
    assert read(racing) == 13


def test_messages_and_counts_at_once_lose_nothing(racing: Store) -> None:
    def post(number: int) -> None:
        with racing.begin() as session:
            at = LATE + timedelta(seconds=number)
            count(session, at, AUTHORS[number % 14])
            mark_stale(racing, session, TENANT, CHANNEL, at)

    with ThreadPoolExecutor(6) as pool:
        deeds = [pool.submit(post, number) for number in range(60)]
        deeds += [pool.submit(recount, racing) for _ in range(20)]
        for deed in deeds:
            deed.result(30)
    recount(racing)
    assert read(racing) == 72
