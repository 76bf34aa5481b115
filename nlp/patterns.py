"""Patterns as data, made ready to match: what a step may say, and what is wrong with one that is not well made."""

import re
from dataclasses import replace
from typing import Any

from nlp.complaints import nearest, shown
from nlp.expressions import read_expression
from nlp.inflection import noun_forms, verb_forms
from nlp.located_yaml import Document, Location
from nlp.matching import FLAGS, Pattern, Step
from nlp.pipeline import Pipeline

RawPattern = str | list[Any]

_OPERATORS = {"!": (1, 1), "?": (0, 1), "*": (0, 8), "+": (1, 8)}
_COUNTED = re.compile(r"\{(\d{1,3})?(,)?(\d{1,3})?\}")
_LONGEST_GAP = 12
_LONGEST_PATTERN = 40
_KEYS = ("LOWER", "NORM", "TEXT", "forms", "nouns", "concept", "OP", *sorted(FLAGS))
_WORDS = frozenset({"LOWER", "NORM", "forms", "nouns", "concept"})


class PatternReader:
    """Turns the patterns of one document into steps; knows where in the file each stands."""

    def __init__(self, document: Document, concepts: frozenset[str], pipeline: Pipeline) -> None:
        self._document = document
        self._concepts = concepts
        self._pipeline = pipeline

    def read(self, raw: RawPattern, where: Location) -> Pattern:
        """Return the steps of a pattern; raises DataError with ``file:line`` where one is not well made."""
        parts = raw.split() if isinstance(raw, str) else raw
        if not 1 <= len(parts) <= _LONGEST_PATTERN:
            raise self._document.error(where, f"a pattern has 1 to {_LONGEST_PATTERN} steps, this one {len(parts)}")
        pattern = tuple(
            self._shorthand(part, where) if isinstance(part, str) else self._step(part, (*where, at))
            for at, part in enumerate(parts)
        )
        if all(step.least == 0 or step.anything or step.negated for step in pattern):
            raise self._document.error(where, "a pattern needs at least one step that must stand there")
        return pattern

    def _shorthand(self, part: str, where: Location) -> Step:
        if part.startswith("*"):
            if not re.fullmatch(r"\*\d{1,2}", part) or int(part[1:]) > _LONGEST_GAP:
                raise self._document.error(where, f"{shown(part)}: a gap is written *1 to *{_LONGEST_GAP}")
            return Step(anything=True, least=0, most=int(part[1:]))
        optional = len(part) > 1 and part.endswith("?")
        words: list[str] = []
        concepts: list[str] = []
        for choice in part.removesuffix("?").split("|") if optional else part.split("|"):
            if choice in {"", "@", "~"}:
                raise self._document.error(where, f"{shown(part)}: nothing stands beside |, or behind @ or ~")
            if choice.startswith("@"):
                concepts.append(self._concept(choice[1:], where))
            elif choice.startswith("~"):
                words.extend(verb_forms(choice[1:].replace("_", " ")))
            else:
                words.append(choice.replace("_", " "))
        return self._literal(words, concepts, where, (0 if optional else 1, 1))

    def _literal(self, texts: list[str], concepts: list[str], where: Location, count: tuple[int, int]) -> Step:
        phrases = {tokens for text in texts for tokens in self._pipeline.spellings(text)}
        if () in phrases:
            raise self._document.error(where, "a step of no words")
        return Step(
            words=frozenset(phrase[0] for phrase in phrases if len(phrase) == 1),
            phrases=tuple(sorted(phrase for phrase in phrases if len(phrase) > 1)),
            concepts=tuple(concepts),
            least=count[0],
            most=count[1],
        )

    def _concept(self, name: str, where: Location) -> str:
        if name not in self._concepts:
            close = nearest(name, self._concepts)
            raise self._document.error(
                where, f"there is no concept {name!r}{close or f'; a vocabulary makes one: {name}: [word, another]'}"
            )
        return name

    def _step(self, part: Any, where: Location) -> Step:
        if not isinstance(part, dict):
            raise self._document.error(
                where, f"a step is text, or a mapping such as {{LOWER: word}}; found {shown(part)}"
            )
        rest = dict(part)
        least, most, negated = self._operator(rest.pop("OP", None), where)
        if not rest:
            return Step(anything=True, least=least, most=most)
        if len(rest) == 1 and set(rest) <= _WORDS:
            made = self._words_step(*next(iter(rest.items())), where, (least, most))
        else:
            made = self._token_step(rest, where, (least, most))
        return replace(made, negated=True) if negated else made

    def _words_step(self, name: str, value: Any, where: Location, count: tuple[int, int]) -> Step:
        if name in {"forms", "nouns", "concept"}:
            listed = self._texts(value if isinstance(value, list) else [value], name, where)
            if name == "concept":
                return self._literal([], [self._concept(word, (*where, name)) for word in listed], where, count)
            inflect = verb_forms if name == "forms" else noun_forms
            return self._literal([form for word in listed for form in inflect(word)], [], where, count)
        if isinstance(value, dict):
            if set(value) == {"IN"}:
                return self._literal(self._texts(value["IN"], name, where), [], where, count)
            return self._token_step({name: value}, where, count)
        return self._literal(self._texts([value], name, where), [], where, count)

    def _token_step(self, rest: dict[str, Any], where: Location, count: tuple[int, int]) -> Step:
        """Return a step that asks several things of one word."""
        step = Step(least=count[0], most=count[1])
        for name, value in rest.items():
            if name in FLAGS:
                step = replace(step, flags=(*step.flags, self._flag(name, value, where)))
            elif name in {"TEXT", "ORTH"}:
                step = replace(step, exact=frozenset(self._texts([value], name, where)))
            elif name in {"LOWER", "NORM"}:
                step = self._word_asked(step, name, value, where)
            elif name in _KEYS:
                raise self._document.error((*where, name), f"{name} stands in a step of its own, or with OP alone")
            else:
                raise self._document.error(
                    (*where, name), f"{name} is not allowed here{nearest(name, _KEYS)}; allowed: {', '.join(_KEYS)}"
                )
        return step

    def _word_asked(self, step: Step, name: str, value: Any, where: Location) -> Step:
        if not isinstance(value, dict):
            (word,) = self._texts([value], name, where)
            return replace(step, expression=re.compile(f"^{re.escape(word.lower())}$"))
        if set(value) == {"NOT_IN"}:
            listed = self._texts(value["NOT_IN"], name, where)
            return replace(step, excluded=frozenset(word.lower() for word in listed))
        if set(value) == {"REGEX"}:
            return replace(step, expression=self._expression(value["REGEX"], (*where, name)))
        if set(value) == {"IN"}:
            words = "|".join(re.escape(word.lower()) for word in self._texts(value["IN"], name, where))
            return replace(step, expression=re.compile(f"^(?:{words})$"))
        raise self._document.error(
            (*where, name), f"{name}: expected text, {{IN: [texts]}}, {{NOT_IN: [texts]}} or {{REGEX: text}}"
        )

    def _flag(self, name: str, value: Any, where: Location) -> tuple[str, bool]:
        if not isinstance(value, bool | int):
            raise self._document.error((*where, name), f"{name}: expected true or false, found {shown(value)}")
        return name, bool(value)

    def _expression(self, value: Any, where: Location) -> re.Pattern[str]:
        if not isinstance(value, str):
            raise self._document.error(where, f"REGEX: expected text, found {shown(value)}; put it in quotes")
        try:
            return read_expression(value)
        except ValueError as error:
            raise self._document.error(where, f"REGEX {shown(value)}: {error}") from None

    def _texts(self, values: Any, name: str, where: Location) -> list[str]:
        if not isinstance(values, list) or not values:
            raise self._document.error((*where, name), f"{name}: expected a list of texts, found {shown(values)}")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
                raise self._document.error(
                    (*where, name),
                    f"{name}: {shown(value)} is neither text nor a whole number; put a word in quotes",
                )
        return [str(value) for value in values]

    def _operator(self, value: Any, where: Location) -> tuple[int, int, bool]:
        if value is None:
            return 1, 1, False
        if isinstance(value, str) and value in _OPERATORS:
            return *_OPERATORS[value], value == "!"
        counted = _COUNTED.fullmatch(value) if isinstance(value, str) else None
        if counted is None or not (counted[1] or counted[3]):
            raise self._document.error(
                (*where, "OP"),
                f"OP: {shown(value)} is not allowed; allowed: !, ?, *, +, {{n}}, {{n,}}, {{n,m}}, {{,m}}",
            )
        least = int(counted[1] or 0)
        most = int(counted[3]) if counted[3] else (max(least, 8) if counted[2] else least)
        if most > _LONGEST_GAP or least > most:
            raise self._document.error(
                (*where, "OP"), f"OP: {value!r}: at most {_LONGEST_GAP}, the smaller number first"
            )
        return least, most, False
