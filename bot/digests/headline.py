"""The sentence above a digest: the most important honest thing that its figures say. Pure text."""

from bot.digests.comparing import compared_briefly
from bot.digests.figures import Figures, LabelFigures, Movement, Standing
from bot.digests.phrases import capital, channels, counted, listed, number, scope_in_words, that_time

ORDER = ("shared_purpose", "us_them", "process_barrier", "overcommitment")
"""The labels as they are shown: what went well first."""

_MOVED = {
    ("shared_purpose", Movement.UP): "more messages said what the work is for",
    ("shared_purpose", Movement.DOWN): "fewer messages said what the work is for",
    ("us_them", Movement.UP): "us-and-them talk rose",
    ("us_them", Movement.DOWN): "us-and-them talk fell",
    ("process_barrier", Movement.UP): "process was given more often as a reason not to help",
    ("process_barrier", Movement.DOWN): "process was given less often as a reason not to help",
    ("overcommitment", Movement.UP): "signs of overcommitment grew",
    ("overcommitment", Movement.DOWN): "signs of overcommitment eased",
}
_GOOD = {("shared_purpose", Movement.UP)} | {(label, Movement.DOWN) for label in ORDER[1:]}
_COUNTED = {
    "shared_purpose": "said what the work is for",
    "us_them": "drew a line between us and them",
    "process_barrier": "gave process as a reason not to help",
    "overcommitment": "showed overcommitment",
}
_NOTHING = "none showed any of the four kinds counted here"
_LONG_SILENCE_HOURS = 24
"""A week."""
_CHANNELS = 3
_CLAUSES_WITH_NUMBERS = 2


def headline(figures: Figures) -> str:
    """Return one sentence: what is withheld or was not heard; what moved, the good first; else how it stands."""
    match figures.standing:
        case Standing.NOT_LISTENING:
            return _not_listening(figures)
        case Standing.EMPTY:
            return f"Fairview read nothing {that_time(figures.weeks)} {_where(figures)}."
        case Standing.TOO_FEW_PEOPLE:
            return _too_few_people(figures)
        case Standing.SHOWN:
            return f"{_opening(figures)}{capital(_moved(figures) or _steady(figures))}."


def _not_listening(figures: Figures) -> str:
    where, when = _where(figures), that_time(figures.weeks)
    if figures.missed:
        return f"Fairview was away: it did not listen {where} {when}, and can say nothing about it."
    return f"Fairview was not listening {where} {when}, so it can say nothing about it."


def _too_few_people(figures: Figures) -> str:
    people, where, when = f"{figures.floor} people", _where(figures), that_time(figures.weeks)
    if figures.weeks > 1:
        where = where if figures.scope.kind == "channel" else "in any of these channels"
        who = f"In {'neither' if figures.weeks == 2 else 'none'} of {when} did {people} write {where}"
    elif figures.scope.kind == "channel":
        who = f"Fewer than {people} wrote {where} {when}"
    else:
        who = f"Fewer than {people} wrote in each of these channels {when}"
    return f"{who}, so no figures are shown: with so few, a number could point at somebody."


def _opening(figures: Figures) -> str:
    if sum(silence.hours for silence in figures.silences) < _LONG_SILENCE_HOURS * figures.weeks:
        return ""
    return f"Fairview missed part of {that_time(figures.weeks)}, so this is what it did hear. "


def _moved(figures: Figures) -> str:
    moved = [one for label in ORDER if (label, (one := figures.label(label)).movement) in _MOVED]
    moved.sort(key=lambda one: (one.label, one.movement) not in _GOOD)
    are_few = len(moved) <= _CLAUSES_WITH_NUMBERS
    return "; ".join(_clause(one, with_numbers=are_few) for one in moved)


def _clause(one: LabelFigures, *, with_numbers: bool) -> str:
    numbers = compared_briefly(one) if with_numbers else ""
    return _MOVED[one.label, one.movement] + (f" ({numbers})" if numbers else "")


def _steady(figures: Figures) -> str:
    if all(one.movement is Movement.TOO_EARLY for one in figures.labels):
        return f"too early to compare: {_found(figures)}"
    if elsewhere := _moved_somewhere(figures):
        return f"taken together no clear change, though {elsewhere}"
    if all(one.movement is Movement.TOO_FEW for one in figures.labels):
        return f"{'too few to compare: ' if _seen(figures) else ''}{_found(figures)}"
    return f"no clear change: {_found(figures)}"


def _moved_somewhere(figures: Figures) -> str:
    clauses = []
    for (label, movement), clause in _MOVED.items():
        where = [
            one.channel_id
            for one in figures.channels
            if one.standing is Standing.SHOWN and one.label(label).movement is movement
        ]
        if where:
            clauses.append(((label, movement) not in _GOOD, f"{clause} in {channels(where, _CHANNELS)}"))
    return "; ".join(clause for _, clause in sorted(clauses, key=lambda clause: clause[0]))


def _found(figures: Figures) -> str:
    read = counted(figures.messages, "message")
    seen = _seen(figures)
    if not seen:
        return f"{read} read, and {_NOTHING}"
    return f"of {read}, " + listed([f"{number(one.messages, one.at_least)} {_COUNTED[one.label]}" for one in seen])


def _seen(figures: Figures) -> list[LabelFigures]:
    return [one for label in ORDER if (one := figures.label(label)).messages != 0]


def _where(figures: Figures) -> str:
    if figures.scope.kind == "channel":
        return f"in {scope_in_words(figures.scope)}"
    return "in these channels" if figures.scope.kind == "group" else "in the public channels it watches"
