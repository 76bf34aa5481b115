"""``views.*``: modals by trigger, and the Home tab."""

import json

from bot.playground.blockkit import view_problems
from bot.playground.models import Payload
from bot.playground.platform import Platform
from bot.playground.refusals import Refusal
from bot.playground.views import View
from bot.playground.web_api.call import Method, WebCall, missing


def open_view(call: WebCall) -> Payload:
    """``views.open``."""
    content = checked_view(call.platform, call.arguments.raw.get("view"), "modal")
    interaction = call.platform.triggers.exchange(call.arguments.required("trigger_id"))
    view = interaction.view = call.platform.views.open(interaction.user, content)
    view.trigger_id = interaction.trigger_id
    return _answer(call, view)


def push(call: WebCall) -> Payload:
    """``views.push``."""
    content = checked_view(call.platform, call.arguments.raw.get("view"), "modal")
    interaction = call.platform.triggers.exchange(call.arguments.required("trigger_id"))
    view = interaction.view = call.platform.views.push(interaction.user, content)
    view.trigger_id = interaction.trigger_id
    return _answer(call, view)


def update(call: WebCall) -> Payload:
    """``views.update`` by ``view_id`` or ``external_id``."""
    views, view_id, external_id = (
        call.platform.views,
        call.arguments.text("view_id"),
        call.arguments.text("external_id"),
    )
    if view_id is None and external_id is None:
        raise missing("view_id")
    view = views.find(view_id) if view_id is not None else views.find_external(external_id or "")
    if view is None:
        raise Refusal("not_found")
    content = checked_view(call.platform, call.arguments.raw.get("view"), str(view.content["type"]))
    return _answer(call, views.update(view, content, call.arguments.text("hash")))


def publish(call: WebCall) -> Payload:
    """``views.publish``."""
    user = call.workspace.members.get(call.arguments.required("user_id"))
    if user is None or user.deleted:
        raise Refusal("user_not_found")
    if not call.platform.app.home_tab:
        raise Refusal("not_enabled")
    content = checked_view(call.platform, call.arguments.raw.get("view"), "home")
    return _answer(call, call.platform.views.publish(user.id, content, call.arguments.text("hash")))


def checked_view(platform: Platform, view: object, kind: str) -> Payload:
    """A copy of ``view``, if Slack would take it for a view of this kind; raises Refusal."""
    if view is None:
        raise missing("view")
    if not isinstance(view, dict):
        raise Refusal.because("invalid_arguments", ["[ERROR] must be a valid JSON object [json-pointer:/view]"])
    problems = view_problems(view, file_exists=platform.file_exists)
    if problems:
        raise Refusal.because("invalid_arguments", map(str, problems))
    if view["type"] != kind:
        raise Refusal.because("invalid_arguments", [f"[ERROR] must be a {kind} [json-pointer:/view/type]"])
    loaded: Payload = json.loads(json.dumps(view))  # a copy: the log of calls keeps what was sent
    return loaded


def _answer(call: WebCall, view: View) -> Payload:
    call.platform.changed.notify_all()
    return {"view": call.platform.views.payload(view)}


METHODS = {
    "views.open": Method(open_view, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
