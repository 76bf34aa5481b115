"""The ideas behind the rules, told to a reader in Slack: one for each kind of finding, and one behind them all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea: a title of at most 60 characters and a plain paragraph of 40 to 90 words."""

    title: str
    paragraph: str


ONE_CUSTOMER = Idea(
    "There is only one customer",
    "Behind every screen, cable and password there is somebody who never heard of us: the patient in the waiting "
    "room, the family at the gate, the shopper with a full basket. That person is the customer, and the only one. "
    "Everybody in this organisation, in IT too, works for that one day to go well. Words that keep that person in "
    "view make it easier for all of us to pull the same way.",
)
_ALL_THE_BUSINESS = Idea(
    "We are all the business",
    "Nobody in payroll or on the shop floor talks of “the business” as something out there; only IT picked up the "
    "habit. It once helped us to take service seriously, then it grew into a wall. Whoever keeps the tills running "
    "is as much the business as whoever stands at them. Say “we”, or name the people and what they need, and the only "
    "one left outside is the shopper, for whom all of it is done.",
)
_COLLEAGUES = Idea(
    "Colleagues are not customers",
    "Calling a colleague a customer sounds polite, and it was a good first step once. But it puts a counter between "
    "two people who are paid to look after a third: the passenger, the tenant, the student. Then one side orders, the "
    "other delivers, and that third person waits. A name, and what they are trying to do for somebody outside, brings "
    "you both round to the same side of the counter.",
)
_PARTNERS = Idea(
    "Partners share how it turns out",
    "Whoever sells a thing hands it over and goes home. You stay: when the new booking page confuses the guests, it "
    "is your page too. So the better question is not whether we delivered, but whether a guest got a room. Asking "
    "what became of it costs one message, and it is where two teams begin to win or lose together.",
)
_TRIPPED = Idea(
    "Whoever trips shows where the step is",
    "The person who “did it again” was mostly in the middle of helping somebody: a caller on the line, a patient at "
    "the desk. If a form trips up one nurse, it is a slip; if it trips up ten, it is the form. Asking what they were "
    "trying to get done is kinder than counting mistakes, and it mends the thing for the next patient as well.",
)
_ACROSS_THE_LINE = Idea(
    "Nobody outside can see our lines",
    "We know where one team ends and the next begins. The traveller whose ticket will not load sees one railway and "
    "one dead screen. A thing may truly belong to another team; what helps is to go with it: say who knows, bring them "
    "in, tell them what you have seen. Two minutes of company, and the traveller is on the train.",
)
_TICKETS = Idea(
    "The need comes first, the form comes along",
    "A ticket is a fine thing: it keeps a need from being forgotten and lets others help. It was never meant to be the "
    "toll one pays before being heard. Listen first, then write it down together, or write it down for them. "
    "Somewhere behind that request an order is waiting to be shipped to a person who paid for it, and no form of ours "
    "has ever unpacked a parcel.",
)
_GATES = Idea(
    "A gate is there to be opened with care",
    "Boards and freezes exist because somebody once broke the shop on its busiest day and shoppers stood outside. They "
    "guard people, so they may be asked: what could go in today, what would make this safe, who can decide tonight? "
    "“Not before Thursday” ends the talk. “Let us ask for a slot together” keeps the guard at the gate and still gets "
    "the shopper served.",
)
_CLOCKS = Idea(
    "The clock that counts hangs outside",
    "A target says how late is too late, and opening hours say when to expect us. Neither says when a patient needs "
    "the result. There was once an almost empty pub that turned six hungry people away because they had not booked; "
    "every rule was kept and nobody ate. Ask by when it is needed and why. Often a small part now, or a name to ring, "
    "is enough.",
)
_RULES = Idea(
    "A rule protects somebody: say whom",
    "Every sensible rule has a person behind it: the pupil whose address must stay private, the saver whose money must "
    "stay put. Say whom it protects, and a no begins to make sense. Then say what is possible without putting that "
    "person at risk. A rule with a way through carries people to what they need; a rule alone merely stops them.",
)
_NEXT_DOOR = Idea(
    "Walk them to the right door",
    "No team can know everything, and saying so is honest. What hurts is being sent away to start again with a "
    "stranger. Move the request yourself, tell the next team in a line, and let the person know who has it now. It "
    "takes a minute. For the tenant whose heating depends on the answer, it can save a cold night.",
)
_SAY_WHOM = Idea(
    "Say whom the work is for",
    "A gardener at NASA was asked what he was doing, and said that he was helping to put a man on the moon. He was "
    "right. Where somebody says that tonight's update lets parents book a doctor for their child tomorrow, a task has "
    "a face, and the next person to touch it will choose better than any instruction could make them.",
)
_CARRIED = Idea(
    "Process at its best carries somebody",
    "Sometimes one of us takes a step for somebody who could not, or did not know how. That is what a process is good "
    "for: it gets a person to what they need, safely, without their having to learn our ways first. They can go back "
    "to the guest at the desk or the pupil in the classroom. It rarely makes the news, and it is service at its best.",
)
_TOGETHER = Idea(
    "One team, one person to look after",
    "Lines between teams fade when somebody says aloud that we are in it together. A patient does not mind who found "
    "the fault and who mended it; she minds that her appointment is there in the morning. Saying “we”, sharing the "
    "credit and sitting down side by side when it gets hard is how a crowd of departments turns into one hospital.",
)
_PRIORITIES = Idea(
    "Only one thing can come first",
    "When everything is the top priority, each person quietly picks their own, and the work is pulled four ways at "
    "once. It is no use asking people to be quicker. Somebody who may decide has to say which promise is kept first: "
    "the one that gets wages paid to carers, or the one that opens the new shop to its neighbours. The rest waits, "
    "openly and without blame.",
)
_HANDS = Idea(
    "A yes needs hands",
    "Work taken on with nobody to do it does not happen for free; it is paid for in evenings, in mistakes and in good "
    "people leaving. In the end a traveller pays too, at a desk where nothing works. Before the next yes, it is fair "
    "to ask what will wait, who will do it, or which part of it would already help.",
)
_QUALITY = Idea(
    "What is skipped comes back to somebody",
    "A date can be kept by leaving out the checks. Then they are done after all, by a shopper whose card is charged "
    "twice, and by a colleague at three in the morning. Moving the date, or bringing a smaller thing that is whole, "
    "is often kinder to everybody. It is a choice for those who set the date, and they need to hear what it costs.",
)
_UPKEEP = Idea(
    "Keeping things running is a promise too",
    "Nobody claps for a patched server or a tested backup. Yet it is why the pharmacy can look up a prescription on a "
    "Sunday. Upkeep that always waits its turn becomes the outage that waits for nobody, and the patient is the one "
    "standing at the counter. It deserves a fixed place in the week, kept as firmly as any launch.",
)

