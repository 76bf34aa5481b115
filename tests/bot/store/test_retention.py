from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import func, select

from bot.store.engine import Store
from bot.store.retention import purge
from bot.store.tables import Gap, Greeting, Message, MessageFinding, Nudge, WeekCount, WeekState, WeekTotal


def test_what_is_older_than_retention_goes_and_the_rest_stays(store: Store, now: datetime) -> None:
    with store.begin() as session:
        for ts, posted_at in (("1", now - timedelta(days=101)), ("2", now - timedelta(days=90))):
            key = {"tenant_id": "T1", "channel_id": "C1", "ts": ts}
            session.add(Message(**key, version=ts, posted_at=posted_at))
            session.flush()
            session.add(MessageFinding(**key, ordinal=0, rule_id="r", label="us_them", subtype="outsiders"))
            session.add(
                Nudge(
                    **key,
                    nudge_id=ts,
                    thread_ts=ts,
                    author="a",
                    rule_id="r",
                    rule_version="1",
                    label="us_them",
                    created_at=posted_at,
                    changed_at=posted_at,
                )
            )
            session.add(Gap(tenant_id="T1", channel_id="C1", started_at=posted_at, ended_at=posted_at))
            session.add(Greeting(tenant_id="T1", channel_id="C1", author=ts, greeted_at=posted_at))
        session.add(Gap(tenant_id="T1", channel_id="C1", started_at=now - timedelta(days=500)))
    purge(store, timedelta(days=100), now, ZoneInfo("UTC"))
    with store.read() as session:
        for table in (Message, MessageFinding, Nudge):
            assert session.exec(select(table.ts)).all() == ["2"]
        assert session.exec(select(Greeting.author)).all() == ["2"]
        assert session.exec(select(func.count()).select_from(Gap)).one() == 2  # one recent, one still open


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_weeks_go_whole_and_no_message_stays_longer(store: Store, now: datetime, zone: str) -> None:
    start = datetime(2026, 8, 3, tzinfo=ZoneInfo(zone))
    weeks = {start.date() + timedelta(weeks=week): start + timedelta(weeks=week) for week in range(12)}
    with store.begin() as session:
        for monday, at in weeks.items():
            key = {"tenant_id": "T1", "channel_id": "C1", "week_start": monday}
            session.add(WeekState(**key, zone=zone))
            session.add(WeekCount(**key, label="", kind="", author="a", messages=2))
            session.add(WeekTotal(**key, label="", messages=2, capped=2, left_out=0.0, variance=2.0, authors=1))
            for instant in (at, at + timedelta(days=6, hours=23)):
                ts = f"{instant.timestamp():.6f}"
                session.add(Message(tenant_id="T1", channel_id="C1", ts=ts, version=ts, posted_at=instant))
    purge(store, timedelta(days=50), now, ZoneInfo(zone))
    oldest = now - timedelta(days=50)
    kept = [monday for monday, at in weeks.items() if at.astimezone(UTC) >= oldest]
    assert date(2026, 10, 5) == kept[0]
    with store.read() as session:
        for table in (WeekState, WeekCount, WeekTotal):
            assert sorted(session.exec(select(table.week_start)).all()) == kept
        assert len(session.exec(select(Message.ts)).all()) == 2 * len(kept)
