"""Whoever administers a workspace: its owners and administrators, as Slack names them at this moment."""

from typing import Any

from slack_sdk import WebClient

from bot.administration.people import is_outsider

_PAGE = 200
_MOST = 20


def list_administrators(client: WebClient, tenant_id: str) -> list[str]:
    """Return the ids of a workspace's owners and administrators, owners first, twenty at the most.

    Raises what slack_sdk raises where Slack does not answer.
    """
    owners: list[str] = []
    others: list[str] = []
    cursor = ""
    while True:
        page = client.users_list(limit=_PAGE, cursor=cursor or None)
        for user in page["members"]:
            if _is_administrator(user, tenant_id):
                (owners if user.get("is_owner") or user.get("is_primary_owner") else others).append(str(user["id"]))
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor or len(owners) >= _MOST:
            return [*owners, *others][:_MOST]


def _is_administrator(user: dict[str, Any], tenant_id: str) -> bool:
    if user.get("is_bot") or user.get("deleted") or user.get("is_restricted") or user.get("is_ultra_restricted"):
        return False
    leads = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    return bool(leads) and not is_outsider(user, tenant_id)
