"""How sure a finding is, whether something excuses it, and what the weights find that no pattern foresees."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.context import Found, excuse
from nlp.message import Message
from nlp.reading import COUNT_BAR, NUDGE_BAR, NUDGEABLE, Finding, Label
from nlp.rulepack import Rule
from nlp.weighing import WEIGHED, Weights


@dataclass(frozen=True, slots=True)
class Calibration:
    """Which odds of the weights mean what for one label, set on trades that were not taught.

    Odds alone count from ``counts`` on and nudge from ``nudges`` on. Where a pattern found the same, ``pattern`` is
    added to them; where something excused what patterns found, ``doubt`` is taken away.
    """

    counts: float
    nudges: float
    pattern: float = 1.5
    doubt: float = 1.0

    def confidence(self, odds: float) -> float:
        """Return the confidence (0 to 1) that stands for ``odds``: both bars are met where they should be."""
        scale = (NUDGE_ODDS - COUNT_ODDS) / (self.nudges - self.counts)
        return _chance(COUNT_ODDS + scale * max(-6.0, min(6.0, odds - self.counts)))


COUNT_ODDS, NUDGE_ODDS = (math.log(bar / (1 - bar)) for bar in (COUNT_BAR, NUDGE_BAR))
USUAL_CONFIDENCE = 0.85
CALIBRATION: Mapping[Label, Calibration] = {
    "us_them": Calibration(counts=-0.6, nudges=1.9, doubt=7.0),
    "process_barrier": Calibration(counts=0.2, nudges=2.0),
    "shared_purpose": Calibration(counts=-0.3, nudges=1.4),
}
# No finding of a shipped rule is told, excused or not, where the odds are lower.
FLOOR: Mapping[Label, float] = {"us_them": -1.5, "process_barrier": -1.5, "shared_purpose": -1.5}


def judge(found: Found, message: Message, text: str, odds: Mapping[str, float] | None) -> Finding:
    """Return the finding that ``found`` is; ``odds`` decide the confidence of the shipped rules that allow it."""
    rule, confidence = found.rule, found.rule.confidence
    scale = CALIBRATION.get(rule.label)
    if odds is not None and found.shipped and not rule.certain and scale is not None:
        doubted = _odds(rule.confidence) - _odds(USUAL_CONFIDENCE)
        confidence = scale.confidence(odds[rule.label] + scale.pattern + min(0.0, doubted))
    return _finding(found, text, excuse(found, message), confidence)


def by_manner(
    message: Message,
    text: str,
    weights: Weights,
    odds: Mapping[str, float],
    rules: Mapping[tuple[Label, str], Rule],
    findings: Iterable[Finding],
) -> list[tuple[Finding, Found]]:
    """Return what the weights alone find: at most one finding a label, where no rule's finding already counts."""
    known = list(findings)
    result = []
    for label in WEIGHED:
        mine = [finding for finding in known if finding.label == label]
        if any(finding.counts for finding in mine):
            continue
        scale = CALIBRATION[label]
        # Where something excused what the rules found, or the author says "we", the weights have to be surer.
        doubted = any(finding.excused for finding in mine) or (label == "us_them" and message.says("one_us"))
        weight = odds[label] - (scale.doubt if doubted else 0.0)
        if weight < scale.counts or not message.own:
            continue
        rule = rules.get((label, _subtype(label, message, weights)))
        at = weights.heaviest(label, [sentence.text for sentence in message.own])
        found = _whole_sentence(rule, message, at) if rule else None
        if found is not None:
            result.append((_finding(found, text, None, scale.confidence(weight)), found))
    return result


def _subtype(label: Label, message: Message, weights: Weights) -> str:
    # The labelling notes tell no kinds of shared purpose apart: what was done, or who is named, tells.
    if label != "shared_purpose":
        return weights.subtype(label, message.markup.prose)
    if message.says("help_done"):
        return "carried"
    return "together" if message.says("one_us") else "outcome"


def _whole_sentence(rule: Rule, message: Message, index: int) -> Found | None:
    sentence = message.own[index]
    words = [at for at, mark in enumerate(sentence.punctuation) if not mark]
    return Found(rule, sentence, words[0], words[-1] + 1, None) if words else None


def _finding(found: Found, text: str, excused: str | None, confidence: float) -> Finding:
    rule = found.rule
    start, end = found.span
    confidence = round(confidence, 3)
    counts = excused is None and rule.acts != "shadow" and confidence >= COUNT_BAR
    nudges = counts and rule.acts == "nudge" and rule.label in NUDGEABLE and confidence >= NUDGE_BAR
    return Finding(
        rule.id,
        rule.label,
        rule.subtype,
        rule.acts,
        start,
        end,
        text[start:end],
        excused,
        confidence,
        counts,
        nudges,
        rule.stage,
    )


def _odds(chance: float) -> float:
    kept = min(0.995, chance)
    return math.log(kept / (1 - kept))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
