"""Ordinary technical chat, made up from templates: for teaching the weights what is nothing, and for testing that."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from nlp.located_yaml import read_document

_SOURCE = Path(__file__).with_name("ordinary.yaml")
_SLOT = re.compile(r"\{(\w+)\}")
_JOINS = (". ", ", ", " and ", " but ", "; ")


def ordinary_chat(count: int, seed: int = 1) -> Iterator[str]:
    """Yield ``count`` distinct messages, the same ones for the same seed."""
    source = read_document(_SOURCE, _SOURCE.name).value
    slots: dict[str, list[str]] = source["slots"]
    templates: list[str] = source["templates"]
    draw = random.Random(seed)  # noqa: S311  # chat is made up here, not keys
    seen: set[str] = set()
    while len(seen) < count:
        message = _message(draw, slots, templates)
        if message not in seen:
            seen.add(message)
            yield message


def _message(draw: random.Random, slots: dict[str, list[str]], templates: list[str]) -> str:
    def filled() -> str:
        return _SLOT.sub(lambda slot: draw.choice(slots[slot[1]]), draw.choice(templates))

    text, chance = filled(), draw.random()
    if chance < 0.15:
        text = f"{draw.choice(slots['opt'])}, {text}"
    elif chance < 0.25:
        text = f"{draw.choice(slots['name'])}: {text}"
    if draw.random() < 0.25:
        text = text.rstrip("?") + draw.choice(_JOINS) + filled()
    return text[0].upper() + text[1:] if draw.random() < 0.3 else text
