"""Asked by a person, about words they chose: *Reframe this* on a message, and `/fairview check`. Counted nowhere."""

import re
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply, reply_to, tenant_of
from bot.nudging.modals import reframe_view
from bot.nudging.wording import Reframed, reframed_text
from bot.slack_outcomes import SLACK_TROUBLE
from bot.watching.service import find_setting
from nlp import NUDGEABLE

REFRAME = "reframe_message"
"""The message shortcut's ``callback_id``, as the manifest has it."""
_ENCLOSED = re.compile(r"""(["'`])((?:(?!\1).|(?<=\w)\1(?=\w))*)\1""", re.DOTALL)


def register(app: App, parts: Parts) -> None:
    """Listen to *Reframe this*."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def reframe(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _reframe(parts, body, client), respond, context)

    app.shortcut(REFRAME)(ack=acknowledge, lazy=[reframe])


def answers(parts: Parts) -> dict[str, Answer]:
    """Return `/fairview check`, by its word."""
    return {"check": lambda command: _check(parts, command)}


def _check(parts: Parts, command: Command) -> Reply:
    _, _, text = command.text.partition(" ")
    if enclosed := _ENCLOSED.fullmatch(text):
        text = enclosed[2]  # the marks show where the words begin and end: nobody else is quoted
    if not text.strip():
        raise CommandError("Give the words to look at.", "`/fairview check The business wants it by Friday`")
    found = _read(parts, command.tenant_id, command.channel_id, text, is_own=True)
    return Reply(reframed_text(found))


def _reframe(parts: Parts, body: dict[str, Any], client: WebClient) -> Reply | None:
    message = body["message"]
    is_own = message.get("user") == body["user"]["id"]
    channel_id = str((body.get("channel") or {}).get("id") or "")
    found = _read(parts, tenant_of(body), channel_id, str(message.get("text") or ""), is_own=is_own)
    try:
        client.views_open(trigger_id=body["trigger_id"], view=reframe_view(found))
    except SLACK_TROUBLE:
        # Most likely the click is more than three seconds old by now: say it here instead.
        return Reply(reframed_text(found))
    return None


def _read(parts: Parts, tenant_id: str, channel_id: str, text: str, *, is_own: bool) -> Reframed:
    """Read the words as the channel's would be read, whatever its stage nudges: who asks, wants to hear."""
    setting = find_setting(parts.store, tenant_id, channel_id, parts.settings.stage)
    reading = parts.detector.read(text, stage=setting.stage, customer=setting.customer)
    found = [finding for finding in reading.findings if finding.counts and finding.label in NUDGEABLE]
    found.sort(key=lambda finding: finding is not reading.strongest)  # what the suggestion is about comes first
    rules = dict.fromkeys(finding.rule for finding in found)
    return Reframed(
        phrases=tuple(dict.fromkeys(finding.text for finding in found)),
        suggestion=reading.suggestion,
        why=tuple(dict.fromkeys(parts.detector.rules[rule_id].why for rule_id in rules)),
        is_own=is_own,
        is_read=reading.prose,
    )
