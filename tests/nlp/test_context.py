import pytest

from nlp import EXCUSES, Detector


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("> no ticket no work\nThat is what the array vendor wrote.", "quoted"),
        ('the poster says "no ticket, no work" in red', "quoted"),
        ("```no ticket, no work```", "code"),
        ("*HelpBot* APP: no ticket, no work", "bot_text"),
        ("she told us the business wants it by Friday", "reported"),
        ("could we take out the phrase the business from the newsletter", "mentioned"),
        ("let's stop no ticket no work", "wish_to_stop"),
        ("the business case is with finance", "other_sense"),
        ("the vendor says that's not supported", "outside_party"),
        ("is it not ours? happy to take it, I'll have a look", "asked_to_help"),
        ("wrong queue, but you can use the red phone and they do it at once", "way_through"),
    ],
)
def test_each_excuse_is_found_listed_and_not_counted(detector: Detector, text: str, reason: str) -> None:
    found = [
        finding
        for rule in detector.rules.values()
        if rule.label in {"us_them", "process_barrier"} and not rule.manner
        for finding in detector.examine(text, rule.id)
    ]
    assert reason in {finding.excused for finding in found}
    reading = detector.read(text, stage="one_business")
    assert not any(finding.counts for finding in reading.findings if finding.excused)
    assert not {"us_them", "process_barrier"} & set(reading.labels)


def test_a_real_customer_is_no_internal_one(detector: Detector) -> None:
    found = detector.examine("our customers in Sales at the vendor", "us_them.internal_customer.department")
    assert {finding.excused for finding in found} <= {"real_customer", "outside_party"}
    assert found


def test_excuses_are_published_with_their_meaning(detector: Detector) -> None:
    texts = ["> no ticket no work", "no ticket no work, but you can use the red phone"]
    for text in texts:
        for finding in detector.read(text).findings:
            assert finding.excused is None or finding.excused in EXCUSES
    assert all(EXCUSES.values())


def test_words_in_quotation_marks_do_not_excuse_the_words_outside(detector: Detector) -> None:
    assert "process_barrier" in detector.read('"can you just", no. No ticket, no work').labels
