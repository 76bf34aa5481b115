"""Digests to Slack: each posted once, whatever is lost on the way.

Slack has no key by which a second post would be known as the first. So the run's id travels in the message's
metadata, ``tried_at`` is committed before each call, and where the answer to a call was lost the channel's history is
looked at before anything is posted again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digests import runs
from bot.digests.refusals import Refusal
from bot.digests.rendering import pause_text, render_run
from bot.digests.runs import Claim
from bot.digests.subscriptions import Place, stop
from bot.listening import Clock
from bot.logs import failure_place
from bot.settings import Settings
from bot.slack_clients import posting_client
from bot.slack_codes import documented
from bot.store.engine import Store
from bot.store.tables import SkipReason, StopReason

EVENT_TYPE = "fairview_digest"
"""The ``event_type`` of a digest's metadata; its payload holds ``run_id``."""

ClientFor = Callable[[str], WebClient | None]
"""Returns a client with the bot token of a tenant, or None where there is none."""

_LOOK_BACK = timedelta(seconds=60)
_LOOK_AHEAD = timedelta(minutes=5)
_LOOK_LIMIT = 15
_LOOK_AGAIN = timedelta(seconds=60)
"""Some apps may read history once a minute; and a post whose answer was lost needs time to appear."""
_FIRST_BACK_OFF = timedelta(seconds=30)
_LONGEST_BACK_OFF = timedelta(hours=1)

