"""The one thing a digest suggests, chosen from what its figures show, and the idea behind it. Pure text."""

import re
from dataclasses import dataclass

from bot.digests.figures import Figures, LabelFigures, Movement
from bot.ideas import Idea, idea_behind

CONCERNS = ("process_barrier", "us_them", "overcommitment")

ADVICE = {
    "business_as_other": "Where “the business” would be said, name the person who asks: you are the business too.",
    "internal_customer": "Keep “customer” for the people outside whom you all serve; colleagues can be colleagues.",
    "service_provider": "Pick one service and write down, with those who use it, the outcome you both want from it.",
    "outsiders": "Ask one of the people who depend on you to show ten minutes of their day at the next stand-up.",
    "not_our_problem": "Agree that whoever sees a problem first stays with it until somebody has taken it over.",
    "no_ticket_no_help": "Agree on one sentence that opens the way: “I have raised it for you, here is the number.”",
    "change_board": "Write down how an urgent change gets through between two boards, and pin it where people ask.",
    "sla_shield": "For one open request, ask what the person waiting needs and by when, target or no target.",
    "service_hours": "Say who decides, out of hours, for somebody who cannot wait, and pin it where people ask.",
    "policy_says_no": "Take one rule that was cited of late and write beside it the route that does work.",
    "out_of_scope": "When it is not yours, name who can do it and walk the request there.",
    "wrong_queue": "Move a misplaced request yourself, so that nobody has to start again.",
    "priorities": "Name the one thing that comes first now, and say what waits for it.",
    "no_capacity": "Before the next promise, say aloud what will be put off for it.",
    "quality_cut": "For the next date that slips, decide together what may be left out, and what never.",
    "lights_on": "Put the upkeep that nobody sees into the plan, with a name and an hour beside it.",
}
"""By the commonest kind."""

_BY_LABEL = {
    "us_them": "Next time, name the person behind a request and what they want to achieve with it.",
    "process_barrier": "Take one request that was turned down lately and find out together what would have helped.",
    "overcommitment": "Name the one thing that comes first now, and say what waits for it.",
}
_PRAISE = "Say thank you where the work's purpose was named, and ask what made it easy to name."
_QUIET = "Ask at the next stand-up whom outside the organisation this week's work helped."
_SENTENCE = re.compile(r".+?[.!?]”?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Advice:
    """One suggestion; ``label`` and ``subtype`` lead to the idea behind it."""

    text: str
    label: str = ""
    subtype: str = ""

    @property
    def idea(self) -> Idea:
        """The idea behind it."""
        return idea_behind(self.label, self.subtype)

    @property
    def opening(self) -> str:
        """How that idea begins: its first sentence."""
        found = _SENTENCE.match(self.idea.paragraph)
        return found[0] if found else self.idea.paragraph


def choose_advice(figures: Figures) -> Advice:
    """Return one suggestion: about what rose, else about what was commonest; thanks where only the good rose."""
    concerns = [figures.label(label) for label in CONCERNS]
    purpose = figures.label("shared_purpose")
    risen = [one for one in concerns if one.movement is Movement.UP]
    if not risen and purpose.movement is Movement.UP:
        return _praise(purpose)
    seen = risen or [one for one in concerns if one.messages != 0]
    if not seen:
        return Advice(_QUIET) if purpose.messages == 0 else _praise(purpose)
    one = max(seen, key=_weight)
    if one.kinds:
        return Advice(ADVICE[one.kinds[0]], one.label, one.kinds[0])
    return Advice(_BY_LABEL[one.label], one.label)


def _praise(purpose: LabelFigures) -> Advice:
    return Advice(_PRAISE, purpose.label, purpose.kinds[0] if purpose.kinds else "outcome")


def _weight(one: LabelFigures) -> int:
    if one.messages is None:
        return one.at_least or 1
    return 1 if one.messages == "few" else one.messages
