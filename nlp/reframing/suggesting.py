"""A Finding and what is known of the customer -> what the author could send instead.

Several candidates are made, the nearest to the author's own words first; the first that is short enough, in balance,
new, and weighs as neither a line nor a barrier is the suggestion.
"""

import re
from collections.abc import Iterator
from itertools import islice

from nlp.context import Found
from nlp.judging import CALIBRATION
from nlp.markup import escape, lay_open
from nlp.message import MOST_CHARACTERS, Message
from nlp.reading import NUDGEABLE
from nlp.reframing import naming, timing
from nlp.reframing.exchanging import exchange
from nlp.reframing.keeping import kept, topic
from nlp.reframing.leading import leading_to
from nlp.reframing.offering import fitting, offers, writes_small
from nlp.reframing.words import pattern
from nlp.weighing import Weights, read_weights

EXCHANGES = {"business_as_other": "we", "internal_customer": "colleagues"}
_BY_SUBTYPE = {
    "business_as_other": "question",
    "internal_customer": "colleague",
    "service_provider": "outcome",
    "outsiders": "ease",
    "not_our_problem": "hand_over",
    "no_ticket_no_help": "ticket",
    "change_board": "board",
    "sla_shield": "target",
    "service_hours": "hours",
    "policy_says_no": "rule",
    "out_of_scope": "scope",
    "wrong_queue": "queue",
}
_ABOUT_A_THING = frozenset(("board", "target", "hours", "rule", "scope", "queue", "hand_over"))
_TURNS = re.compile(
    r"\b(?:turn|ahead of|in front|in (?:the )?line|first in|skip(?:ping)? the|number \d+ (?:in|of))\b", re.IGNORECASE
)
_ADDRESSED = re.compile(r"\s*(?:(?:hi|hello|hey|dear|morning|sorry|thanks) )?(<[@!][^>]+>)[,:]?\s", re.IGNORECASE)
# "no number no look, sorry <@U1>" speaks to somebody; "ask <@U1>" speaks of somebody.
_SPOKEN_TO = re.compile(
    r"(?<!\bask )(?<!\bto )(?<!\bwith )(?<!\bfrom )(?<!\bby )(?<!\bfor )(?<!\band )(<@[^>]+>)(?=\s*(?:[.,!?]|\Z))",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<@[^>]+>")
_REFERENCE = re.compile(r"<https?:[^<>]+>|<#[^<>]+>|\b[A-Z]{2,8}-?\d{3,}\b")
_PASSES = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:)[^<>]*>|&(?:amp|lt|gt);")
_MARKED = re.compile(r"[\ue003\"“”=+🙂🙃🙄😂🤷🤦😌😏…]|:\)|\.\.\.")
_LAST_CLAUSE = re.compile(r"(?:,| [-–—]) [^,]*?(?P<mark>[.!]?)\s*\Z")
_EXCHANGED = re.compile(r"\b(?:we|our|colleagues?|all of us|we work with)\b", re.IGNORECASE)
_FEWEST = 3
_MOST_EXTRA = 40
_MOST_TRIED = 6


def suggest(found: Found, message: Message, text: str, customer: str | None) -> str:
    """Return what the author of ``found`` could say instead: escaped mrkdwn, 40 words longer than ``text`` at most."""
    rewrite = found.rule.rewrite
    if rewrite is not None and rewrite not in {*EXCHANGES.values(), *offers()}:
        return escape(rewrite)
    weights = read_weights()
    whom = (customer or "").strip() or None
    for candidate in _exchanged(found, message, text, whom):
        if _passes(candidate, text, weights, own=True):
            return _escaped(candidate)
    last = ""
    for candidate, own in _offered(found, message, text, whom, weights):
        if _passes(candidate, text, weights, own=own):
            return _escaped(candidate)
        last = candidate
    return _escaped(last)


def _exchanged(found: Found, message: Message, text: str, customer: str | None) -> Iterator[str]:
    """Yield the message, then the sentence found alone, with the words exchanged that draw the line."""
    name = found.rule.rewrite
    kind = name if name in EXCHANGES.values() else EXCHANGES.get(found.rule.subtype)
    if kind is None:
        return
    for only in (None, found.sentence):
        said = _without_jibe(exchange(message, text, kind, only))
        if said:
            yield from (_referring(led, text) for led in leading_to(said, customer, text))


