"""Every rule's own examples, run: a rule is right when it finds what they mark and passes what they pass."""

from collections.abc import Iterable, Iterator

from nlp.detector import Detector
from nlp.examples import marked
from nlp.rulepack import Rule


def failures(detector: Detector, rules: Iterable[Rule] | None = None) -> Iterator[str]:
    """Yield ``file:line: what is wrong`` for each example of ``rules`` (all of the detector's by default) that does not
    hold."""
    for rule in detector.rules.values() if rules is None else rules:
        for at, example in enumerate(rule.examples.flag):
            wrong = _not_flagged(detector, rule, example)
            if wrong:
                yield f"{rule.place('examples', 'flag', at)}: {rule.id}: {wrong}"
        for at, example in enumerate(rule.examples.pass_):
            for finding in detector.examine(example, rule.id):
                if finding.excused is None:
                    place = rule.place("examples", "pass", at)
                    yield f"{place}: {rule.id}: should pass {example!r} and finds {finding.text!r}"


def _not_flagged(detector: Detector, rule: Rule, example: str) -> str | None:
    text, start, end = marked(example)
    findings = detector.examine(text, rule.id)
    found = [finding for finding in findings if finding.excused is None]
    if any((finding.start, finding.end) == (start, end) for finding in found):
        return None
    if found:
        return f"should flag {example!r} and finds {', '.join(repr(finding.text) for finding in found)}"
    excused = next((finding.excused for finding in findings), None)
    return f"should flag {example!r} and finds {f'it excused as {excused}' if excused else 'nothing'}"
