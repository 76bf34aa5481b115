"""Slack in, for value streams: `/valuestream`, and the buttons of its answers."""

import re
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.errors import PersonError
from bot.listening import Parts, Reply, command_of, reply_to, tenant_of
from bot.valuestreams import service
from bot.valuestreams.blocks import CHOICE, answer_blocks, answer_text, chosen


def register(app: App, parts: Parts) -> None:
    """Listen to `/valuestream` and to the choices it offers; everything is answered privately, wherever it is asked."""
    shelf = service.IndexShelf()

    def acknowledge(ack: Ack) -> None:
        ack()

    def answer(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _answer(parts, shelf, body, client), respond, context)

    def answer_choice(body: dict[str, Any], respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _answer_choice(parts, shelf, body), respond, context, replace_original=True)

    app.command("/valuestream")(ack=acknowledge, lazy=[answer])
    app.action(re.compile(rf"^{CHOICE}_\d+$"))(ack=acknowledge, lazy=[answer_choice])


def _answer(parts: Parts, shelf: service.IndexShelf, body: dict[str, Any], client: WebClient) -> Reply:
    command = command_of(body, client, parts.clock())
    looked = service.look_up_words(
        parts.store,
        parts.box,
        shelf,
        tenant_id=command.tenant_id,
        user_id=command.user_id,
        channel_id=command.channel_id,
        text=command.text,
        now=command.now,
    )
    return _reply(parts, looked)


def _answer_choice(parts: Parts, shelf: service.IndexShelf, body: dict[str, Any]) -> Reply:
    ref = chosen(str(body["actions"][0].get("value") or ""))
    if ref is None:
        raise PersonError("That button is from another version of Fairview.", "Ask again with `/valuestream`.")
    channel_id = str((body.get("channel") or {}).get("id") or "")
    return _reply(parts, service.look_up_entry(parts.store, shelf, tenant_of(body), channel_id, ref))


def _reply(parts: Parts, looked: service.Looked) -> Reply:
    today = parts.clock().astimezone(parts.settings.time_zone).date()
    return Reply(answer_text(looked.outcome, looked.catalogue), answer_blocks(looked.outcome, looked.catalogue, today))
