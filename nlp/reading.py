"""What a reading of one message says: plain, immutable values that hold no part of the pipeline."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Stage = Literal["service", "partnership", "one_business"]
Label = Literal["us_them", "process_barrier", "shared_purpose", "overcommitment"]
Mode = Literal["nudge", "count", "shadow"]

STAGES: tuple[Stage, ...] = get_args(Stage)
LABELS: tuple[Label, ...] = get_args(Label)
MODES: tuple[Mode, ...] = get_args(Mode)
NUDGEABLE: tuple[Label, ...] = ("us_them", "process_barrier")

COUNT_BAR = 0.5
NUDGE_BAR = 0.8


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule applies: ``text`` is the message between the code points ``start`` and ``end``."""

    rule: str
    label: Label
    subtype: str
    mode: Mode
    start: int
    end: int
    text: str
    excused: str | None
    confidence: float
    counts: bool
    nudges: bool
    from_stage: Stage

    @property
    def on_trial(self) -> bool:
        """Whether it would count, were its rule not in shadow mode."""
        return self.mode == "shadow" and self.excused is None and self.confidence >= COUNT_BAR

    def as_json(self) -> dict[str, Any]:
        """Return the keys that ``fairview check --jsonl`` prints for a finding."""
        kept = ("rule", "label", "subtype", "mode", "start", "end", "text", "excused")
        whole = asdict(self)
        return {key: whole[key] for key in kept}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one message, at the stage asked for.

    ``suggestion`` is about ``strongest``; ``nudge_suggestion`` about ``strongest_nudge``, which may be another finding.
    ``prose`` is False where nothing of the message was the author's own prose in English.
    """

    findings: tuple[Finding, ...] = ()
    labels: tuple[str, ...] = ()
    nudge: tuple[str, ...] = ()
    suggestion: str | None = None
    strongest: Finding | None = None
    strongest_nudge: Finding | None = None
    nudge_suggestion: str | None = None
    prose: bool = True

    def as_json(self, *, shadow: bool = False) -> dict[str, Any]:
        """Return the line that ``fairview check --jsonl`` prints; ``shadow`` adds the findings of rules on trial."""
        return {
            "labels": list(self.labels),
            "nudge": list(self.nudge),
            "findings": [finding.as_json() for finding in self.findings if shadow or finding.mode != "shadow"],
            "suggestion": self.suggestion,
        }


def reached(from_stage: Stage, stage: Stage) -> bool:
    """Return whether a team at ``stage`` has come to the stage from which a rule is nudged."""
    return STAGES.index(from_stage) <= STAGES.index(stage)
