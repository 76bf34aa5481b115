"""Every rule's own examples, run: a rule is right when it finds what they mark and passes what they pass."""

from collections.abc import Iterable, Iterator

from nlp.detector import Detector
from nlp.rulepack import Rule, marked


def failures(detector: Detector, rules: Iterable[Rule] | None = None) -> Iterator[str]:
    """Yield one sentence for each example of ``rules`` (all of the detector's by default) that does not hold."""
    for rule in detector.rules.values() if rules is None else rules:
        for example in rule.examples.flag:
            text, start, end = marked(example)
            spans = [(f.start, f.end) for f in detector.examine(text, rule.id) if f.excused is None]
            if not spans:
                yield f"{rule.id}: should flag {example!r} and finds nothing"
            elif (start, end) not in spans:
                found = ", ".join(repr(text[begin:stop]) for begin, stop in spans)
                yield f"{rule.id}: should flag {example!r} and finds {found}"
        for example in rule.examples.pass_:
            for finding in detector.examine(example, rule.id):
                if finding.excused is None:
                    yield f"{rule.id}: should pass {example!r} and finds {finding.text!r}"
