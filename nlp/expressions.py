"""Regular expressions that a rule may use: those whose time stays small on whatever word they meet.

Python's engine tries every way a text can be split between repeats, and a repeat inside a repeat has more ways than
there is time. Such expressions are refused when they are read; on one word of LONGEST_WORD characters the others are
done at once.
"""

import re
import warnings

LONGEST_WORD = 40
_LONGEST = 200
_MOST_REPEATS = 3
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_COUNT = re.compile(r"\{\d*,?\d*\}")


def read_expression(source: str) -> re.Pattern[str]:
    """Return a regular expression; raises ValueError that says what is wrong with it and what is allowed."""
    if len(source) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    # Words are looked at in lower case: [A-Z] and INC would never match. \S and its like are not letters.
    if re.search(r"(?<!\\)[A-Z]", re.sub(r"\\\\", "", source)):
        raise ValueError("words are looked at in lower case; write it in lower case")
    wrong = _explodes(source)
    if wrong:
        raise ValueError(wrong)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(source)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"not a regular expression: {error}") from None


def _explodes(source: str) -> str | None:
    """Return why the expression may take too long, or None; it is read as far as repeats and groups go."""
    varies = [False]
    repeats = at = 0
    while at < len(source):
        mark = source[at]
        at += _length(source, at)
        if mark == "\\" and source[at - 1 : at].isdigit():
            return "what was found before (\\1) may not be asked for again"
        if mark == "(":
            varies.append(False)
            at += source[at : at + 1] == "?"
        elif mark == "|":
            varies[-1] = True
        elif mark == ")" and len(varies) > 1:
            inner = varies.pop()
            if inner and _repeats(source, at):
                return "a group that holds a repeat or a choice may not be repeated; allowed: a letter or [class]"
            varies[-1] = varies[-1] or inner
        elif mark in "*+?{":
            varies[-1] = True
            repeats += mark != "?"
    return f"{repeats} repeats; allowed: {_MOST_REPEATS}" if repeats > _MOST_REPEATS else None


def _length(source: str, at: int) -> int:
    if source[at] == "\\":
        return 2
    found = _CLASS.match(source, at) if source[at] == "[" else None
    return len(found[0]) if found else 1


def _repeats(source: str, at: int) -> bool:
    return source[at : at + 1] in {"*", "+"} or _COUNT.match(source, at) is not None
