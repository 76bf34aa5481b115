"""Who there is: ``users.*``, ``usergroups.list``, ``bots.info``, ``team.info``; and who is calling: ``auth.test``."""

from bot.playground import payloads
from bot.playground.models import Payload
from bot.playground.refusals import Refusal
from bot.playground.web_api.call import Method, WebCall


def api_test(call: WebCall) -> Payload:
    """``api.test``: says back what it is told."""
    if call.arguments.text("error"):
        raise Refusal(call.arguments.required("error"), args=call.arguments.raw)
    return {"args": call.arguments.raw}


def auth_test(call: WebCall) -> Payload:
    """``auth.test``."""
    return {
        "url": f"https://{call.workspace.domain}.slack.com/",
        "team": call.workspace.name,
        "user": call.bot.name,
        "team_id": call.workspace.team_id,
        "user_id": call.bot.id,
        "bot_id": call.bot.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: WebCall) -> Payload:
    """``apps.connections.open``: a WebSocket address that is good once."""
    if call.platform.sockets is None:
        raise Refusal("internal_error")
    call.platform.is_expecting_app = True
    return {"url": call.platform.sockets.new_url()}


def user_info(call: WebCall) -> Payload:
    """``users.info``."""
    return {"user": payloads.user(call.person(), call.workspace.team_id, call.platform.clock())}


def user_list(call: WebCall) -> Payload:
    """``users.list``."""
    page, metadata = call.page(list(call.workspace.members.values()), 200, 1000)
    now, team = call.platform.clock(), call.workspace.team_id
    return {"members": [payloads.user(one, team, now) for one in page], "response_metadata": metadata}


def usergroup_list(call: WebCall) -> Payload:  # noqa: ARG001 - every method takes its call
    """``usergroups.list``: this workspace has none."""
    return {"usergroups": []}


def bot_info(call: WebCall) -> Payload:
    """``bots.info``."""
    bot_id = call.arguments.text("bot")
    bot = next((one for one in call.workspace.members.values() if one.bot_id and one.bot_id == bot_id), None)
    if bot is None:
        raise Refusal("bot_not_found")
    shown = {"id": bot.bot_id, "deleted": bot.deleted, "name": bot.real_name, "app_id": bot.app_id, "user_id": bot.id}
    return {"bot": shown}


def team_info(call: WebCall) -> Payload:
    """``team.info``."""
    workspace = call.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}}


METHODS = {
    "api.test": Method(api_test, tier=4, caller="anyone"),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(open_connection, caller="app"),
    "users.info": Method(user_info, ("users:read",), tier=4),
    "users.list": Method(user_list, ("users:read",), tier=2),
    "usergroups.list": Method(usergroup_list, ("usergroups:read",), tier=2),
    "bots.info": Method(bot_info, ("users:read",), tier=3),
    "team.info": Method(team_info, ("team:read",), tier=3),
}
