"""What `/fairview digest` can be told to do besides setting one, in the words people have for it. Pure text."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal

Verb = Literal["stop", "preview", "list", "help"]

HINTS: dict[Verb, str] = {
    "stop": "Say `/fairview digest stop`; `/fairview digest list` has a number and a button for each that is set.",
    "preview": "Say `/fairview digest preview`, or `/fairview digest preview monthly`.",
}
"""What to say where more was said than a verb takes."""

_VERBS: dict[str, Verb] = {
    "stop": "stop",
    "off": "stop",
    "cancel": "stop",
    "end": "stop",
    "unsubscribe": "stop",
    "remove": "stop",
    "delete": "stop",
    "pause": "stop",
    "preview": "preview",
    "show": "preview",
    "list": "list",
    "status": "list",
    "help": "help",
    "?": "help",
}
_LIKENESS = 0.7


def read_verb(word: str) -> Verb | None:
    """Return what a word tells Fairview to do; None where it is no verb."""
    return _VERBS.get(word.lower())


def nearest_verb(words: Sequence[str]) -> str:
    """Return a question after the verb that the first word nearly is; empty where it is near none."""
    near = get_close_matches(words[0].lower(), [*_VERBS, "set"], 1, _LIKENESS) if words else []
    return f"Did you mean `/fairview digest {_VERBS.get(near[0], near[0])}`?" if near else ""
