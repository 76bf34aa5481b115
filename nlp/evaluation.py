"""Precision, recall and F1 of a detector against messages labelled by people."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nlp.located_yaml import DataError
from nlp.reading import LABELS, NUDGEABLE, STAGES, Reading, Stage, reached

Bar = Literal["count", "nudge"]
Read = Callable[[str], Reading]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message with the labels and subtypes people gave it, and where it stands."""

    text: str
    labels: frozenset[str]
    subtypes: frozenset[str]
    doubtful: bool
    setting: str
    place: str


@dataclass(slots=True)
class Score:
    """Counts of right, wrong and missed messages, and what follows from them."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, *, said: bool, true: bool) -> None:
        """Count one message: whether the detector said so, and whether it is so."""
        self.right += said and true
        self.wrong += said and not true
        self.missed += true and not said

    @property
    def precision(self) -> float | None:
        """Of what was said, the part that is true; None where nothing was said."""
        said = self.right + self.wrong
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        """Of what is true, the part that was said; None where nothing is true."""
        true = self.right + self.missed
        return self.right / true if true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where neither exists."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else None

    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval (Wilson) of the precision, or None where nothing was said."""
        said = self.right + self.wrong
        if not said:
            return None
        z, share = 1.96, self.right / said
        middle = share + z * z / (2 * said)
        spread = z * math.sqrt(share * (1 - share) / said + z * z / (4 * said * said))
        scale = 1 + z * z / said
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    def as_json(self) -> dict[str, Any]:
        """Return counts and rates as plain values."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
        }


@dataclass(slots=True)
class Trial:
    """What a rule in shadow mode found: how often, in how many messages, and whether these carry its label.

    ``score`` stays empty where no message of the set carries that label: then nobody looked for it.
    """

    fired: int = 0
    messages: int = 0
    score: Score = field(default_factory=Score)

    def as_json(self) -> dict[str, Any]:
        """Return counts and the precision as plain values."""
        judged = {"precision": self.score.precision, "right": self.score.right, "wrong": self.score.wrong}
        return {"fired": self.fired, "messages": self.messages, **judged}


@dataclass(frozen=True, slots=True)
class Miss:
    """One message that the detector judged otherwise than people did."""

    label: str
    kind: Literal["missed", "wrong"]
    place: str
    text: str
    rules: tuple[str, ...]


@dataclass(slots=True)
class Evaluation:
    """All scores of one set of messages."""

    messages: int = 0
    labels: tuple[str, ...] = ()
    bars: dict[str, dict[str, Score]] = field(default_factory=dict)
    without_doubtful: dict[str, dict[str, Score]] = field(default_factory=dict)
    stages: dict[str, dict[str, Score]] = field(default_factory=dict)
    subtypes: dict[str, dict[str, Score]] = field(default_factory=dict)
    shadow: dict[str, Trial] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return everything but the misses as plain values."""
        groups = ("bars", "without_doubtful", "stages", "subtypes")
        scores = {
            group: {
                name: {key: score.as_json() for key, score in by_key.items()}
                for name, by_key in getattr(self, group).items()
            }
            for group in groups
        }
        shadow = {rule: trial.as_json() for rule, trial in self.shadow.items()}
        return {"messages": self.messages, "labels": list(self.labels), **scores, "shadow": shadow}


def read_labelled(files: Iterable[Path]) -> list[Labelled]:
    """Return the messages of labelled JSONL files; raises DataError with ``file:line`` where a line is not as
    expected."""
    return [message for file in files for message in _lines_of(file)]


def _lines_of(file: Path) -> Iterator[Labelled]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError([f"{file}:1: not UTF-8 text"]) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{file}:{number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            raise DataError([f"{place}: not JSON"]) from None
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            raise DataError([f'{place}: expected an object with "text"'])
        labels = value.get("labels")
        if not isinstance(labels, list) or not set(map(str, labels)) <= set(LABELS):
            raise DataError([f'{place}: expected "labels", a list of {", ".join(LABELS)}'])
        yield Labelled(
            value["text"],
            frozenset(labels),
            frozenset(value.get("subtypes") or ()),
            bool(value.get("doubtful")),
            str(value.get("setting", "")),
            place,
        )


def evaluate(messages: Sequence[Labelled], read: Read, on_trial: Iterable[str] = ()) -> Evaluation:
    """Return how ``read`` (at stage ``one_business``) judges ``messages``, by label, bar, stage and subtype.

    A label that no message carries is left out; subtypes are scored by recall of their label's findings of that
    subtype. ``on_trial`` names rules in shadow mode, to be told of also where they find nothing.
    """
    used = tuple(label for label in LABELS if any(label in message.labels for message in messages))
    result = Evaluation(len(messages), used, shadow={rule: Trial() for rule in on_trial})
    readings = [read(message.text) for message in messages]
    for message, reading in zip(messages, readings, strict=True):
        for label in used:
            _score_label(result, label, message, reading)
        _score_subtypes(result, message, reading)
        _score_shadow(result, message, reading)
    return result


def _score_label(result: Evaluation, label: str, message: Labelled, reading: Reading) -> None:
    true = label in message.labels
    said = {"count": label in reading.labels, "nudge": label in reading.nudge}
    for bar, says in said.items():
        if bar == "nudge" and label not in NUDGEABLE:
            continue
        result.bars.setdefault(bar, {}).setdefault(label, Score()).add(said=says, true=true)
        if not message.doubtful:
            result.without_doubtful.setdefault(bar, {}).setdefault(label, Score()).add(said=says, true=true)
    if label in NUDGEABLE:
        for stage in STAGES:
            says = _nudged_at(reading, label, stage)
            result.stages.setdefault(stage, {}).setdefault(label, Score()).add(said=says, true=true)
    if said["count"] != true:
        rules = tuple(f"{f.rule}{f' ({f.excused})' if f.excused else ''}" for f in reading.findings if f.label == label)
        result.misses.append(Miss(label, "missed" if true else "wrong", message.place, message.text, rules))


def _nudged_at(reading: Reading, label: str, stage: Stage) -> bool:
    return any(f.nudges and f.label == label and reached(f.from_stage, stage) for f in reading.findings)


def _score_subtypes(result: Evaluation, message: Labelled, reading: Reading) -> None:
    for bar in ("count", "nudge"):
        says = {f.subtype for f in reading.findings if (f.counts if bar == "count" else f.nudges)}
        for subtype in message.subtypes | says:
            score = result.subtypes.setdefault(bar, {}).setdefault(subtype, Score())
            score.add(said=subtype in says, true=subtype in message.subtypes)


def _score_shadow(result: Evaluation, message: Labelled, reading: Reading) -> None:
    fired = Counter((finding.rule, finding.label) for finding in reading.findings if finding.on_trial)
    for (rule, label), times in fired.items():
        trial = result.shadow.setdefault(rule, Trial())
        trial.fired += times
        trial.messages += 1
        if label in result.labels:
            trial.score.add(said=True, true=label in message.labels)
