"""What somebody asks of `/fairview digest`, read from words as people type them, and said back as they could."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from bot.digests.schedule import Weekly
from bot.digests.zones import resolve_zone
from bot.errors import CommandError

EXAMPLE = "/fairview digest here monday 09:00 Europe/London"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_FOR_EXAMPLE = f"For example: `{EXAMPLE}`."
_CHANNEL = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})|h)?(?P<half>am|pm)?|(?P<military>\d{4})")
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_FILLERS = frozenset(
    {
        "a",
        "at",
        "by",
        "each",
        "every",
        "for",
        "in",
        "my",
        "o'clock",
        "oclock",
        "of",
        "on",
        "please",
        "post",
        "send",
        "set",
        "the",
        "time",
        "timezone",
        "to",
        "weekly",
        "week",
        "zone",
    }
)
_OTHER_CADENCES = frozenset({"daily", "day", "fortnightly", "fortnight", "monthly", "month", "weekdays"})


@dataclass(frozen=True, slots=True)
class SetDigest:
    """Set or change a channel's digest; ``channel_id`` None is here, ``zone`` None is the person's own."""

    channel_id: str | None
    weekday: int
    local_time: time
    zone: str | None


@dataclass(frozen=True, slots=True)
class StopDigest:
    """Stop a channel's digest."""

    channel_id: str | None


@dataclass(frozen=True, slots=True)
class PreviewDigest:
    """Show a channel's digest now, to whoever asks."""

    channel_id: str | None


@dataclass(frozen=True, slots=True)
class ListDigests:
    """List the digests there are."""


@dataclass(frozen=True, slots=True)
class ExplainDigests:
    """Say what can be asked."""


Request = SetDigest | StopDigest | PreviewDigest | ListDigests | ExplainDigests

_VERBS = {
    "stop": "stop",
    "off": "stop",
    "cancel": "stop",
    "end": "stop",
    "unsubscribe": "stop",
    "preview": "preview",
    "show": "preview",
    "list": "list",
    "help": "help",
    "?": "help",
}


def read_request(words: Sequence[str]) -> Request:
    """Return what the words after `/fairview digest` ask for; raises CommandError with an example where unclear."""
    words = [word for given in words if (word := given.strip(",;!"))]
    verb = _VERBS.get(words[0].lower()) if words else "help"
    if verb == "help":
        return ExplainDigests()
    if verb == "list":
        return ListDigests()
    channel_id, rest = _take_channel(words[1:] if verb else words)
    if verb is None:
        return _read_schedule(channel_id, rest)
    if rest:
        raise CommandError(f"Fairview does not know what “{_quoted(rest)}” means here.", f"Say `digest {verb}`.")
    return StopDigest(channel_id) if verb == "stop" else PreviewDigest(channel_id)


def in_words(schedule: Weekly) -> str:
    """Return when a digest comes, as a person would say it."""
    return f"every {WEEKDAYS[schedule.weekday]} at {schedule.local_time:%H:%M} ({schedule.zone})"


def retyped(schedule: Weekly, place: str = "here") -> str:
    """Return the command that sets this schedule; ``place`` is ``here`` or a channel's ``#name``."""
    return f"/fairview digest {place} {WEEKDAYS[schedule.weekday].lower()} {schedule.local_time:%H:%M} {schedule.zone}"


def _take_channel(words: Sequence[str]) -> tuple[str | None, list[str]]:
    channels, rest = [], []
    for word in words:
        if match := _CHANNEL.fullmatch(word):
            channels.append(match["id"])
        elif word.startswith("#"):
            raise CommandError(
                f"Slack did not tell Fairview which channel {word[:80]} is.",
                "Pick it from the list Slack offers after “#”, or ask from that channel with `here`.",
            )
        elif word.startswith("<@") or word.lower() == "me":
            raise CommandError("A digest goes to a channel, so that everyone in it sees the same.", _FOR_EXAMPLE)
        elif word.lower() != "here":
            rest.append(word)
    if len(channels) > 1:
        raise CommandError("A digest is about one channel.", _FOR_EXAMPLE)
    return (channels[0] if channels else None), rest


def _read_schedule(channel_id: str | None, words: Sequence[str]) -> SetDigest:
    weekdays, times, zone_words = [], [], []
    for word in _joined_halves(words):
        lower = word.lower()
        if lower in _OTHER_CADENCES:
            raise CommandError("Digests come once a week.", _FOR_EXAMPLE)
        if (weekday := _weekday(lower)) is not None:
            weekdays.append(weekday)
        elif (local_time := _time(lower)) is not None:
            times.append(local_time)
        elif lower not in _FILLERS:
            zone_words.append(word)
    if len(set(weekdays)) != 1 or len(set(times)) != 1:
        raise CommandError(_what_is_wrong(weekdays, times, zone_words), _FOR_EXAMPLE)
    zone = resolve_zone(" ".join(zone_words)) if zone_words else None
    return SetDigest(channel_id, weekdays[0], times[0], zone)


def _what_is_wrong(weekdays: Sequence[int], times: Sequence[time], others: Sequence[str]) -> str:
    if len(set(weekdays)) > 1 or len(set(times)) > 1:
        return "A digest comes on one day of the week, at one time."
    if not weekdays and not times and others:
        return f"Fairview does not understand “{_quoted(others)}”."
    missing = [name for name, given in (("the day of the week", weekdays), ("the time of day", times)) if not given]
    return f"Fairview needs {' and '.join(missing)}."


def _joined_halves(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        plain = re.sub(r"(?i)\b([ap])\.?m\.?$", r"\1m", word)
        if plain.lower() in {"am", "pm"} and joined and joined[-1][0].isdigit():
            joined[-1] += plain
        else:
            joined.append(plain)
    return joined


def _weekday(word: str) -> int | None:
    word = word.rstrip(".").removesuffix("'s").removesuffix("s")
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(WEEKDAYS) if name.lower().startswith(word)), None)


def _time(word: str) -> time | None:
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
            raise CommandError(f"There is no {word}.", _FOR_EXAMPLE)
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise CommandError(f"There is no {word} on the clock.", _FOR_EXAMPLE)
    return time(hour, minute)


def _quoted(words: Sequence[str]) -> str:
    return " ".join(words)[:60]
