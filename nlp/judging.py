"""How sure a finding is, whether something excuses it, and what the weights find that no pattern foresees."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.context import Found, excuse
from nlp.message import Message
from nlp.reading import COUNT_BAR, NUDGE_BAR, NUDGEABLE, Finding, Label
from nlp.rulepack import Rule
from nlp.weighing import SIGNALS, Weighed


@dataclass(frozen=True, slots=True)
class Calibration:
    """How log odds of the weights bear on one label, set on trades that were not worked on.

    A pattern's own confidence stands where the odds are ``middle`` and moves with them by ``slope``; odds alone count
    from ``alone`` on, and from ``alone`` + log 4 on they nudge.
    """

    middle: float
    slope: float
    alone: float
    doubted: float = 3.0


CALIBRATION: Mapping[Label, Calibration] = {
    "us_them": Calibration(middle=0.4, slope=1.0, alone=1.8),
    "process_barrier": Calibration(middle=0.6, slope=1.1, alone=1.5),
    "shared_purpose": Calibration(middle=0.0, slope=0.8, alone=0.9),
}


def judge(found: Found, message: Message, text: str, weighed: Weighed | None) -> Finding:
    """Return the finding that ``found`` is; ``weighed`` moves the confidence of the shipped rules that allow it."""
    confidence = found.rule.confidence
    if weighed is not None and found.shipped and not found.rule.certain and found.rule.label in CALIBRATION:
        scale = CALIBRATION[found.rule.label]
        moved = scale.slope * (weighed.odds[found.rule.label] - scale.middle)
        confidence = _chance(_odds(confidence) + max(-4.0, min(4.0, moved)))
    return _finding(found, text, excuse(found, message), confidence)


def by_manner(
    message: Message, text: str, weighed: Weighed, rules: Mapping[tuple[Label, str], Rule], findings: Iterable[Finding]
) -> list[tuple[Finding, Found]]:
    """Return what the weights alone find: at most one finding a label, where no rule's finding already counts."""
    known = list(findings)
    result = []
    for label, scale in CALIBRATION.items():
        mine = [finding for finding in known if finding.label == label]
        if any(finding.counts for finding in mine):
            continue
        # Where something excused what the rules found, the weights have to be surer.
        doubt = scale.doubted if any(finding.excused for finding in mine) else 0.0
        over = weighed.odds[label] - scale.alone - doubt
        rule = rules.get((label, _subtype(label, message, weighed)))
        if over < 0 or rule is None or not message.says(SIGNALS[label]):
            continue
        found = _whole_sentence(rule, message, weighed.sentences[label])
        if found is not None:
            result.append((_finding(found, text, None, _chance(over)), found))
    return result


def _subtype(label: str, message: Message, weighed: Weighed) -> str:
    # The labelling notes tell no kinds of shared purpose apart: what was done, or who is named, tells.
    if label != "shared_purpose":
        return weighed.subtypes[label]
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
