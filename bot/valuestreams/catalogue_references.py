"""What a catalogue file says across its entries: references that lead nowhere, ids and names used twice, future dates.

It looks at the plain value of the file, not at validated models, so that these problems are told together with unknown
keys and wrong values. Whatever has the wrong shape is passed over here: the schema reports it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from bot.valuestreams.folding import fold, slug
from nlp.located_yaml import Location

Problem = tuple[Location, str]

_CLOSE = 70
_LISTS = {"teams": "team", "services": "service", "streams": "stream"}


def find_problems(value: Any, today: date) -> Iterator[Problem]:
    """Yield the location and wording of everything that does not fit together."""
    for name, kind in _LISTS.items():
        found = list(_mappings(value, name))
        yield from _repeated_ids(found, kind, lambda entry: entry.get("id"))
        yield from _repeated_names(found, kind)
        yield from _repeated_items(found, "channels", "channel")
    for at, stream in _mappings(value, "streams"):
        stages = [((*at, *below), stage) for below, stage in _mappings(stream, "stages")]
        yield from _repeated_ids(stages, "stage of this stream", _stage_id)
        yield from _repeated_names(stages, "stage of this stream")
        yield from _repeated_items(stages, "services", "service")
    yield from _unknown_references(value)
    yield from _future_dates(value, (), today)


def _unknown_references(value: Any) -> Iterator[Problem]:
    teams = {entry["id"] for _, entry in _mappings(value, "teams") if isinstance(entry.get("id"), str)}
    services = {entry["id"] for _, entry in _mappings(value, "services") if isinstance(entry.get("id"), str)}
    for at, service in _mappings(value, "services"):
        yield from _unknown((*at, "team"), service.get("team"), teams, "team")
    for at, stream in _mappings(value, "streams"):
        for below, stage in _mappings(stream, "stages"):
            yield from _unknown((*at, *below, "team"), stage.get("team"), teams, "team")
            for location, service_id in _strings(stage, "services"):
                yield from _unknown((*at, *below, *location), service_id, services, "service")


def _unknown(at: Location, given: Any, known: set[str], kind: str) -> Iterator[Problem]:
    if isinstance(given, str) and given not in known:
        close = process.extractOne(given, known, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        hint = f"did you mean {close[0]!r}?" if close else f"add it under {kind}s, or mend the id here"
        yield at, f"no {kind} has the id {given!r}; {hint}"


def _repeated_ids(
    found: list[tuple[Location, dict[str, Any]]], kind: str, id_of: Callable[[dict[str, Any]], Any]
) -> Iterator[Problem]:
    seen = set()
    for at, entry in found:
        entry_id = id_of(entry)
        if isinstance(entry_id, str) and entry_id in seen:
            yield (*at, "id"), f"another {kind} has the id {entry_id!r} already; give this one an id of its own"
        seen.add(entry_id if isinstance(entry_id, str) else None)


def _repeated_names(found: list[tuple[Location, dict[str, Any]]], kind: str) -> Iterator[Problem]:
    owners: dict[str, int] = {}
    for number, (at, entry) in enumerate(found):
        names = [((*at, "name"), entry.get("name"))]
        names += [((*at, *below), alias) for below, alias in _strings(entry, "aliases")]
        for location, name in names:
            folded = fold(name) if isinstance(name, str) else ""
            if not folded:
                continue
            if folded in owners:
                whose = "this" if owners[folded] == number else "another"
                yield location, f"{whose} {kind} has the name or alias {name!r} already"
            owners.setdefault(folded, number)


def _repeated_items(found: list[tuple[Location, dict[str, Any]]], name: str, kind: str) -> Iterator[Problem]:
    for at, entry in found:
        seen = set()
        for below, item in _strings(entry, name):
            if item.lower() in seen:
                yield (*at, *below), f"the {kind} {item!r} stands here twice"
            seen.add(item.lower())


def _future_dates(value: Any, at: Location, today: date) -> Iterator[Problem]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _future_dates(below, (*at, name), today)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _future_dates(below, (*at, index), today)
    elif at and at[-1] == "as_of" and isinstance(value, str):
        try:
            # A day ahead is allowed: it is tomorrow already somewhere.
            is_future = (date.fromisoformat(value) - today).days > 1
        except ValueError:
            return
        if is_future:
            yield at, f"as_of: {value} is still to come; write the day the figures were taken"


def _mappings(value: Any, name: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    listed = value.get(name) if isinstance(value, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield (name, index), entry


def _strings(entry: dict[str, Any], name: str) -> Iterator[tuple[Location, str]]:
    listed = entry.get(name)
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, str):
            yield (name, index), item


def _stage_id(stage: dict[str, Any]) -> Any:
    given, name = stage.get("id"), stage.get("name")
    return slug(name) if given is None and isinstance(name, str) else given
