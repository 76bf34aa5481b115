"""The time zone a person means, or suggestions: only zones that keep the clock changes of a place."""

import re
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.errors import CommandError

_UTC = {"utc", "uct", "universal", "zulu", "etc/utc"}
_LONDON, _NEW_YORK, _CHICAGO = "Europe/London", "America/New_York", "America/Chicago"
_DENVER, _LOS_ANGELES = "America/Denver", "America/Los_Angeles"
_BERLIN, _ATHENS, _LISBON, _SYDNEY = "Europe/Berlin", "Europe/Athens", "Europe/Lisbon", "Australia/Sydney"
_ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "gmt": (_LONDON, "UTC"),
    "bst": (_LONDON,),
    "wet": (_LISBON,),
    "west": (_LISBON,),
    "cet": (_BERLIN, "Europe/Paris"),
    "cest": (_BERLIN, "Europe/Paris"),
    "met": (_BERLIN,),
    "eet": (_ATHENS, "Europe/Helsinki"),
    "eest": (_ATHENS, "Europe/Helsinki"),
    "msk": ("Europe/Moscow",),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "est": (_NEW_YORK,),
    "edt": (_NEW_YORK,),
    "et": (_NEW_YORK,),
    "est5edt": (_NEW_YORK,),
    "cst": (_CHICAGO, "Asia/Shanghai"),
    "cdt": (_CHICAGO,),
    "ct": (_CHICAGO,),
    "cst6cdt": (_CHICAGO,),
    "mst": (_DENVER, "America/Phoenix"),
    "mdt": (_DENVER,),
    "mt": (_DENVER,),
    "mst7mdt": (_DENVER,),
    "pst": (_LOS_ANGELES,),
    "pdt": (_LOS_ANGELES,),
    "pt": (_LOS_ANGELES,),
    "pst8pdt": (_LOS_ANGELES,),
    "ast": ("America/Halifax", "Asia/Riyadh"),
    "hst": ("Pacific/Honolulu",),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "hkt": ("Asia/Hong_Kong",),
    "sgt": ("Asia/Singapore",),
    "aest": (_SYDNEY, "Australia/Brisbane"),
    "aedt": (_SYDNEY,),
    "acst": ("Australia/Darwin", "Australia/Adelaide"),
    "awst": ("Australia/Perth",),
    "nzst": ("Pacific/Auckland",),
    "nzdt": ("Pacific/Auckland",),
    "sast": ("Africa/Johannesburg",),
}
_OFFSET = re.compile(r"(?:utc|gmt|etc/.*)?\s*[+-]?\s*\d.*|etc/.*")
_SUGGESTIONS = 3
_CLOSE_ENOUGH = 70


def resolve_zone(words: str) -> str:
    """Return the IANA name of the zone ``words`` name ("Europe/London", "europe/london", "London", "new york").

    Raises CommandError with suggestions for anything unknown or ambiguous, and for abbreviations and offsets: they
    do not say what happens at a clock change.
    """
    wanted = " ".join(words.lower().replace("_", " ").split())
    if wanted in _UTC:
        return "UTC"
    if wanted in _ABBREVIATIONS:
        raise CommandError(f"{words} can mean several things when the clocks change.", _did_you_mean(wanted))
    if wanted in _by_name():
        return _by_name()[wanted]
    if _OFFSET.fullmatch(wanted):
        raise CommandError(f"{words} does not follow clock changes.", "Name a place instead, such as Europe/London.")
    places = _by_place().get(wanted, ())
    if len(places) == 1:
        return places[0]
    if places:
        raise CommandError(f"There is more than one {words}.", f"Did you mean {_listed(places)}?")
    raise CommandError(f"Fairview knows no time zone “{words[:40]}”.", _did_you_mean(wanted))


def is_zone(name: str | None) -> bool:
    """Say whether that is the name of a zone known here."""
    return name is not None and name in available_timezones()


def suggest_zones(words: str, most: int) -> list[str]:
    """Return names of zones that ``words``, perhaps the beginning of a city's name, may mean, the likeliest first."""
    wanted = " ".join(words.lower().replace("_", " ").split())
    if not wanted:
        return []
    if wanted in _UTC:
        return ["UTC"]
    found = [*_ABBREVIATIONS.get(wanted, ())]
    found += [name for place, names in _by_place().items() if place.startswith(wanted) for name in names]
    found += [name for lower, name in sorted(_by_name().items()) if wanted in lower]
    if not found:
        close = process.extract(wanted, _by_place().keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
        found = [name for place, _, _ in close for name in _by_place()[place]]
    return list(dict.fromkeys(found))[:most]


def _did_you_mean(wanted: str) -> str:
    names = _ABBREVIATIONS.get(wanted)
    if names is None:
        close = process.extract(wanted, _by_place().keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
        names = tuple(name for place, _, _ in close for name in _by_place()[place])[:_SUGGESTIONS]
    return f"Did you mean {_listed(names)}?" if names else "Name it by a city, such as Europe/London."


def _listed(names: tuple[str, ...]) -> str:
    return " or ".join(names)


@cache
def _by_name() -> dict[str, str]:
    # Names without a place ("CET", "EST") and the Etc/ ones (whose signs are turned round) are left to the rules above.
    names = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return {name.lower().replace("_", " "): name for name in names}


@cache
def _by_place() -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for wanted, name in sorted(_by_name().items()):
        if name.split("/")[0] not in {"US", "Canada", "Brazil", "Chile", "Mexico"}:  # older names of other zones
            place = wanted.rpartition("/")[2]
            places[place] = (*places.get(place, ()), name)
    return places
