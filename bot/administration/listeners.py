"""Slack in, for steering Fairview: `/fairview`, Home, and what happens to channels and to the installation."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient

from bot.administration import channels, introducing
from bot.administration.blocks import home_view
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply, command_of, reply_to, tenant_of, unattended
from bot.slack_time import instant
from bot.store.tenants import erase_tenant

logger = logging.getLogger(__name__)

_JOINED_CHANNEL = "joined_channel"
_NEWCOMER = "newcomer"


def register(app: App, parts: Parts, answers: Mapping[str, Answer]) -> None:
    """Listen to `/fairview`, whose first word picks one of ``answers``, to Home and to the life of channels."""
    _register_command(app, parts, answers)
    _register_joining(app, parts)
    _register_leaving(app, parts)
    _register_channel_changes(app, parts)
    _register_home(app)
    _register_installation(app, parts)


def _register_command(app: App, parts: Parts, answers: Mapping[str, Answer]) -> None:
    def acknowledge(ack: Ack) -> None:
        ack()

    def answer(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _answer(answers, command_of(body, client, parts.clock())), respond, context)

    app.command("/fairview")(ack=acknowledge, lazy=[answer])


def _answer(answers: Mapping[str, Answer], command: Command) -> Reply:
    word = command.words[0].lower() if command.words else "help"
    if word not in answers:
        known = ", ".join(sorted(answers))
        raise CommandError(
            f"Fairview does not know “{word[:40]}”.", f"It knows: {known}. `/fairview help` explains them."
        )
    return answers[word](command)


def _register_joining(app: App, parts: Parts) -> None:
    def member_joined(body: dict[str, Any], context: BoltContext) -> None:
        event, now = body["event"], parts.clock()
        tenant_id, channel_id = tenant_of(body), str(event["channel"])
        if event["user"] == context.bot_user_id:
            joined_at = instant(str(event["event_ts"]))
            channels.joined(parts.store, parts.box, tenant_id, channel_id, joined_at, now)
            context[_JOINED_CHANNEL] = (tenant_id, channel_id)
        else:
            user_id = str(event["user"])
            context[_NEWCOMER] = introducing.welcome(parts.store, parts.box, tenant_id, channel_id, user_id, now)

    def introduce(context: BoltContext, client: WebClient) -> None:
        joined = context.get(_JOINED_CHANNEL)
        if joined:
            tenant_id, channel_id = joined
            try:
                channels.learn(parts, client, tenant_id, channel_id)
            finally:
                introducing.introduce(parts, client, tenant_id, channel_id, context.bot_user_id)

    def greet(context: BoltContext, client: WebClient) -> None:
        newcomer = context.get(_NEWCOMER)
        if newcomer:
            introducing.greet(client, newcomer)

    app.event("member_joined_channel")(ack=member_joined, lazy=[unattended(introduce), unattended(greet)])


def _register_leaving(app: App, parts: Parts) -> None:
    def member_left(body: dict[str, Any], context: BoltContext) -> None:
        event = body["event"]
        if event["user"] == context.bot_user_id:
            channels.left(parts.store, tenant_of(body), str(event["channel"]), instant(str(event["event_ts"])))

    def app_left(body: dict[str, Any]) -> None:
        event = body["event"]
        channels.left(parts.store, tenant_of(body), str(event["channel"]), instant(str(event["event_ts"])))

    app.event("member_left_channel")(member_left)
    for name in ("channel_left", "group_left", "channel_deleted", "group_deleted"):
        app.event(name)(app_left)


def _register_channel_changes(app: App, parts: Parts) -> None:
    def renamed(body: dict[str, Any]) -> None:
        channel = body["event"]["channel"]
        channels.change(parts.store, tenant_of(body), str(channel["id"]), name=str(channel["name"]))

    def archived(body: dict[str, Any]) -> None:
        _change(parts, body, is_archived=True)

    def unarchived(body: dict[str, Any]) -> None:
        _change(parts, body, is_archived=False)

    def shared(body: dict[str, Any]) -> None:
        _change(parts, body, is_ext_shared=True)

    def unshared(body: dict[str, Any]) -> None:
        _change(parts, body, is_ext_shared=bool(body["event"].get("is_ext_shared")))

    listeners = {
        "channel_rename": renamed,
        "group_rename": renamed,
        "channel_archive": archived,
        "group_archive": archived,
        "channel_unarchive": unarchived,
        "group_unarchive": unarchived,
        "channel_shared": shared,
        "channel_unshared": unshared,
    }
    for name, listener in listeners.items():
        app.event(name)(listener)


def _change(parts: Parts, body: dict[str, Any], **values: bool) -> None:
    channels.change(parts.store, tenant_of(body), str(body["event"]["channel"]), **values)


def _register_home(app: App) -> None:
    def nothing() -> None:
        return

    def open_home(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            client.views_publish(user_id=event["user"], view=home_view())

    app.event("app_home_opened")(ack=nothing, lazy=[unattended(open_home)])


def _register_installation(app: App, parts: Parts) -> None:
    departed: dict[str, int] = {}

    def pass_over_late_events(body: dict[str, Any], next: Callable[[], Any]) -> Any:  # noqa: A002 (Bolt's word)
        # What Slack sends again after the end would begin a new record of a workspace that wants none.
        if body.get("type") == "event_callback" and body.get("event_time", 0) <= departed.get(tenant_of(body), -1):
            return BoltResponse(status=200)
        return next()

    def uninstalled(body: dict[str, Any]) -> None:
        tenant_id = tenant_of(body)
        departed[tenant_id] = int(body["event_time"])
        try:
            erase_tenant(parts.store, tenant_id)
        except Exception:
            del departed[tenant_id]  # Slack says it again, and then it is to be heard
            raise
        logger.info("uninstalled: everything kept for the workspace is erased")

    def revoked(body: dict[str, Any]) -> None:
        if (body["event"].get("tokens") or {}).get("bot"):
            logger.warning("Slack revoked the bot token; set a new SLACK_BOT_TOKEN")

    app.use(pass_over_late_events)
    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)
