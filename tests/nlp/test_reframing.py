import re

import pytest

from nlp import Detector


def suggestion(detector: Detector, text: str, customer: str | None = None) -> str:
    found = detector.read(text, stage="one_business", customer=customer).suggestion
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The business wants it by Friday.", "We want it by Friday."),
        ("the business wants it by Friday", "we want it by Friday"),
        ("The business doesn't need the old report.", "We don't need the old report."),
        ("The business has signed off the outage on CHG0098.", "We have signed off the outage on CHG0098."),
        ("We deliver what the business asks for.", "We deliver what our colleagues ask for."),
        ("Sign-off from the business is due at 15:00.", "Sign-off from our colleagues is due at 15:00."),
        ("our internal customers in Finance are chasing", "our colleagues in Finance are chasing"),
        ("Monthly scores from our internal customers are in.", "Monthly scores from our colleagues are in."),
        ("We have three client departments on the model.", "We have three departments we work with on the model."),
    ],
)
def test_words_are_exchanged_with_their_grammar(detector: Detector, text: str, expected: str) -> None:
    assert suggestion(detector, text) == expected


def test_no_ticket_becomes_an_offer(detector: Detector) -> None:
    assert suggestion(detector, "No ticket, no work") == (
        "Could you log it so it doesn't get lost? I'll pick it up from there."
    )


def test_mentions_links_and_times_are_kept(detector: Detector) -> None:
    text = "<@U012AB3CD> the business wants <https://example.com/x|the export> by 15:00 on 3 May"
    said = suggestion(detector, text)
    for kept in ("<@U012AB3CD>", "<https://example.com/x|the export>", "15:00", "3 May"):
        assert kept in said


def test_it_leads_to_the_real_customer(detector: Detector) -> None:
    said = suggestion(detector, "The business wants it by Friday.", "people waiting for a refund")
    assert said == "We want it by Friday, so people waiting for a refund get what they need."


def test_the_customer_is_escaped(detector: Detector) -> None:
    assert "R&amp;D visitors" in suggestion(detector, "No ticket, no work", "R&D visitors")


def test_raw_signs_are_escaped_and_entities_are_not_escaped_twice(detector: Detector) -> None:
    assert "R&amp;D" in suggestion(detector, "The business wants R&D in the loop.")
    assert "R&amp;D" in suggestion(detector, "The business wants R&amp;D in the loop.")
    assert "&amp;amp;" not in suggestion(detector, "The business wants R&amp;D in the loop.")


BARRIERS = [
    "CAB only meets Thursday so you'll have to wait",
    "SLA is five days, it's only day three",
    "we don't do weekends",
    "that's just the process",
    "not my job, sorry",
    "wrong queue, re-raise it with the other team",
    "depots can wait their turn like everyone",
    "that's the network team's problem",
    "we're just a service provider, they own the outcome",
    "typical Marketing, they never read the guide",
]


@pytest.mark.parametrize("text", BARRIERS)
@pytest.mark.parametrize("customer", [None, "families waiting for a visit"])
def test_every_suggestion_is_short_whole_and_free_of_what_it_answers(
    detector: Detector, text: str, customer: str | None
) -> None:
    said = suggestion(detector, text, customer)
    assert len(said.split()) <= len(text.split()) + 40
    assert not re.search(r"[{}\[\]]|\bTODO\b", said)
    assert not {"us_them", "process_barrier"} & set(detector.read(said, stage="one_business").labels)
    if customer is not None:
        assert customer in said


def test_a_message_without_capitals_is_answered_without(detector: Detector) -> None:
    assert suggestion(detector, "not my job, sorry")[0].islower()
    assert suggestion(detector, "Not my job, sorry")[0].isupper()


def test_what_is_only_praised_gets_no_suggestion(detector: Detector) -> None:
    assert detector.read("I've raised the change for you and got it into tonight's window").suggestion is None
