"""*Use this*: the suggested words in a window, to change, to copy, and to put where the message is."""

import json
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.block_kit import Block
from bot.errors import PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of
from bot.nudging import outcomes
from bot.nudging.blocks import said_blocks
from bot.nudging.modals import USE_VIEW, ready_view, use_view
from bot.nudging.outcomes import Outcome
from bot.slack_clients import posting_client
from bot.slack_outcomes import SLACK_TROUBLE
from bot.store.tables import Nudge, NudgeAnswer

OUTDATED = ("That button is from another version of Fairview.", "A new nudge will work.")
_NOTES = {
    Outcome.WITHDRAWN: "Your message is gone already. Here are the words all the same, should you want to write anew.",
    Outcome.REWORDED: "You have changed your message already. Here are the words all the same.",
}


def register(app: App, parts: Parts) -> None:
    """Listen to the window of *Use this* being submitted."""

    def hand_over(ack: Ack, view: dict[str, Any]) -> None:
        ack(response_action="update", view=_put_in_place(view))

    def record(body: dict[str, Any], view: dict[str, Any], context: BoltContext) -> None:
        metadata = json.loads(view["private_metadata"])

        def used() -> Reply:
            user_id, tenant_id = str(body["user"]["id"]), tenant_of(body)
            outcomes.record_answer(
                parts.store, parts.box, tenant_id, metadata["nudge"], user_id, NudgeAnswer.USED, parts.clock()
            )
            where = f" Here is <{metadata['link']}|your message>." if metadata["link"] else ""
            text = f"Noted: you are using the wording.{where}"
            return Reply(text, said_blocks(text))

        reply_to(used, Respond(response_url=metadata["url"]), context, replace_original=True)

    app.view(USE_VIEW)(ack=hand_over, lazy=[record])


def offer(parts: Parts, nudge: Nudge, value: dict[str, Any], body: dict[str, Any], client: WebClient) -> Reply | None:
    """Open the window with the suggested words; where none can be opened, answer with them.

    A click that comes late (the message gone, or reworded since; the nudge answered) gets the words all the same.
    Raises PersonError where the button carries none.
    """
    say = value.get("say")
    if not isinstance(say, str) or not say.strip():
        raise PersonError(*OUTDATED)
    settled = outcomes.is_settled(parts.store, nudge)
    link = None if settled is Outcome.WITHDRAWN else _permalink(client, nudge)
    metadata = {"nudge": nudge.nudge_id, "url": str(body.get("response_url") or ""), "link": link or ""}
    view = use_view(
        say, link, json.dumps(metadata), is_part=bool(value.get("part")), note=_NOTES[settled] if settled else None
    )
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SLACK_TROUBLE:
        # Most likely the click is more than three seconds old by now: give the words here instead.
        return Reply(f"To copy: {say}")
    return None


def _put_in_place(view: dict[str, Any]) -> Block:
    """Return what follows the window of *Use this*: the one place where is chosen how the words reach the message.

    Today the author copies them, so they are shown as the author left them. With the member's own token (OAuth) the
    message could be edited here instead.
    """
    state = view["state"]["values"]
    words = next(iter(state["wording"].values())).get("rich_text_value")
    return ready_view(words, json.loads(view["private_metadata"])["link"] or None)


def _permalink(client: WebClient, nudge: Nudge) -> str | None:
    try:
        # Asked once: the click is good for a window within three seconds.
        return str(posting_client(client).chat_getPermalink(channel=nudge.channel_id, message_ts=nudge.ts)["permalink"])
    except SLACK_TROUBLE:
        return None
