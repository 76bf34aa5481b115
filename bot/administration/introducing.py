"""Saying what Fairview does: once to a channel it is invited to, and once, privately, to whoever joins later.

Both are claimed before Slack is called, as a nudge is: what may have been sent is never sent again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import ColumnElement, update
from sqlmodel import col, or_, select

from bot.administration.blocks import greeting_text, introduction_blocks, introduction_text
from bot.administration.people import is_outsider
from bot.listening import Clock, Parts
from bot.logs import failure_place
from bot.slack_clients import ClientFor, posting_client
from bot.slack_outcomes import PostVerdict, outcome_of_post, reason_of
from bot.store.engine import Store
from bot.store.keys import SecretBox, pseudonym
from bot.store.tables import Channel, Greeting
from bot.store.tenants import ensure_tenant

_DESCRIBED_WITHIN = timedelta(minutes=1)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A channel that this process alone introduces Fairview to, as it was when claimed."""

    tenant_id: str
    channel_id: str
    claimed_at: datetime
    watched_since: datetime
    is_ext_shared: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A member who joined a watched channel and has not been told that it is watched."""

    tenant_id: str
    channel_id: str
    user_id: str
    is_ext_shared: bool


def introduce_due(store: Store, client_for: ClientFor, clock: Clock, trial_days: int) -> None:
    """Introduce Fairview to every watched channel that it has not been introduced to; any number may run at once.

    What goes wrong with one channel leaves the others alone.
    """
    with store.read() as session:
        # One that Slack has not described yet is being asked about; without an answer it is introduced all the same.
        is_described = or_(col(Channel.name) != "", col(Channel.watched_since) < clock() - _DESCRIBED_WITHIN)
        due = session.exec(select(Channel.tenant_id, Channel.channel_id).where(*_is_due(), is_described)).all()
    for tenant_id, channel_id in due:
        client = client_for(tenant_id)
        if client is None:
            continue
        try:
            _introduce(store, client, clock, tenant_id, channel_id, _Words(trial_days))
        except Exception as error:  # noqa: BLE001 (one channel must not hold up the others)
            logger.error("introduction failed: %s", failure_place(error))


def introduce(parts: Parts, client: WebClient, tenant_id: str, channel_id: str, app_user_id: str | None = None) -> None:
    """Introduce Fairview to one channel at once, where that is due; ``app_user_id`` is its own Slack id, if known."""
    words = _Words(parts.settings.trial_days, app_user_id)
    _introduce(parts.store, client, parts.clock, tenant_id, channel_id, words)


def welcome(
    store: Store, box: SecretBox, tenant_id: str, channel_id: str, user_id: str, now: datetime
) -> Newcomer | None:
    """Note that somebody joined a watched channel; return them where they are to be greeted, which is so only once."""
    with store.begin() as session:
        channel = session.get(Channel, (tenant_id, channel_id))
        if channel is None or not (channel.is_member and channel.is_watched) or channel.is_archived:
            return None
        author = pseudonym(ensure_tenant(store, session, box, tenant_id, now), user_id)
        row = {"tenant_id": tenant_id, "channel_id": channel_id, "author": author, "greeted_at": now}
        is_new = store.add_if_absent(session, Greeting, row)
        return Newcomer(tenant_id, channel_id, user_id, channel.is_ext_shared) if is_new else None


def greet(client: WebClient, newcomer: Newcomer) -> None:
    """Tell a newcomer, privately, that the channel is watched; called once, and what is lost stays lost.

    Bots are not told. Nor are members of another organisation: nothing that they write is read.
    """
    user: dict[str, Any] = client.users_info(user=newcomer.user_id)["user"]
    if not _is_read(user, newcomer):
        return
    is_guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    text = greeting_text(is_nudged=not (newcomer.is_ext_shared or is_guest))
    try:
        posting_client(client).chat_postEphemeral(channel=newcomer.channel_id, user=newcomer.user_id, text=text)
    except Exception as error:  # noqa: BLE001 (whatever went wrong, nobody is greeted twice)
        logger.warning("greeting not confirmed: %s", reason_of(error))


@dataclass(frozen=True, slots=True)
class _Words:
    trial_days: int
    app_user_id: str | None = None

    def of(self, claim: _Claim) -> dict[str, Any]:
        # Invited again, a channel has its trial behind it.
        trial_ends = claim.watched_since + timedelta(days=self.trial_days)
        trial_days = self.trial_days if claim.claimed_at < trial_ends else 0
        told = (trial_days, self.app_user_id, claim.is_ext_shared)
        return {"text": introduction_text(*told), "blocks": introduction_blocks(*told)}


def _introduce(store: Store, client: WebClient, clock: Clock, tenant_id: str, channel_id: str, words: _Words) -> None:
    claim = _claim(store, tenant_id, channel_id, clock())
    if claim is None:
        return
    try:
        posting_client(client).chat_postMessage(
            channel=channel_id, unfurl_links=False, unfurl_media=False, **words.of(claim)
        )
    except Exception as error:  # noqa: BLE001 (whatever went wrong, it must be decided whether to try again)
        verdict = outcome_of_post(error).verdict
        logger.warning("introduction not confirmed: %s outcome=%s", reason_of(error), verdict.name.lower())
        if verdict is PostVerdict.REFUSED_FOR_NOW:
            _give_back(store, claim)


def _claim(store: Store, tenant_id: str, channel_id: str, now: datetime) -> _Claim | None:
    statement = (
        update(Channel)
        .where(col(Channel.tenant_id) == tenant_id, col(Channel.channel_id) == channel_id, *_is_due())
        .values(introduced_at=now)
        .returning(col(Channel.watched_since), col(Channel.is_ext_shared))
        .execution_options(synchronize_session=False)
    )
    with store.begin() as session:
        claimed = session.execute(statement).first()
    return None if claimed is None else _Claim(tenant_id, channel_id, now, *claimed)


def _give_back(store: Store, claim: _Claim) -> None:
    statement = (
        update(Channel)
        .where(
            col(Channel.tenant_id) == claim.tenant_id,
            col(Channel.channel_id) == claim.channel_id,
            col(Channel.introduced_at) == claim.claimed_at,
        )
        .values(introduced_at=None)
        .execution_options(synchronize_session=False)
    )
    with store.begin() as session:
        session.execute(statement)


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Channel.introduced_at).is_(None),
        col(Channel.is_member).is_(True),
        col(Channel.is_watched).is_(True),
        col(Channel.is_archived).is_(False),
    )


def _is_read(user: dict[str, Any], newcomer: Newcomer) -> bool:
    is_stranger = newcomer.is_ext_shared and is_outsider(user, newcomer.tenant_id)
    return not (user.get("is_bot") or user.get("deleted") or is_stranger)
