import dataclasses
import json

import pytest

from nlp import LABELS, STAGES, SUBTYPES, Detector


@pytest.mark.parametrize(
    ("text", "label", "subtype"),
    [
        ("The business wants it by Friday", "us_them", "business_as_other"),
        ("Weekly sync between IT and the business is moving to Wednesdays", "us_them", "business_as_other"),
        ("our internal customers in Finance are chasing", "us_them", "internal_customer"),
        ("we're just a service provider, they own the outcome", "us_them", "service_provider"),
        ("typical Marketing, they never read the guide", "us_them", "outsiders"),
        ("that's the network team's problem", "us_them", "not_our_problem"),
        ("No ticket, no work", "process_barrier", "no_ticket_no_help"),
        ("CAB only meets Thursday so you'll have to wait", "process_barrier", "change_board"),
        ("SLA is five days, it's only day three", "process_barrier", "sla_shield"),
        ("that's outside our support hours, we don't do weekends", "process_barrier", "service_hours"),
        ("policy doesn't allow it, end of story", "process_barrier", "policy_says_no"),
        ("not in our service catalogue so we don't support it", "process_barrier", "out_of_scope"),
        ("wrong queue, re-raise it with the other team", "process_barrier", "wrong_queue"),
    ],
)
def test_each_subtype_is_found_in_its_plainest_form(detector: Detector, text: str, label: str, subtype: str) -> None:
    reading = detector.read(text, stage="one_business")
    assert label in reading.labels
    assert subtype in {finding.subtype for finding in reading.findings if finding.counts}
    assert reading.suggestion


@pytest.mark.parametrize(
    "text",
    [
        "Customers on the checkout page get a 500",
        "business hours are in the calendar, next business day is Monday",
        "bump the client library to 4.2 before the user service deploys",
        "I opened a ticket for the disk",
        "change approved for 15:00",
        "ticket number? I'll paste the logs in",
        "CAB is Thursday, but I've asked for an emergency slot tonight",
        "let's stop saying 'the business', we are the business",
        "no more no-ticket-no-work please",
        'he literally said "not my job"',
        "is this ours or the network team's? happy to take it",
        "```no ticket no work```",
        "lunch?",
        "",
    ],
)
def test_what_is_plain_good_work_is_left_alone(detector: Detector, text: str) -> None:
    assert not {"us_them", "process_barrier"} & set(detector.read(text, stage="one_business").labels)


@pytest.mark.parametrize(
    "text",
    [
        "we're all the business here. what does the patient need by Monday?",
        "I've raised the change for you and got it into tonight's window",
        "rerunning the job tonight so shoppers get their refund the same day",
    ],
)
def test_good_examples_are_seen_and_never_nudged(detector: Detector, text: str) -> None:
    reading = detector.read(text, stage="one_business")
    assert "shared_purpose" in reading.labels
    assert reading.nudge == ()


def test_the_stage_decides_the_nudge_and_never_the_count(detector: Detector) -> None:
    text = "our internal customers gave us 3.9"
    at = {stage: detector.read(text, stage=stage) for stage in STAGES}
    assert {reading.labels for reading in at.values()} == {("us_them",)}
    assert [at[stage].nudge for stage in STAGES] == [(), (), ("us_them",)]


def test_a_barrier_is_nudged_from_the_first_stage_on(detector: Detector) -> None:
    assert detector.read("No ticket, no work", stage="service").nudge == ("process_barrier",)


def test_the_default_stage_is_partnership(detector: Detector) -> None:
    text = "The business wants it by Friday"
    assert detector.read(text) == detector.read(text, stage="partnership")
    assert detector.read(text).nudge == ("us_them",)
    assert detector.read(text, stage="service").nudge == ()


def test_overcommitment_is_counted_and_never_nudged(detector: Detector) -> None:
    reading = detector.read("now we have three number one priorities", stage="one_business")
    assert reading.labels == ("overcommitment",)
    assert reading.nudge == ()
    assert reading.suggestion is None


