"""Slack in, for digests: the window that sets one, and the buttons that stop one."""

import json
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.digests import setting
from bot.digests.asking import Asker, require_stopping
from bot.digests.listing import STOP, find_listed, list_digests
from bot.digests.replies import stopped
from bot.errors import PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of


def register(app: App, parts: Parts) -> None:
    """Listen to the window and to the buttons of the list; the words come through `/fairview`."""
    setting.register(app, parts)

    def acknowledge(ack: Ack) -> None:
        ack()

    def stop(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        here = str((body.get("channel") or {}).get("id") or "")
        asker = Asker(parts, tenant_of(body), str(body["user"]["id"]), client, parts.clock(), here)
        reply_to(lambda: _stop(asker, body), respond, context, replace_original=True)

    app.action(STOP)(ack=acknowledge, lazy=[stop])


def _stop(asker: Asker, body: dict[str, Any]) -> Reply:
    try:
        subscription_id = str(json.loads(body["actions"][0]["value"])["subscription"])
    except (KeyError, IndexError, TypeError, ValueError):
        raise PersonError("That button is from another version of Fairview.", "Try `/fairview digest list`.") from None
    listed = find_listed(asker, subscription_id)
    require_stopping(asker, listed.place, listed.owner_id)
    return list_digests(asker, stopped(asker, listed.place).text)
