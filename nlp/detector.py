"""Text in, Reading out: the one place where markup, cues, rules, excuses and reframing meet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from nlp.context import Found, excuse
from nlp.cues import Cues, words_of
from nlp.english import reads_as_english
from nlp.markup import LINK, lay_open, normalise
from nlp.matching import matches
from nlp.message import MOST_CHARACTERS, MOST_SENTENCES, Message
from nlp.pipeline import Pipeline, Sentence
from nlp.reading import COUNT_BAR, NUDGE_BAR, NUDGEABLE, STAGES, Finding, Reading, Stage, reached
from nlp.reframing import suggest
from nlp.rulebook import read_rulebook
from nlp.rulepack import Clause, CompiledRule, Rule

_EMPTY = Reading()
_WORDLESS = Reading(prose=False)


class Detector:
    """Reads messages against the rules that ship and those of ``packs`` (YAML files or folders).

    Build it once and share it between threads. ``rules`` maps each rule's id to the rule; ``problems`` tells what of
    ``packs`` was refused, each as ``file:line: what is wrong``. Raises FileNotFoundError where a path of ``packs`` is
    missing. ``shortcut=False`` runs every rule on every sentence: slower, with the same findings.
    """

    def __init__(self, packs: Sequence[Path] = (), *, shortcut: bool = True) -> None:
        self._pipeline = Pipeline()
        book = read_rulebook([Path(pack) for pack in packs], self._pipeline)
        self._vocabulary = book.vocabulary
        self._compiled = book.rules
        self.problems = book.problems
        self.rules: Mapping[str, Rule] = {compiled.rule.id: compiled.rule for compiled in book.rules}
        self._owners = [compiled for compiled in book.rules for _ in compiled.patterns]
        self._patterns = [pattern for compiled in book.rules for pattern in compiled.patterns]
        self._cues = Cues(self._patterns, book.vocabulary, self._pipeline)
        self._shortcut = shortcut

    def read(self, text: str, *, stage: str = "partnership", customer: str | None = None) -> Reading:
        """Return what is found in one message of Slack mrkdwn.

        ``customer`` is a plural noun phrase for whom the work is ("people waiting for a refund"); a suggestion leads to
        them. Raises ValueError for an unknown stage and TypeError where ``text`` is not a str.
        """
        if not isinstance(text, str):
            raise TypeError("text must be a str")
        if stage not in STAGES:
            raise ValueError(f"unknown stage; allowed: {', '.join(STAGES)}")
        words = words_of(normalise(text))
        if self._shortcut and not self._cues.candidates(words):
            return _EMPTY if _has_prose(text, words) else _WORDLESS
        message = Message(lay_open(text), self._pipeline, self._vocabulary)
        with self._pipeline.zone():
            findings = self._findings(message, text, words)
            return self._reading(message, findings, text, cast(Stage, stage), customer, words)

    def read_many(
        self, texts: Iterable[str], *, stage: str = "partnership", customer: str | None = None
    ) -> Iterator[Reading]:
        """Yield the reading of each text, lazily and in order."""
        for text in texts:
            yield self.read(text, stage=stage, customer=customer)

    def examine(self, text: str, rule_id: str) -> list[Finding]:
        """Return every finding of one rule in ``text``, those included that another rule's would stand for."""
        words = words_of(normalise(text))
        message = Message(lay_open(text), self._pipeline, self._vocabulary)
        with self._pipeline.zone():
            found = [
                hit for place in self._sentences_worth_reading(message, words) for hit in self._search(message, *place)
            ]
            return [self._judge(hit, message, text) for hit in found if hit.rule.id == rule_id]

    def _findings(self, message: Message, text: str, words: set[str]) -> list[tuple[Finding, Found]]:
        found = [
            hit for place in self._sentences_worth_reading(message, words) for hit in self._search(message, *place)
        ]
        judged = [(self._judge(hit, message, text), hit) for hit in found]
        judged.sort(key=lambda pair: (-pair[0].confidence, pair[0].rule))
        kept: list[tuple[Finding, Found]] = []
        for finding, hit in judged:
            if not any(_same_ground(finding, other) for other, _ in kept):
                kept.append((finding, hit))
        kept.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[0].rule))
        return kept

    def _sentences_worth_reading(self, message: Message, words: set[str]) -> Iterator[tuple[int, list[int]]]:
        characters = sentences = 0
        several = len(message.regions) > 1
        for index, region in enumerate(message.regions):
            local = words_of(message.quiet_plain[region.start : region.end]) if several else words
            candidates = self._cues.candidates(local)
            if not candidates:
                if not self._shortcut and characters <= MOST_CHARACTERS and sentences < MOST_SENTENCES:
                    yield index, list(range(len(self._patterns)))
                continue
            characters += region.end - region.start
            sentences += 1
            if characters > MOST_CHARACTERS or sentences > MOST_SENTENCES:
                return
            yield index, candidates if self._shortcut else list(range(len(self._patterns)))

    def _search(self, message: Message, index: int, numbers: list[int]) -> Iterator[Found]:
        sentence = message.sentence(index)
        aside = message.regions[index].aside
        for number in numbers:
            compiled = self._owners[number]
            for first, last in matches(self._patterns[number], sentence):
                if self._conditions_hold(compiled, sentence, message):
                    yield Found(compiled.rule, sentence, first, last, aside)

    def _conditions_hold(self, compiled: CompiledRule, sentence: Sentence, message: Message) -> bool:
        return all(_stands(clause, sentence, message) for clause in compiled.requires) and not any(
            _stands(clause, sentence, message) for clause in compiled.unless
        )

    def _judge(self, found: Found, message: Message, text: str) -> Finding:
        rule = found.rule
        start, end = found.span
        excused = excuse(found, message)
        confidence = rule.confidence
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

    def _reading(
        self,
        message: Message,
        pairs: list[tuple[Finding, Found]],
        text: str,
        stage: Stage,
        customer: str | None,
        words: set[str],
    ) -> Reading:
        findings = tuple(finding for finding, _ in pairs)
        counted = [finding for finding in findings if finding.counts]
        nudging = [finding for finding in counted if finding.nudges and reached(finding.from_stage, stage)]
        strongest = _strongest([finding for finding in counted if finding.label in NUDGEABLE])
        suggestion = None
        if strongest is not None:
            hit = next(hit for finding, hit in pairs if finding is strongest)
            suggestion = suggest(hit, message, text, customer)
        return Reading(
            findings,
            tuple(sorted({finding.label for finding in counted})),
            tuple(sorted({finding.label for finding in nudging})),
            suggestion,
            strongest,
            _strongest(nudging),
            prose=bool(counted) or _has_prose(text, words),
        )


def _strongest(findings: list[Finding]) -> Finding | None:
    return min(
        findings,
        key=lambda finding: (-finding.confidence, finding.label != "process_barrier", finding.rule, finding.start),
        default=None,
    )


def _same_ground(finding: Finding, other: Finding) -> bool:
    # Two rules of one kind that found the same words say one thing; what is excused never hides what is not.
    return (
        finding.label == other.label
        and finding.subtype == other.subtype
        and finding.excused == other.excused
        and (finding.mode == "shadow") == (other.mode == "shadow")
        and finding.start < other.end
        and other.start < finding.end
    )


def _stands(clause: Clause, sentence: Sentence, message: Message) -> bool:
    if clause.within == "sentence":
        places: Sequence[Sentence] = (sentence,)
    elif clause.within == "message":
        places = message.own
    else:
        at = message.place(sentence)
        places = message.own[max(0, at - 1) : at + 2] if at >= 0 else (sentence,)
    return any(matches(pattern, place) for pattern in clause.patterns for place in places)


def _has_prose(text: str, words: set[str]) -> bool:
    if any(mark in text for mark in ("`", "<", "&gt;", ">", "http")):
        prose = lay_open(text).prose
        words = words_of(prose.replace(LINK, " "))
    return reads_as_english(words)