_STOPS = {
    "is_archived": StopReason.ARCHIVED,
    "not_in_channel": StopReason.NOT_IN_CHANNEL,
    "channel_not_found": StopReason.CHANNEL_GONE,
    "restricted_action": StopReason.MAY_NOT_POST,
    "restricted_action_read_only_channel": StopReason.MAY_NOT_POST,
}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One claimed run, and what it takes to bring it to Slack."""

    store: Store
    settings: Settings
    clock: Clock
    client: WebClient
    held: Claim


def deliver_due(store: Store, settings: Settings, client_for: ClientFor, clock: Clock) -> int:
    """Deliver every digest that is due and that no other clock is delivering; return how many are now known to be
    in their channels that were not before.

    Safe to run at any time, in any number of processes. What goes wrong with one digest leaves the others alone.
    """
    runs.plan(store, clock())
    delivered = 0
    while (held := runs.claim(store, clock())) is not None:
        client = client_for(held.run.tenant_id)
        if client is None:
            logger.warning("digest waits: no token for its workspace, run=%s", held.run.run_id)
            runs.unresolved(store, held, clock() + _back_off(held), held.run.search_cursor)
            continue
        try:
            delivered += _deliver(_Delivery(store, settings, clock, posting_client(client), held))
        except Exception as error:  # noqa: BLE001 (one digest must not hold up the others; its lease runs out)
            logger.error("digest failed: %s run=%s", failure_place(error), held.run.run_id)
    return delivered


class _Look(Enum):
    """What looking for a digest in its channel told, short of finding it."""

    ABSENT = auto()
    OPEN = auto()
    """Not known yet; the run was given back."""


def _deliver(work: _Delivery) -> bool:
    if work.held.run.tried_at is not None:
        found = _look(work, work.held.run.tried_at)
        if found is _Look.OPEN:
            return False
        if isinstance(found, str):
            return runs.delivered(work.store, work.held, found)
    if not work.held.is_wanted:
        return _skip(work)
    return _post(work)


def _post(work: _Delivery) -> bool:
    # Rendered once: what may already be in the channel is never followed by another version of itself.
    frozen = work.held.run.payload or render_run(work.store, work.settings, work.held)
    if not runs.begin_post(work.store, work.held, frozen, work.clock()):
        return False
    try:
        response = work.client.chat_postMessage(
            channel=work.held.subscription.destination_id,
            text=frozen["text"],
            blocks=frozen["blocks"],
            metadata={"event_type": EVENT_TYPE, "event_payload": {"run_id": work.held.run.run_id}},
            unfurl_links=False,
            unfurl_media=False,
        )
    except SlackApiError as error:
        return _after_refusal(work, Refusal.of(error))
    except (SlackClientError, OSError, HTTPException) as error:
        logger.warning("digest unanswered: %s run=%s", failure_place(error), work.held.run.run_id)
        runs.unresolved(work.store, work.held, work.clock() + _LOOK_AGAIN)
        return False
    return runs.delivered(work.store, work.held, str(response["ts"]))


def _after_refusal(work: _Delivery, refusal: Refusal) -> bool:
    now = work.clock()
    logger.warning("digest refused: %s run=%s", documented(refusal.code), work.held.run.run_id)
    if refusal.retry_after is not None:
        runs.refused(work.store, work.held, now + refusal.retry_after)
    elif refusal.may_have_worked:
        runs.unresolved(work.store, work.held, now + _LOOK_AGAIN)
    elif refusal.code in _STOPS:
        _pause(work, _STOPS[refusal.code])
    else:
        runs.refused(work.store, work.held, now + _back_off(work.held))
    return False


def _look(work: _Delivery, tried_at: datetime) -> str | _Look:
    now = work.clock()
    if now < tried_at + _LOOK_AGAIN:
        return _leave_open(work, tried_at + _LOOK_AGAIN, work.held.run.search_cursor)
    try:
        page = work.client.conversations_history(
            channel=work.held.subscription.destination_id,
            oldest=f"{(tried_at - _LOOK_BACK).timestamp():.6f}",
            latest=f"{(tried_at + _LOOK_AHEAD).timestamp():.6f}",
            limit=_LOOK_LIMIT,
            cursor=work.held.run.search_cursor,
            include_all_metadata=True,
        )
    except SlackApiError as error:
        return _after_blind_look(work, Refusal.of(error))
    except (SlackClientError, OSError, HTTPException) as error:
        logger.warning("digest not looked for: %s run=%s", failure_place(error), work.held.run.run_id)
        return _leave_open(work, now + _back_off(work.held), work.held.run.search_cursor)
    found = next((message for message in page["messages"] if _is_run(message, work.held.run.run_id)), None)
    if found:
        return str(found["ts"])
    cursor = (page.get("response_metadata") or {}).get("next_cursor")
    return _leave_open(work, now + _LOOK_AGAIN, cursor) if cursor else _Look.ABSENT


def _after_blind_look(work: _Delivery, refusal: Refusal) -> _Look:
    now = work.clock()
    logger.warning("digest not looked for: %s run=%s", documented(refusal.code), work.held.run.run_id)
    if refusal.retry_after is not None:
        return _leave_open(work, now + refusal.retry_after, work.held.run.search_cursor)
    if refusal.code in _STOPS:
        _pause(work, _STOPS[refusal.code])
    elif not work.held.is_wanted and not refusal.may_have_worked:
        _skip(work)
    else:
        runs.unresolved(work.store, work.held, now + _back_off(work.held))
    return _Look.OPEN


def _leave_open(work: _Delivery, again_at: datetime, cursor: str | None) -> _Look:
    runs.unresolved(work.store, work.held, again_at, cursor)
    return _Look.OPEN


def _is_run(message: dict[str, Any], run_id: str) -> bool:
    metadata = message.get("metadata") or {}
    return metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("run_id") == run_id


def _skip(work: _Delivery) -> bool:
    reason = SkipReason.STOPPED if work.held.subscription.stopped_at else SkipReason.SUPERSEDED
    runs.skipped(work.store, work.held, reason)
    return False


def _pause(work: _Delivery, reason: StopReason) -> None:
    subscription = work.held.subscription
    runs.refused(work.store, work.held, work.clock())
    place = Place(subscription.tenant_id, subscription.scope_channel_id, subscription.destination_id)
    if stop(work.store, place, reason, work.clock()) is None:
        return
    try:
        work.client.chat_postMessage(channel=subscription.owner_id, text=pause_text(subscription, reason))
    except (SlackClientError, OSError, HTTPException) as error:
        logger.warning("owner not told of a paused digest: %s", failure_place(error))


def _back_off(held: Claim) -> timedelta:
    return min(_FIRST_BACK_OFF * (1 << min(held.run.attempts - 1, 10)), _LONGEST_BACK_OFF)
