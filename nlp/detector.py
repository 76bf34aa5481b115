"""Text in, Reading out: the one place where markup, cues, rules, excuses and reframing meet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nlp.context import Found
from nlp.cues import Cues, cues_of, runs_of, words_of
from nlp.english import reads_as_english
from nlp.features import kinds_of
from nlp.judging import FLOOR, by_manner, judge
from nlp.markup import LINK, Markup, lay_open, normalise
from nlp.matching import matches
from nlp.message import MOST_CHARACTERS, MOST_SENTENCES, Message
from nlp.pipeline import Pipeline, Sentence
from nlp.reading import NUDGEABLE, STAGES, Finding, Reading, Stage, reached
from nlp.reframing import suggest
from nlp.rulebook import read_rulebook
from nlp.rulepack import Clause, CompiledRule, Rule
from nlp.weighing import WEIGHED, Weights, read_weights

_EMPTY = Reading()
_WORDLESS = Reading(prose=False)
_NO_WORD = ("`", "<", ">", "&", ":", "http", " ", "\n", "\t", "*", "_", "[")
_STAGES: Mapping[str, Stage] = {stage: stage for stage in STAGES}


class Detector:
    """Reads messages against the rules that ship and those of ``packs`` (YAML files or folders).

    Build it once and share it between threads. ``rules`` maps each rule's id to the rule; ``problems`` tells what of
    ``packs`` was refused, each as ``file:line: what is wrong``. Raises FileNotFoundError where a path of ``packs`` is
    missing. A rule that ships speaks only where the weights find a message worth weighing. ``shortcut=False`` asks no
    cues and runs every rule that may speak on every sentence: slower, with the same findings.
    """

    def __init__(self, packs: Sequence[Path] = (), *, shortcut: bool = True, weights: Weights | None = None) -> None:
        self._pipeline = Pipeline()
        book = read_rulebook([Path(pack) for pack in packs], self._pipeline)
        self._vocabulary = book.vocabulary
        self.problems = book.problems
        self.rules: Mapping[str, Rule] = {compiled.rule.id: compiled.rule for compiled in book.rules}
        self._owners = [compiled for compiled in book.rules for _ in compiled.patterns]
        self._patterns = [pattern for compiled in book.rules for pattern in compiled.patterns]
        taught = weights or read_weights()
        # A department of the workspace's own is weighed as any department is.
        own = kinds_of(book.vocabulary.concepts)
        self._weights = replace(taught, kinds={**own, **taught.kinds})
        # The first look knows nothing of such a word, so what holds one is always looked at again.
        self._own_words = frozenset(own.keys() - taught.kinds.keys())
        self._pipeline.remember(self._weights.common)
        self._cues = cues_of(self._patterns, book.vocabulary, self._pipeline, self._weights.common)
        # What the weights were not taught speaks for itself, also in a message that they would pass over.
        self._open_cues = self._cues.only(at for at, owner in enumerate(self._owners) if not _is_weighed(owner))
        self._manner = {(rule.label, rule.subtype): rule for rule in self.rules.values() if rule.manner}
        self._shortcut = shortcut

    def read(self, text: str, *, stage: str = "partnership", customer: str | None = None) -> Reading:
        """Return what is found in one message of Slack mrkdwn.

        ``customer`` is a plural noun phrase for whom the work is ("people waiting for a refund"); a suggestion leads to
        them. Raises ValueError for an unknown stage and TypeError where ``text`` is not a str.
        """
        if not isinstance(text, str):
            raise TypeError("text must be a str")
        asked = _STAGES.get(stage)
        if asked is None:
            raise ValueError(f"unknown stage; allowed: {', '.join(STAGES)}")
        plain = normalise(text)
        runs = runs_of(plain)
        worth = self._weights.worth_weighing(runs) or not self._own_words.isdisjoint(runs)
        stirred = not self._shortcut or (
            self._open_cues.stir(runs, plain) and bool(self._open_cues.candidates(words_of(plain, runs)))
        )
        if not (worth or stirred):
            return _EMPTY if _has_prose(text, runs) else _WORDLESS
        markup = lay_open(text)
        odds = self._odds(markup) if worth and reads_as_english(runs) else None
        if odds is None and not stirred:
            return _EMPTY if _has_prose(text, runs) else _WORDLESS
        message = Message(markup, self._pipeline, self._vocabulary)
        with self._pipeline.zone():
            pairs = self._findings(message, text, words_of(plain, runs), odds)
            return self._reading(message, pairs, text, asked, customer, runs)

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
            if self.rules[rule_id].manner:
                odds = self._weights.weigh(message.markup.prose)
                manner = by_manner(message, text, self._weights, odds, self._manner, ())
                return [finding for finding, _ in manner if finding.rule == rule_id]
            found = self._search(message, words, worth=True)
            return [judge(hit, message, text, None) for hit in found if hit.rule.id == rule_id]

    def _odds(self, markup: Markup) -> Mapping[str, float] | None:
        """Return what the author's own words weigh, or None where nothing that could be told weighs enough."""
        # Quoted words are weighed with them first, so that a finding in these can be listed as excused.
        odds = self._weights.weigh(markup.plain)
        if not any(odds[label] >= FLOOR[label] for label in WEIGHED):
            return None
        return odds if markup.prose == markup.plain else self._weights.weigh(markup.prose)

    def _findings(
        self, message: Message, text: str, words: set[str], odds: Mapping[str, float] | None
    ) -> list[tuple[Finding, Found]]:
        hits = self._search(message, words, worth=odds is not None)
        judged = [(judge(hit, message, text, odds), hit) for hit in hits]
        judged.sort(key=lambda pair: (-pair[0].confidence, pair[0].rule, pair[0].start, pair[0].end))
        kept: list[tuple[Finding, Found]] = []
        for finding, hit in judged:
            # Too weak to count and excused by nothing: not worth telling.
            weak = not finding.counts and finding.excused is None and finding.mode != "shadow"
            if not weak and not any(_same_ground(finding, other) for other, _ in kept):
                kept.append((finding, hit))
        if odds is not None:
            kept += by_manner(message, text, self._weights, odds, self._manner, [finding for finding, _ in kept])
        kept.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[0].rule))
        return kept

    def _search(self, message: Message, words: set[str], *, worth: bool) -> Iterator[Found]:
        cues = self._cues if worth else self._open_cues
        for index, numbers in self._sentences_worth_reading(message, words, cues):
            yield from self._search_sentence(message, index, numbers)

    def _sentences_worth_reading(
        self, message: Message, words: set[str], cues: Cues
    ) -> Iterator[tuple[int, list[int]]]:
        everything = sorted(cues.numbers)
        characters = sentences = 0
        several = len(message.regions) > 1
        for index, region in enumerate(message.regions):
            local = words_of(message.quiet_plain[region.start : region.end]) if several else words
            candidates = cues.candidates(local)
            if not candidates:
                if not self._shortcut and characters <= MOST_CHARACTERS and sentences < MOST_SENTENCES:
                    yield index, everything
                continue
            characters += region.end - region.start
            sentences += 1
            if characters > MOST_CHARACTERS or sentences > MOST_SENTENCES:
                return
            yield index, candidates if self._shortcut else everything

    def _search_sentence(self, message: Message, index: int, numbers: list[int]) -> Iterator[Found]:
        sentence = message.sentence(index)
        aside = message.regions[index].aside
        for number in numbers:
            places = matches(self._patterns[number], sentence)
            compiled = self._owners[number]
            if places and _conditions_hold(compiled, sentence, message):
                for first, last in places:
                    yield Found(compiled.rule, sentence, first, last, aside, compiled.shipped)

    def _reading(
        self,
        message: Message,
        pairs: list[tuple[Finding, Found]],
        text: str,
        stage: Stage,
        customer: str | None,
        runs: Sequence[str],
    ) -> Reading:
        findings = tuple(finding for finding, _ in pairs)
        counted = [finding for finding in findings if finding.counts]
        nudging = [finding for finding in counted if finding.nudges and reached(finding.from_stage, stage)]
        strongest = _strongest([finding for finding in counted if finding.label in NUDGEABLE])
        strongest_nudge = _strongest(nudging)
        hits = {id(finding): hit for finding, hit in pairs}
        suggestion = suggest(hits[id(strongest)], message, text, customer) if strongest else None
        nudge_suggestion = suggestion
        if strongest_nudge is not None and strongest_nudge is not strongest:
            nudge_suggestion = suggest(hits[id(strongest_nudge)], message, text, customer)
        return Reading(
            findings,
            tuple(sorted({finding.label for finding in counted})),
            tuple(sorted({finding.label for finding in nudging})),
            suggestion,
            strongest,
            strongest_nudge,
            nudge_suggestion if strongest_nudge else None,
            prose=bool(counted) or _has_prose(text, runs),
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
        # Rules on trial are each told by themselves: how often one fires is what the trial is about.
        and (finding.mode != "shadow" or finding.rule == other.rule)
        and finding.start < other.end
        and other.start < finding.end
    )


