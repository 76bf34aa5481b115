"""The small print of a digest: what it is about, what it lacks, and how to read it. Pure text."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.digests.comparing import is_withheld
from bot.digests.figures import Figures, LabelFigures, Movement, Shown, Silence, Standing, Window
from bot.digests.paragraphs import KINDS
from bot.digests.phrases import counted, dates, day, in_words, listed, number, scope_in_words, that_time

_SILENCES = 3
_RULES = 3
_COMPARED = {Movement.UP, Movement.DOWN, Movement.NO_CLEAR_CHANGE}
_OFTEN = {1: "every week", 2: "every two weeks"}


def opening_notes(figures: Figures) -> list[str]:
    """Return what is said before anything else: what the digest is about, and what came before it."""
    notes = [_about(figures)]
    if figures.is_first:
        often = _OFTEN.get(figures.weeks, "every month")
        notes.append(f"This is the first of these digests; one comes {often}. It names nobody and quotes nothing.")
    if figures.missed:
        which = "digest" if len(figures.missed) == 1 else "digests"
        notes.append(
            f"Not sent: the {which} due on {dates(figures.missed)}, because Fairview could not deliver in time. "
            "This is the newest."
        )
    return notes


def closing_notes(figures: Figures, rule_titles: Mapping[str, str]) -> list[str]:
    """Return what stands at the end; ``rule_titles`` are the titles of rules by their id, where they are known."""
    return [
        *_listening(figures),
        *_muted(figures, rule_titles),
        *(_reading(figures) if figures.standing is Standing.SHOWN else ()),
        _catalogue(figures),
    ]


def _about(figures: Figures) -> str:
    scope, is_shown = figures.scope, figures.standing is Standing.SHOWN
    if scope.kind == "workspace":
        watched = "the workspace's public channels that are watched"
        about = f"About {in_words(len(figures.channels))} of {watched}" if is_shown else f"About {watched}"
    else:
        about = f"About {scope_in_words(scope)}"
    if scope.kind == "channel" or not is_shown:
        return f"{about}."
    if not figures.channels_withheld:
        return f"{about}, taken together."
    why = f"since fewer than {figures.floor} people wrote there"
    return f"{about}, taken together; {in_words(figures.channels_withheld)} left out, {why}."


def _listening(figures: Figures) -> Iterator[str]:
    zone = ZoneInfo(figures.zone)
    if figures.heard_since is not None:
        began = figures.heard_since.astimezone(zone)
        yield f"Fairview began to listen on {began:%A} {day(began.date())}."
    if figures.silences and figures.standing is not Standing.NOT_LISTENING:
        shown = [_silence(one, zone, figures.weeks) for one in figures.silences[:_SILENCES]]
        more = len(figures.silences) - len(shown)
        others = [f"and {more} more"] if more else []
        yield f"Not listening: {'; '.join([*shown, *others])}. Nothing written then is counted."


def _silence(silence: Silence, zone: ZoneInfo, weeks: int) -> str:
    start, end = silence.started_at.astimezone(zone), silence.ended_at.astimezone(zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else _moment(end, weeks)
    return f"{_moment(start, weeks)} to {until}"


def _moment(at: datetime, weeks: int) -> str:
    return f"{at:%A %H:%M}" if weeks == 1 else f"{at:%A} {day(at.date())} {at:%H:%M}"


def _muted(figures: Figures, titles: Mapping[str, str]) -> Iterator[str]:
    names = list(dict.fromkeys(_rule(rule_id, titles) for rule_id in figures.muted_rules))
    if names:
        shown = names[:_RULES]
        more = [f"{len(names) - _RULES} more"] if len(names) > _RULES else []
        why = "having been called wrong too often"
        yield f"Counted, but no longer nudged, {why}: {listed([*shown, *more])}. `/fairview rules` tells more."


def _rule(rule_id: str, titles: Mapping[str, str]) -> str:
    _, _, rest = rule_id.partition(".")
    return f"“{titles[rule_id]}”" if rule_id in titles else KINDS.get(rest.partition(".")[0], rule_id)


def _catalogue(figures: Figures) -> str:
    missing, lacks = figures.missing, []
    if missing.channels_without_stream and figures.scope.kind == "channel":
        lacks.append("this channel has no value stream")
    elif missing.channels_without_stream:
        have = "has" if missing.channels_without_stream == 1 else "have"
        lacks.append(f"{counted(missing.channels_without_stream, 'channel')} {have} no value stream")
    if missing.missed_lookups:
        were = "was" if missing.missed_lookups == 1 else "were"
        lacks.append(f"{counted(missing.missed_lookups, 'looked-up name')} {were} not found")
    if lacks:
        return f"Missing from the catalogue: {'; '.join(lacks)}. `/valuestream` in a channel shows what is known."
    return "Whose day does this work change, out there? `/valuestream` in a channel tells."


def _reading(figures: Figures) -> Iterator[str]:
    yield f"{_read(figures)} Weeks run Monday to Sunday, {figures.zone} time."
    left_out = _weeks_left_out(figures)
    if left_out:
        weeks = "One week is" if left_out == 1 else f"{in_words(left_out).capitalize()} weeks are"
        yield f"{weeks} left out of {that_time(figures.weeks)}: fewer than {figures.floor} people wrote."
    yield from _comparing(figures)
    if any(one.rate for one in figures.labels):
        yield "In brackets: where the true rate most likely lies (95 %)."
    counts = _counts(figures)
    if "few" in counts:
        yield "“A few” comes from fewer than three people, so no number is told."
    if None in counts:
        yield "“At least” stands where the whole number would tell one that comes from fewer than three people."


def _comparing(figures: Figures) -> Iterator[str]:
    if all(one.movement is Movement.TOO_EARLY for one in figures.labels):
        yield "Weeks are compared once there are figures for more of them."
    elif any(one.movement in _COMPARED for one in figures.labels):
        among = ", and for how many channels there are" if figures.channels else ""
        yield (
            "The last four weeks are compared with the four before, allowing for how much was written and how much it "
            f"swings by itself{among}; in the comparison nobody counts more than three times a week "
            "in one channel."
        )


def _counts(figures: Figures) -> list[Shown | None]:
    nudges, labels = figures.nudges, figures.labels
    counts = [one.messages for one in labels]
    counts += [window.messages for one in labels for window in _windows_told(one)]
    if nudges:
        told = (nudges.sent, nudges.used, nudges.reworded, nudges.helpful, nudges.called_wrong, nudges.withdrawn)
        counts += [count for count in told if count is not None]
    return counts


def _windows_told(one: LabelFigures) -> tuple[Window, ...]:
    return () if one.movement is Movement.TOO_EARLY or is_withheld(one) else (one.recent, one.earlier)


def _read(figures: Figures) -> str:
    read = f"{counted(figures.messages, 'message')} read"
    if figures.not_read == 0:
        return f"{read}."
    return f"{read}; {number(figures.not_read)} more not read (code, links, other languages)."


def _weeks_left_out(figures: Figures) -> int:
    if figures.scope.kind != "channel":
        return 0
    reported = figures.history[-figures.weeks :]
    return sum(week.standing is Standing.TOO_FEW_PEOPLE for week in reported)
