"""Days of the week, times of day and cadences, read as people type them and said as people say them."""

import re
from collections.abc import Sequence
from datetime import time

from bot.digests.schedule import Cadence, Schedule
from bot.errors import CommandError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})|h)?(?P<half>am|pm)?|(?P<military>\d{4})")
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_IN_WORDS = {
    "weekly": "every {day} at {time} ({zone})",
    "fortnightly": "every second {day} at {time} ({zone})",
    "monthly": "on the first {day} of the month at {time} ({zone})",
}
_DAY = r"(?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b"
_CADENCES: dict[Cadence, tuple[str, ...]] = {
    "fortnightly": (
        r"\b(?:(?:every|each|once) )?(?:two|2|other|second|2nd) weeks?(?!\S)",
        rf"\b(?:every|each) (?:other|second|2nd) (?={_DAY})",
        r"(?<!\S)(?:(?:every|each|a|once a) )?(?:fortnightly|fortnight|bi-?weekly)(?!\S)",
    ),
    "monthly": (
        rf"(?<!\S)(?:on )?(?:the )?(?:first|1st) (?={_DAY})",
        r"(?<!\S)(?:of )?(?:once )?(?:the |a |every |each |per )*(?:month|months|monthly)(?!\S)",
    ),
    "weekly": (r"(?<!\S)(?:once )?(?:a |every |each |per )*(?:week|weekly)(?!\S)",),
}
"""Taken out in this order; “two” and “2” of “every two weeks” are no time of day."""
_OTHER_CADENCES = frozenset(
    {
        "daily", "day", "days", "weekdays", "hourly", "quarterly", "quarter", "yearly", "year",
        "second", "third", "fourth", "2nd", "3rd", "4th", "last", "other",
    }
)  # fmt: skip


def in_words(schedule: Schedule) -> str:
    """Return when a digest comes, as a person would say it."""
    return _IN_WORDS[schedule.cadence].format(
        day=WEEKDAYS[schedule.weekday], time=f"{schedule.local_time:%H:%M}", zone=schedule.zone
    )


def retyped(schedule: Schedule, place: str = "here") -> str:
    """Return the command that sets this schedule; ``place`` says what it is about and where it goes, as typed."""
    cadence = "" if schedule.cadence == "weekly" else f"{schedule.cadence} "
    when = f"{WEEKDAYS[schedule.weekday].lower()} {schedule.local_time:%H:%M} {schedule.zone}"
    return f"/fairview digest {place} {cadence}{when}"


def take_cadence(words: Sequence[str], hint: str) -> tuple[Cadence, list[str]]:
    """Return how often, and the words that are left; weekly where it is not said.

    Raises CommandError, with ``hint``, for a cadence there is not, or for two of them.
    """
    text, found = " ".join(words), set[Cadence]()
    for cadence, patterns in _CADENCES.items():
        for pattern in patterns:
            text, times = re.subn(pattern, " ", text, flags=re.IGNORECASE)
            found |= {cadence} if times else set()
    rest = text.split()
    if len(found) > 1 or not _OTHER_CADENCES.isdisjoint(word.lower() for word in rest):
        raise CommandError("Digests come every week, every two weeks or every month.", hint)
    return next(iter(found), "weekly"), rest


def joined_halves(words: Sequence[str]) -> list[str]:
    """Return the words with “am” and “pm”, however they are written, joined to the time before them."""
    joined: list[str] = []
    for word in words:
        plain = re.sub(r"(?i)\b([ap])\.?m\.?$", r"\1m", word)
        if plain.lower() in {"am", "pm"} and joined and joined[-1][0].isdigit():
            joined[-1] += plain
        else:
            joined.append(plain)
    return joined


def read_weekday(word: str) -> int | None:
    """Return the day of the week a lower-case word means, Monday being 0; None where it means none."""
    word = word.rstrip(".").removesuffix("'s").removesuffix("s")
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(WEEKDAYS) if name.lower().startswith(word)), None)


def read_time(word: str, hint: str) -> time | None:
    """Return the time of day a lower-case word means, or None; raises CommandError, with ``hint``, for no such time."""
    if word in _NAMED_TIMES:
        return _NAMED_TIMES[word]
    match = _CLOCK.fullmatch(word)
    if match is None:
        return None
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    if match["military"]:
        hour, minute = divmod(int(match["military"]), 100)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise CommandError(f"There is no {word}.", hint)
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise CommandError(f"There is no {word} on the clock.", hint)
    return time(hour, minute)
