"""The thread on which the stand-in serves and delivers: one event loop, one port, both ways to the app."""

import asyncio
import threading
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web

from bot.playground.envelopes import VERIFICATION_TOKEN
from bot.playground.http_mode import HttpTransport
from bot.playground.platform import Platform
from bot.playground.socket_mode import SocketTransport
from bot.playground.web_server import WebServer

Result = TypeVar("Result")
_PATIENCE = 30.0


class Network:
    """Runs the event loop; every method may be called from any other thread."""

    def __init__(self, platform: Platform, port: int, answer_limit: float) -> None:
        self._platform = platform
        self._port = port
        self._answer_limit = answer_limit
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="slack-stand-in", daemon=True)
        self._sockets = SocketTransport(platform.workspace.app_id, answer_limit, self._tell)
        self._http: list[HttpTransport] = []
        self._server = WebServer(platform, self._sockets)
        self._runner = web.AppRunner(self._server.application, access_log=None, shutdown_timeout=1.0)

    def start(self) -> int:
        """Serve; answers the port. Raises OSError where it cannot be had."""
        self._thread.start()
        try:
            port = self._wait_for(self._start())
        except OSError:
            self.stop()
            raise
        self._platform.base_url = f"http://127.0.0.1:{port}"
        self._platform.sockets = self
        self._platform.dispatcher.transport = self._sockets
        self._platform.dispatcher.run_on(self._loop)
        self._port = port
        return port

    def stop(self) -> None:
        """End every connection and the thread."""
        self._wait_for(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    def deliver_to(self, request_url: str) -> None:
        """From now on use HTTP mode, with this request URL."""
        transport = HttpTransport(request_url, self._platform.signing_secret, self._answer_limit)
        self._http.append(transport)
        self._platform.dispatcher.transport = transport
        self._platform.is_expecting_app = True

    def verify_request_url(self) -> bool:
        """Whether the app answers Slack's challenge at its request URL."""
        if not self._http:
            return False
        return self._wait_for(self._http[-1].verify_url(VERIFICATION_TOKEN, uuid.uuid4().hex))

    def new_url(self) -> str:
        """See :class:`~bot.playground.platform.Sockets`."""
        return (
            f"ws://127.0.0.1:{self._port}/link?ticket={self._sockets.issue_ticket()}&app_id={self._platform.app.name}"
        )

    def drop(self, how: str) -> int:
        """See :class:`~bot.playground.platform.Sockets`."""
        connections = list(self._sockets.connections)
        for connection in connections:
            work = self._sockets.drop(connection, how, self._platform.time_scale)
            asyncio.run_coroutine_threadsafe(work, self._loop)
        return len(connections)

    @property
    def connection_count(self) -> int:
        """How many WebSockets the app has open."""
        return len(self._sockets.connections)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _wait_for(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _tell(self) -> None:
        with self._platform.changed:
            self._platform.changed.notify_all()

    async def _start(self) -> int:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def _stop(self) -> None:
        self._server.closing.set()
        await self._platform.dispatcher.close()
        await self._sockets.close()
        for transport in self._http:
            await transport.close()
        await self._runner.cleanup()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