def _offered(
    found: Found, message: Message, text: str, customer: str | None, weights: Weights
) -> Iterator[tuple[str, bool]]:
    """Yield an offer that fits, after the sentences worth keeping; then the same without those, then other offers.

    With each stands whether sentences of the author's own are in it.
    """
    strategy = _strategy(found, message)
    known = _known(message, text, found, customer, strategy)
    begun = _begun(message, text, found, weights, strategy)
    # What is kept need not be said twice.
    unsaid = {name: value for name, value in known.items() if value.lower() not in begun.lower()}
    for offer in islice(fitting(strategy, unsaid, text), 2 if begun else 0):
        yield _referring(f"{begun} {_small(offer) if begun.endswith(':') else offer}", text), True
    for offer in islice(fitting(strategy, known, text), _MOST_TRIED):
        yield _referring(offer, text), False
    for offer in islice(fitting(strategy, {}, text), 1):
        yield _referring(offer, text), False


def _known(message: Message, text: str, found: Found, customer: str | None, strategy: str) -> dict[str, str]:
    """Return what can fill the blanks of offers."""
    prose, nearest = message.markup.prose[:MOST_CHARACTERS], found.sentence.text
    addressed = _ADDRESSED.match(text) or _SPOKEN_TO.search(text)
    others = [name for name in _MENTION.findall(text) if addressed is None or name != addressed[1]]
    them = " and ".join(dict.fromkeys(others[:2])) or naming.them(nearest) or naming.them(prose)
    if strategy == "ease":
        them = them or naming.crowd(prose)
    known = {
        "customer": customer,
        "them": them,
        "thing": naming.thing(nearest) or naming.thing(prose),
        "when": timing.when(prose),
        "span": timing.span(prose),
        "due": timing.due(prose),
    }
    return {name: value for name, value in known.items() if value}


def _begun(message: Message, text: str, found: Found, weights: Weights, strategy: str) -> str:
    """Return what of the message an offer can follow: the sentences worth keeping, or a word on what it is about."""
    facts = " ".join(kept(message, text, found.sentence, weights))
    refers = facts or strategy not in _ABOUT_A_THING or _REFERENCE.search(text)
    about = None if refers else topic(message, text)
    return f"{about}:" if about else facts


def _without_jibe(said: str | None) -> str | None:
    """Return ``said``, without a last clause that mocks or refuses; None where the rest does so too, or says little."""
    while said and len(said.split()) >= _FEWEST:
        prose = lay_open(said).prose
        if not pattern("jibes").search(prose) and not _MARKED.search(prose):
            return said
        cut = _LAST_CLAUSE.search(said)
        said = said[: cut.start()] + cut["mark"] if cut else None
        if said and not _EXCHANGED.search(said):
            return None
    return None


def _strategy(found: Found, message: Message) -> str:
    name = found.rule.rewrite
    if name is None or name == "question" or name in EXCHANGES.values():
        name = _BY_SUBTYPE.get(found.rule.subtype, "question")
    return "turn" if name == "queue" and _TURNS.search(message.markup.prose) else name


def _referring(said: str, text: str) -> str:
    """Return ``said`` about what ``text`` refers to by number or link, and to whom it is addressed."""
    names = [match[0] for match in _REFERENCE.finditer(text) if match[0] not in said][:3]
    if names:
        on = "on" if writes_small(text) else "On"
        said = f"{on} {' and '.join(names)}: {_small(said)}"
    addressed = _ADDRESSED.match(text) or _SPOKEN_TO.search(text)
    if addressed and addressed[1] not in said:
        said = f"{addressed[1]} {said}"
    others = [name for name in dict.fromkeys(_MENTION.findall(text)) if name not in said]
    return f"{said} cc {' '.join(others)}" if others else said


def _small(said: str) -> str:
    return said if said[1:2] in {"'", " "} else said[:1].lower() + said[1:]


def _passes(candidate: str, text: str, weights: Weights, *, own: bool) -> bool:
    said = candidate.strip()
    if not said or said == text.strip() or len(said.split()) > len(text.split()) + _MOST_EXTRA or not _balanced(said):
        return False
    odds = weights.weigh(lay_open(_escaped(said)).prose)
    # In the author's own words a pattern may stand too, and add to the odds; in an offer none does.
    spare = {label: CALIBRATION[label].pattern if own else 0.0 for label in NUDGEABLE}
    return all(odds[label] < CALIBRATION[label].counts - spare[label] for label in NUDGEABLE)


def _balanced(said: str) -> bool:
    bare = _PASSES.sub("", said)
    return all(bare.count(mark) % 2 == 0 for mark in ("*", "`", '"')) and bare.count("(") == bare.count(")")


def _escaped(text: str) -> str:
    result, at = [], 0
    for match in _PASSES.finditer(text):
        result += [escape(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*result, escape(text[at:])]).strip()
