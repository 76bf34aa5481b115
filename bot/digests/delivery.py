"""Digests to Slack: each posted once, whatever is lost on the way.

Slack has no key by which a second post would be known as the first. So the run's id travels in the message's
metadata, ``tried_at`` is committed before each call, and where the answer to a call was lost the conversation's history
is looked at before anything is posted again.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from types import MappingProxyType

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digests import runs
from bot.digests.access import find_tellable
from bot.digests.looking import EVENT_TYPE, LOOK_AGAIN, Barred, Delivery, Unfound, look
from bot.digests.payloads import Payload
from bot.digests.pictures import is_not_ready, upload_picture
from bot.digests.planning import plan
from bot.digests.rendering import Press, pause_text, render_run
from bot.digests.subscriptions import is_person, stop
from bot.listening import Clock
from bot.logs import failure_place
from bot.settings import Settings
from bot.slack_clients import ClientFor, posting_client
from bot.slack_outcomes import PostVerdict, outcome_of_post, reason_of
from bot.store.engine import Store
from bot.store.tables import SkipReason, StopReason
from nlp import Rule

_PICTURE_TRIES = 3
_PICTURE_AGAIN = timedelta(seconds=10)
"""Slack looks an uploaded picture over before a message may show it."""
_STOPS = {
    "is_archived": StopReason.ARCHIVED,
    "not_in_channel": StopReason.NOT_IN_CHANNEL,
    "channel_not_found": StopReason.CHANNEL_GONE,
    "restricted_action": StopReason.MAY_NOT_POST,
    "restricted_action_read_only_channel": StopReason.MAY_NOT_POST,
}
_PERSON_STOPS = dict.fromkeys(
    ("channel_not_found", "user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"),
    StopReason.PERSON_GONE,
)
_NO_RULES: Mapping[str, Rule] = MappingProxyType({})
_FAILURES = (SlackClientError, OSError, HTTPException)
logger = logging.getLogger(__name__)


def deliver_due(
    store: Store, settings: Settings, client_for: ClientFor, clock: Clock, rules: Mapping[str, Rule] = _NO_RULES
) -> int:
    """Deliver every digest that is due and that no other clock is delivering; return how many are now known to be
    in their places that were not before.

    Safe to run at any time, in any number of processes. What goes wrong with one digest leaves the others alone.
    """
    press = Press(store, settings, rules)
    plan(store, clock())
    delivered = 0
    while (held := runs.claim(store, clock())) is not None:
        client = client_for(held.run.tenant_id)
        try:
            if client is None:
                logger.warning("digest waits: no token for its workspace, run=%s", held.run.run_id)
                runs.unresolved(store, held, clock() + runs.back_off(held), held.run.search_cursor)
            else:
                delivered += _deliver(Delivery(press, clock, client, posting_client(client), held))
        except Exception as error:  # noqa: BLE001 (one digest must not hold up the others; its lease runs out)
            logger.error("digest failed: %s run=%s", failure_place(error), held.run.run_id)
    return delivered


def _deliver(work: Delivery) -> bool:
    held = work.held
    if held.run.tried_at is not None:
        found = look(work, held.run.tried_at)
        if isinstance(found, str):
            return runs.delivered(work.store, held, found)
        if isinstance(found, Barred):
            return _after_blind_look(work, found.code)
        if found is Unfound.OPEN:
            return False
    if not held.is_wanted:
        return _skip(work)
    payload = _payload(work)
    return payload is not None and _post(work, payload)


def _payload(work: Delivery) -> Payload | None:
    """Return what to post, None where there is nothing to post now; what may have been seen is not rendered anew."""
    held = work.held
    try:
        told = find_tellable(work.store, work.reader, held.place)
    except _FAILURES as error:
        logger.warning("digest waits: %s run=%s", reason_of(error), held.run.run_id)
        runs.unresolved(work.store, held, work.clock() + runs.back_off(held), held.run.search_cursor)
        return None
    if isinstance(told, StopReason):
        _pause(work, told)
        return None
    kept = Payload.of(held.run.payload) if held.run.payload else None
    if kept is not None and kept.about in ((), told.about):
        return kept
    return render_run(work.press, held, told)


def _post(work: Delivery, payload: Payload) -> bool:
    if payload.rendering == "to_draw":
        payload = _drawn(work, payload)
    if not runs.begin_post(work.store, work.held, payload.as_json(), work.clock()):
        return False
    try:
        response = work.client.chat_postMessage(
            channel=work.held.place.destination_id,
            text=payload.text,
            blocks=payload.posted_blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"run_id": work.held.run.run_id}},
            unfurl_links=False,
            unfurl_media=False,
        )
    except _FAILURES as error:
        logger.warning("digest not posted: %s run=%s", reason_of(error), work.held.run.run_id)
        return _after_failure(work, payload, error)
    return runs.delivered(work.store, work.held, str(response["ts"]))


def _drawn(work: Delivery, payload: Payload) -> Payload:
    try:
        return payload.with_picture(upload_picture(work.client, *payload.picture()))
    except _FAILURES as error:
        logger.warning("digest goes without its picture: %s run=%s", reason_of(error), work.held.run.run_id)
        return payload.plain()


def _after_failure(work: Delivery, payload: Payload, error: Exception) -> bool:
    outcome, now = outcome_of_post(error), work.clock()
    code = error.response.get("error") if isinstance(error, SlackApiError) else None
    stops = _STOPS | (_PERSON_STOPS if is_person(work.held.place.destination_id) else {})
    if outcome.verdict is PostVerdict.UNCLEAR:
        runs.unresolved(work.store, work.held, now + LOOK_AGAIN)
    elif outcome.retry_after is not None:
        runs.refused(work.store, work.held, now + timedelta(seconds=max(1.0, outcome.retry_after)))
    elif code in stops:
        _pause(work, stops[str(code)])
    elif isinstance(error, SlackApiError) and code in {"invalid_blocks", "invalid_blocks_format"}:
        return _plainer(work, payload, error)
    else:
        runs.refused(work.store, work.held, now + runs.back_off(work.held))
    return False


def _plainer(work: Delivery, payload: Payload, error: SlackApiError) -> bool:
    """Post it less richly: Slack has said that it did not take it as it was, so it cannot come twice."""
    match payload.rendering:
        case "chart":
            return _post(work, payload.to_draw())
        case "picture" if is_not_ready(error) and payload.picture_tries < _PICTURE_TRIES:
            again_at, again = work.clock() + _PICTURE_AGAIN, payload.tried_again()
            runs.refused(work.store, work.held, again_at, again.as_json())
            return False
        case "picture":
            return _post(work, payload.plain())
        case "text":
            runs.refused(work.store, work.held, work.clock() + runs.back_off(work.held))
            return False
        case _:
            return _post(work, payload.text_alone())


def _after_blind_look(work: Delivery, code: str) -> bool:
    stops = _STOPS | (_PERSON_STOPS if is_person(work.held.place.destination_id) else {})
    if code in stops:
        _pause(work, stops[code])
    elif not work.held.is_wanted:
        _skip(work)
    else:
        runs.unresolved(work.store, work.held, work.clock() + runs.back_off(work.held))
    return False


def _skip(work: Delivery) -> bool:
    reason = SkipReason.STOPPED if work.held.subscription.stopped_at else SkipReason.SUPERSEDED
    runs.skipped(work.store, work.held, reason)
    return False


def _pause(work: Delivery, reason: StopReason) -> None:
    held, owner_id = work.held, work.held.subscription.owner_id
    runs.refused(work.store, held, work.clock())
    if stop(work.store, held.place, reason, work.clock()) is None:
        return
    try:
        work.client.chat_postMessage(channel=owner_id, text=pause_text(work.store, held, reason))
    except _FAILURES as error:
        logger.warning("owner not told of a paused digest: %s", reason_of(error))
