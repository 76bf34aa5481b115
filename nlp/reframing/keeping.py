"""What of a message is worth keeping beside an offer: sentences that say a fact and draw no line, and its topic."""

import re

from nlp.message import Message
from nlp.pipeline import Sentence
from nlp.reframing.words import pattern, words
from nlp.weighing import Weights

_FACT = re.compile(
    r"\d|[\ue000\ue001\ue002]|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|yesterday|tonight|"
    r"this (?:morning|week|month)|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:hi\b[^,]{0,20},?\s*)?(?:thanks|thank you) for "
    r"(?:the|this|that|these|setting|sending|flagging|raising|letting|looking|all)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"n['’]t\b", re.IGNORECASE)
# "The feed is Pricing's" says whose it is, and nothing else.
_THEIRS = re.compile(r"['’]s?\W*\Z")
_MARKED = re.compile(r"[!\"“”\ue003🙂🙃🙄😂🤷🤦😌]|:\)|\(:")
_LEADING = re.compile(
    r"(?P<clause>[^,;]{8,}?)(?:, (?:so|but|and|because|which|then|if)\b|;| [-–—] |"
    r" (?:so|because|since|until|unless|while|if) (?:the business|they)\b)",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\s*((?:[\w'’&/-]+ ){0,3}[\w'’&/-]{3,}): ")
_SUBJECT = re.compile(
    r"\s*((?:[\w'’/-]+ ){1,3}[\w/-]{3,}) (?:isn't|aren't|is|are|must|needs?|don't|doesn't|can't|cannot|goes?|gets?|"
    r"stays?|belongs?|looks?|comes?|won't|will|was|were|has|have)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w'’&/ -]+")
_MOST_SENTENCES = 2
_MOST_WORDS = 26
_CALM = -3.5


def kept(message: Message, text: str, found: Sentence, weights: Weights) -> list[str]:
    """Return what to keep, in the author's words and order, each with a mark at its end: sentences that say a fact, the
    clause that the sentence found begins with, and a question the message opens on ("Purchase order stuck?")."""
    result: list[str] = []
    room = _MOST_WORDS
    for sentence in message.own:
        start, end = sentence.start, sentence.end
        if sentence is found:
            leading = _LEADING.match(sentence.text)
            end = start + leading.end("clause") if leading else start
        said = text[start:end].strip()
        if sentence.question:
            fine = sentence is message.own[0] and _is_topic(said)
        else:
            fine = not sentence.has("scorn") and _is_fact(message.markup.prose[start:end].strip(), said, weights)
        if fine and len(said.split()) <= room and len(result) < _MOST_SENTENCES:
            result.append(said if said[-1:] in ".,:?" else f"{said}{'?' if sentence.question else '.'}")
            room -= len(said.split())
    return result


def topic(message: Message, text: str) -> str | None:
    """Return the few words that say what the message is about, before a colon or as its first subject, or None."""
    prose = message.markup.prose
    match = _TOPIC.match(prose)
    if match is not None and not _is_sour(match[1]) and not pattern("no_topic").search(match[1]):
        return text[match.start(1) : match.end(1)]
    match = _SUBJECT.match(prose)
    if match is None or _is_sour(match[1]):
        return None
    if pattern("no_topic").search(match[1]) or pattern("no_subject").search(match[1]):
        return None
    parts = match[1].lower().split()
    if {parts[0], parts[-1]} & words("no_names", "roles") or not words("function_words").isdisjoint(parts):
        return None
    return text[match.start(1) : match.end(1)]


def _is_topic(said: str) -> bool:
    size = len(said.split())
    long_enough = 2 <= size <= 6 or (size == 1 and len(said) > 6)
    return (
        long_enough
        and _PLAIN.fullmatch(said) is not None
        and not pattern("hanging").match(said)
        and not _is_sour(said)
        and not pattern("no_topic").search(said)
    )


def _is_fact(prose: str, said: str, weights: Weights) -> bool:
    if not 3 <= len(prose.split()) <= 20 or not _balanced(said):
        return False
    if not _THANKS.match(prose):
        tells = _FACT.search(prose) and pattern("telling").search(prose)
        if not tells or pattern("hanging").match(prose) or _is_sour(prose):
            return False
    odds = weights.weigh(prose)
    return odds["us_them"] < _CALM and odds["process_barrier"] < _CALM


def _is_sour(prose: str) -> bool:
    return any(each.search(prose) for each in (pattern("sour"), _NEGATED, _MARKED, _THEIRS))


def _balanced(said: str) -> bool:
    return said.count("(") == said.count(")") and all(said.count(mark) % 2 == 0 for mark in '*_~`"')
