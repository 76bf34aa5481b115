"""Every published rule proves itself by its own examples."""

import pytest

from nlp import Detector
from nlp.detector import Detector as Made
from nlp.examples import marked
from nlp.proof import failures

RULES = sorted(Made().rules)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_finds_exactly_what_its_examples_mark(detector: Detector, rule_id: str) -> None:
    assert list(failures(detector, [detector.rules[rule_id]])) == []


@pytest.mark.parametrize("rule_id", [rule for rule in RULES if rule.split(".")[0] in {"us_them", "process_barrier"}])
def test_what_a_rule_flags_is_read_as_such_in_a_whole_message(detector: Detector, rule_id: str) -> None:
    rule = detector.rules[rule_id]
    for example in rule.examples.flag:
        text, _, _ = marked(example)
        findings = [finding for finding in detector.read(text).findings if finding.excused is None]
        assert all(finding.text == text[finding.start : finding.end] for finding in findings)


def test_a_wrong_example_is_told(detector: Detector) -> None:
    rule = detector.rules["us_them.business_as_other.named"]
    examples = rule.examples.model_copy(
        update={"flag": ["the <<cat>> sat", "<<the>> business wants it"], "pass_": ["the business wants it"]}
    )
    told = list(failures(detector, [rule.model_copy(update={"examples": examples})]))
    assert len(told) == 3
    assert "finds nothing" in told[0]
    assert "finds 'the business'" in told[1]
    assert "should pass" in told[2]
