"""The author's own sentence, made better: or, where no honest rewrite exists, a question that opens one."""

from nlp.context import Found
from nlp.markup import escape
from nlp.message import Message

_QUESTIONS = {
    "business_as_other": "What do we need, and by when?",
    "internal_customer": "What do our colleagues need from this?",
    "service_provider": "What would make this a success for all of us, and what can we do towards it?",
    "outsiders": "What would make this easier to get right next time?",
    "not_our_problem": "Who is best placed to take this on, and what can I hand over to help?",
    "no_ticket_no_help": "Could you log it so it doesn't get lost? I'll pick it up from there.",
    "change_board": "By when is this needed? If it can't wait, let's see whether an exception is possible.",
    "sla_shield": "By when do you need it? If that's sooner than the target, let's see what is possible.",
    "service_hours": "Can it wait until we are back? If not, let's find who can help before then.",
    "policy_says_no": "What do you need to get done? Let's see what is possible within the policy.",
    "out_of_scope": "It isn't something I usually look after; shall we find out together who does?",
    "wrong_queue": "Shall I help find the right team for it, so you don't have to start again?",
}


def suggest(found: Found, message: Message, text: str, customer: str | None) -> str | None:
    """Return what the author of ``found`` could say instead, as escaped mrkdwn."""
    question = _QUESTIONS.get(found.rule.subtype)
    if question is None or customer is None:
        return question
    return f"{question} It is for {escape(customer)}."
