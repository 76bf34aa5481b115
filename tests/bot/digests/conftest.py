from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from digest_office import MovingClock, Office
from digest_rows import count_week, watch

from bot.playground import SlackStandIn
from bot.store.engine import Store


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office on a Wednesday whose #infra gets a digest on Mondays at 9 in London; this week is counted."""
    urls = {"sqlite": "fresh_sqlite_url", "postgresql": "postgresql_tables_url"}
    store = Store(request.getfixturevalue(urls[getattr(request, "param", "sqlite")]))
    clock = MovingClock()
    with SlackStandIn(rate_limits=False, time_scale=0.001, clock=clock.seconds) as slack:
        office = Office(slack, store, clock)
        watch(store, datetime(2026, 9, 1, tzinfo=UTC), channel_id=office.infra)
        count_week(store, datetime(2026, 11, 16, tzinfo=UTC), [("us_them", "outsiders")] * 4, channel_id=office.infra)
        office.subscribe()
        yield office
    store.close()
