"""Four weeks against the four before, in words: 10 in four weeks, then 24: up. Pure text."""

from bot.digests.figures import LabelFigures, Movement, Window
from bot.digests.phrases import in_words, number

_VERDICT = {
    Movement.UP: "up",
    Movement.DOWN: "down",
    Movement.NO_CLEAR_CHANGE: "no clear change",
    Movement.TOO_FEW: "too few to compare",
}
_SHARE = {Movement.UP: "a larger share", Movement.DOWN: "a smaller share"}
"""Where the counts alone would seem to say otherwise: rates are what is compared."""


def compared(one: LabelFigures) -> str:
    """Return how a label compares, as the middle of a sentence; nothing where it is too early."""
    if one.movement is Movement.TOO_EARLY:
        return ""
    if is_absent(one):
        return f"none in {in_words(one.recent.weeks + one.earlier.weeks)} weeks"
    if is_withheld(one):
        weeks = f" in {in_words(one.recent.weeks + one.earlier.weeks)} weeks"
        return _VERDICT[one.movement] + (weeks if one.movement is Movement.NO_CLEAR_CHANGE else "")
    despite = f", being {_SHARE[one.movement]} of what was written" if _seems_otherwise(one) else ""
    return f"{_numbers(one)}: {_VERDICT[one.movement]}{despite}"


def compared_briefly(one: LabelFigures) -> str:
    """Return the two counts as they stand in brackets beside what is said of them; nothing where none may be told."""
    if is_withheld(one):
        return ""
    return _numbers(one) + (f", but {_SHARE[one.movement]}" if _seems_otherwise(one) else "")


def is_absent(one: LabelFigures) -> bool:
    """Say whether a label was found in none of the weeks compared."""
    return one.recent.messages == one.earlier.messages == 0


def is_withheld(one: LabelFigures) -> bool:
    """Say whether neither count may be told: of two such, “a few, then a few”, a verdict would seem to be wrong."""
    return not isinstance(one.recent.messages, int) and not isinstance(one.earlier.messages, int)


def _numbers(one: LabelFigures) -> str:
    recent, earlier = one.recent, one.earlier
    then = "" if recent.weeks == earlier.weeks else f" in {in_words(recent.weeks)}"
    before = number(earlier.messages, earlier.at_least)
    return f"{before} in {in_words(earlier.weeks)} weeks, then {number(recent.messages, recent.at_least)}{then}"


def _seems_otherwise(one: LabelFigures) -> bool:
    recent, earlier = _a_week(one.recent), _a_week(one.earlier)
    if recent is None or earlier is None:
        return False
    return (one.movement is Movement.UP and recent <= earlier) or (one.movement is Movement.DOWN and recent >= earlier)


def _a_week(window: Window) -> float | None:
    return window.messages / window.weeks if isinstance(window.messages, int) and window.weeks else None
