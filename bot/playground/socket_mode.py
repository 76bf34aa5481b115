"""Socket Mode: envelopes over WebSockets that the app has opened (https://docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.playground.delivery import Answer, Delivery, Job
from bot.playground.models import Payload

MOST_CONNECTIONS = 10
_WARNING_SECONDS = 10.0
_GOODBYE_SECONDS = 1.0


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    unanswered: dict[str, "asyncio.Future[Payload | None]"] = field(default_factory=dict)


class SocketTransport:
    """Sends each envelope on one of the open connections, in turn, and waits for its acknowledgement on any of them.

    An envelope for which there is no connection waits for one as long as Slack waits for an answer.
    """

    def __init__(self, app_id: str, answer_limit: float, changed: Callable[[], None]) -> None:
        self._app_id = app_id
        self._answer_limit = answer_limit
        self._changed = changed
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._turn = itertools.count()
        self._arrived = asyncio.Event()
        self.connections: list[Connection] = []

    def issue_ticket(self) -> str:
        """A ticket that opens one connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def send(self, job: Job, delivery: Delivery) -> Answer:
        """See :class:`~bot.playground.delivery.Transport`."""
        connection = await self._next_connection()
        if connection is None:
            return Answer("connection_failed")
        delivery.envelope_id = str(uuid.uuid4())
        waiting: asyncio.Future[Payload | None] = asyncio.get_running_loop().create_future()
        connection.unanswered[delivery.envelope_id] = waiting
        try:
            await connection.socket.send_str(json.dumps(_envelope(job, delivery)))
            return Answer("acked", 200, await asyncio.wait_for(waiting, self._answer_limit))
        except TimeoutError:
            return Answer("http_timeout")
        except ConnectionError:
            return Answer("connection_lost")
        finally:
            connection.unanswered.pop(delivery.envelope_id, None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self.connections) >= MOST_CONNECTIONS:
            return web.Response(status=403 if ticket not in self._tickets else 429)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(compress=False, timeout=_GOODBYE_SECONDS)
        await socket.prepare(request)
        connection = Connection(next(self._numbers), socket, request)
        self.connections.append(connection)
        try:
            await socket.send_str(json.dumps(self._hello()))
            self._arrived.set()
            self._changed()
            await self._listen(socket)
        except ConnectionError:
            pass  # the app went away in the middle of a word; what it left unanswered is sent again
        finally:
            self._lose(connection)
        return socket

    async def drop(self, connection: Connection, how: str, time_scale: float) -> None:
        """End a connection: ``abort``, ``close``, or Slack's notice ``warning`` or ``refresh_requested``."""
        if how == "abort":
            if connection.request.transport is not None:
                connection.request.transport.abort()
            return
        if how != "close":
            connection.leaving = True
            notice = {"type": "disconnect", "reason": how, "debug_info": {"host": "stand-in"}}
            await connection.socket.send_str(json.dumps(notice))
            await asyncio.sleep(_WARNING_SECONDS * time_scale if how == "warning" else 0.1)
        await connection.socket.close()

    async def close(self) -> None:
        """End every connection for good."""
        for connection in list(self.connections):
            await connection.socket.close()

    async def _next_connection(self) -> Connection | None:
        if not self.connections:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), self._answer_limit)
            except TimeoutError:
                return None
        candidates = [one for one in self.connections if not one.leaving] or self.connections
        return candidates[next(self._turn) % len(candidates)] if candidates else None

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT and isinstance(message.data, str) and message.data.startswith("{"):
                self._acknowledge(json.loads(message.data))

    def _acknowledge(self, answer: Payload) -> None:
        envelope_id = answer.get("envelope_id")
        for connection in self.connections:
            waiting = connection.unanswered.get(str(envelope_id))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer.get("payload"))

    def _lose(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for waiting in connection.unanswered.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())
        self._changed()

    def _hello(self) -> Payload:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }


def _envelope(job: Job, delivery: Delivery) -> Payload:
    envelope: Payload = {
        "envelope_id": delivery.envelope_id,
        "payload": job.payload,
        "type": job.kind,
        "accepts_response_payload": job.kind != "events_api",
    }
    if job.kind == "events_api":
        reason = "timeout" if delivery.reason == "http_timeout" else delivery.reason
        envelope |= {"retry_attempt": delivery.attempt, "retry_reason": reason}
    return envelope