def _conditions_hold(compiled: CompiledRule, sentence: Sentence, message: Message) -> bool:
    return all(_stands(clause, sentence, message) for clause in compiled.requires) and not any(
        _stands(clause, sentence, message) for clause in compiled.unless
    )


def _stands(clause: Clause, sentence: Sentence, message: Message) -> bool:
    if clause.within == "sentence":
        return _stands_in(clause, (sentence,))
    if clause.within == "message":
        # Asked again for every sentence of a message, the answer stays the same.
        known = message.stood.get(id(clause))
        if known is None:
            known = message.stood[id(clause)] = _stands_in(clause, message.own)
        return known
    at = message.place(sentence)
    return _stands_in(clause, message.own[max(0, at - 1) : at + 2] if at >= 0 else (sentence,))


def _stands_in(clause: Clause, places: Sequence[Sentence]) -> bool:
    return any(matches(pattern, place) for pattern in clause.patterns for place in places)


def _is_weighed(compiled: CompiledRule) -> bool:
    return compiled.shipped and compiled.rule.label in WEIGHED


def _has_prose(text: str, runs: Sequence[str]) -> bool:
    # A message that begins with words has some of its own; any other may be all quotation, code, links or emoji.
    if text.startswith(_NO_WORD):
        runs = runs_of(lay_open(text).prose.replace(LINK, " "))
    return reads_as_english(runs)
