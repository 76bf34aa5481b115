"""How a digest looks: pure functions from its words to Block Kit."""

from bot.block_kit import Block, context, escaped, section
from bot.digests.wording import Digest

_HEADER_CHARACTERS = 150


def digest_text(digest: Digest) -> str:
    """Return the whole digest as plain text: for notifications, and for those who hear it read out."""
    lines = [digest.title, digest.headline]
    lines += [f"{paragraph.heading}: {paragraph.text}" for paragraph in digest.paragraphs]
    lines += digest.notes
    return "\n".join(escaped(line) for line in lines)


def digest_blocks(digest: Digest, channel_id: str, preface: str = "") -> list[Block]:
    """Return the digest about a channel; ``preface`` (mrkdwn) stands above it in small print."""
    blocks = [context(preface)] if preface else []
    blocks += [
        {"type": "header", "text": {"type": "plain_text", "text": digest.title[:_HEADER_CHARACTERS]}},
        section(f"*{escaped(digest.headline)}*"),
    ]
    blocks += [section(f"*{escaped(one.heading)}*\n{escaped(one.text)}") for one in digest.paragraphs]
    blocks.append({"type": "divider"})
    blocks.append(context("\n".join([f"About <#{channel_id}>.", *(escaped(note) for note in digest.notes)])))
    return blocks
