"""The lines of an answer, in mrkdwn: what matched, the stream and its customer, you are here, stages, totals, people.

An answer about one stream has ten lines at most, however many stages it has. Text from the catalogue is escaped.
"""

import re
from collections.abc import Sequence
from datetime import date

from bot.block_kit import escaped
from bot.valuestreams.catalogue import (
    Basis,
    Catalogue,
    Entry,
    Figure,
    Kind,
    Lifecycle,
    Ref,
    Role,
    Service,
    Stage,
    Stream,
    Team,
    is_slack_person,
)
from bot.valuestreams.figures import Totals, duration_text, totals
from bot.valuestreams.lookup import Found, Place, role_name

STAGE_LINES = 5
LINE_CHARACTERS = 560
"""Five such lines fit one section."""

_NAMES = 3
_NAMES_WHERE_TIGHT = 2
_PEOPLE = 4
_STREAM_LINES = 6
_OLD_DAYS = 183


def match_line(found: Found, catalogue: Catalogue) -> str:
    """Return what matched and why."""
    entry = catalogue.by_ref[found.match.ref]
    return clipped(f"*{escaped(entry.name)}* ({escaped(what_it_is(entry, catalogue))}): {escaped(found.match.why)}.")


def what_it_is(entry: Entry, catalogue: Catalogue) -> str:
    """Return the kind of an entry in words; plain text."""
    if isinstance(entry, Stage):
        stream = catalogue.streams_by_id[entry.stage_id.partition("/")[0]]
        return f"stage of {stream.name}"
    if isinstance(entry, Service):
        ends = entry.lifecycle not in {None, Lifecycle.LIVE}
        return f"service, {entry.lifecycle}" if ends else "service"
    return "value stream" if isinstance(entry, Stream) else "team"


def stream_lines(found: Found, place: Place, catalogue: Catalogue, today: date) -> list[str]:
    """Return the lines about one stream, without the line of what matched: nine at most."""
    stream = place.stream
    numbers = totals(stream)
    value = f"they get {stream.value}" if stream.value else "what they get is not recorded"
    lines = [f"*{escaped(stream.name)}* is for *{escaped(stream.customer)}*: {escaped(value)}"]
    if place.here:
        lines.append(_here_line(place))
    lines += _stage_lines(place, numbers, catalogue)
    lines.append(_totals_line(numbers))
    lines.append(
        f"{_people_line(found, [stream], catalogue)} {_fresh(stream, numbers, today)} {_wrong(stream, catalogue)}"
    )
    return [clipped(line) for line in lines]


def several_lines(found: Found, catalogue: Catalogue) -> list[str]:
    """Return the lines about an entry of several streams, each of them named, or of none; nine at most."""
    if not found.places:
        gap = "It has no part in a value stream yet: nobody has recorded whose day it changes."
        return [gap, f"{_people_line(found, [], catalogue)} {_wrong(None, catalogue)}"]
    lines = [f"It has a part in {len(found.places)} value streams. Whose day it changes:"]
    for place in found.places[:_STREAM_LINES]:
        stages = [stage.name for stage in place.stream.stages if stage.stage_id in place.here]
        where = f" (stage {_listed(stages, _NAMES)})" if stages else ""
        lines.append(f"• *{escaped(place.stream.name)}*: {escaped(place.stream.customer + where)}")
    left = [place.stream.name for place in found.places[_STREAM_LINES:]]
    if left:
        lines.append(escaped(f"• and {', '.join(left)}"))
    lines.append(f"{_people_line(found, [], catalogue)} {_wrong(None, catalogue)}")
    return [clipped(line) for line in lines]


def clipped(line: str) -> str:
    """Return a line of mrkdwn cut to LINE_CHARACTERS, never inside an entity or a mention."""
    return _shortened(line, LINE_CHARACTERS)


def _here_line(place: Place) -> str:
    names = [
        f"stage {number} of {len(place.stream.stages)}, *{escaped(stage.name)}*"
        for number, stage in enumerate(place.stream.stages, 1)
        if stage.stage_id in place.here
    ]
    return f":round_pushpin: You are here: {_listed(names, _NAMES, '; ')}"


