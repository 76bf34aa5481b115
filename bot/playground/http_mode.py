"""HTTP mode: signed requests to the app's request URL (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""

import asyncio
import hashlib
import hmac
import json
import time
import urllib.parse
from collections.abc import Mapping

import aiohttp

from bot.playground.delivery import Answer, Delivery, Job
from bot.playground.models import Payload

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's ``v0`` signature of a request body."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return f"v0={digest}"


class HttpTransport:
    """Posts each job to ``request_url`` and takes the answer of the same request for the acknowledgement."""

    def __init__(self, request_url: str, signing_secret: str, answer_limit: float) -> None:
        self.request_url = request_url
        self._secret = signing_secret
        self._timeout = aiohttp.ClientTimeout(total=answer_limit)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, job: Job, delivery: Delivery) -> Answer:
        """See :class:`~bot.playground.delivery.Transport`."""
        body, content_type = _body(job)
        headers = self._headers(body, content_type)
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}
        try:
            return await self._post(body, headers)
        except TimeoutError:
            return Answer("http_timeout")
        except (aiohttp.ClientError, OSError):
            return Answer("connection_failed")

    async def verify_url(self, token: str, challenge: str) -> bool:
        """Whether the app answers Slack's ``url_verification`` with its challenge."""
        body = json.dumps({"token": token, "challenge": challenge, "type": "url_verification"})
        try:
            answer = await self._post(body, self._headers(body, _JSON))
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False
        told = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return answer.status == 200 and told == challenge

    async def close(self) -> None:
        """Close the connections that are kept open."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the connector's transports finish closing before the loop ends

    def _headers(self, body: str, content_type: str) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }

    async def _post(self, body: str, headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            connector = aiohttp.TCPConnector(force_close=True, limit=0)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        sent = self._session.post(self.request_url, data=body.encode(), headers=headers, allow_redirects=False)
        async with sent as response:
            text = await response.text()
            if response.status != 200:
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                return Answer("http_error", response.status, text, no_retry)
            return Answer("acked", 200, _parsed(text, response.content_type))


def _body(job: Job) -> tuple[str, str]:
    if job.kind == "events_api":
        return json.dumps(job.payload), _JSON
    if job.kind == "slash_commands":
        return urllib.parse.urlencode(job.payload), _FORM
    return urllib.parse.urlencode({"payload": json.dumps(job.payload)}), _FORM


def _parsed(text: str, content_type: str) -> Payload | str | None:
    if content_type == _JSON and text:
        loaded = json.loads(text)
        return loaded if isinstance(loaded, dict) else text
    return text or None