_IDEAS: dict[tuple[str, str], Idea] = {
    ("us_them", "business_as_other"): _ALL_THE_BUSINESS,
    ("us_them", "internal_customer"): _COLLEAGUES,
    ("us_them", "service_provider"): _PARTNERS,
    ("us_them", "outsiders"): _TRIPPED,
    ("us_them", "not_our_problem"): _ACROSS_THE_LINE,
    ("process_barrier", "no_ticket_no_help"): _TICKETS,
    ("process_barrier", "change_board"): _GATES,
    ("process_barrier", "sla_shield"): _CLOCKS,
    ("process_barrier", "service_hours"): _CLOCKS,
    ("process_barrier", "policy_says_no"): _RULES,
    ("process_barrier", "out_of_scope"): _NEXT_DOOR,
    ("process_barrier", "wrong_queue"): _NEXT_DOOR,
    ("shared_purpose", "outcome"): _SAY_WHOM,
    ("shared_purpose", "carried"): _CARRIED,
    ("shared_purpose", "together"): _TOGETHER,
    ("overcommitment", "priorities"): _PRIORITIES,
    ("overcommitment", "no_capacity"): _HANDS,
    ("overcommitment", "quality_cut"): _QUALITY,
    ("overcommitment", "lights_on"): _UPKEEP,
}


def idea_behind(label: str, subtype: str) -> Idea:
    """Return the idea behind a kind of finding; ONE_CUSTOMER, the idea behind all, for a kind nobody knows."""
    return _IDEAS.get((label, subtype), ONE_CUSTOMER)
