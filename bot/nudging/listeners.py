"""Slack in, for nudges: their three buttons, and the sending that follows a counted message."""

import json
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.errors import PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of
from bot.nudging import blocks, service
from bot.nudging.delivery import Outgoing, Sender
from bot.store.tables import NudgeAnswer
from bot.watching.payload import Posted
from bot.watching.service import find_setting
from nlp import Reading

OUTGOING = "outgoing_nudge"
"""Where the counting listener leaves a nudge that is committed and waits to be sent."""
TURN = "nudge_turn"
"""Whether it has the sender's turn, which ends with the sending."""


def register(app: App, parts: Parts) -> None:
    """Listen to the buttons of a nudge."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def helpful(body: dict[str, Any], respond: Respond, context: BoltContext) -> None:
        thanks = "Thank you, noted: that one was helpful."
        _answer(parts, body, NudgeAnswer.HELPFUL, thanks, respond, context)

    def not_relevant(body: dict[str, Any], respond: Respond, context: BoltContext) -> None:
        thanks = "Noted: not relevant here. Thank you, that is how Fairview learns when to keep quiet."
        _answer(parts, body, NudgeAnswer.NOT_RELEVANT, thanks, respond, context)

    def why(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        _explain(parts, body, client, respond, context)

    app.action(blocks.HELPFUL)(ack=acknowledge, lazy=[helpful])
    app.action(blocks.NOT_RELEVANT)(ack=acknowledge, lazy=[not_relevant])
    app.action(blocks.WHY)(ack=acknowledge, lazy=[why])


def outgoing(tenant_id: str, posted: Posted, reading: Reading, nudge_id: str) -> Outgoing:
    """Return the nudge for a message that was just counted."""
    finding = reading.strongest_nudge
    if finding is None:
        raise ValueError("no finding to nudge")
    suggestion = reading.nudge_suggestion
    return Outgoing(
        tenant_id=tenant_id,
        nudge_id=nudge_id,
        channel_id=posted.channel_id,
        user_id=posted.author_id,
        written_ts=posted.version,
        thread_ts=posted.thread_ts,
        text=blocks.nudge_text(finding.text, suggestion),
        blocks=blocks.nudge_blocks(nudge_id, finding.text, suggestion),
    )


def deliver_with(sender: Sender) -> Callable[[BoltContext, WebClient], None]:
    """Return the lazy listener that sends what the counting listener committed, and nothing else.

    Bolt runs it even where the counting raised; then there is nothing in the context, and nothing is sent.
    """

    def deliver(context: BoltContext, client: WebClient) -> None:
        nudge = context.get(OUTGOING)
        try:
            if isinstance(nudge, Outgoing):
                sender.send(client, nudge)
        finally:
            if context.get(TURN):
                sender.end_turn()

    return deliver


def _answer(
    parts: Parts,
    body: dict[str, Any],
    answer: NudgeAnswer,
    thanks: str,
    respond: Respond,
    context: BoltContext,
) -> None:
    def record() -> Reply:
        user_id = str(body["user"]["id"])
        service.record_answer(parts.store, parts.box, tenant_of(body), _nudge_id(body), user_id, answer, parts.clock())
        return Reply(thanks)

    reply_to(record, respond, context, replace_original=True)


def _explain(parts: Parts, body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
    def explain() -> Reply | None:
        tenant_id = tenant_of(body)
        rule_id = service.rule_of(parts.store, parts.box, tenant_id, _nudge_id(body), str(body["user"]["id"]))
        rule = parts.detector.rules.get(rule_id)
        if rule is None:
            raise PersonError("The rule behind this nudge is no longer part of Fairview.")
        channel_id = str(body["container"]["channel_id"])
        stage = find_setting(parts.store, tenant_id, channel_id, parts.settings.stage).stage
        try:
            client.views_open(trigger_id=body["trigger_id"], view=blocks.why_view(rule, stage))
        except (SlackClientError, OSError):
            # Most likely the click is more than three seconds old by now: say it here instead.
            return Reply(blocks.why_text(rule))
        return None

    reply_to(explain, respond, context)


def _nudge_id(body: dict[str, Any]) -> str:
    try:
        return str(json.loads(body["actions"][0]["value"])["nudge"])
    except (KeyError, IndexError, TypeError, ValueError):
        raise PersonError("That button is from another version of Fairview.", "A new nudge will work.") from None
