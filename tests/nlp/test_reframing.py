"""What authors could say instead: their own words where those can be exchanged, else an offer with their facts."""

import re

import pytest

from nlp import Detector
from nlp.context import Found
from nlp.markup import lay_open
from nlp.message import Message
from nlp.reframing import suggest
from nlp.reframing.exchanging import exchange


def suggestion(detector: Detector, text: str, customer: str | None = None) -> str:
    found = detector.read(text, stage="one_business", customer=customer).suggestion
    assert found is not None
    return found


def offered(detector: Detector, rule: str, text: str, customer: str | None = None) -> str:
    """What would be suggested if ``rule`` were found in the last sentence, whatever the weights say of ``text``."""
    message = Message(lay_open(text), detector._pipeline, detector._vocabulary)
    with detector._pipeline.zone():
        sentence = message.own[-1]
        return suggest(Found(detector.rules[rule], sentence, 0, len(sentence), None), message, text, customer)


def exchanged(detector: Detector, text: str, kind: str) -> str | None:
    message = Message(lay_open(text), detector._pipeline, detector._vocabulary)
    with detector._pipeline.zone():
        return exchange(message, text, kind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The business wants it by Friday.", "We want it by Friday."),
        ("the business wants it by Friday", "we want it by Friday"),
        ("The business doesn't need the old report.", "We don't need the old report."),
        ("The business has signed off the outage on CHG0098.", "We have signed off the outage on CHG0098."),
        ("We deliver what the business asks for.", "We deliver what our colleagues ask for."),
        ("Sign-off from the business is due at 15:00.", "Sign-off from our colleagues is due at 15:00."),
        ("We need the business to test it by Monday.", "We need our colleagues to test it by Monday."),
        ("Does anyone on the business side use it?", "Do any of our colleagues use it?"),
        ("As agreed between IT and the business, it runs at noon.", "As agreed between all of us, it runs at noon."),
        ("When does the business need it?", "When do we need it?"),
        ("The business, in its wisdom, needs 340 tablets by Easter.", "We need 340 tablets by Easter."),
        ("The business wants it, and they're right.", "Our colleagues want it, and they're right."),
    ],
)
def test_the_business_becomes_us_or_our_colleagues(detector: Detector, text: str, expected: str) -> None:
    assert exchanged(detector, text, "we") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("our internal customers in Finance are chasing", "our colleagues in Finance are chasing"),
        ("Monthly scores from our internal customers are in.", "Monthly scores from our colleagues are in."),
        ("An internal customer is chasing INC0012345.", "A colleague is chasing INC0012345."),
        ("my clients upstairs want colour toner", "my colleagues upstairs want colour toner"),
        ("We have three client departments on the model.", "We have three departments we work with on the model."),
    ],
)
def test_customers_inside_become_colleagues(detector: Detector, text: str, expected: str) -> None:
    assert exchanged(detector, text, "colleagues") == expected


@pytest.mark.parametrize(
    "text",
    [
        "So runs the business.",
        "The trouble with academics as a business is that each is a director.",
        "The business is the engine, IT is the coach.",
        "The business picks a number, hates it, picks another.",
    ],
)
def test_where_no_other_word_is_sure_to_fit_none_is_put(detector: Detector, text: str) -> None:
    assert exchanged(detector, text, "we") is None


BARRIER = "process_barrier."
OFFERS = [
    # The time at which the door opens again is taken up,
    (BARRIER + "change_board.manner", "too late for this train, next one's the 27th", "the 27th"),
    (BARRIER + "change_board.manner", "Freeze till 5 January, as every year.", "5 January"),
    (BARRIER + "change_board.manner", "The freeze goes from the 1st to the 15th.", "the 15th"),
    (BARRIER + "sla_shield.manner", "normal request, so ten days", "ten days"),
    (BARRIER + "service_hours.manner", "The desk is back on Monday at 8.", "Monday at 8"),
    ("us_them.business_as_other.manner", "They expect the whole thing by Friday, of course.", "Friday"),
    # and what was asked for,
    (BARRIER + "policy_says_no.manner", "Your personal laptop stays outside, that's the rule.", "your personal laptop"),
    (BARRIER + "out_of_scope.manner", "We write the site. We don't mourn the spreadsheet.", "the spreadsheet"),
    (BARRIER + "out_of_scope.manner", "Badge readers are no service of ours.", "Badge readers"),
    # and who else has to do with it.
    (BARRIER + "wrong_queue.manner", "not for us, ask facilities.", "facilities"),
    ("us_them.not_our_problem.manner", "VDI is Citrix guys, no business of ours", "the Citrix team"),
    ("us_them.not_our_problem.manner", "It's with Network Operations. Ask Priya.", "Priya"),
    ("us_them.not_our_problem.manner", "Not mine. Ask <@U02RAVI>, he broke it.", "<@U02RAVI>"),
    ("us_them.outsiders.manner", "store managers and release notes, like cats and swimming", "the store managers"),
    ("us_them.outsiders.manner", "the gardeners have worked out how to reply-all", "the gardeners"),
]


