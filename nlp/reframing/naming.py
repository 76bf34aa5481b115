"""What a message names that an offer can take up: what was asked for, and which colleagues have to do with it."""

import re
from collections.abc import Iterator

from nlp.reframing.words import words

_PART = r"[A-Z][\w&-]+(?: [A-Z][\w&-]+)?"
_WORD = re.compile(r"[\w'’&/-]+")
_CALLED = re.compile(
    r"(?<![\w'’])(?P<lead>(?:[Tt]he|[Tt]hose|[Tt]hese|[Oo]ur|[Yy]our|[Tt]heir|[Aa]sk|[Tt]ry)\s+)?"
    r"(?P<name>[\w&/-]+(?: [\w&/-]+)?)\s+"
    r"(?P<group>teams?|people|folks?|lot|crowd|guys|squad|department|crew|office|desk)(?! here\b)(?!\w)"
)
_LOOSE = frozenset(("people", "folk", "folks", "lot", "crowd", "guys"))
_FORMAL = frozenset(("team", "teams", "squad", "department"))
_TOLD = re.compile(
    r"\b(?:[Aa]sk|[Tt]ell|[Tt]ry|(?:belongs?|talk|over|across|back|question|matter|job|one|it) (?:to|with|for)|"
    r"between) "
    rf"(?P<name>{_PART})(?=[\s.,;!?)]|\Z)|\b(?:ask|try) (?P<low>[a-z]+(?: [a-z]+)?)(?=[.,!?]|\s*\Z)"
)
_ACTS = re.compile(
    rf"(?<!\w)(?P<name>{_PART}) (?:can|may|will|should|could|owns?|broke|wrote|built|did|loaded|changed|wants?|wanted|"
    r"says?|had|has|have|asked|keeps?|chose|tripped|deployed|deleted|moved|needs?|made)\b"
)
_THEIRS = re.compile(rf"(?<!\w)(?P<name>{_PART})['’]s?\s+(?P<what>[a-z]+)")
_NAME = re.compile(r"(?<![\w'’-])(?:[A-Z][\w&]+(?: [A-Z][\w&]+){0,2}|[a-z]{2,})(?![\w-])")
_MANY = re.compile(
    r"(?:\bthe|\bour|^|(?<=[.!?:] ))\s*(?P<name>[A-Za-z]{3,}s) (?:have|are|can|can't|don't|want|keep|think|need|ask|"
    r"asked|will|never|always|still|must|do|say|get|press|complain|rang|found)\b",
    re.IGNORECASE,
)
_ONESELF = re.compile(r"\b(?:i'm|we're|we are|i am|this is|here is|it's)\s*$", re.IGNORECASE)


def thing(prose: str) -> str | None:
    """Return what was asked for, where it stands as "your badge reader" or "the report": one thing, of a known kind."""
    said = list(_WORD.finditer(prose))
    found = None
    for at, word in enumerate(said):
        lead = word[0].lower()
        if lead not in {"your", "ur", "the", "this", "that"} or _ONESELF.search(prose[: word.start()]):
            continue
        phrase = _noun_phrase(prose, said, at)
        if phrase is not None and lead in {"your", "ur"}:
            return f"your {phrase}"
        if phrase is not None:
            found = f"the {phrase}"
    return found


def them(prose: str) -> str | None:
    """Return the group of colleagues, or the person, that the work is said to lie with."""
    return next((name for name in _groups(prose) if name), None)


def crowd(prose: str) -> str | None:
    """Return those of whom many are spoken: "the gardeners have"; whoever they are, they could be asked."""
    for match in _MANY.finditer(prose):
        name = match["name"].lower()
        known = {name, name[:-1]} & words("no_names", "function_words", "things")
        if not known and not name.endswith(("ss", "us", "ings")):
            return f"the {_lower_first(match['name'])}"
    return None


def opens(prose: str, at: int) -> bool:
    """Return whether a sentence begins at ``at``, so that a capital letter there says nothing."""
    before = prose[:at].rstrip(" *_\"'(")
    return not before or before[-1] in ".!?\n:;"


