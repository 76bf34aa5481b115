"""How Fairview's own answers and its Home look."""

from importlib.metadata import version

from bot.block_kit import Block, context, section

COMMANDS = """\
• `/fairview status` - what Fairview does in this channel, and for you
• `/fairview pause [day|week]` and `/fairview resume` - your own nudges
• `/fairview thanks [private|reaction|off]` - how you are thanked for words that lead to the customer
• `/fairview check SOME TEXT` - what Fairview would say of it; only you see that, and it is counted nowhere
• `/fairview rules` - what is noticed, and which rules are muted here; `rules back RULE` sets one back
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
        f"organisation.\n{COMMANDS}\nSlash commands do not work inside threads; type them in the channel itself. "
        f"*Reframe this*, in the menu of every message, works in threads too; it offers other words for it.\n"
        f"_{PROMISE}_"
    )


def introduction_text(trial_days: int, app_user_id: str | None = None, is_ext_shared: bool = False) -> str:
    """Return what Fairview says to a channel it is invited to, in four lines.

    What it does (``trial_days``: for how many days nobody is nudged), what it keeps, how to pause it, how to send it
    away. ``app_user_id`` is its own Slack id, so that it can be named as a person would name it.
    """
    app = f"<@{app_user_id}>" if app_user_id else "@Fairview"
    return f"""\
Hello, this is Fairview. {_what_it_does(trial_days, is_ext_shared)}
It keeps counts, under pseudonyms. It reads messages in memory and forgets them: no text and no author's name is kept, \
and digests never name or quote anybody.
To pause it: `/fairview pause` stops your own nudges; `/fairview watch off` stops it reading this channel (for whoever \
created the channel, and administrators). `/fairview help` says more.
To send it away: /remove {app}"""


def introduction_blocks(trial_days: int, app_user_id: str | None = None, is_ext_shared: bool = False) -> list[Block]:
    """Return the same four lines as a block of their own."""
    return [section(introduction_text(trial_days, app_user_id, is_ext_shared))]


def greeting_text(*, is_nudged: bool = True) -> str:
    """Return the one line for a member who joins a channel that is watched; ``is_nudged``: whether they may be."""
    counts = "counts words that treat colleagues as outsiders, and process named as a barrier"
    offers = " It may privately offer you better words; `/fairview pause` stops that." if is_nudged else ""
    return (
        f"Just between us: this channel is read by Fairview, which {counts}.{offers} It keeps counts, never text or "
        "authors' names: `/fairview help` says more."
    )


def _what_it_does(trial_days: int, is_ext_shared: bool) -> str:
    does = "It notices words that treat colleagues as outsiders, and process named as a barrier"
    if is_ext_shared:
        return f"{does}, and counts both; it nudges nobody in a channel shared with another organisation."
    nudges = f"{does}, counts both, and privately offers the author better words."
    if not trial_days:
        return nudges
    days = "day" if trial_days == 1 else f"{trial_days} days"
    return f"{nudges} For the first {days} it only counts, and nudges nobody."


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
