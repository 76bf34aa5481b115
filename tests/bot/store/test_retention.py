from datetime import datetime, timedelta

from sqlmodel import func, select

from bot.store.engine import Store
from bot.store.retention import purge
from bot.store.tables import Gap, Greeting, Message, MessageFinding, Nudge


def test_what_is_older_than_retention_goes_and_the_rest_stays(store: Store, now: datetime) -> None:
    with store.begin() as session:
        for ts, posted_at in (("1", now - timedelta(days=101)), ("2", now - timedelta(days=99))):
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
    purge(store, timedelta(days=100), now)
    with store.read() as session:
        for table in (Message, MessageFinding, Nudge):
            assert session.exec(select(table.ts)).all() == ["2"]
        assert session.exec(select(Greeting.author)).all() == ["2"]
        assert session.exec(select(func.count()).select_from(Gap)).one() == 2  # one recent, one still open
