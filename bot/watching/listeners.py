"""Slack in, for messages: read, counted and committed before the ack, nudged after it."""

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot import metrics
from bot.administration.channels import learn
from bot.listening import Parts, tenant_of, unattended
from bot.nudging.delivery import Sender
from bot.nudging.listeners import OUTGOING, TURN, deliver_with, outgoing
from bot.nudging.thanking import THANKS, thank
from bot.watching import service
from bot.watching.payload import Posted, Removed, observation_of

_UNNAMED_CHANNEL = "unnamed_channel"


def register(app: App, parts: Parts, sender: Sender) -> None:
    """Listen to messages, their changes and their deletions.

    An exception leaves the event unacknowledged, so that Slack sends it again.
    """

    for rule in parts.detector.rules.values():
        if rule.acts == "shadow":
            metrics.SHADOW_FINDINGS.labels(rule.id)  # shown from the start, as 0

    def observe(body: dict[str, Any], context: BoltContext) -> None:
        observation = observation_of(body, context.bot_user_id)
        if isinstance(observation, Posted):
            _count(parts, tenant_of(body), observation, context)
            if context.get(OUTGOING):
                context[TURN] = sender.await_turn()
        elif isinstance(observation, Removed):
            service.remove(parts.store, tenant_of(body), observation, parts.clock())
            metrics.EVENTS.labels("removed").inc()
        else:
            metrics.EVENTS.labels("nothing to count").inc()

    app.event("message")(ack=observe, lazy=[_follow_up(parts, sender)])


def _follow_up(parts: Parts, sender: Sender) -> Callable[[BoltContext, WebClient], None]:
    """Return all that comes after the ack, as one listener: Bolt copies the whole request for each."""

    def learn_channel(context: BoltContext, client: WebClient) -> None:
        unnamed = context.get(_UNNAMED_CHANNEL)
        if unnamed:
            learn(parts, client, *unnamed)

    def thank_author(context: BoltContext, client: WebClient) -> None:
        thank(parts, context, client)

    steps = [unattended(step) for step in (deliver_with(sender), thank_author, learn_channel)]

    def follow_up(context: BoltContext, client: WebClient) -> None:
        for step in steps:
            step(context=context, client=client)

    return follow_up


def _count(parts: Parts, tenant_id: str, posted: Posted, context: BoltContext) -> None:
    setting = service.find_setting(parts.store, tenant_id, posted.channel_id, parts.settings.stage)
    with metrics.READ_SECONDS.time():
        reading = parts.detector.read(posted.text, stage=setting.stage, customer=setting.customer)
    recorded = service.record(
        parts.store, parts.box, tenant_id, posted, reading, parts.clock(), parts.settings.retention, parts.terms
    )
    metrics.EVENTS.labels(recorded.outcome).inc()
    if recorded.outcome == "counted":
        for finding in reading.findings:
            if finding.on_trial:
                metrics.SHADOW_FINDINGS.labels(finding.rule).inc()
    if recorded.nudge is not None:
        context[OUTGOING] = outgoing(recorded.nudge, posted, reading)
    context[THANKS] = recorded.thanks
    if recorded.is_channel_unnamed:
        context[_UNNAMED_CHANNEL] = (tenant_id, posted.channel_id)
