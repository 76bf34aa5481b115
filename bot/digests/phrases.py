"""Numbers, dates, channels and lists as a digest writes them. Pure text; a channel is `<#C…>`, as Slack writes it."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import groupby

from bot.digests.figures import Shown
from bot.digests.scope import Scope

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)>")
_NAMED = 10


def listed(parts: Sequence[str]) -> str:
    """Return the parts as one piece of text: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(count: int, thing: str) -> str:
    """Return so many things: 1 message, 2,410 messages."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def number(count: Shown | None, at_least: int | None = None) -> str:
    """Return a count within a sentence: none, a few, 12; where it may not be told, at least 12, or some."""
    if count is None:
        return f"at least {at_least:,}" if at_least else "some"
    if count == "few":
        return "a few"
    return f"{count:,}" if count else "none"


def in_words(count: int) -> str:
    """Return a small number as a word, a larger one in digits."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def rate(value: float | None) -> str:
    """Return a rate per 1,000, as exact as it is worth saying."""
    given = value or 0.0
    return f"{given:.1f}" if 0 < given < 9.95 else f"{given:,.0f}"


def capital(text: str) -> str:
    """Return the text as a sentence begins."""
    return text[:1].upper() + text[1:]


def day(given: date) -> str:
    """Return a date without its year: 9 November."""
    return f"{given.day} {given:%B}"


def dates(given: Sequence[date]) -> str:
    """Return dates as one list: 26 October and 2 and 9 November."""
    months = groupby(given, key=lambda one: (one.year, one.month))
    return listed([f"{listed([str(one.day) for one in some])} {date(*month, 1):%B}" for month, some in months])


def period(start: date, weeks: int) -> str:
    """Return which weeks are meant: the week of 16 to 22 November 2026; the two weeks of 9 to 22 November 2026."""
    end = start + timedelta(weeks=weeks, days=-1)
    first = str(start.day) if (start.year, start.month) == (end.year, end.month) else day(start)
    if start.year != end.year:
        first = f"{first} {start.year}"
    which = "week" if weeks == 1 else f"{in_words(weeks)} weeks"
    return f"the {which} of {first} to {day(end)} {end.year}"


def that_time(weeks: int) -> str:
    """Return how to speak of the weeks reported: that week, those two weeks."""
    return "that week" if weeks == 1 else f"those {in_words(weeks)} weeks"


def channels(channel_ids: Sequence[str], most: int = _NAMED) -> str:
    """Return channels as a list, so many by name at the most."""
    shown = [f"<#{one}>" for one in channel_ids[:most]]
    more = len(channel_ids) - len(shown)
    return listed([*shown, *([f"{more} more"] if more else [])])


def scope_in_words(scope: Scope) -> str:
    """Return what a digest is about."""
    return "the whole workspace" if scope.kind == "workspace" else channels(scope.channel_ids)


def with_channels(text: str, shown: Callable[[str], str]) -> str:
    """Return the text with each channel, by its id, as ``shown`` says."""
    return _CHANNEL.sub(lambda match: shown(match[1]), text)
