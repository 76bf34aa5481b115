"""Figures to sentences: plain, short, and never more than the figures say. Pure text without markup."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.digests.advice import choose_advice
from bot.digests.figures import WINDOW, Figures, LabelFigures, Movement, Shown, Silence, Standing

HEADINGS = {
    "shared_purpose": "Said what the work is for",
    "us_them": "Us and them",
    "process_barrier": "Process as a barrier",
    "overcommitment": "Overcommitment",
}
"""In the order they are shown: what went well first."""

KINDS = {
    "business_as_other": "“the business” as another party",
    "internal_customer": "colleagues called customers",
    "service_provider": "IT as a mere supplier",
    "outsiders": "distance from colleagues",
    "not_our_problem": "work pushed across a line",
    "no_ticket_no_help": "no ticket, no help",
    "change_board": "waiting for the change board",
    "sla_shield": "the SLA as a shield",
    "service_hours": "service hours as the reason",
    "policy_says_no": "policy as the last word",
    "out_of_scope": "not in scope",
    "wrong_queue": "wrong queue",
    "outcome": "an outcome for somebody outside",
    "carried": "somebody carried through the process",
    "together": "one business, together",
    "priorities": "several first priorities",
    "no_capacity": "work with nobody to do it",
    "quality_cut": "quality cut to meet a date",
    "lights_on": "keeping the lights on starved",
}

_MOVED = {
    ("shared_purpose", Movement.UP): "More messages said what the work is for",
    ("shared_purpose", Movement.DOWN): "Fewer messages said what the work is for",
    ("us_them", Movement.UP): "Us-and-them talk rose",
    ("us_them", Movement.DOWN): "Us-and-them talk fell",
    ("process_barrier", Movement.UP): "Process was given as a reason not to help more often",
    ("process_barrier", Movement.DOWN): "Process was given as a reason not to help less often",
    ("overcommitment", Movement.UP): "Signs of overcommitment grew",
    ("overcommitment", Movement.DOWN): "Signs of overcommitment eased",
}
_COUNTED = {
    "shared_purpose": "said what the work is for",
    "us_them": "drew a line between us and them",
    "process_barrier": "gave process as a reason not to help",
    "overcommitment": "showed overcommitment",
}
_VERDICT = {
    Movement.UP: "up",
    Movement.DOWN: "down",
    Movement.NO_CLEAR_CHANGE: "no clear change",
    Movement.TOO_FEW: "too few to compare",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_LONG_SILENCE_HOURS = 24
_SILENCES = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and what stands under it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest in words: a page that is read in a minute."""

    title: str
    headline: str
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[str, ...]


def worded(figures: Figures) -> Digest:
    """Return the digest of these figures in words."""
    paragraphs: list[Paragraph] = []
    if figures.standing is Standing.SHOWN:
        paragraphs += [Paragraph(HEADINGS[one], _label_text(figures.label(one))) for one in HEADINGS]
        paragraphs.append(Paragraph("Nudges", _nudges_text(figures)))
        paragraphs.append(Paragraph("One thing to try", choose_advice(figures)))
    return Digest(
        title=f"Fairview: {_week(figures.week_start)}",
        headline=_headline(figures),
        paragraphs=tuple(paragraphs),
        notes=tuple(_notes(figures)),
    )


def _headline(figures: Figures) -> str:
    match figures.standing:
        case Standing.NOT_LISTENING:
            return "Fairview was not listening here that week, so it can say nothing about it."
        case Standing.EMPTY:
            return "Nobody wrote anything here that week that Fairview could read."
        case Standing.TOO_FEW_PEOPLE:
            return (
                f"Fewer than {figures.floor} people wrote here that week, so no figures are shown: "
                "with so few, a number could point at somebody."
            )
        case Standing.SHOWN:
            return _moved_headline(figures) or _steady_headline(figures)


def _moved_headline(figures: Figures) -> str:
    moved = [one for label in HEADINGS if (label, (one := figures.label(label)).movement) in _MOVED]
    clauses = []
    for one in moved:
        numbers = _windows(one)
        clauses.append(_MOVED[one.label, one.movement] + (f" ({numbers})" if numbers else ""))
    return "; ".join([clauses[0], *(clause[0].lower() + clause[1:] for clause in clauses[1:])]) + "." if clauses else ""


def _steady_headline(figures: Figures) -> str:
    seen = [one for label in HEADINGS if (one := figures.label(label)).messages != 0]
    parts = [f"{_number(one.messages)} {_COUNTED[one.label]}" for one in seen]
    found = (
        f"of {_messages(figures.messages)}, {_listed(parts)}"
        if parts
        else (
            f"{_messages(figures.messages)} read, and none drew a line, hid behind process or said what the work is for"
        )
    )
    opening = "No clear change: "
    if all(one.movement is Movement.TOO_EARLY for one in figures.labels):
        opening = "Too early to compare: "
    elif sum(silence.hours for silence in figures.silences) >= _LONG_SILENCE_HOURS:
        opening = "Fairview missed part of the week; no clear change in what it heard: "
    elif all(one.movement is Movement.TOO_FEW for one in figures.labels):
        opening = "Too few to compare: " if parts else ""
    return f"{opening}{found}."


