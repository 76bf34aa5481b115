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
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    field_validator,
    model_validator,
)

from nlp.complaints import quotable, shown
from nlp.examples import Examples
from nlp.located_yaml import DataError, Document, Location, validate
from nlp.matching import Pattern
from nlp.patterns import PatternReader
from nlp.pipeline import Pipeline
from nlp.reading import LABELS, NUDGEABLE, Label, Mode, Stage

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
_NAME = re.compile(r"[a-z0-9_]+")
_FORM = "an id is label.subtype.name"


def _pattern(value: Any) -> str | list[Any]:
    if not isinstance(value, str | list):
        raise ValueError(  # noqa: TRY004 (a value in a file, not an argument's type)
            f"a pattern is text, such as the business ~want, or a list of steps; found {shown(value)}{quotable(value)}"
        )
    return value


RawPattern = Annotated[str | list[Any], PlainValidator(_pattern)]


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Condition(_Model):
    """Patterns of which one stands in the same sentence, beside it, or anywhere in the message."""

    within: Literal["sentence", "neighbours", "message"] = Field(default="sentence", alias="in")
    any: list[RawPattern] = Field(min_length=1)


def _conditions(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [item if isinstance(item, dict) else {"any": [item]} for item in value]


Conditions = Annotated[list[Condition], BeforeValidator(_conditions)]


class Rule(_Model):
    """One published rule: what it looks for, why, from which stage on, and the examples that prove it."""

    id: str = Field(max_length=100)
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
    rewrite: str | None = Field(default=None, min_length=2, max_length=300)
    examples: Examples
    _origin: "Origin | None" = PrivateAttr(default=None)

    @field_validator("id")
    @classmethod
    def _known_place(cls, identifier: str) -> str:
        label, _, rest = identifier.partition(".")
        subtype, _, name = rest.partition(".")
        if label not in LABELS:
            raise ValueError(f"{label!r} is not a label; allowed: {', '.join(LABELS)}; {_FORM}")
        if subtype not in SUBTYPES[label]:
            kinds = ", ".join(SUBTYPES[label])
            raise ValueError(f"{subtype!r} is not a subtype of {label}; allowed: {kinds}; {_FORM}")
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a name; allowed: lower-case letters, digits and _; {_FORM}")
        return identifier

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if bool(self.patterns) == self.manner:
            raise ValueError("patterns: a rule needs at least one, unless it is of the manner kind, which has none")
        if self.mode == "nudge" and self.label not in NUDGEABLE:
            raise ValueError(f"mode: only {' and '.join(NUDGEABLE)} nudge; allowed for {self.label}: count, shadow")
        return self

    def written_in(self, origin: "Origin") -> Self:
        """Note where the rule is written, and return it."""
        self._origin = origin
        return self

    @property
    def is_own(self) -> bool:
        """Whether it is a workspace's own."""
        return self._origin is not None and not self._origin.shipped

    def place(self, *location: str | int) -> str:
        """Return ``file:line`` of the rule, or of a part of it; its id where it was not read from a file."""
        return self._origin.place(location) if self._origin else self.id

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
        return self.mode or ("nudge" if self.label in NUDGEABLE else "count")

    @property
    def version(self) -> str:
        """A short hash of everything the rule says, so that a change of it can be told."""
        dumped = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(dumped.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule is written, and whether it ships with Fairview."""

    document: Document
    index: int
    shipped: bool

    def place(self, location: Location = ()) -> str:
        """Return ``file:line`` of a part of the rule."""
        return f"{self.document.name}:{self.document.line((self.index, *location))}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition made ready: where to look, and for which patterns."""

    within: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule and its patterns, ready to run."""

    rule: Rule
    shipped: bool
    patterns: tuple[Pattern, ...]
    requires: tuple[Clause, ...]
    unless: tuple[Clause, ...]


def read_rules(
    document: Document, concepts: frozenset[str], pipeline: Pipeline, *, shipped: bool
) -> tuple[list[CompiledRule], list[str]]:
    """Return the rules of one pack that are well made, and a ``file:line: what is wrong`` for each that is not."""
    rules: list[CompiledRule] = []
    problems: list[str] = []
    reader = PatternReader(document, concepts, pipeline)
    for index in range(len(document.value)):
        try:
            rule = validate(Rule, document, (index,)).written_in(Origin(document, index, shipped))
            rules.append(_compiled(rule, reader, index, shipped=shipped))
        except DataError as error:
            problems.extend(error.problems)
    return rules, problems


def _compiled(rule: Rule, reader: PatternReader, index: int, *, shipped: bool) -> CompiledRule:
    def clauses(conditions: list[Condition], key: str) -> tuple[Clause, ...]:
        return tuple(
            Clause(
                condition.within,
                tuple(reader.read(raw, (index, key, at, "any", n)) for n, raw in enumerate(condition.any)),
            )
            for at, condition in enumerate(conditions)
        )

    return CompiledRule(
        rule,
        shipped,
        tuple(reader.read(raw, (index, "patterns", at)) for at, raw in enumerate(rule.patterns)),
        clauses(rule.requires, "requires"),
        clauses(rule.unless, "unless"),
    )
