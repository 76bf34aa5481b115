"""Who the author of a message is, as Slack tells it, remembered for an hour."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.administration.people import is_outsider, known_zone
from bot.nudging.policy import Member
from bot.slack_clients import posting_client
from bot.slack_outcomes import PostVerdict, outcome_of_post

_KEPT = timedelta(hours=1)
_MOST = 20_000


class Members:
    """Asks ``users.info`` and remembers, in memory only: a time zone and four yes-or-noes, no name."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[datetime, Member]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, client: WebClient, tenant_id: str, user_id: str, now: datetime) -> Member:
        """Return what Slack said of the member within the last hour.

        ``is_known`` is False where Slack knows no such member. Raises SlackClientError or OSError where it may answer
        another time; it is asked once, since whoever waits for this holds up the next nudge.
        """
        key = (tenant_id, user_id)
        with self._lock:
            asked_at, member = self._kept.get(key, (None, None))
        if member is not None and asked_at is not None and now - asked_at < _KEPT:
            return member
        try:
            user: dict[str, Any] = posting_client(client).users_info(user=user_id)["user"]
        except SlackClientError as error:
            if outcome_of_post(error).verdict is not PostVerdict.REFUSED:
                raise
            return Member(is_known=False)
        member = _member(user, tenant_id)
        with self._lock:
            self._kept[key] = (now, member)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return member

    def zone(self, client: WebClient, tenant_id: str, user_id: str, now: datetime) -> str | None:
        """Return the member's zone for what is told them; None where Slack tells none, or does not answer just now."""
        try:
            return self.find(client, tenant_id, user_id, now).zone
        except (SlackClientError, OSError):
            return None


def _member(user: dict[str, Any], tenant_id: str) -> Member:
    return Member(
        zone=known_zone(user.get("tz")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_bot=bool(user.get("is_bot")),
        is_deactivated=bool(user.get("deleted")),
        is_outsider=is_outsider(user, tenant_id),
    )
