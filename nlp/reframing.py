"""The author's own sentence, made better, ready to send: facts kept, the line or the closed door taken out.

Two ways: words are exchanged where that is enough ("the business wants" becomes "we want"); otherwise the facts of the
message are kept and what shut the door gives way to an offer or a question its author can honestly stand by.
"""

import re

from nlp.context import Found
from nlp.exchanging import exchange
from nlp.markup import escape
from nlp.message import Message
from nlp.pipeline import Sentence

EXCHANGES = ("we", "colleagues")
_OPENINGS: dict[str, str] = {
    "question": "What do {them} need to get out of this, and what can we do towards it?",
    "ease": "What would make this easier for {them}, and could we ask?",
    "hand_over": "This looks like one for {them}. Who could take it on, and what would help to know?",
    "ticket": "Could you log it so it doesn't get lost? I'll pick it up from there.",
    "board": "If it can't wait that long, shall we ask together whether an exception is possible?",
    "target": "By when do you need it? If that's sooner, let's see what can be done.",
    "hours": "If it can't wait, shall we see who could help before then?",
    "rule": "What do you need to get done? Let's see what is possible within the rules.",
    "scope": "It isn't something I usually look after; shall we find out together who does?",
    "queue": "Shall we get this to the right people together, so you don't have to start again?",
    "turn": "Is anything about yours urgent? If so, let's see what can be done.",
}
_BY_SUBTYPE = {
    "business_as_other": "question",
    "internal_customer": "question",
    "service_provider": "question",
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
STRATEGIES = (*EXCHANGES, *_OPENINGS)

# A clause that says one of these shuts the door, or mocks; it is not a fact to keep.
_SHUTTING = (
    "refuse",
    "dismiss",
    "wait",
    "scorn",
    "contempt",
    "raise_again",
    "wrong",
    "problem_word",
    "theirs_to",
    "let_them",
    "emoji_scorn",
    "they",
    "toss",
    "not_supported",
    "customer_word",
    "supplier_word",
)
_FACT = re.compile(r"\d|<@|<#|<http", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|'s|'re|starts?|started|ends?|closes?|meets?|runs?|says?|gets?|got|went|came|failed|"
    r"broke|fixed|tested|logged|raised|needs?|takes?|left|landed|ready|done|built|attached|running|deployed|approved)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"\s*(?:,|;|\s[-–—]+\s|\bbut\b|\bso\b|\band\b|\bbecause\b|\bsince\b|\bor\b)\s*", re.IGNORECASE)
_ADDRESSED = re.compile(r"^\s*(<@[^>]+>)[,:]?\s")
_PASSES = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:)[^<>]*>|&(?:amp|lt|gt);")
_MOST_EXTRA = 40
_MOST_KEPT = 24


def suggest(found: Found, message: Message, text: str, customer: str | None) -> str:
    """Return what the author of ``found`` could say instead: escaped mrkdwn, 40 words longer than ``text`` at most."""
    rewrite = found.rule.rewrite
    if rewrite is not None and rewrite not in STRATEGIES:
        return escape(rewrite)
    # A rule of the manner kind does not know which words are to be exchanged: the subtype says which might be.
    by_words = rewrite or {"business_as_other": "we", "internal_customer": "colleagues"}.get(found.rule.subtype)
    if by_words in EXCHANGES:
        exchanged = exchange(found.sentence, message, text, by_words)
        finished = exchanged and _finish(_leading_to(exchanged, customer, wanted=found.sentence.has("demand")), text)
        if finished:
            return finished
    question = _leading_to(_opening(found, message).format(them=_them(found, text)), customer, wanted=True)
    whole = _joined([*_facts(found, message, text), question], text)
    return _finish(whole, text) or _escaped(question)


def _opening(found: Found, message: Message) -> str:
    name = found.rule.rewrite
    if name is None or name in EXCHANGES:
        name = _BY_SUBTYPE[found.rule.subtype]
    if name == "queue" and _about_turns(found.sentence, message):
        name = "turn"
    if name == "question" and found.rule.subtype == "outsiders":
        name = "ease"
    return _OPENINGS[name]


def _about_turns(sentence: Sentence, message: Message) -> bool:
    return any(
        re.search(
            r"\b(?:turn|ahead|in front|in (?:the )?(?:line|queue)|number \d|order|first in)\b",
            place.text,
            re.IGNORECASE,
        )
        for place in (sentence, *message.own)
    )


def _them(found: Found, text: str) -> str:
    sentence = found.sentence
    for concept in ("department", "it_team"):
        places = sentence.concepts.get(concept)
        if places:
            first = min(places)
            start, end = sentence.span(first, max(places[first]))
            return _called(re.sub(r"['’]s?$", "", text[start:end]), is_team=concept == "it_team")
    return _NAMELESS.get(found.rule.subtype, "our colleagues")


def _called(name: str, *, is_team: bool) -> str:
    """Return how one speaks of a group by name: the network team, the DBA team, the DBAs, Finance."""
    lower = name.lower()
    if lower.startswith(("the ", "our ")) or not (is_team or lower.endswith(_GROUPS)):
        return name
    return f"the {name}" if lower.endswith((*_GROUPS, "s")) else f"the {name} team"


_GROUPS = ("team", "people", "folks", "guys", "desk", "squad", "group")
_NAMELESS = {
    "business_as_other": "we all",
    "internal_customer": "our colleagues",
    "service_provider": "our colleagues",
    "outsiders": "our colleagues",
    "not_our_problem": "somebody else",
}


def _facts(found: Found, message: Message, text: str) -> list[str]:
    """Return the clauses worth keeping, in the author's words: such as stand before and inside the sentence found."""
    kept: list[str] = []
    words = 0
    for sentence in message.own:
        for clause_start, clause_end in _clauses(sentence):
            clause = text[clause_start:clause_end].strip(" \t*_~")
            size = len(clause.split())
            if words + size <= _MOST_KEPT and _is_fact(clause, sentence, clause_start, clause_end):
                kept.append(clause)
                words += size
        if sentence is found.sentence:
            break
    return kept


def _clauses(sentence: Sentence) -> list[tuple[int, int]]:
    clauses = []
    at = 0
    for match in _CLAUSE_END.finditer(sentence.text):
        clauses.append((sentence.start + at, sentence.start + match.start()))
        at = match.end()
    clauses.append((sentence.start + at, sentence.end))
    return clauses


def _is_fact(clause: str, sentence: Sentence, start: int, end: int) -> bool:
    size = len(clause.split())
    if not 3 <= size <= 16 or sentence.question or not _FACT.search(clause) or not _VERB.search(clause):
        return False
    if re.match(
        r"(?:if|when|unless|until|which|that|who|whatever|maybe|please|pls|you|your|ask|then|as|not|no)\b",
        clause,
        re.IGNORECASE,
    ):
        return False
    return not any(
        start <= sentence.places[at][0] < end for concept in _SHUTTING for at in sentence.concepts.get(concept, ())
    )


def _joined(parts: list[str], text: str) -> str:
    addressed = _ADDRESSED.match(text)
    whole = " ".join(part if part.endswith(("?", ".", "!")) else f"{_capital(part)}." for part in parts)
    if addressed and addressed[1] not in whole:
        whole = f"{addressed[1]} {whole}"
    return whole


def _leading_to(sentence: str, customer: str | None, *, wanted: bool) -> str:
    if customer is None or not customer.strip():
        return sentence
    whom = customer.strip()
    mark = sentence[-1] if sentence[-1:] in {".", "?", "!"} else ""
    if wanted:
        return f"{sentence[: len(sentence) - len(mark)]}, so {whom} get what they need{mark}"
    return f"{sentence}{'' if mark else '.'} It's for {whom}, after all."


def _finish(suggestion: str, text: str) -> str | None:
    """Return ``suggestion`` escaped, in the author's register, or None where it is too long or says nothing new."""
    escaped = _escaped(suggestion.strip())
    if text[:1].islower():
        escaped = _lowered(escaped)
    if len(escaped.split()) > len(text.split()) + _MOST_EXTRA or escaped == text.strip():
        return None
    return escaped


def _escaped(text: str) -> str:
    result, at = [], 0
    for match in _PASSES.finditer(text):
        result += [escape(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*result, escape(text[at:])])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    # An author who does without capitals is answered without; names, abbreviations and "I" keep theirs.
    def lower(match: re.Match[str]) -> str:
        word = match[2]
        kept = word in {"I", "I'll", "I'd", "I'm", "I've"} or (len(word) > 1 and not word[1:].islower())
        return match[0] if kept else match[1] + word[0].lower() + word[1:]

    return re.sub(r"(^|[.?!] )([A-Z][\w']*)", lower, text).removesuffix(".")
