"""The stand-in's life, and how to wait for it without sleeping."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.playground.app_config import AppConfig
from bot.playground.clock import Clock
from bot.playground.faults import Faults
from bot.playground.models import Channel, Member
from bot.playground.network import Network
from bot.playground.platform import Platform

Value = TypeVar("Value")

TEAM_ID = "T0FAIRVIEW"


class Running:
    """A stand-in that can be started, waited for and stopped; use it as a context manager."""

    def __init__(
        self,
        *,
        workspace: str = "Harbour Trust",
        app: AppConfig | Mapping[str, Any] | None = None,
        port: int = 0,
        time_scale: float = 1.0,
        clock: Clock = time.time,
        answer_limit: float = 3.0,
        rate_limits: bool = True,
    ) -> None:
        """Nothing is opened before :meth:`start`.

        ``app``: what the app asks for, a manifest or None for everything. ``time_scale`` shortens the waits between
        tries and widens rate limits alike; ``answer_limit`` is the real seconds an app has to answer. ``clock`` gives
        timestamps and the lives of triggers and ``response_url``s.
        """
        config = app if isinstance(app, AppConfig) else AppConfig.from_manifest(app) if app else None
        self._platform = Platform(
            name=workspace,
            team_id=TEAM_ID,
            app=config or AppConfig.with_everything(),
            clock=clock,
            time_scale=time_scale,
        )
        self._platform.limits.enabled = rate_limits and time_scale > 0
        self._answer_limit = answer_limit
        self._port = port
        self._network: Network | None = None

    def start(self) -> Self:
        """Listen on the loopback interface."""
        self._network = Network(self._platform, self._port, self._answer_limit)
        self._port = self._network.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody; nothing is delivered any more."""
        if self._network is not None:
            self._network.stop()
            self._network = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def api_url(self) -> str:
        """For ``SLACK_API_URL``, such as ``http://127.0.0.1:1234/api/``."""
        return f"http://127.0.0.1:{self._port}/api/"

    @property
    def bot_token(self) -> str:
        """For ``SLACK_BOT_TOKEN``."""
        return self._platform.bot_token

    @property
    def app_token(self) -> str:
        """For ``SLACK_APP_TOKEN``."""
        return self._platform.app_token

    @property
    def signing_secret(self) -> str:
        """For ``SLACK_SIGNING_SECRET``."""
        return self._platform.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The app's own bot user."""
        return self._platform.workspace.bot.id

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self._platform.workspace.team_id

    @property
    def app_id(self) -> str:
        """The app."""
        return self._platform.workspace.app_id

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._platform.faults

    def user_id(self, user: str) -> str:
        """The id of a member by name."""
        with self._platform.lock:
            return self._member(user).id

    def channel_id(self, channel: str) -> str:
        """The id of a channel by name."""
        with self._platform.lock:
            return self._channel(channel).id

    def connect_http(self, request_url: str) -> None:
        """Deliver by signed HTTP posts to ``request_url`` from now on, instead of Socket Mode."""
        self._running.deliver_to(request_url)

    def verify_request_url(self) -> bool:
        """Whether the app answers Slack's ``url_verification`` challenge."""
        return self._running.verify_request_url()

    @property
    def connections(self) -> int:
        """How many WebSockets the app has open."""
        return self._running.connection_count

    def wait_for_app(self, timeout: float = 30.0) -> None:
        """Return once the app has a WebSocket open; raises TimeoutError."""
        self.wait_until(lambda: self.connections > 0, timeout, "the app to connect")

    def wait_until(self, predicate: Callable[[], Value], timeout: float = 10.0, what: str = "it") -> Value:
        """The first true answer of ``predicate``, asked again whenever anything changes; raises TimeoutError.

        The predicate runs under the stand-in's lock: it may look, it must not wait.
        """
        with self._platform.changed:
            value = self._platform.changed.wait_for(predicate, timeout)
        if not value:
            message = f"waited {timeout:g} seconds in vain for {what}"
            raise TimeoutError(message)
        return value

    def settle(self, timeout: float = 10.0, quiet: float = 0.05) -> None:
        """Return once every delivery is answered or dropped and no call is open, for ``quiet`` seconds on end.

        Raises TimeoutError. Work that an app does long after its acknowledgement needs :meth:`wait_until`.
        """
        self._platform.dispatcher.flush()
        end = time.monotonic() + timeout
        platform = self._platform
        with platform.changed:
            while True:
                if not platform.changed.wait_for(lambda: platform.is_settled, end - time.monotonic()):
                    open_ends = f"{platform.dispatcher.pending} deliveries and {platform.calls_in_flight} calls"
                    message = f"after {timeout:g} seconds still under way: {open_ends}"
                    raise TimeoutError(message)
                if not platform.changed.wait_for(lambda: not platform.is_settled, quiet):
                    return

    @property
    def _running(self) -> Network:
        if self._network is None:
            raise RuntimeError("the stand-in is not started")
        return self._network

    def _member(self, key: str) -> Member:
        return self._platform.workspace.member(key)

    def _channel(self, key: str) -> Channel:
        return self._platform.workspace.channel(key)
