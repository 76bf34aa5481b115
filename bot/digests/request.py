"""What somebody asks of `/fairview digest`, read from words as people type them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Literal

from bot.digests.schedule import Cadence
from bot.digests.times import joined_halves, read_time, read_weekday, take_cadence
from bot.digests.verbs import HINTS, Verb, nearest_verb, read_verb
from bot.digests.zones import resolve_zone
from bot.errors import CommandError

EXAMPLE = "/fairview digest here monday 09:00 Europe/London"
HERE: Literal["here"] = "here"
ME: Literal["me"] = "me"
MOST_CHANNELS = 20
"""In a group: each is looked at in Slack before a digest of it goes out."""

_FOR_EXAMPLE = f"For example: `{EXAMPLE}`."
_CHANNEL = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_NUMBER = re.compile(r"(?:#|no\.?)?(\d{1,3})[.)]?")
_INTO = {"to", "in", "into"}
_MYSELF = {"me", "myself"}
_FILLERS = frozenset(
    {
        "a", "about", "an", "and", "at", "by", "change", "channel", "channels", "digest", "each", "every", "everyone",
        "for", "from", "in", "into", "it", "move", "my", "o'clock", "oclock", "of", "on", "please", "post", "send",
        "set", "start", "the", "time", "timezone", "to", "week", "weeks", "whole", "entire", "with", "zone",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """What a digest is about and where it goes, as far as it was said.

    ``channel_ids``, in the order they were named, are what it is about. ``destination`` is HERE, ME or a channel's id.
    """

    channel_ids: tuple[str, ...] = ()
    is_workspace: bool = False
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class SetDigest:
    """Set or change a digest; ``zone`` None is the person's own."""

    where: Where
    cadence: Cadence
    weekday: int
    local_time: time
    zone: str | None


@dataclass(frozen=True, slots=True)
class StopDigest:
    """Stop a digest: the one with that number in the list, where it is given, else by where."""

    where: Where = field(default_factory=Where)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PreviewDigest:
    """Show a digest of so many weeks now, to whoever asks."""

    where: Where
    weeks: int = 1


@dataclass(frozen=True, slots=True)
class ListDigests:
    """List the digests there are."""


@dataclass(frozen=True, slots=True)
class ExplainDigests:
    """Say what can be asked."""


@dataclass(frozen=True, slots=True)
class OpenDigests:
    """Open the window that sets a digest."""


Request = SetDigest | StopDigest | PreviewDigest | ListDigests | ExplainDigests | OpenDigests

_WEEKS: dict[Cadence, int] = {"weekly": 1, "fortnightly": 2, "monthly": 4}


def read_request(words: Sequence[str]) -> Request:
    """Return what the words after `/fairview digest` ask for; raises CommandError with an example where unclear."""
    words = [word for given in words for part in re.split("[,;]", given) if (word := part.strip("!"))]
    if len(words) == 1 and words[0].lower() == "set":
        return OpenDigests()
    verb = read_verb(words[0]) if words else "help"
    match verb:
        case "help":
            return ExplainDigests()
        case "list":
            return ListDigests()
        case "stop":
            return _read_stop(*_take_where(words[1:]))
        case "preview":
            return _read_preview(*_take_where(words[1:]))
        case None:
            return _read_schedule(*_take_where(words))


def _read_stop(where: Where, words: Sequence[str]) -> StopDigest:
    if len(words) == 1 and where == Where() and (match := _NUMBER.fullmatch(words[0].lower())):
        return StopDigest(number=int(match[1]))
    _require_no_more("stop", words)
    return StopDigest(where)


def _read_preview(where: Where, words: Sequence[str]) -> PreviewDigest:
    cadence, rest = take_cadence(words, HINTS["preview"])
    _require_no_more("preview", rest)
    return PreviewDigest(where, _WEEKS[cadence])


def _require_no_more(verb: Verb, words: Sequence[str]) -> None:
    if left := [word for word in words if word.lower() not in _FILLERS]:
        raise CommandError(f"Fairview does not know what “{_quoted(left)}” means here.", HINTS[verb])


def _take_where(words: Sequence[str]) -> tuple[Where, list[str]]:
    about: list[str] = []
    destinations: list[str] = []
    rest: list[str] = []
    is_workspace = False
    for before, word in zip(["", *words], words, strict=False):
        lower = word.lower()
        if match := _CHANNEL.fullmatch(word):
            (destinations if before.lower() in _INTO else about).append(match["id"])
        elif lower in _MYSELF or lower == HERE:
            destinations.append(HERE if lower == HERE else ME)
        elif lower == "workspace":
            is_workspace = True
        elif word.startswith(("#", "<@")) and not _NUMBER.fullmatch(word):
            raise _unknown_place(word)
        else:
            rest.append(word)
    return _where(tuple(dict.fromkeys(about)), tuple(dict.fromkeys(destinations)), is_workspace=is_workspace), rest


def _where(about: tuple[str, ...], destinations: tuple[str, ...], *, is_workspace: bool) -> Where:
    if len(destinations) > 1:
        raise CommandError("A digest goes to one place.", _FOR_EXAMPLE)
    if is_workspace and about:
        raise CommandError("A digest is about the workspace or about channels, not both.", _FOR_EXAMPLE)
    if len(about) > MOST_CHANNELS:
        raise CommandError(f"A digest is about {MOST_CHANNELS} channels at most.", "Name fewer, or `workspace`.")
    return Where(about, is_workspace, destinations[0] if destinations else None)


def _unknown_place(word: str) -> CommandError:
    if word.startswith("<@"):
        return CommandError("Fairview sends a digest to a channel, or to yourself: `me`.", _FOR_EXAMPLE)
    return CommandError(
        f"Slack did not tell Fairview which channel {word[:80]} is.",
        "Pick it from the list Slack offers after “#”, or ask from that channel with `here`.",
    )


def _read_schedule(where: Where, words: Sequence[str]) -> SetDigest:
    cadence, words = take_cadence(words, _FOR_EXAMPLE)
    weekdays, times, zone_words = [], [], []
    for word in joined_halves(words):
        lower = word.lower()
        if (weekday := read_weekday(lower)) is not None:
            weekdays.append(weekday)
        elif (local_time := read_time(lower, _FOR_EXAMPLE)) is not None:
            times.append(local_time)
        elif lower not in _FILLERS:
            zone_words.append(word)
    if len(set(weekdays)) != 1 or len(set(times)) != 1:
        is_schedule = bool(weekdays or times)
        hint = _FOR_EXAMPLE if is_schedule else nearest_verb(zone_words) or _FOR_EXAMPLE
        raise CommandError(_what_is_wrong(weekdays, times, zone_words), hint)
    zone = resolve_zone(" ".join(zone_words)) if zone_words else None
    return SetDigest(where, cadence, weekdays[0], times[0], zone)


def _what_is_wrong(weekdays: Sequence[int], times: Sequence[time], others: Sequence[str]) -> str:
    if len(set(weekdays)) > 1 or len(set(times)) > 1:
        return "A digest comes on one day of the week, at one time."
    if not weekdays and not times and others:
        return f"Fairview does not understand “{_quoted(others)}”."
    missing = [name for name, given in (("the day of the week", weekdays), ("the time of day", times)) if not given]
    return f"Fairview needs {' and '.join(missing)}."


def _quoted(words: Sequence[str]) -> str:
    return " ".join(words)[:60]
