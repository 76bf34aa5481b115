"""The HTTP side of the stand-in: the Web API, ``response_url``s, uploads and the WebSocket, on one port."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.playground import response_url, web_api
from bot.playground.faults import BEFORE_ACCEPTING, Call, Fault
from bot.playground.models import Payload
from bot.playground.platform import Platform
from bot.playground.refusals import RateLimited, Refusal
from bot.playground.socket_mode import SocketTransport
from bot.playground.web_api.call import Arguments

_LARGEST_BODY = 64 * 1024 * 1024
_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Reply:
    """An HTTP answer before it is sent; status 0: the connection is cut and nothing is sent."""

    status: int
    body: Payload | str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """As aiohttp sends it, if there is anybody left to send it to."""
        if not self.status:
            return web.Response(status=500)
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


class WebServer:
    """Answers what the app asks for, through the faults that were ordered."""

    def __init__(self, platform: Platform, sockets: SocketTransport) -> None:
        self._platform = platform
        self.closing = asyncio.Event()
        self.application = web.Application(client_max_size=_LARGEST_BODY)
        self.application.router.add_route("*", "/api/{method}", self._web_api)
        self.application.router.add_post("/response/{key}", self._response_url)
        self.application.router.add_post("/upload/{file_id}", self._upload)
        self.application.router.add_get("/link", sockets.serve)

    async def _web_api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = await _arguments(request)
        token = _token(request, arguments)
        headers = {"x-oauth-scopes": ",".join(sorted(self._platform.app.scopes))}

        def accept(call: Call) -> Reply:
            call.response = web_api.answer(self._platform, name, token, arguments)
            return Reply(200, call.response, headers)

        logged = {key: value for key, value in arguments.items() if key != "token"}
        return await self._serve(request, name, Arguments(logged).raw, accept, headers)

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        key, payload = request.match_info["key"], await _arguments(request)

        def accept(call: Call) -> Reply:
            try:
                response_url.answer(self._platform, key, Arguments(payload).raw)
            except Refusal as refusal:
                call.error = refusal.code
                status = 404 if refusal.code in ("not_found", "used_url", "expired_url") else 400
                return Reply(status, {"ok": False, "error": refusal.code})
            return Reply(200, "ok")

        return await self._serve(request, "response_url", payload, accept, {})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await _uploaded_bytes(request)
        file_id = request.match_info["file_id"]

        def accept(call: Call) -> Reply:
            file = self._platform.workspace.files.get(file_id)
            if file is None or len(content) != file.length:
                call.error = "file_not_found" if file is None else "length_mismatch"
                return Reply(400, f"{call.error}")
            file.content = content
            return Reply(200, f"OK - {file.length}")

        return await self._serve(request, "upload_url", {"file_id": file_id, "size": len(content)}, accept, {})

    async def _serve(
        self,
        request: web.Request,
        name: str,
        arguments: Payload,
        accept: Callable[[Call], Reply],
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        """Answer one call, or let it go wrong as ordered."""
        call = self._platform.begin_call(name, arguments)
        status = 0
        try:
            with self._platform.lock:
                fault = self._platform.faults.take(call)
                call.fault = fault.kind if fault is not None else None
            if fault is not None and fault.kind in BEFORE_ACCEPTING:
                await _run_hook(fault, call)
                reply = _refused(fault, call, headers)
            else:
                reply = self._accepted(call, accept, headers)
                if fault is not None:
                    await _run_hook(fault, call)
            if fault is not None:
                reply = await self._spoil(request, fault, reply)
            status = reply.status
            return reply.response()
        finally:
            self._platform.end_call(call, status)

    def _accepted(self, call: Call, accept: Callable[[Call], Reply], headers: Mapping[str, str]) -> Reply:
        with self._platform.changed:
            try:
                reply = accept(call)
                call.accepted = call.error is None
            except RateLimited as limit:
                call.error = limit.code
                return Reply(429, limit.payload(), {**headers, "Retry-After": str(limit.retry_after)})
            except Refusal as refusal:
                call.error, call.response = refusal.code, refusal.payload()
                return Reply(200, refusal.payload(), headers)
            finally:
                self._platform.changed.notify_all()
        return reply

    async def _spoil(self, request: web.Request, fault: Fault, reply: Reply) -> Reply:
        """What becomes of the answer on its way; status 0 where the app never gets one."""
        if fault.kind == "slow":
            await self._hold(request, fault.seconds)
        elif fault.kind == "http_500_after_accept":
            return Reply(500, fault.body)
        elif fault.kind in ("timeout_before", "timeout_after_accept"):
            await self._hold(request, fault.seconds)
            return _hung_up(request)
        elif fault.kind in ("drop_connection", "drop_after_accept"):
            return _hung_up(request)
        return reply

    async def _hold(self, request: web.Request, seconds: float) -> None:
        """Say nothing until the app has hung up, the time is over, or the stand-in closes."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and not self.closing.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(min(_LOOK_AGAIN, seconds))


def _hung_up(request: web.Request) -> Reply:
    if request.transport is not None:
        request.transport.abort()
    return Reply(0, "")


def _refused(fault: Fault, call: Call, headers: Mapping[str, str]) -> Reply:
    if fault.kind == "rate_limit":
        call.error = "ratelimited"
        body = {"ok": False, "error": "ratelimited", **fault.response}
        return Reply(429, body, {**headers, "Retry-After": str(fault.retry_after)})
    if fault.kind == "error":
        call.error = fault.error
        return Reply(200, {"ok": False, "error": fault.error, **fault.response}, headers)
    return Reply(500, fault.body) if fault.kind == "http_500" else Reply(0, "")


async def _run_hook(fault: Fault, call: Call) -> None:
    if fault.on_hit is not None:
        await asyncio.to_thread(fault.on_hit, call)


def _token(request: web.Request, arguments: Payload) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    given = arguments.get("token")
    return str(given) if given else None


async def _arguments(request: web.Request) -> Payload:
    """The arguments of a call from its query and its body, JSON or form."""
    arguments: Payload = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return arguments
        return arguments | body if isinstance(body, dict) else arguments
    form = await request.post()
    return arguments | {name: value for name, value in form.items() if isinstance(value, str)}


async def _uploaded_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