def _noun_phrase(prose: str, said: list[re.Match[str]], at: int) -> str | None:
    ends = words("function_words")
    for size, last in enumerate(said[at + 1 : at + 4], start=1):
        if prose[said[at + size - 1].end() : last.start()] != " ":
            return None
        following = said[at + size + 1] if at + size + 1 < len(said) else None
        goes_on = following is not None and prose[last.end() : following.start()] == " "
        if last[0].lower() in words("things"):
            if following is None or not goes_on or following[0].lower() in ends:
                return prose[said[at + 1].start() : last.end()]
        elif last[0].lower() in ends or not re.fullmatch(r"[\w-]+", last[0]):
            return None
    return None


def _groups(prose: str) -> Iterator[str | None]:
    for match in _CALLED.finditer(prose):
        if not _ONESELF.search(prose[: match.start()]):
            yield _called(match["name"], match["group"], introduced=match["lead"] is not None)
    for match in _WORD.finditer(prose):
        if match[0].lower() in words("roles"):
            yield _roles(prose, match)
    for match in _TOLD.finditer(prose):
        yield _name(match["name"] or match["low"])
    for match in _THEIRS.finditer(prose):
        if not opens(prose, match.start()) and match["what"] not in words("function_words"):
            yield _name(match["name"])
    yield from _departments(prose)
    yield from _actors(prose)


def _actors(prose: str) -> Iterator[str | None]:
    """Yield names of whoever does something, and names that come up more than once."""
    for match in _ACTS.finditer(prose):
        if not opens(prose, match.start()):
            yield _name(match["name"])
    capitals = [match[0] for match in re.finditer(r"(?<![\w'’-])[A-Z][a-z]{3,}(?=[\s.,])", prose)]
    for match in re.finditer(r"(?<![\w'’-])[A-Z][a-z]{3,}(?=[\s.,])", prose):
        if not opens(prose, match.start()) and capitals.count(match[0]) > 1:
            yield _name(match[0])


def _called(name: str, group: str, *, introduced: bool) -> str | None:
    parts = name.split()
    last = parts[-1]
    as_name = (last[0].isupper() and len(parts) == 2) or last.isupper()
    known = as_name or last.lower() in words("groups", "groups_by_name", "modifiers")
    if not (introduced or known or group in _FORMAL) or last.isdigit():
        return None
    if last.lower() in words("no_names", "function_words"):
        return None
    whole = len(parts) == 2 and parts[0].lower() in words("modifiers")
    return f"the {name if whole else last} {'team' if group in _LOOSE else group}"


def _roles(prose: str, match: re.Match[str]) -> str | None:
    before = re.search(r"([\w-]+) $", prose[: match.start()])
    if before is None:
        return f"the {_lower_first(match[0])}"
    lead = before[1].lower()
    if lead in {"my", "our", "as", "we"}:
        return None
    begins = opens(prose, before.start()) and lead not in words("no_names", "function_words")
    return f"the {_lower_first(f'{before[1]} {match[0]}' if begins or lead in words('modifiers') else match[0])}"


def _departments(prose: str) -> Iterator[str]:
    for match in _NAME.finditer(prose):
        name = _name(match[0])
        known = [part for part in (name or "").split() if part.lower() in words("groups", "groups_by_name")]
        if name is None or not known:
            continue
        named = known[0][0].isupper() and (name != match[0] or not opens(prose, match.start()))
        if named or known[0].lower() in words("groups"):
            yield "HR" if name == "hr" else name


def _name(name: str) -> str | None:
    """Return ``name`` without what only leads up to it ("Typical Marketing"), or None where nothing is left."""
    parts = name.split()
    none = words("no_names", "function_words")
    while parts and parts[0].lower() in none:
        parts.pop(0)
    return " ".join(parts) if parts and none.isdisjoint(part.lower() for part in parts) else None


def _lower_first(said: str) -> str:
    return said if said[:2].isupper() else said[0].lower() + said[1:]
