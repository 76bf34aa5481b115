"""The few pieces of Block Kit that every feature's blocks are made of."""

from typing import Any

Block = dict[str, Any]

_SECTION_CHARACTERS = 3_000


def section(text: str) -> Block:
    """Return a section of mrkdwn, cut to what Slack takes."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_SECTION_CHARACTERS]}}


def context(text: str) -> Block:
    """Return a line of small print in mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:_SECTION_CHARACTERS]}]}


def escaped(text: str) -> str:
    """Return plain text as mrkdwn, with the three characters escaped that Slack reads as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
