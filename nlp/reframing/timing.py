"""When the door opens again, by the words of the message, and how long it is said to take."""

import re

_DAY = r"(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|april|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)"
)
_HOUR = (
    r"(?:\d{1,2}[:.]\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m|(?:half )?(?:six|seven|eight|nine|ten)(?! \w+s\b)|"
    r"[6-9](?![\w:-]|\.\d)|midnight|noon)"
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_TIMES = (
    rf"(?:next|coming) (?:{_DAY}|week|month|quarter|year|spring|summer|autumn|winter|term)",
    rf"tomorrow(?: morning)?(?: at {_HOUR})?",
    "the (?:new year|spring|summer|autumn|winter)",
    rf"(?:the )?{_NTH}(?: (?:of )?{_MONTH})?|\d{{1,2}} {_MONTH}|{_MONTH} {_NTH}",
    rf"{_HOUR} (?:tomorrow|(?:on )?{_DAY})",
    rf"{_DAY}(?: (?:morning|afternoon|the {_NTH}))?(?:,? (?:at )?{_HOUR})?",
    _MONTH,
    _HOUR,
)
_TIME = re.compile(rf"(?<![\w-])(?:{'|'.join(_TIMES)})(?![\w-])", re.IGNORECASE)
_FEASTS = "easter|christmas|(?:month|quarter|year)[- ]end"
# "Before" a day is as often when nothing can be done as when something is needed.
_DUE = re.compile(rf"\bby (?P<time>{'|'.join(_TIMES)}|{_FEASTS})(?![\w-])", re.IGNORECASE)
_ONLY_HOUR = re.compile(_HOUR, re.IGNORECASE)

_RANGE = re.compile(rf"(?:{_DAY}|{_HOUR}) (?:un)?till? $", re.IGNORECASE)

# What stands before a time, from the surest sign that it is when the door opens to the least sure.
_UNTIL = re.compile(
    r"(?:\bun)?(?:till?|til)\s+$|\bfrom [^.;!?]{2,14} (?:to|through)\s+$|\bnot before\s+$|\bwaits? (?:for|to)\s+$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\bnext\b[^.;!?]{0,30}?\b(?:is|on|in|'s|being|slot|window|train|one|cab|board|date|meeting|release|sitting)"
    r"\s*:?\s+(?:on\s+)?$"
    r"|\bnext transport slot\s+$|\bsee you\s+$"
    r"|(?:\bthen|\bso|\bback|\bagain|\bopens|\bmeets|\bsits)(?:\s+(?:at|on|in|for|only))?\s+$"
    r"|\b(?:see you|back|again|in|broken|there|still|try|call|ring|from)\s+(?:at|from)\s+$"
    r"|\b(?:meets|sits|looks|opens|goes)\b[^.;!?]{0,15}\b(?:at|on|in)\s+$",
    re.IGNORECASE,
)
_IS = re.compile(r"(?:\bis|'s|=|:|\bare|\bfor|\bon|\bin|\bfrom|\bat|,)\s+(?:only\s+)?$", re.IGNORECASE)
_ALONE = re.compile(r"(?:^|[.;!?])\s*$")
_DONE = re.compile(r"\b(?:\w{3,}ed|complete|was|were|done|went|came)\b[^.,;]{0,12}$", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|closed|shuts?|closes?|missed|since|last|came|arrived|sent|it'?s|it is|today is|today's|now|logged|"
    r"raised|ends?|ended|after|yesterday|past|before|by|finish\w*|stops?|between|every|each)(?:\s+(?:at|on|in|the|by))*\s+$",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?<![\w:.-])(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|"
    r"forty)[ -](?P<unit>(?:working |business |calendar )?(?:day|hour|week|month))s?(?!\w)",
    re.IGNORECASE,
)
_SPENT = re.compile(r"\b(?:last|past|for|after|only|been|day|hour|waited|another|in|every|each)\s+$", re.IGNORECASE)


def when(prose: str) -> str | None:
    """Return the one time at which, by the author's words, the door opens again; None where it is not sure which."""
    found: list[tuple[int, str]] = []
    for match in _TIME.finditer(prose):
        sureness = _sureness(prose, match)
        if sureness is not None:
            found.append((sureness, match[0]))
    best = min((rank for rank, _ in found), default=None)
    times = {time.lower(): time for rank, time in found if rank == best}
    return _as_said(next(iter(times.values()))) if len(times) == 1 else None


def due(prose: str) -> str | None:
    """Return the one time by which something is needed, as "Friday" in "by Friday"."""
    times = {match["time"].lower(): match["time"] for match in _DUE.finditer(prose)}
    return _as_said(next(iter(times.values()))) if len(times) == 1 else None


def span(prose: str) -> str | None:
    """Return the one length of time that is said to be all right, as "five days"."""
    spans = {
        f"{match['count'].lower()} {match['unit'].lower()}s"
        for match in _SPAN.finditer(prose)
        if not _SPENT.search(prose[max(0, match.start() - 12) : match.start()])
    }
    return spans.pop() if len(spans) == 1 else None


def _sureness(prose: str, match: re.Match[str]) -> int | None:
    before, time = prose[max(0, match.start() - 45) : match.start()], match[0]
    is_hour = _ONLY_HOUR.fullmatch(time) is not None
    if _RANGE.search(before) or re.match(r" (?:to|till|until|through)\b", prose[match.end() :]):
        return None
    if _UNTIL.search(before):
        return 0
    if _PAST.search(before) or (is_hour and re.search(r"\b(?:so|then)\s+$", before)):
        return None
    if _NEXT.search(before) or re.match(r"next|tomorrow", time, re.IGNORECASE):
        return 1
    if not is_hour and _IS.search(before) and not _DONE.search(before):
        return 2
    alone = _ALONE.search(before) and re.match(r"\s*(?:$|[.,?!])", prose[match.end() :])
    return 3 if alone and not is_hour else None


def _as_said(time: str) -> str:
    if re.fullmatch(_NTH, time):
        return f"the {time}"
    if re.match(r"(?:next|tomorrow|the|half|six|seven|eight|nine|ten|coming)\b", time, re.IGNORECASE):
        time = time[0].lower() + time[1:]
    return re.sub(r"^coming\b", "next", time)
