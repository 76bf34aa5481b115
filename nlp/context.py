"""What excuses a finding: reasons, each published under an id, why words that look like a line drawn are none."""

from collections.abc import Callable
from dataclasses import dataclass

from nlp.message import Message
from nlp.pipeline import Sentence
from nlp.reading import Label
from nlp.rulepack import Rule

EXCUSES: dict[str, str] = {
    "quoted": "somebody else's words, in quotation marks or after a quote sign",
    "code": "code, a log or a configuration, not talk",
    "bot_text": "a machine's words, not a person's",
    "reported": "what somebody else said, told on",
    "mentioned": "the words are talked about, not used",
    "wish_to_stop": "the author wants such talk or such a habit to stop",
    "other_sense": "the word means something else here, as in business hours or client library",
    "outside_party": "the other side is a supplier or another outside company",
    "real_customer": "the customer meant is the one outside",
    "asked_to_help": "a question asked in order to get it done",
    "way_through": "a way through stands beside it, or the author carries it",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A match before it is judged: the rule, the sentence, the tokens, and whose words they are."""

    rule: Rule
    sentence: Sentence
    first: int
    last: int
    aside: str | None
    shipped: bool = True

    @property
    def span(self) -> tuple[int, int]:
        """The code points of the match in the message."""
        return self.sentence.span(self.first, self.last)


def excuse(found: Found, message: Message) -> str | None:
    """Return the id of the first reason why ``found`` does not count, or None."""
    if found.aside is not None:
        return found.aside
    if message.spoken(*found.span):
        return "quoted"
    for name, holds in _TESTS[found.rule.label]:
        if name not in found.rule.despite and holds(found, message):
            return name
    return None


def waivable(label: Label) -> tuple[str, ...]:
    """Return the excuses that a rule of ``label`` may disregard (``despite``)."""
    return tuple(name for name, _ in _TESTS[label])


def _before(sentence: Sentence, concept: str, at: int, reach: int = 40) -> bool:
    return any(at - reach <= start < at for start in sentence.concepts.get(concept, ()))


def _covered(sentence: Sentence, concept: str, first: int, last: int) -> bool:
    # A phrase of the concept shares a word with the match.
    return any(
        start < last and end > first for start, ends in sentence.concepts.get(concept, {}).items() for end in ends
    )


def _other_sense(found: Found, _: Message) -> bool:
    return _covered(found.sentence, "other_sense", found.first, found.last)


def _reported(found: Found, _: Message) -> bool:
    return _before(found.sentence, "reporting", found.first + 1, 12)


def _mentioned(found: Found, _: Message) -> bool:
    sentence = found.sentence
    return _before(sentence, "mention", found.first + 1, 8) or _covered(sentence, "mention", found.first, found.last)


def _wish_to_stop(found: Found, _: Message) -> bool:
    return _before(found.sentence, "stop_it", found.first + 1, 8)


def _outside_party(found: Found, _: Message) -> bool:
    return found.sentence.has("outside_party")


def _real_customer(found: Found, _: Message) -> bool:
    if found.rule.subtype != "internal_customer":
        return False
    return found.sentence.has("outside_party") or found.sentence.has("real_customer_strict")


def _asked_to_help(found: Found, message: Message) -> bool:
    return found.sentence.question and (message.says("help_offer") or message.says("help_done"))


def _carried_on(found: Found, message: Message) -> bool:
    return found.rule.subtype == "not_our_problem" and _way_through(found, message)


def _way_through(_: Found, message: Message) -> bool:
    return message.says("help_done") or message.says("help_offer") or message.says("route")


Test = Callable[[Found, Message], bool]
_SPEECH: tuple[tuple[str, Test], ...] = (
    ("other_sense", _other_sense),
    ("reported", _reported),
    ("mentioned", _mentioned),
    ("wish_to_stop", _wish_to_stop),
)
_TESTS: dict[str, tuple[tuple[str, Test], ...]] = {
    "us_them": (
        *_SPEECH,
        ("real_customer", _real_customer),
        ("outside_party", _outside_party),
        ("asked_to_help", _asked_to_help),
        ("way_through", _carried_on),
    ),
    "process_barrier": (
        *_SPEECH,
        ("outside_party", _outside_party),
        ("asked_to_help", _asked_to_help),
        ("way_through", _way_through),
    ),
    "shared_purpose": (("reported", _reported),),
    "overcommitment": (_SPEECH[0], _SPEECH[1]),
}
