import re

import pytest

from bot.ideas import ONE_CUSTOMER, Idea, idea_behind
from nlp import SUBTYPES, Detector

PAIRS = [(label, subtype) for label, subtypes in SUBTYPES.items() for subtype in subtypes]
IDEAS = sorted({idea_behind(*pair) for pair in PAIRS} | {ONE_CUSTOMER}, key=lambda idea: idea.title)
OUTSIDE = re.compile(
    r"\b(patient|passenger|traveller|shopper|guest|tenant|student|pupil|saver|famil|parents|child|neighbours"
    r"|person who paid|hungry people|moon)"
)
JARGON = re.compile(
    r"\b(stakeholder|deliverable|synergy|leverage|paradigm|ITIL|SLAs?|CAB|OLA|KPI|end[- ]user|resources?"
    r"|internal (?:customer|client)|service provider|value stream)\b",
    re.IGNORECASE,
)
every_idea = pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.title)


@pytest.mark.parametrize(("label", "subtype"), PAIRS)
def test_every_kind_of_finding_has_an_idea_of_its_own(label: str, subtype: str) -> None:
    assert idea_behind(label, subtype) is not ONE_CUSTOMER


@pytest.mark.parametrize(
    ("label", "subtype"), [("us_them", "unheard_of"), ("unheard_of", "outsiders"), ("", ""), ("us_them", "sla_shield")]
)
def test_an_unknown_kind_has_the_idea_behind_them_all(label: str, subtype: str) -> None:
    assert idea_behind(label, subtype) is ONE_CUSTOMER


@every_idea
def test_an_idea_is_short_and_plain(idea: Idea) -> None:
    assert 0 < len(idea.title) <= 60
    assert 40 <= len(idea.paragraph.split()) <= 90
    assert not JARGON.search(f"{idea.title} {idea.paragraph}")
    assert "!" not in idea.paragraph
    assert not set("&<>*_~`\n") & set(idea.title + idea.paragraph), "shown as mrkdwn without escaping"


@every_idea
def test_an_idea_names_somebody_outside(idea: Idea) -> None:
    assert OUTSIDE.search(idea.paragraph)


@every_idea
def test_no_idea_says_what_fairview_would_nudge(idea: Idea, detector: Detector) -> None:
    findings = detector.read(f"{idea.title}. {idea.paragraph}", stage="one_business").findings
    # What is found in the manner of a whole sentence moves with every teaching of the weights: no promise rests on it.
    assert [one.text for one in findings if one.nudges and not detector.rules[one.rule].manner] == []


def test_no_two_ideas_share_a_title() -> None:
    assert len({idea.title for idea in IDEAS}) == len(IDEAS)
