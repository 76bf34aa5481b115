"""Slack in, for the buttons of a digest: the idea behind its advice, and a question about one of its figures.

A question goes to whoever administers Fairview; its words pass through memory only.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from http.client import HTTPException
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.administration.administrators import list_administrators
from bot.block_kit import Block
from bot.digests import phrases
from bot.digests.blocks import IDEA, idea_behind_value, idea_text, idea_view
from bot.digests.questions import ALONE, QUESTION, QUESTION_VIEW, WORDS, answer_to_asker, passed_on, question_view
from bot.digests.scope import Scope
from bot.errors import PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of
from bot.slack_clients import posting_client
from bot.slack_outcomes import PostVerdict, outcome_of_post, reason_of
from bot.store.engine import Store
from bot.store.tables import DigestRun

logger = logging.getLogger(__name__)


def register(app: App, parts: Parts) -> None:
    """Listen to *The idea behind it*, to *Question a figure* and to its window."""
    _register_buttons(app, parts)
    _register_window(app, parts)


def _register_buttons(app: App, parts: Parts) -> None:
    def acknowledge(ack: Ack) -> None:
        ack()

    def explain(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _explain(body, client), respond, context)

    def ask(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        reply_to(lambda: _open(parts.store, body, client), respond, context)

    app.action(IDEA)(ack=acknowledge, lazy=[explain])
    app.action(QUESTION)(ack=acknowledge, lazy=[ask])


def _register_window(app: App, parts: Parts) -> None:
    def accept(ack: Ack, view: dict[str, Any]) -> None:
        if _words_of(view):
            ack()
        else:
            ack(response_action="errors", errors={WORDS: "Please write your question first."})

    def pass_on(body: dict[str, Any], view: dict[str, Any], client: WebClient, context: BoltContext) -> None:
        if not _words_of(view):
            return
        metadata = json.loads(view["private_metadata"])
        respond = Respond(response_url=metadata["url"])
        reply_to(lambda: _pass_on(parts.store, body, view, client), respond, context)

    app.view(QUESTION_VIEW)(ack=accept, lazy=[pass_on])


def _explain(body: Mapping[str, Any], client: WebClient) -> Reply | None:
    idea = idea_behind_value(str(body["actions"][0].get("value") or ""))
    try:
        client.views_open(trigger_id=body["trigger_id"], view=idea_view(idea))
    except (SlackClientError, OSError):
        # Most likely the click is more than three seconds old by now: say it here instead.
        return Reply(idea_text(idea))
    return None


def _open(store: Store, body: Mapping[str, Any], client: WebClient) -> Reply | None:
    run_id = str(body["actions"][0].get("value") or "")
    _about(store, tenant_of(body), run_id)
    metadata = {
        "run": run_id,
        "url": str(body.get("response_url") or ""),
        "channel": str((body.get("channel") or {}).get("id") or ""),
        "ts": str((body.get("message") or {}).get("ts") or ""),
    }
    try:
        client.views_open(trigger_id=body["trigger_id"], view=question_view(json.dumps(metadata)))
    except (SlackClientError, OSError):
        # Most likely the click is more than three seconds old by now.
        return Reply("The window could not be opened this time. Please press *Question a figure* once more.")
    return None


def _pass_on(store: Store, body: Mapping[str, Any], view: Mapping[str, Any], client: WebClient) -> Reply:
    tenant_id, asker_id = tenant_of(body), str(body["user"]["id"])
    metadata = json.loads(view["private_metadata"])
    about = _about(store, tenant_id, metadata["run"])
    link = _permalink(client, metadata["channel"], metadata["ts"])
    try:
        others = [one for one in list_administrators(client, tenant_id) if one != asker_id]
    except (SlackClientError, OSError, HTTPException) as error:
        logger.warning("administrators not found: %s", reason_of(error))
        return Reply(answer_to_asker([]))
    if not others:
        return Reply(ALONE)
    reached, is_unsure = _tell(posting_client(client), others, *passed_on(asker_id, about, link, _words_of(view)))
    return Reply(answer_to_asker(reached, is_unsure=is_unsure))


def _tell(client: WebClient, user_ids: Sequence[str], text: str, blocks: list[Block]) -> tuple[list[str], bool]:
    """Tell each; return whom it reached, and whether it may have reached somebody besides."""
    reached, is_unsure = [], False
    for user_id in user_ids:
        try:
            client.chat_postMessage(channel=user_id, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False)
            reached.append(user_id)
        except (SlackClientError, OSError, HTTPException) as error:
            is_unsure = is_unsure or outcome_of_post(error).verdict is PostVerdict.UNCLEAR
            logger.warning("administrator not told of a question: %s", reason_of(error))
    return reached, is_unsure


def _about(store: Store, tenant_id: str, run_id: str) -> str:
    """Return which digest a run is, in mrkdwn; raises PersonError where it is on record no more."""
    with store.read() as session:
        run = session.get(DigestRun, (tenant_id, run_id))
    if run is None or not run.payload:
        raise PersonError(
            "That digest is no longer on record.", "Please ask a workspace owner or administrator about it yourself."
        )
    figures = run.payload["figures"]
    given = figures.get("scope") or {"kind": "channel", "channel_ids": [figures["channel_id"]]}
    scope = Scope(given["kind"], tuple(given["channel_ids"]))
    when = phrases.period(date.fromisoformat(figures["week_start"]), int(figures.get("weeks", 1)))
    return f"{phrases.scope_in_words(scope)}, {when}"


def _permalink(client: WebClient, channel_id: str, ts: str) -> str | None:
    try:
        return str(client.chat_getPermalink(channel=channel_id, message_ts=ts)["permalink"])
    except (SlackClientError, OSError, HTTPException):
        return None


def _words_of(view: Mapping[str, Any]) -> str:
    state = view["state"]["values"]
    return str(next(iter(state[WORDS].values())).get("value") or "").strip()