def _stage_lines(place: Place, numbers: Totals, catalogue: Catalogue) -> list[str]:
    stages = list(enumerate(place.stream.stages, 1))
    if not stages:
        return ["Its stages are not recorded yet."]
    per_line = -(-len(stages) // STAGE_LINES)
    described = [_described(number, stage, numbers, catalogue, is_tight=per_line > 1) for number, stage in stages]
    limit = LINE_CHARACTERS // per_line - 3
    rows = [described[start : start + per_line] for start in range(0, len(described), per_line)]
    return [" → ".join(_shortened(part, limit) for part in row) if per_line > 1 else row[0] for row in rows]


def _described(number: int, stage: Stage, numbers: Totals, catalogue: Catalogue, *, is_tight: bool) -> str:
    services = [catalogue.by_ref[ref].name for ref in _service_refs(stage)]
    mark = " :hourglass: *bottleneck*" if stage.stage_id in numbers.bottlenecks else ""
    if is_tight:
        carried = f" ({escaped(_listed(services, _NAMES_WHERE_TIGHT))})" if services else ""
        return f"{number}. *{escaped(stage.name)}*{mark} {_lead_text(stage)}{carried}"
    parts = [f"{_lead_text(stage)} ({_work_text(stage)})", _accurate_text(stage), *_who(stage, catalogue)]
    if services:
        parts.append(f"with {_listed(services, _NAMES)}")
    return f"{number}. *{escaped(stage.name)}*{mark} · {escaped(' · '.join(parts))}"


def _service_refs(stage: Stage) -> list[Ref]:
    return [Ref(Kind.SERVICE, service_id) for service_id in stage.service_ids]


def _who(stage: Stage, catalogue: Catalogue) -> list[str]:
    team = _team(stage, catalogue)
    names = [name for name in (stage.done_by, team.name if team else None) if name]
    return [", ".join(names)] if names else []


def _team(stage: Stage, catalogue: Catalogue) -> Team | None:
    team = catalogue.by_ref.get(Ref(Kind.TEAM, stage.team_id)) if stage.team_id else None
    return team if isinstance(team, Team) else None


def _lead_text(stage: Stage) -> str:
    lead = stage.lead_time
    return f"{_about(lead)}{duration_text(lead.amount, lead.unit)}" if lead else "time not recorded"


def _work_text(stage: Stage) -> str:
    work = stage.process_time
    if work is None:
        return "work not recorded"
    says_unit = stage.lead_time is None
    return f"work {_about(work)}{duration_text(work.amount, work.unit, says_unit=says_unit)}"


def _accurate_text(stage: Stage) -> str:
    accurate = stage.percent_complete_accurate
    return f"{_about(accurate)}{_percent(accurate.amount)} C&A" if accurate else "C&A not recorded"


def _about(figure: Figure) -> str:
    return "~" if figure.basis is Basis.ESTIMATED else ""


def _totals_line(numbers: Totals) -> str:
    parts = [_lead_total(numbers), _ratio_total(numbers), _accurate_total(numbers)]
    if numbers.bottlenecks:
        parts.append("bottleneck = longest wait (lead − work)")
    if numbers.has_estimates:
        parts.append("~ estimated")
    return f"*Altogether:* {escaped(' · '.join(parts))}"


def _lead_total(numbers: Totals) -> str:
    if not numbers.lead_times:
        return "lead time not recorded"
    added = " + ".join(duration_text(total.minutes, total.unit) for total in numbers.lead_times)
    if numbers.lead_time_stages < numbers.stages:
        return f"lead time at least {added} (recorded for {numbers.lead_time_stages} of {numbers.stages} stages)"
    return f"lead time {added}"


def _ratio_total(numbers: Totals) -> str:
    if numbers.mixes_units:
        return "activity ratio not given, as business and calendar hours are mixed"
    if numbers.activity_ratio is None:
        return "activity ratio not recorded"
    over = _over(numbers.activity_ratio_stages, numbers.stages)
    return f"activity ratio {_percent(100 * numbers.activity_ratio)} (Σ work ÷ Σ lead{over})"


def _accurate_total(numbers: Totals) -> str:
    if numbers.rolled_percent is None:
        return "rolled C&A not recorded"
    over = _over(numbers.rolled_stages, numbers.stages)
    return f"rolled C&A {_percent(numbers.rolled_percent)} (product of complete & accurate{over})"


def _over(recorded: int, stages: int) -> str:
    return f", {recorded} of {stages} stages" if recorded < stages else ""


def _percent(amount: float) -> str:
    number = f"{amount:.0f}" if amount >= 10 or amount == 0 else f"{amount:.1f}"
    return f"{number.removesuffix('.0')}%"


def _people_line(found: Found, streams: Sequence[Stream], catalogue: Catalogue) -> str:
    named: dict[str, str] = {}
    for entry in (catalogue.by_ref[found.match.ref], *streams):
        # A stage has nobody of its own: its team's lead speaks for it.
        answerable = _team(entry, catalogue) if isinstance(entry, Stage) else entry
        if answerable is None:
            continue
        for role, person in answerable.people.items():
            named.setdefault(person, f"{person_text(person)} ({role_name(role)}, {escaped(answerable.name)})")
    if not named:
        return "*Talk to:* nobody is recorded."
    return f"*Talk to* {_listed(list(named.values()), _PEOPLE)}."


def person_text(person: str) -> str:
    """Return a responsible person in mrkdwn: mentioned where known by Slack id, else the plain name."""
    return f"<@{person}>" if is_slack_person(person) else escaped(person)


def _fresh(stream: Stream, numbers: Totals, today: date) -> str:
    oldest, newest = numbers.oldest or stream.as_of, numbers.newest or stream.as_of
    if oldest is None or newest is None:
        return "How fresh this is, is not recorded."
    when = _day(oldest) if oldest == newest else f"{_day(oldest)} to {_day(newest)}"
    undated = ", some without a date" if numbers.has_undated else ""
    age = (today - oldest).days
    old = f" (the oldest {age // 30} months ago)" if age > _OLD_DAYS else ""
    return f"As of {when}{old}{undated}."


def _wrong(stream: Stream | None, catalogue: Catalogue) -> str:
    person = (stream.people.get(Role.OWNER) if stream else None) or catalogue.keeper
    return f"Wrong? Tell {person_text(person) if person else 'whoever runs Fairview here'}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(names: Sequence[str], most: int, separator: str = ", ") -> str:
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return separator.join([*names[:most], *more])


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else re.sub(r"(&[a-z]*|<[^<>]*|\s+)$", "", text[: limit - 1]) + "…"
