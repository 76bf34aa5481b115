"""Slack's payloads as Slack sends them, to be varied by a test."""

from typing import Any

TEAM, APP_USER, CHANNEL, AUTHOR = "T0FAIRVIEW", "U0FAIRVIEW", "C0INFRA", "U0AUTHOR"


def envelope(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An Events API envelope around ``event``."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": "A0FAIRVIEW",
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": 1795428000,
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": APP_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "event": event,
        **changes,
    }


def message(text: str = "hello", ts: str = "1795428000.000100", **changes: Any) -> dict[str, Any]:
    """A message event as a member posts it."""
    return {
        "type": "message",
        "channel": CHANNEL,
        "channel_type": "channel",
        "user": AUTHOR,
        "team": TEAM,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "client_msg_id": "0c6e4f2e-9a4b-4a53-9a57-0d5b6f0c0f10",
        **changes,
    }


def changed(before: dict[str, Any], text: str, edited_ts: str | None, **changes: Any) -> dict[str, Any]:
    """The event that tells of ``before`` having become ``text``."""
    inner = {key: value for key, value in before.items() if key not in {"channel", "channel_type", "event_ts"}}
    after = {**inner, "text": text, **changes}
    if edited_ts:
        after["edited"] = {"user": before["user"], "ts": edited_ts}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": before["channel"],
        "channel_type": "channel",
        "ts": edited_ts or before["ts"],
        "event_ts": edited_ts or before["ts"],
        "message": after,
        "previous_message": inner,
    }


def deleted(before: dict[str, Any]) -> dict[str, Any]:
    """The event that tells of ``before`` having been deleted."""
    inner = {key: value for key, value in before.items() if key not in {"channel", "channel_type", "event_ts"}}
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": before["channel"],
        "channel_type": "channel",
        "ts": "1795428900.000100",
        "event_ts": "1795428900.000100",
        "deleted_ts": before["ts"],
        "previous_message": inner,
    }
