"""Bringing a picture to Slack, for workspaces that do not know Slack's own charts.

A picture is uploaded to no channel: only the app can see it until a block of a message shows it. It needs the scope
``files:write``.
"""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.block_kit import Block
from bot.slack_clients import posting_client

_FILE_NAME = "fairview.png"
_UPLOAD_ALT_CHARACTERS = 1_000
"""Half of what an image block takes."""
_ALT_CHARACTERS = 2_000
_TITLE_CHARACTERS = 2_000


def upload_picture(client: WebClient, png: bytes, alt: str, title: str) -> str:
    """Upload a picture that is in no channel and return its file id; no request is ever sent twice.

    Slack looks the file over before a block may show it, which takes a second or more: see ``is_not_ready``. Raises
    what slack_sdk raises, and OSError or HTTPException where the connection breaks.
    """
    answer = posting_client(client).files_upload_v2(
        filename=_FILE_NAME, content=png, title=title, alt_txt=alt[:_UPLOAD_ALT_CHARACTERS]
    )
    return str(answer["files"][0]["id"])


def picture_block(file_id: str, alt: str, title: str) -> Block:
    """Return the block that shows an uploaded picture, with its title above and told in words to those who listen."""
    return {
        "type": "image",
        "slack_file": {"id": file_id},
        "alt_text": alt[:_ALT_CHARACTERS],
        "title": {"type": "plain_text", "text": title[:_TITLE_CHARACTERS], "emoji": False},
    }


def is_not_ready(error: SlackApiError) -> bool:
    """Return whether a message was refused for its picture, which Slack may take a moment later.

    Nothing was posted then. Slack tells a file that it has not looked over yet like one that there never was, so only
    so many tries make sense; after them the message goes out without its picture.
    """
    response = error.response
    if response.get("error") != "invalid_blocks":
        return False
    told = [*(response.get("errors") or []), *((response.get("response_metadata") or {}).get("messages") or [])]
    return any("slack_file" in str(one) or "slack file" in str(one) for one in told)
