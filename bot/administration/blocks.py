"""How Fairview's own answers and its Home look."""

from importlib.metadata import version

from bot.block_kit import Block, context, section

COMMANDS = """\
• `/fairview status` - what Fairview does in this channel, and for you
• `/fairview pause [day|week]` and `/fairview resume` - your own nudges
• `/fairview stage [service|partnership|one_business|default] [workspace]` - what is nudged here
• `/fairview watch on|off` - whether this channel is read
• `/fairview digest here monday 09:00 Europe/London` - a weekly digest; also `list`, `preview`, `stop`
• `/valuestream NAME` - whom a system, team or channel serves; alone, it answers for this channel"""

PROMISE = (
    "What you write is read in memory and forgotten: no message text and no author's name is kept or logged. "
    "Nudges are seen by their author only. Digests never name or quote anybody."
)


def app_version() -> str:
    """Return Fairview's version."""
    return version("fairview")


def help_text() -> str:
    """Return what `/fairview help` answers."""
    return (
        f"*Fairview {app_version()}* privately offers words that point at the real customer, the one outside the "
        f"organisation.\n{COMMANDS}\nSlash commands do not work inside threads; type them in the channel itself.\n"
        f"_{PROMISE}_"
    )


def home_view() -> Block:
    """Return the Home tab."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Fairview"}},
            section(
                "One business, and a customer outside it. In the channels it is invited to, Fairview notices words "
                "that treat colleagues as outsiders, and process named as a barrier. It offers you, privately, words "
                "that point at the person the work is for."
            ),
            section(f"*What you can type*\n{COMMANDS}"),
            section(f"*What it keeps*\n{PROMISE}"),
            context(f"Fairview {app_version()}"),
        ],
    }
