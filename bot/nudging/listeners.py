"""Slack in, for nudges: the sending that follows a counted message, and the buttons and the menu of a nudge."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.administration.channels import stage_choice
from bot.block_kit import escaped
from bot.errors import PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of
from bot.nudging import asking, blocks, choices, outcomes, service, using
from bot.nudging.delivery import Outgoing, Sender
from bot.nudging.modals import why_text, why_view
from bot.nudging.muting import is_muted
from bot.nudging.wording import pause_lasts
from bot.slack_outcomes import SLACK_TROUBLE
from bot.store.tables import Nudge, NudgeAnswer
from bot.watching.payload import Posted
from nlp import Reading, Rule

OUTGOING = "outgoing_nudge"
"""Where the counting listener leaves a nudge that is committed and waits to be sent."""
TURN = "nudge_turn"
"""Whether it has the sender's turn, which ends with the sending."""

_KNOWN = (blocks.USE, blocks.WHY, blocks.NOT_RELEVANT, blocks.MORE, blocks.UNDO)
_PAUSES = {blocks.DAY: timedelta(days=1), blocks.WEEK: timedelta(weeks=1), blocks.GOOD: None}
_OF_ANOTHER_VERSION = re.compile(rf"nudge_(?!(?:{'|'.join(one.removeprefix('nudge_') for one in _KNOWN)})$)\w+")
_GONE = "The rule behind this nudge is no longer part of Fairview."


@dataclass(frozen=True, slots=True)
class Click:
    """What a member clicked in a nudge, and where."""

    tenant_id: str
    user_id: str
    body: dict[str, Any]
    client: WebClient

    @property
    def value(self) -> dict[str, Any]:
        """What the button, or the option of the menu, carries; raises PersonError for one of another version."""
        try:
            action = self.body["actions"][0]
            value = json.loads((action.get("selected_option") or action)["value"])
            return {**value, "nudge": str(value["nudge"])}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise PersonError(*using.OUTDATED) from None

    def nudge(self, parts: Parts) -> Nudge:
        """The member's own nudge; raises PersonError where there is none."""
        return outcomes.find_nudge(parts.store, parts.box, self.tenant_id, self.value["nudge"], self.user_id)


def register(app: App, parts: Parts) -> None:
    """Listen to what a person can click in a nudge, in its windows, and to *Reframe this*."""
    answers: dict[str, tuple[Callable[[Parts, Click], Reply | None], bool]] = {
        blocks.NOT_RELEVANT: (_not_relevant, True),
        blocks.MORE: (_more, True),
        blocks.UNDO: (_undo, True),
        blocks.WHY: (_explain, False),
        blocks.USE: (_use, False),
    }
    for action_id, (answer, replaces) in answers.items():
        _listen(app, parts, action_id, answer, replaces=replaces)
    # A button that an earlier version sent, and nothing above knows: it is answered all the same.
    _listen(app, parts, _OF_ANOTHER_VERSION, _outdated, replaces=False)
    using.register(app, parts)
    asking.register(app, parts)


