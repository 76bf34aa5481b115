"""Slack in, for the window that sets a digest: opened, searched for a time zone, sent."""

from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.administration.permissions import Action, WorkspaceScope, may
from bot.digests.access import is_own
from bot.digests.asking import Asker, find_place, require_sight, set_digest
from bot.digests.listed import channel_names
from bot.digests.phrases import with_channels
from bot.digests.replies import confirmation
from bot.digests.request import EXAMPLE
from bot.digests.schedule import schedule_for
from bot.digests.subscriptions import Place, is_person
from bot.digests.window import (
    CHANNELS,
    SET_UP,
    SET_VIEW,
    TO,
    ZONE,
    Filled,
    done_view,
    error_text,
    filled,
    here_of,
    set_view,
    zone_options,
)
from bot.digests.zones import is_zone, suggest_zones
from bot.errors import CommandError, PersonError
from bot.listening import Parts, Reply, reply_to, tenant_of

_DIRECT = "D"
_SUGGESTED = 20


def register(app: App, parts: Parts) -> None:
    """Listen to the button that opens the window, to what is looked for in it, and to its being sent."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def open_it(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        here = str((body.get("channel") or {}).get("id") or "")
        asker = _asker(parts, body, client, here)
        reply_to(lambda: open_window(asker, body["trigger_id"]), respond, context)

    def suggest(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=zone_options(suggest_zones(str(payload.get("value") or ""), _SUGGESTED)))

    def send(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        held = filled(view)
        asker = _asker(parts, body, client, here_of(view))
        errors = dict(held.errors)
        reply = None if errors else _set(asker, held, errors)
        if reply is None:
            ack(response_action="errors", errors=errors)
        else:
            ack(response_action="update", view=done_view(reply.text))

    app.action(SET_UP)(ack=acknowledge, lazy=[open_it])
    app.options(ZONE)(suggest)
    app.view(SET_VIEW)(send)


def open_window(asker: Asker, trigger_id: str) -> Reply:
    """Open the window for whoever asks; the answer says what else there is to do."""
    here = "" if asker.here.startswith(_DIRECT) else asker.here
    may_workspace = may(asker.actor, Action.SUBSCRIBE_DIGEST, WorkspaceScope())
    try:
        asker.client.views_open(trigger_id=trigger_id, view=set_view(here, asker.zone, may_workspace=may_workspace))
    except (SlackClientError, OSError):
        # Most likely the click is more than three seconds old by now.
        return Reply(f"The window could not be opened this time. Try again, or say it in words: `{EXAMPLE}`.")
    return Reply(f"Fairview has opened a window for it. In words, it would be: `{EXAMPLE}`.")


def _set(asker: Asker, held: Filled, errors: dict[str, str]) -> Reply | None:
    """Set what the window asks for, or say in ``errors``, by field, why not."""
    if not is_zone(held.zone):
        errors[ZONE] = "Fairview knows no such time zone."
        return None
    field = CHANNELS
    try:
        place: Place = find_place(asker, held.where)
        require_sight(asker, place.scope)
        field = TO
        _require_sharing(asker, place)
        schedule = schedule_for(held.cadence, held.weekday, held.local_time, held.zone)
        return confirmation(asker, place, set_digest(asker, place, schedule))
    except PersonError as error:
        names = channel_names(asker.parts.store, asker.tenant_id) | asker.names()
        sentence = with_channels(error.sentence, lambda one: f"#{names[one]}" if one in names else "that channel")
        errors[field] = error_text(sentence)
        return None


def _require_sharing(asker: Asker, place: Place) -> None:
    """Refuse a private channel's figures elsewhere in the window's words: the command's name what is typed."""
    if is_person(place.destination_id) or is_own(place):
        return
    for channel_id in place.scope.channel_ids:
        if asker.facts(channel_id).is_private:
            raise CommandError(f"<#{channel_id}> is private: choose “To me”, or that channel alone.")


def _asker(parts: Parts, body: dict[str, Any], client: WebClient, here: str) -> Asker:
    return Asker(parts, tenant_of(body), str(body["user"]["id"]), client, parts.clock(), here)
