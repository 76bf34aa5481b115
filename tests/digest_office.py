"""A channel with a digest, in the Slack stand-in, under a clock that moves only when told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest
from digest_rows import TENANT
from slack_sdk import WebClient
from sqlmodel import Session, col, select

from bot.digests.delivery import deliver_due
from bot.digests.schedule import Schedule, Weekly
from bot.digests.scope import Scope
from bot.digests.subscriptions import Place, subscribe
from bot.playground import Call, Message, SlackStandIn
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import DigestRun, DigestSubscription

on_both_databases = pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)
"""For tests of what the database has to guarantee; the others run on SQLite."""

MONDAY_NINE = Weekly(0, time(9), "Europe/London")
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)


@dataclass
class MovingClock:
    """Stands still until it is moved."""

    now: datetime = WEDNESDAY

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


@dataclass
class Office:
    """#infra with twelve members, Olive who asks for its digest, and a clock process that ticks when told to."""

    slack: SlackStandIn
    store: Store
    clock: MovingClock
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.olive = self.slack.add_member("olive", real_name="Olive Owner", tz="Europe/London")
        members = [self.slack.add_member(f"member{number}") for number in range(12)]
        self.infra = self.slack.add_channel("infra", members=[self.olive, *members], with_app=True)

    def client_for(self, tenant_id: str) -> WebClient | None:
        return WebClient(token=self.slack.bot_token, base_url=self.slack.api_url) if tenant_id == TENANT else None

    def tick(self, after: timedelta | None = None) -> int:
        """Let time pass, then do what a clock process does at each tick."""
        self.clock.now += after or timedelta()
        return deliver_due(self.store, self.settings, self.client_for, self.clock)

    def tick_at(self, now: datetime) -> int:
        return self.tick(now - self.clock.now)

    def subscribe(
        self,
        schedule: Schedule = MONDAY_NINE,
        channel: str | None = None,
        tenant_id: str = TENANT,
        *,
        scope: Scope | None = None,
    ) -> None:
        """Set a digest of a channel (#infra), or of ``scope``, for the channel or person ``channel``."""
        where = channel or self.infra
        place = Place(tenant_id, scope or Scope.channel(where), where)
        subscribe(self.store, place, self.olive, schedule, self.clock())

    def digests(self, channel: str = "infra") -> list[Message]:
        """What the app has posted in a channel."""
        return [message for message in self.slack.messages(channel) if message.bot_id]

    def runs(self) -> list[DigestRun]:
        with self.store.read() as session:
            return list(session.exec(select(DigestRun).order_by(col(DigestRun.due_at), col(DigestRun.run_id))))

    def states(self) -> list[str]:
        return [run.state for run in self.runs()]

    def subscription(self) -> DigestSubscription:
        """The one of #infra."""
        with self.store.read() as session:
            return self.subscription_of(session, self.infra)

    def subscription_of(self, session: Session, channel: str) -> DigestSubscription:
        statement = select(DigestSubscription).where(col(DigestSubscription.scope_channel_id) == channel)
        return session.exec(statement).one()

    def posts(self) -> list[Call]:
        return self.slack.calls("chat.postMessage")

    def looks(self) -> list[Call]:
        return self.slack.calls("conversations.history")