def _label_text(one: LabelFigures) -> str:
    if one.messages == "few":
        sentences = ["A few messages, from fewer than three people."]
    elif one.messages == 0:
        sentences = ["No messages."]
    else:
        sentences = [f"{_messages(one.messages)}, {_rate(one.rate)} per 1,000 ({_rate(one.low)} to {_rate(one.high)})."]
    sentences += _compared(one)
    if one.kinds:
        sentences.append(f"Mostly {_listed([KINDS[kind] for kind in one.kinds])}.")
    return " ".join(sentences)


def _compared(one: LabelFigures) -> list[str]:
    if one.movement is Movement.TOO_EARLY:
        return []
    if one.recent.messages == one.earlier.messages == 0:
        return [f"None in the {_NUMBERS[one.recent.weeks + one.earlier.weeks]} weeks that are compared."]
    numbers = _windows(one)
    start = f"{numbers[0].upper()}{numbers[1:]}" if numbers else "The last four weeks against the four before"
    return [f"{start}: {_VERDICT[one.movement]}."]


def _windows(one: LabelFigures) -> str:
    recent, earlier = one.recent, one.earlier
    if recent.messages is None or earlier.messages is None:
        return ""
    weeks = _NUMBERS[recent.weeks]
    before = "the four" if earlier.weeks == WINDOW else f"{_NUMBERS[earlier.weeks]} weeks"
    last = f"the last {weeks} weeks" if recent.weeks == WINDOW else f"{weeks} of the last four weeks"
    return f"{_number(recent.messages)} in {last}, {_number(earlier.messages)} in {before} before"


def _nudges_text(figures: Figures) -> str:
    nudges = figures.nudges
    if nudges is None or nudges.sent == 0:
        return "None were sent."
    if nudges.sent == "few":
        return "A few were sent, privately."
    sent = f"{nudges.sent:,} sent, each to its author alone"
    if nudges.helpful is None or nudges.not_relevant is None:
        return f"{sent}; too few were answered to show how they were received."
    if nudges.helpful == nudges.not_relevant == 0:
        return f"{sent}; none was answered."
    return f"{sent}; {nudges.helpful:,} used, acted on or called helpful, {nudges.not_relevant:,} called wrong."


def _notes(figures: Figures) -> list[str]:
    notes = []
    if figures.missed:
        notes.append(
            f"Not sent: the {'digest' if len(figures.missed) == 1 else 'digests'} due on {_dates(figures.missed)}, "
            "because they could not be delivered in time. This is the newest."
        )
    if figures.heard_since is not None:
        began = figures.heard_since.astimezone(ZoneInfo(figures.zone))
        notes.append(f"Fairview began to listen here on {began:%A} {_day(began.date())}.")
    if figures.silences and figures.standing is not Standing.NOT_LISTENING:
        notes.append(f"Not listening: {_silences(figures)}. Nothing written then is counted.")
    if figures.standing is Standing.SHOWN:
        notes += _reading_notes(figures)
    if figures.is_first:
        notes.append("This is the first digest here. It comes once a week; it names nobody and quotes nothing.")
    notes.append("Whose day does this channel's work change? Ask /valuestream here.")
    return notes


def _reading_notes(figures: Figures) -> list[str]:
    not_read = {0: "", "few": "; a few more"}.get(figures.not_read, f"; {figures.not_read} more")
    if not_read:
        not_read += " not read (code, links, other languages)"
    notes = [f"{_messages(figures.messages)} read{not_read}. Weeks run Monday to Sunday, {figures.zone} time."]
    if all(one.movement is Movement.TOO_EARLY for one in figures.labels):
        notes.append("Weeks are compared once there are figures for more of them.")
    else:
        notes.append(
            "Four weeks are compared with the four before, allowing for how much was written and how much this channel "
            "swings by itself; there, no one person counts more than three times a week."
        )
    notes.append("In brackets: where the true rate most likely lies (95 %). “Few” is from fewer than three people.")
    return notes


def _silences(figures: Figures) -> str:
    zone = ZoneInfo(figures.zone)
    shown = [_silence(one, zone) for one in figures.silences[:_SILENCES]]
    more = len(figures.silences) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _silence(silence: Silence, zone: ZoneInfo) -> str:
    start, end = silence.started_at.astimezone(zone), silence.ended_at.astimezone(zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%A %H:%M}"
    return f"{start:%A %H:%M} to {until}"


def _week(start: date) -> str:
    end = start + timedelta(days=6)
    first = str(start.day) if (start.year, start.month) == (end.year, end.month) else _day(start)
    if start.year != end.year:
        first = f"{first} {start.year}"
    return f"the week of {first} to {_day(end)} {end.year}"


def _dates(days: tuple[date, ...]) -> str:
    months = groupby(days, key=lambda day: (day.year, day.month))
    return _listed([f"{_listed([str(day.day) for day in some])} {date(*month, 1):%B}" for month, some in months])


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _messages(count: int) -> str:
    return f"{count:,} {'message' if count == 1 else 'messages'}"


def _number(count: Shown) -> str:
    if count == "few":
        return "a few"
    return f"{count:,}" if count else "none"


def _rate(rate: float | None) -> str:
    value = rate or 0.0
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