def test_the_strongest_finding_is_the_surest_then_the_barrier(detector: Detector) -> None:
    reading = detector.read("The business wants it by Friday. No ticket, no work.", stage="one_business")
    counted = [f for f in reading.findings if f.counts and f.label in {"us_them", "process_barrier"}]
    assert {f.label for f in counted} == {"us_them", "process_barrier"}
    best = min(counted, key=lambda f: (-f.confidence, f.label != "process_barrier", f.rule))
    assert reading.strongest == best


def test_the_strongest_nudge_reaches_the_stage(detector: Detector) -> None:
    text = "The business wants it. No ticket, no work."
    nudge = detector.read(text, stage="service").strongest_nudge
    assert nudge is not None
    assert nudge.label == "process_barrier"


@pytest.mark.parametrize(
    "text",
    [
        "R&amp;D and the business want it",
        "<@U012AB3CD> the business wants it",
        "*The business* wants it",
        "fyi &lt;3 the business wants it :tada:",
        "“ok” – the business wants it…",
        "\ud800 the business wants it",
        "ｔｈｅ ｂｕｓｉｎｅｓｓ wants it",
        "see <https://wiki.example.com/a|this page>, the business wants it",
    ],
)
def test_offsets_are_code_points_into_the_given_text(detector: Detector, text: str) -> None:
    findings = [f for f in detector.read(text).findings if f.subtype == "business_as_other"]
    assert findings
    assert all(f.text == text[f.start : f.end] for f in findings)


def test_words_around_apostrophes_and_capitals_do_not_matter(detector: Detector) -> None:
    for text in ("WE DON’T DO WEEKENDS, SORRY", "we don't do weekends, sorry", "we dont do weekends, sorry"):
        assert "process_barrier" in detector.read(text).labels


def test_letters_drawn_out_are_read_once(detector: Detector) -> None:
    assert "process_barrier" in detector.read("nooooo ticket, no work").labels
    # Also where no weights let it pass, and where the drawn-out word is the only cue.
    assert "overcommitment" in detector.read("everythinggg is top priority").labels


def test_reading_many_is_lazy_and_in_order(detector: Detector) -> None:
    drawn: list[str] = []

    def texts() -> object:
        for text in ("lunch?", "No ticket, no work", "the business wants it"):
            drawn.append(text)
            yield text

    readings = detector.read_many(texts())  # type: ignore[arg-type]  # a generator of str
    assert drawn == []
    assert next(readings).labels == ()
    assert drawn == ["lunch?"]
    assert [reading.labels for reading in readings] == [("process_barrier",), ("us_them",)]


def test_a_reading_holds_plain_values_only(detector: Detector) -> None:
    reading = detector.read("The business wants it. No ticket, no work")
    for value in dataclasses.asdict(reading).values():
        json.dumps(value)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.suggestion = "x"  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize("wrong", [None, 5, b"bytes"])
def test_a_text_must_be_a_string(detector: Detector, wrong: object) -> None:
    with pytest.raises(TypeError):
        detector.read(wrong)  # type: ignore[arg-type]  # what is tested


def test_an_unknown_stage_is_refused(detector: Detector) -> None:
    with pytest.raises(ValueError, match="service, partnership, one_business"):
        detector.read("hello", stage="later")


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("rolled back the release, all fine now", True),
        ("lgtm", True),
        ("The business wants it", True),
        ("```systemctl restart nginx```", False),
        ("<https://example.com/a/b>", False),
        ("> somebody else said this to me", False),
        ("wir haben das gestern schon gemacht und es ist nicht gut", False),
        ("nous avons déjà fait cela pour vous, merci", False),
        ("これはテストです", False),
        (":tada: :tada:", False),
        ("12345", False),
        ("", False),
    ],
)
def test_prose_says_whether_the_author_wrote_english(detector: Detector, text: str, *, prose: bool) -> None:
    assert detector.read(text).prose is prose


def test_labels_and_subtypes_of_rules_are_the_published_ones(detector: Detector) -> None:
    for rule in detector.rules.values():
        assert rule.label in LABELS
        assert rule.subtype in SUBTYPES[rule.label]
        assert rule.stage in STAGES
        assert len(rule.version) == 12