def outgoing(pending: service.Pending, posted: Posted, reading: Reading) -> Outgoing:
    """Return the nudge for a message that was just counted."""
    finding = reading.strongest_nudge
    if finding is None:
        raise ValueError("no finding to nudge")
    suggestion = reading.nudge_suggestion
    return Outgoing(
        pending=pending,
        channel_id=posted.channel_id,
        user_id=posted.author_id,
        written_ts=posted.version,
        thread_ts=posted.thread_ts,
        text=blocks.nudge_text(finding.text, suggestion),
        blocks=blocks.nudge_blocks(pending.nudge_id, finding.text, suggestion, posted.text),
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


def _listen(
    app: App,
    parts: Parts,
    action_id: str | re.Pattern[str],
    answer: Callable[[Parts, Click], Reply | None],
    *,
    replaces: bool,
) -> None:
    def acknowledge(ack: Ack) -> None:
        ack()

    def reply(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        def answered() -> Reply | None:
            return answer(parts, Click(tenant_of(body), str(body["user"]["id"]), body, client))

        reply_to(answered, respond, context, replace_original=replaces)

    app.action(action_id)(ack=acknowledge, lazy=[reply])


def _outdated(_parts: Parts, _click: Click) -> Reply:
    raise PersonError(*using.OUTDATED)


def _not_relevant(parts: Parts, click: Click) -> Reply:
    nudge = _record(parts, click, NudgeAnswer.NOT_RELEVANT)
    said = "Noted: not relevant here. Thank you, that is how Fairview learns when to keep quiet."
    return _said(said, nudge, "answer")


def _more(parts: Parts, click: Click) -> Reply:
    wanted = click.value.get("do")
    if wanted == blocks.HELPFUL:
        nudge = _record(parts, click, NudgeAnswer.HELPFUL)
        return _said("Thank you, noted: that one was helpful.", nudge, "answer")
    nudge = click.nudge(parts)
    if wanted == blocks.RULE:
        rule = _rule_of(parts, nudge)
        choices.silence(parts.store, parts.box, click.tenant_id, click.user_id, rule.id, parts.clock())
        said = f"You will not hear about *{escaped(rule.title)}* again; `/fairview resume` brings it back."
        return _said(said, nudge, "rule")
    if wanted not in _PAUSES:
        raise PersonError("That choice is from another version of Fairview.", "`/fairview pause` works.")
    return _pause(parts, click, nudge, _PAUSES[wanted])


def _pause(parts: Parts, click: Click, nudge: Nudge, span: timedelta | None) -> Reply:
    now = parts.clock()
    asked = now + span if span else choices.FOREVER
    until = choices.pause(parts.store, parts.box, click.tenant_id, click.user_id, asked, now, at_least=True)
    zone = parts.members.zone(click.client, click.tenant_id, click.user_id, now) or parts.settings.zone
    lasts = f"paused until {pause_lasts(until, ZoneInfo(zone))}" if until < choices.FOREVER else "off"
    as_before = ", as you asked before" if until != asked else ""
    return _said(f"Your nudges are {lasts}{as_before}; `/fairview resume` brings them back.", nudge, "pause")


def _undo(parts: Parts, click: Click) -> Reply:
    nudge = click.nudge(parts)
    if click.value.get("undo") == "rule":
        choices.end_silence(parts.store, parts.box, click.tenant_id, click.user_id, nudge.rule_id)
        return _said(f"You will hear about *{escaped(_rule_of(parts, nudge).title)}* again.")
    if click.value.get("undo") == "answer":
        outcomes.take_back(parts.store, parts.box, click.tenant_id, nudge.nudge_id, click.user_id)
        return _said("Taken back: nothing is noted of that nudge.")
    if click.value.get("undo") != "pause":
        raise PersonError("That button is from another version of Fairview.", "`/fairview resume` works.")
    choices.end_pause(parts.store, parts.box, click.tenant_id, click.user_id, parts.clock())
    return _said("Your nudges are on again.")


def _use(parts: Parts, click: Click) -> Reply | None:
    return using.offer(parts, click.nudge(parts), click.value, click.body, click.client)


def _explain(parts: Parts, click: Click) -> Reply | None:
    nudge = click.nudge(parts)
    rule = _rule_of(parts, nudge)
    choice = stage_choice(parts.store, click.tenant_id, nudge.channel_id, parts.settings.stage)
    with parts.store.read() as session:
        is_rule_muted = is_muted(session, click.tenant_id, rule.id, rule.version)
    try:
        click.client.views_open(
            trigger_id=click.body["trigger_id"], view=why_view(rule, choice, is_muted=is_rule_muted)
        )
    except SLACK_TROUBLE:
        # Most likely the click is more than three seconds old by now: say it here instead.
        return Reply(why_text(rule))
    return None


def _record(parts: Parts, click: Click, answer: NudgeAnswer) -> Nudge:
    nudge_id = click.value["nudge"]
    return outcomes.record_answer(
        parts.store, parts.box, click.tenant_id, nudge_id, click.user_id, answer, parts.clock()
    )


def _rule_of(parts: Parts, nudge: Nudge) -> Rule:
    rule = parts.detector.rules.get(nudge.rule_id)
    if rule is None:
        raise PersonError(_GONE)
    return rule


def _said(text: str, nudge: Nudge | None = None, undo: str = "") -> Reply:
    value = json.dumps({"nudge": nudge.nudge_id, "undo": undo}) if nudge else None
    return Reply(text, blocks.said_blocks(text, value))
