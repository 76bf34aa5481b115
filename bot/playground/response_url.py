"""What comes in by a ``response_url`` or with the acknowledgement of a command: answers before a person's eyes."""

from bot.playground import posting
from bot.playground.interactions import Interaction, is_in_channel
from bot.playground.models import Channel, Ephemeral, Message, Payload
from bot.playground.platform import Platform
from bot.playground.refusals import Refusal
from bot.playground.web_api.chat import checked_content


def answer(platform: Platform, key: str, payload: Payload) -> None:
    """Do what the app posts to a ``response_url``; raises Refusal, which costs it no use."""
    url = platform.response_urls.open(key)
    interaction, source = url.interaction, url.source
    channel = platform.workspace.channels.get(interaction.channel or "")
    if channel is None:
        raise Refusal("channel_not_found")
    if payload.get("delete_original") is True and source is not None:
        _delete(platform, channel, source)
        interaction.deleted_original = True
    elif payload.get("replace_original") is True and source is not None:
        _replace(platform, channel, source, checked_content(platform, payload))
        interaction.replaced_original = True
    else:
        show(platform, interaction, channel, payload)
    url.uses += 1
    platform.changed.notify_all()


def show(platform: Platform, interaction: Interaction, channel: Channel, payload: Payload) -> Ephemeral | Message:
    """Put an answer into the channel, for the person alone or for everybody; raises Refusal."""
    content = checked_content(platform, payload)
    text, thread_ts = str(content.get("text") or ""), payload.get("thread_ts")
    shown: Ephemeral | Message
    if is_in_channel(payload):
        draft = posting.Draft(text, content["blocks"], content["attachments"], thread_ts, metadata=None)
        shown = posting.post(platform.workspace, channel, platform.workspace.bot, draft)
    else:
        shown = platform.show_ephemeral(
            Ephemeral(
                channel=channel.id,
                user=interaction.user,
                ts=platform.workspace.timestamps.next(),
                text=text,
                blocks=content["blocks"],
                attachments=content["attachments"],
                thread_ts=thread_ts,
                via="command" if interaction.kind == "command" else "response_url",
            )
        )
    interaction.answers.append(shown)
    return shown


def _delete(platform: Platform, channel: Channel, source: Ephemeral | Message) -> None:
    if isinstance(source, Message):
        posting.delete(platform.workspace, channel, source)
    else:
        source.deleted = True


def _replace(platform: Platform, channel: Channel, source: Ephemeral | Message, content: Payload) -> None:
    blocks = content["blocks"]
    if blocks is not None:
        blocks = posting.with_block_ids(platform.workspace, blocks)
    changed = {"text": str(content.get("text") or ""), "blocks": blocks, "attachments": content["attachments"]}
    if isinstance(source, Message):
        posting.edit(platform.workspace, channel, source, platform.workspace.bot, changed)
        return
    for name, value in changed.items():
        setattr(source, name, value)
    source.replaced += 1
