"""Rules as data: what a rule may say, how a file of rules is read, and what is wrong with it if it is not well made.

A pattern is a list of steps in the syntax of spaCy's Matcher (``LOWER``, ``NORM``, ``TEXT``, flags, ``OP``, ``IN``,
``NOT_IN``, ``REGEX``) with three more: ``{concept: name}``, ``{forms: verb}`` and ``{nouns: noun}``. As most patterns
are plain, one may also be written as text: ``the business ~want`` (a word, a verb in any form), ``@team`` (a concept),
``a|b`` (either), ``*4`` (up to four words of any kind) and ``word?`` (may be missing).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from nlp.inflection import noun_forms, verb_forms
from nlp.located_yaml import DataError, Document, Location, validate
from nlp.matching import FLAGS, Pattern, Step
from nlp.pipeline import Pipeline
from nlp.reading import LABELS, MODES, STAGES, Label, Mode, Stage

SUBTYPES: dict[str, dict[str, Stage]] = {
    "us_them": {
        "business_as_other": "partnership",
        "internal_customer": "one_business",
        "service_provider": "one_business",
        "outsiders": "service",
        "not_our_problem": "partnership",
    },
    "process_barrier": dict.fromkeys(
        (
            "no_ticket_no_help",
            "change_board",
            "sla_shield",
            "service_hours",
            "policy_says_no",
            "out_of_scope",
            "wrong_queue",
        ),
        "service",
    ),
    "shared_purpose": dict.fromkeys(("outcome", "carried", "together"), "service"),
    "overcommitment": dict.fromkeys(("priorities", "no_capacity", "quality_cut", "lights_on"), "service"),
}
_MARKED = re.compile(r"<<(.+?)>>", re.DOTALL)
_OPERATORS = {"!": (1, 1), "?": (0, 1), "*": (0, 8), "+": (1, 8)}
_COUNTED = re.compile(r"^\{(\d+)?(,)?(\d+)?\}$")
_LONGEST_GAP = 12

RawPattern = str | list[Any]


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Examples(_Model):
    """Sentences that prove a rule: what it must flag, the words found between ``<<`` and ``>>``, and must pass."""

    flag: list[str] = Field(min_length=1)
    pass_: list[str] = Field(min_length=1, alias="pass")

    @field_validator("flag")
    @classmethod
    def _marks_a_span(cls, flag: list[str]) -> list[str]:
        for example in flag:
            if len(_MARKED.findall(example)) != 1:
                raise ValueError(f"mark what is found with << and >>, once: {example!r}")
        return flag

    @field_validator("pass_")
    @classmethod
    def _marks_none(cls, passed: list[str]) -> list[str]:
        for example in passed:
            if "<<" in example:
                raise ValueError(f"an example to pass marks nothing: {example!r}")
        return passed


class Condition(_Model):
    """Patterns of which one stands in the same sentence, beside it, or anywhere in the message."""

    within: str = Field(default="sentence", alias="in")
    any: list[RawPattern] = Field(min_length=1)

    @field_validator("within")
    @classmethod
    def _known(cls, within: str) -> str:
        if within not in {"sentence", "neighbours", "message"}:
            raise ValueError(f"{within!r} is not a place; allowed: sentence, neighbours, message")
        return within


def _conditions(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [item if isinstance(item, dict) else {"any": [item]} for item in value]


Conditions = Annotated[list[Condition], BeforeValidator(_conditions)]


class Rule(_Model):
    """One published rule: what it looks for, why, from which stage on, and the examples that prove it."""

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+\.[a-z0-9_]+$")
    title: str = Field(min_length=3, max_length=120)
    why: str = Field(min_length=10, max_length=400)
    from_stage: Stage | None = None
    mode: Mode | None = None
    confidence: float = Field(default=0.85, ge=0.3, le=1.0)
    certain: bool = False
    manner: bool = False
    patterns: list[RawPattern] = []
    requires: Conditions = []
    unless: Conditions = []
    despite: Annotated[list[str], BeforeValidator(_one_or_many)] = []
    rewrite: str | None = None
    examples: Examples

    @model_validator(mode="before")
    @classmethod
    def _allowed_words(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for key, allowed in (("from_stage", STAGES), ("mode", MODES)):
                if key in value and value[key] not in allowed:
                    raise ValueError(f"{key}: {value[key]!r} is not allowed; allowed: {', '.join(allowed)}")
        return value

    @field_validator("id")
    @classmethod
    def _known_place(cls, identifier: str) -> str:
        label, subtype, _ = identifier.split(".")
        if label not in LABELS:
            raise ValueError(f"{label!r} is not a label; allowed: {', '.join(LABELS)}")
        if subtype not in SUBTYPES[label]:
            raise ValueError(f"{subtype!r} is not a subtype of {label}; allowed: {', '.join(SUBTYPES[label])}")
        return identifier

    @model_validator(mode="after")
    def _has_patterns(self) -> "Rule":
        if bool(self.patterns) == self.manner:
            raise ValueError("patterns: a rule needs at least one, unless it is of the manner kind, which has none")
        return self

    @property
    def label(self) -> Label:
        """The label that a finding of this rule gives a message."""
        return next(label for label in LABELS if label == self.id.split(".")[0])

    @property
    def subtype(self) -> str:
        """The kind within the label, as the labelling notes name it."""
        return self.id.split(".")[1]

    @property
    def stage(self) -> Stage:
        """The stage from which a team wants to hear of it."""
        return self.from_stage or SUBTYPES[self.label][self.subtype]

    @property
    def acts(self) -> Mode:
        """What is done with a finding; by itself only us_them and process_barrier nudge."""
        return self.mode or ("nudge" if self.label in {"us_them", "process_barrier"} else "count")

    @property
    def version(self) -> str:
        """A short hash of everything the rule says, so that a change of it can be told."""
        dumped = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(dumped.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition made ready: where to look, and for which patterns."""

    within: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule and its patterns, ready to run."""

    rule: Rule
    source: str
    shipped: bool
    patterns: tuple[Pattern, ...]
    requires: tuple[Clause, ...]
    unless: tuple[Clause, ...]


def read_rules(
    document: Document, concepts: frozenset[str], pipeline: Pipeline, *, excuses: frozenset[str], shipped: bool
) -> tuple[list[CompiledRule], list[str]]:
    """Return the rules of one pack that are well made, and a ``file:line: what is wrong`` for each that is not."""
    if not isinstance(document.value, list):
        return [], document.error((), "a rule pack is a list of rules, each beginning with '- id:'").problems
    rules: list[CompiledRule] = []
    problems: list[str] = []
    for index in range(len(document.value)):
        try:
            rule = validate(Rule, document, (index,))
            compiled = _Compiler(document, index, concepts, pipeline).rule(rule, shipped=shipped)
            for name in rule.despite:
                if name not in excuses:
                    raise document.error(
                        (index, "despite"), f"{name!r} is no excuse; allowed: {', '.join(sorted(excuses))}"
                    )
        except DataError as error:
            problems.extend(error.problems)
        else:
            rules.append(compiled)
    return rules, problems


class _Compiler:
    """Turns the patterns of one rule into steps; knows where in the file each stands."""

    def __init__(self, document: Document, index: int, concepts: frozenset[str], pipeline: Pipeline) -> None:
        self.document = document
        self.index = index
        self.concepts = concepts
        self.pipeline = pipeline

    def rule(self, rule: Rule, *, shipped: bool) -> CompiledRule:
        return CompiledRule(
            rule,
            f"{self.document.name}:{self.document.line((self.index,))}",
            shipped,
            tuple(self.pattern(raw, (self.index, "patterns", at)) for at, raw in enumerate(rule.patterns)),
            self.clauses(rule.requires, "requires"),
            self.clauses(rule.unless, "unless"),
        )

    def clauses(self, conditions: list[Condition], key: str) -> tuple[Clause, ...]:
        result = []
        for at, condition in enumerate(conditions):
            where: Location = (self.index, key, at)
            patterns = tuple(self.pattern(raw, (*where, "any", n)) for n, raw in enumerate(condition.any))
            result.append(Clause(condition.within, patterns))
        return tuple(result)

    def pattern(self, raw: RawPattern, where: Location) -> Pattern:
        parts = raw.split() if isinstance(raw, str) else raw
        if not parts:
            raise self.document.error(where, "a pattern needs at least one step")
        pattern = tuple(
            self.shorthand(part, where) if isinstance(part, str) else self.step(part, (*where, at))
            for at, part in enumerate(parts)
        )
        if all(step.least == 0 or step.anything for step in pattern):
            raise self.document.error(where, "a pattern needs at least one step that must stand there")
        return pattern

    def shorthand(self, part: str, where: Location) -> Step:
        if re.fullmatch(r"\*\d+", part):
            if int(part[1:]) > _LONGEST_GAP:
                raise self.document.error(where, f"{part}: a gap may be {_LONGEST_GAP} words at most")
            return Step(anything=True, least=0, most=int(part[1:]))
        optional = len(part) > 1 and part.endswith("?")
        words: list[str] = []
        concepts: list[str] = []
        for choice in part.removesuffix("?").split("|") if optional else part.split("|"):
            if choice.startswith("@"):
                concepts.append(self.concept(choice[1:], where))
            elif choice.startswith("~"):
                words.extend(verb_forms(choice[1:].replace("_", " ")))
            else:
                words.append(choice.replace("_", " "))
        return self.literal(words, concepts, 0 if optional else 1, 1)

    def literal(self, texts: list[str], concepts: list[str], least: int, most: int) -> Step:
        phrases = [self.pipeline.norms(text) for text in texts]
        return Step(
            words=frozenset(phrase[0] for phrase in phrases if len(phrase) == 1),
            phrases=tuple(phrase for phrase in phrases if len(phrase) > 1),
            concepts=tuple(concepts),
            least=least,
            most=most,
        )

    def concept(self, name: str, where: Location) -> str:
        if name not in self.concepts:
            raise self.document.error(where, f"there is no concept {name!r} in the vocabulary")
        return name

    def step(self, part: Any, where: Location) -> Step:
        if not isinstance(part, dict):
            raise self.document.error(where, f"a step is a mapping such as {{LOWER: word}}, not {part!r}")
        rest = dict(part)
        least, most, negated = self.operator(rest.pop("OP", None), where)
        if not rest:
            return Step(anything=True, least=least, most=most)
        names = set(rest)
        if names <= {"LOWER", "NORM", "forms", "nouns", "concept"} and len(rest) == 1:
            made = self.words_step(*next(iter(rest.items())), where, least, most)
        else:
            made = self.token_step(rest, where, least, most)
        return _negate(made) if negated else made

    def words_step(self, name: str, value: Any, where: Location, least: int, most: int) -> Step:
        if name in {"forms", "nouns", "concept"}:
            listed = self.texts(value if isinstance(value, list) else [value], name, where)
            if name == "concept":
                return self.literal([], [self.concept(word, where) for word in listed], least, most)
            inflect = verb_forms if name == "forms" else noun_forms
            return self.literal([form for word in listed for form in inflect(word)], [], least, most)
        if isinstance(value, dict):
            if set(value) == {"IN"}:
                return self.literal(self.texts(value["IN"], name, where), [], least, most)
            return self.token_step({name: value}, where, least, most)
        return self.literal(self.texts([value], name, where), [], least, most)

    def token_step(self, rest: dict[str, Any], where: Location, least: int, most: int) -> Step:
        exact: set[str] = set()
        excluded: set[str] = set()
        words: set[str] = set()
        expression = None
        flags = []
        for name, value in rest.items():
            if name in FLAGS:
                if not isinstance(value, bool | int):
                    raise self.document.error((*where, name), f"{name} is true or false")
                flags.append((name, bool(value)))
            elif name in {"TEXT", "ORTH"}:
                exact.update(self.texts([value], name, where))
            elif name in {"LOWER", "NORM"} and isinstance(value, dict) and set(value) == {"NOT_IN"}:
                excluded.update(self.texts(value["NOT_IN"], name, where))
            elif name in {"LOWER", "NORM"} and isinstance(value, dict) and set(value) == {"REGEX"}:
                expression = self.expression(value["REGEX"], (*where, name))
            elif name in {"LOWER", "NORM"} and not isinstance(value, dict):
                words.update(self.texts([value], name, where))
            else:
                allowed = "LOWER, NORM, TEXT, forms, nouns, concept, OP, " + ", ".join(sorted(FLAGS))
                raise self.document.error(
                    (*where, name),
                    f"{name} is not allowed here; allowed: {allowed}; values: text, IN, NOT_IN, REGEX",
                )
        if words:
            expression = re.compile("^(?:" + "|".join(re.escape(word.lower()) for word in sorted(words)) + ")$")
        return Step(
            exact=frozenset(exact),
            excluded=frozenset(excluded),
            expression=expression,
            flags=tuple(flags),
            least=least,
            most=most,
        )

    def expression(self, value: Any, where: Location) -> re.Pattern[str]:
        if not isinstance(value, str):
            raise self.document.error(where, "REGEX is a text; put it in quotes")
        try:
            return re.compile(value)
        except re.error as error:
            raise self.document.error(where, f"REGEX {value!r} is not a regular expression: {error}") from None

    def texts(self, values: Any, name: str, where: Location) -> list[str]:
        if not isinstance(values, list):
            raise self.document.error((*where, name), f"{name}: expected a list of texts")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
                raise self.document.error(
                    (*where, name), f"{name}: {value!r} is neither text nor a whole number; put a word in quotes"
                )
        return [str(value) for value in values]

    def operator(self, value: Any, where: Location) -> tuple[int, int, bool]:
        if value is None:
            return 1, 1, False
        if value in _OPERATORS:
            return *_OPERATORS[value], value == "!"
        counted = _COUNTED.match(value) if isinstance(value, str) else None
        if counted is None or not (counted[1] or counted[3]):
            raise self.document.error(
                (*where, "OP"), f"OP: {value!r} is not allowed; allowed: !, ?, *, +, {{n}}, {{n,}}, {{n,m}}, {{,m}}"
            )
        least = int(counted[1] or 0)
        most = int(counted[3]) if counted[3] else (max(least, 8) if counted[2] else least)
        if most > _LONGEST_GAP or least > most:
            raise self.document.error(
                (*where, "OP"), f"OP: {value!r}: at most {_LONGEST_GAP}, the smaller number first"
            )
        return least, most, False


def _negate(step: Step) -> Step:
    return Step(
        words=step.words,
        phrases=step.phrases,
        concepts=step.concepts,
        excluded=step.excluded,
        expression=step.expression,
        exact=step.exact,
        flags=step.flags,
        anything=step.anything,
        negated=True,
        least=step.least,
        most=step.most,
    )


def marked(example: str) -> tuple[str, int, int]:
    """Return an example to flag as plain text, and where its marked words begin and end."""
    match = _MARKED.search(example)
    if match is None:
        return example, 0, 0
    text = example[: match.start()] + match[1] + example[match.end() :]
    return text, match.start(), match.start() + len(match[1])
