"""A digest whose post was never answered, looked for where it would be, before anything is posted again."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digests import runs
from bot.digests.rendering import Press
from bot.digests.runs import Claim
from bot.digests.subscriptions import is_person
from bot.listening import Clock
from bot.slack_outcomes import PostVerdict, outcome_of_post, reason_of
from bot.store.engine import Store

EVENT_TYPE = "fairview_digest"
"""The ``event_type`` of a digest's metadata; its payload holds ``run_id``."""
LOOK_AGAIN = timedelta(seconds=60)
"""Some apps may read history once a minute; and a post whose answer was lost needs time to appear."""

_LOOK_BACK = timedelta(seconds=60)
_LOOK_AHEAD = timedelta(minutes=5)
_LOOK_LIMIT = 15
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One claimed run, and what it takes to bring it to Slack."""

    press: Press
    clock: Clock
    reader: WebClient
    client: WebClient
    """Sends nothing twice by itself."""
    held: Claim

    @property
    def store(self) -> Store:
        """Where the run is kept."""
        return self.press.store


class Unfound(Enum):
    """What looking for a digest told, short of finding it."""

    ABSENT = auto()
    OPEN = auto()
    """Not known yet; the run was given back."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Slack does not let Fairview look, and would not the next time: by Slack's ``code``."""

    code: str


def look(work: Delivery, tried_at: datetime) -> str | Unfound | Barred:
    """Return the ts of a digest that Slack was asked to post at ``tried_at``, or why there is none to return."""
    now, cursor = work.clock(), work.held.run.search_cursor
    if now < tried_at + LOOK_AGAIN:
        return _leave_open(work, tried_at + LOOK_AGAIN, cursor)
    try:
        page = work.client.conversations_history(
            channel=_conversation(work),
            oldest=f"{(tried_at - _LOOK_BACK).timestamp():.6f}",
            latest=f"{(tried_at + _LOOK_AHEAD).timestamp():.6f}",
            limit=_LOOK_LIMIT,
            cursor=cursor,
            include_all_metadata=True,
        )
    except (SlackClientError, OSError, HTTPException) as error:
        return _after_failure(work, error)
    found = next((message for message in page["messages"] if _is_run(message, work.held.run.run_id)), None)
    if found:
        return str(found["ts"])
    following = (page.get("response_metadata") or {}).get("next_cursor")
    return _leave_open(work, now + LOOK_AGAIN, following) if following else Unfound.ABSENT


def _conversation(work: Delivery) -> str:
    # A post may name a person, history only the conversation with them. Opening it shows nothing to anybody.
    destination_id = work.held.place.destination_id
    if not is_person(destination_id):
        return destination_id
    return str(work.client.conversations_open(users=destination_id)["channel"]["id"])


def _after_failure(work: Delivery, error: Exception) -> Unfound | Barred:
    logger.warning("digest not looked for: %s run=%s", reason_of(error), work.held.run.run_id)
    outcome, now = outcome_of_post(error), work.clock()
    if isinstance(error, SlackApiError) and outcome.verdict is PostVerdict.REFUSED:
        return Barred(str(error.response.get("error")))
    wait = runs.back_off(work.held) if outcome.retry_after is None else timedelta(seconds=max(1.0, outcome.retry_after))
    return _leave_open(work, now + wait, work.held.run.search_cursor)


def _leave_open(work: Delivery, again_at: datetime, cursor: str | None) -> Unfound:
    runs.unresolved(work.store, work.held, again_at, cursor)
    return Unfound.OPEN


def _is_run(message: dict[str, Any], run_id: str) -> bool:
    metadata = message.get("metadata") or {}
    return metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("run_id") == run_id
