"""How a digest looks: pure functions from its words to Block Kit, and to text that stands alone."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.block_kit import Block, context, escaped, section
from bot.digests.advice import Advice
from bot.digests.phrases import with_channels
from bot.digests.questions import question_button
from bot.digests.wording import Digest, Paragraph
from bot.ideas import ONE_CUSTOMER, Idea, idea_behind

IDEA = "digest_idea"
"""The button to the idea behind the advice; its value is ``label:subtype``."""

_HEADER_CHARACTERS = 150
_CHANNEL = re.compile(r"&lt;#([CG][A-Z0-9]+)&gt;")


def digest_text(digest: Digest) -> str:
    """Return the whole digest as mrkdwn without blocks: for notifications, and for those who hear it read out."""
    return _mrkdwn("\n".join(lines_of(digest)))


def plain_text(digest: Digest, channel_name: Callable[[str], str]) -> str:
    """Return the whole digest as plain text; ``channel_name`` returns what to call a channel, by its id."""
    return with_channels("\n".join(lines_of(digest)), channel_name)


def lines_of(digest: Digest) -> list[str]:
    """Return the digest line by line, its words as they are."""
    lines = [digest.title, *digest.opening, digest.headline]
    lines += [f"{one.heading}: {one.text}" for one in digest.paragraphs]
    if digest.advice:
        lines.append(f"One thing to try: {digest.advice.text}")
        lines.append(f"The idea behind it: {digest.advice.idea.title}. {digest.advice.opening}")
    return [*lines, *digest.notes]


def digest_blocks(
    digest: Digest, preface: str = "", *, run_id: str | None = None, charts: Sequence[Block] = ()
) -> list[Block]:
    """Return the digest as blocks.

    ``preface`` (mrkdwn) stands above it in small print; ``charts`` stand below the headline; with ``run_id``, the id
    of its run, its figures can be questioned.
    """
    blocks = [context(preface)] if preface else []
    blocks += [
        {"type": "header", "text": {"type": "plain_text", "text": digest.title[:_HEADER_CHARACTERS]}},
        context(_mrkdwn("\n".join(digest.opening))),
        section(f"*{_mrkdwn(digest.headline)}*"),
        *charts,
        *(section(_line(one)) for one in digest.paragraphs),
    ]
    if digest.advice:
        blocks += _advice_blocks(digest.advice)
    blocks += [{"type": "divider"}, context(_mrkdwn("\n".join(digest.notes)))]
    if run_id:
        blocks.append({"type": "actions", "elements": [question_button(run_id)]})
    return blocks


def idea_behind_value(value: str) -> Idea:
    """Return the idea that an idea button's value leads to."""
    label, _, subtype = value.partition(":")
    return idea_behind(label, subtype)


def idea_view(idea: Idea) -> Block:
    """Return the window with an idea, and the one behind all of them."""
    ideas = [idea] if idea is ONE_CUSTOMER else [idea, ONE_CUSTOMER]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "The idea behind it"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [section(idea_text(one)) for one in ideas],
    }


def idea_text(idea: Idea) -> str:
    """Return an idea in mrkdwn."""
    return f"*{escaped(idea.title)}*\n{escaped(idea.paragraph)}"


def _advice_blocks(advice: Advice) -> list[Block]:
    button: dict[str, Any] = {
        "type": "button",
        "action_id": IDEA,
        "text": {"type": "plain_text", "text": "The idea behind it"},
        "value": f"{advice.label}:{advice.subtype}",
    }
    idea = f"_{advice.idea.title}._ {advice.opening}"
    return [{**section(f"*One thing to try:* {_mrkdwn(advice.text)}\n{_mrkdwn(idea)}"), "accessory": button}]


def _line(paragraph: Paragraph) -> str:
    return f"*{_mrkdwn(paragraph.heading)}:* {_mrkdwn(paragraph.text)}"


def _mrkdwn(text: str) -> str:
    # What stands for a channel is markup already.
    return _CHANNEL.sub(r"<#\1>", escaped(text))
