"""Events in the envelope in which Slack delivers them, and whether the app has asked for them."""

import uuid

from bot.playground.app_config import AppConfig
from bot.playground.models import Channel, Member, Payload
from bot.playground.workspace import Workspace

VERIFICATION_TOKEN = "verification-token"  # noqa: S105 - Slack's deprecated field, never a secret
_MESSAGE_EVENT = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}
_READ = {"channel": "channels:read", "group": "groups:read"}
_OTHER_SCOPES = {"reaction_added": "reactions:read", "user_change": "users:read"}
_NO_SCOPE = {"app_home_opened", "app_uninstalled", "tokens_revoked"}


def is_wanted(app: AppConfig, event: Payload, channel: Channel | None) -> bool:
    """Whether the app subscribes to this event and holds the scope that Slack asks for."""
    kind = event["type"]
    if kind == "message" and channel is not None:
        return _MESSAGE_EVENT[channel.kind] in app.events and _HISTORY[channel.kind] in app.scopes
    if kind not in app.events:
        return False
    if kind in _NO_SCOPE:
        return True
    needed = _OTHER_SCOPES.get(kind) or (_READ[channel.kind] if channel is not None else None)
    return needed is None or needed in app.scopes


def event_callback(workspace: Workspace, event: Payload, channel: Channel | None, author: Member | None) -> Payload:
    """The body of one Events API delivery; a foreign author's workspace is the originating one."""
    team = author.team_id if author is not None and channel is not None and channel.is_ext_shared else None
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team or workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{uuid.uuid4().hex}",
    }
