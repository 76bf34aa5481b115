"""Shapes that a Block Kit value must have, and the words in which Slack complains when it has not.

A shape is asked for its ``problems(value, at)``; ``at`` is the JSON pointer of the value. The tables in the
neighbouring modules are built of these few shapes. Payloads are hostile: no shape raises, whatever it is given.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse a payload, with the JSON pointer of the value at fault."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


class Shape(Protocol):
    """What a value must look like."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """Every way in which ``value``, found at the pointer ``at``, is not of this shape."""
        ...


@dataclass(frozen=True)
class String:
    """A string of ``least`` to ``most`` characters, one of ``choices`` where given."""

    most: int | None = None
    least: int = 1
    choices: frozenset[str] = frozenset()

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) < self.least:
            yield Problem(at, f"must be more than {self.least - 1} characters")
        elif self.most is not None and len(value) > self.most:
            yield Problem(at, f"must be less than {self.most + 1} characters")
        elif self.choices and value not in self.choices:
            yield Problem(at, f"must be one of {', '.join(sorted(self.choices))}")


@dataclass(frozen=True)
class Matching:
    """A string that matches ``pattern`` as a whole, such as a date; ``meaning`` says it to a person."""

    pattern: re.Pattern[str]
    meaning: str

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            yield Problem(at, f"must match {self.meaning}")


@dataclass(frozen=True)
class Number:
    """A finite number, whole where ``whole``, within the bounds given; Slack takes no booleans for numbers."""

    least: float | None = None
    most: float | None = None
    whole: bool = True
    above: float | None = None

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        kinds = (int,) if self.whole else (int, float)
        unbounded = isinstance(value, float) and not math.isfinite(value)
        if isinstance(value, bool) or not isinstance(value, kinds) or unbounded:
            yield Problem(at, "must provide an integer" if self.whole else "must provide a number")
        elif self.least is not None and value < self.least:
            yield Problem(at, f"must be at least {self.least}")
        elif self.above is not None and value <= self.above:
            yield Problem(at, f"must be more than {self.above}")
        elif self.most is not None and value > self.most:
            yield Problem(at, f"must be at most {self.most}")


@dataclass(frozen=True)
class Flag:
    """``true`` or ``false``."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, bool):
            yield Problem(at, "must be a boolean")


@dataclass(frozen=True)
class Anything:
    """A value that Slack does not look into as far as this stand-in can tell."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:  # noqa: ARG002 - the protocol's signature
        """See :class:`Shape`."""
        yield from ()


@dataclass(frozen=True)
class ListOf:
    """A list of ``least`` to ``most`` items of one shape."""

    item: Shape
    most: int | None = None
    least: int = 1

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) < self.least:
            yield Problem(at, f"no fewer than {self.least} items allowed")
        if self.most is not None and len(value) > self.most:
            yield Problem(at, f"no more than {self.most} items allowed")
        for index, item in enumerate(value):
            yield from self.item.problems(item, f"{at}/{index}")


Rule = Callable[[Mapping[str, Any], str], Iterator[Problem]]


@dataclass(frozen=True)
class Record:
    """An object with known fields; ``rule`` adds what concerns several of them at once."""

    fields: Mapping[str, Shape]
    required: Sequence[str] = ()
    rule: Rule | None = None

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        for name in self.required:
            if value.get(name) is None:
                yield Problem(at, f"missing required field: {name}")
        for name, part in value.items():
            shape = self.fields.get(name)
            if shape is None:
                yield Problem(at, f"invalid additional property: {name}")
            elif part is not None:
                yield from shape.problems(part, f"{at}/{name}")
        if self.rule is not None:
            yield from self.rule(value, at)


@dataclass(frozen=True)
class Tagged:
    """An object whose ``type`` says which record it must be."""

    kinds: Mapping[str, Record]

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            yield Problem(at, "missing required field: type")
        elif kind not in self.kinds:
            yield Problem(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from self.kinds[kind].problems(value, at)

    def only(self, *kinds: str) -> "Tagged":
        """The same table cut down to ``kinds``."""
        return Tagged({kind: self.kinds[kind] for kind in kinds})


def one_of(*names: str) -> Rule:
    """Exactly one of these fields must be there."""

    def rule(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
        found = [name for name in names if value.get(name) is not None]
        if len(found) != 1:
            yield Problem(at, f"must provide exactly one of {', '.join(names)}")

    return rule


def items(value: Any) -> list[Any]:
    """``value`` where it is a list, else no items: its shape complains elsewhere."""
    return value if isinstance(value, list) else []