@pytest.mark.parametrize(("rule", "text", "kept"), OFFERS)
def test_an_offer_takes_up_what_the_message_names(detector: Detector, rule: str, text: str, kept: str) -> None:
    assert kept in offered(detector, rule, text)


@pytest.mark.parametrize(
    ("text", "not_said"),
    [
        ("Firewall window was Sunday.", "Sunday"),
        ("ERP support is Sunday till Thursday.", "Thursday"),
        ("It came in on the 4th.", "the 4th"),
        ("CAB tomorrow or Thursday, who knows, then Friday or Monday.", "Friday"),
    ],
)
def test_a_time_that_is_past_or_not_sure_is_not_promised(detector: Detector, text: str, not_said: str) -> None:
    assert not_said not in offered(detector, "process_barrier.change_board.manner", text)


def test_sentences_that_say_a_fact_are_kept(detector: Detector) -> None:
    said = offered(detector, "us_them.not_our_problem.manner", "The pipeline loaded at 04:50. Not my report, bye.")
    assert said.startswith("The pipeline loaded at 04:50. ")


def test_a_question_the_message_opens_on_is_kept(detector: Detector) -> None:
    said = offered(detector, "us_them.not_our_problem.manner", "Purchase order stuck? Not our circus.")
    assert said.startswith("Purchase order stuck? ")


def test_no_ticket_becomes_an_offer(detector: Detector) -> None:
    said = offered(detector, "process_barrier.no_ticket_no_help.manner", "No ticket, no work")
    assert said in {
        "Could you log it so it doesn't get lost? I'll pick it up from there.",
        "What do you need, and by when? If you log it with a line on that, I'll pick it up from there.",
        "Could you send me two lines on what's wrong? We can get it logged together.",
        "Shall we log it together now, so it doesn't get lost?",
        "Could you log it with a line on what you need and by when? Shout if you get stuck and we'll do it together.",
        "Tell me what you need and we can log it together, so nothing gets lost.",
        "Could you put it in writing so it doesn't get lost? If something in the form is unclear, ask me.",
    }


def test_mentions_links_and_numbers_of_tickets_are_kept(detector: Detector) -> None:
    text = "Hi <@U012AB3CD>, INC0012345 is not ours, see <https://example.com/x|our list>"
    said = offered(detector, "process_barrier.out_of_scope.manner", text)
    assert said.startswith("<@U012AB3CD> ")
    assert "INC0012345" in said
    assert "<https://example.com/x|our list>" in said


def test_it_leads_to_the_real_customer(detector: Detector) -> None:
    whom = "people waiting for a refund"
    said = suggestion(detector, "The business wants it by Friday.", whom)
    assert said == "We want it by Friday, so that it's there for people waiting for a refund."
    assert whom in offered(detector, "process_barrier.change_board.manner", "CAB is Thursday.", whom)
    # Whoever is waiting already is not said to be kept waiting.
    assert "be kept waiting" not in offered(detector, "process_barrier.change_board.manner", "not this week", whom)


def test_raw_signs_are_escaped_and_entities_are_not_escaped_twice(detector: Detector) -> None:
    assert "R&amp;D visitors" in offered(detector, "process_barrier.out_of_scope.manner", "not us", "R&D visitors")
    assert "R&amp;D" in suggestion(detector, "The business wants R&D in the loop.")
    assert "&amp;amp;" not in suggestion(detector, "The business wants R&amp;D in the loop.")


def test_the_register_is_the_authors(detector: Detector) -> None:
    rule = "process_barrier.out_of_scope.manner"
    assert offered(detector, rule, "not my job, sorry")[0].islower()
    assert offered(detector, rule, "Not my job, sorry")[0].isupper()
    letter = offered(detector, "process_barrier.policy_says_no.manner", "Dear colleague, I regret it is not permitted.")
    assert not re.search(r"\b(?:let|what|who|there)'s\b|n't\b", letter, re.IGNORECASE)


def test_the_same_text_has_the_same_suggestion_and_others_have_others(detector: Detector) -> None:
    rule = "process_barrier.change_board.manner"
    said = [offered(detector, rule, f"board said no, number {number}") for number in range(12)]
    assert said == [offered(detector, rule, f"board said no, number {number}") for number in range(12)]
    assert len(set(said)) > 3


def test_what_is_only_praised_gets_no_suggestion(detector: Detector) -> None:
    assert detector.read("I've raised the change for you and got it into tonight's window").suggestion is None
