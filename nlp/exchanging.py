"""Words exchanged in a sentence, with its grammar kept: "the business wants it" becomes "we want it"."""

import re
from collections.abc import Iterator

from nlp.inflection import base_form
from nlp.message import Message
from nlp.pipeline import Sentence

_SUBJECT_VERBS_WORDS = """
    is was has does will would can could must should may might won't can't doesn't hasn't isn't wasn't didn't
    had did wanted needed asked decided agreed approved confirmed signed sent said told expected requested
    changed found bought promised chose wrote thought knew
"""
_SUBJECT_VERBS = frozenset(_SUBJECT_VERBS_WORDS.split())
_ADVERBS_WORDS = """
    still also really never always now just again already only usually often even actually finally probably
    then
"""
_ADVERBS = frozenset(_ADVERBS_WORDS.split())
_BEFORE_OBJECT_WORDS = """
    from with by for to of on at in about against between among per via inform ask asked tell told asking
    telling invite remind inviting keep cc behind onto into towards because than like and or involve
"""
_BEFORE_OBJECT = frozenset(_BEFORE_OBJECT_WORDS.split())
_NEGATED = {"doesn't": "don't", "hasn't": "haven't", "isn't": "aren't", "wasn't": "weren't"}
_CUSTOMERS = {"customer": "colleague", "customers": "colleagues", "client": "colleague", "clients": "colleagues"}
_PARTNERS = {"customer": "partner", "customers": "partners", "client": "partner", "clients": "partners"}
_DEPARTMENTS = {"department", "departments", "teams", "units", "directorates"}
_ITS = ("it", "ict", "tech", "engineering")

Change = tuple[int, int, str]


def exchange(sentence: Sentence, message: Message, text: str, kind: str) -> str | None:
    """Return the sentence with its words exchanged (``kind``: we, colleagues), or None where none of them stands
    there."""
    changes = list(_to_we(sentence) if kind == "we" else _to_colleagues(sentence))
    changes = [change for change in changes if not message.spoken(change[0], change[1])]
    if not changes:
        return None
    end = sentence.end
    if end < len(text) and text[end] in ".?!":
        end += 1
    result: list[str] = []
    at = sentence.start
    for start, stop, new in sorted(changes):
        if start < at:
            continue
        first_word = not text[at:start].strip() and not result
        result += [text[at:start], new[:1].upper() + new[1:] if first_word and text[start].isupper() else new]
        at = stop
    return re.sub(r"\s+", " ", "".join([*result, text[at:end]])).strip()


def _to_we(sentence: Sentence) -> Iterator[Change]:
    taken = -1
    for first, last in _business(sentence):
        if first < taken:
            continue
        taken = last
        pair = _paired_with_it(sentence, first, last)
        if pair is not None:
            yield (*sentence.span(*pair), "all of us")
            continue
        new = _colleagues(sentence, first, last)
        if sentence.norms[last : last + 1] == ["'s"]:
            yield (*sentence.span(first, last + 1), "our")
            continue
        verb = _verb_after(sentence, first, last)
        if verb is None:
            yield (*sentence.span(first, last), new)
            continue
        apart = any(word in {"we", "us", "our", "i", "me", "my", "you", "your"} for word in sentence.norms)
        yield (*sentence.span(first, last), new if apart else "we")
        agreed = _agreeing(sentence.lowers[verb])
        if agreed is not None:
            # The verb alone: the "n't" that may hang on it stays.
            yield (*sentence.places[verb], agreed)


def _business(sentence: Sentence) -> Iterator[tuple[int, int]]:
    shaded = sentence.concepts.get("other_sense", {})
    for concept in ("the_business", "business_word"):
        places = sentence.concepts.get(concept, {})
        for first in sorted(places):
            if first not in shaded and first - 1 not in shaded:
                yield first, max(places[first])


def _colleagues(sentence: Sentence, first: int, last: int) -> str:
    # "the clinical side" is "our clinical colleagues".
    words = [word for word in sentence.norms[first:last] if word not in {"the", "side"}]
    plain = {
        "business",
        "biz",
        "wider",
        "users",
        "user",
        "people",
        "folk",
        "folks",
        "rest",
        "of",
        "stakeholders",
        "areas",
    }
    named = len(words) == 1 and words[0] not in plain and "side" in sentence.norms[first:last]
    return f"our {words[0]} colleagues" if named else "our colleagues"


def _paired_with_it(sentence: Sentence, first: int, last: int) -> tuple[int, int] | None:
    norms = sentence.norms
    if first >= 2 and norms[first - 1] in {"and", "or", "vs", "&"} and norms[first - 2] in _ITS:
        return first - 2, last
    if (
        norms[last : last + 1]
        and norms[last] in {"and", "or", "vs", "&"}
        and norms[last + 1 : last + 2]
        and norms[last + 1] in _ITS
    ):
        return first, last + 2
    return None


def _verb_after(sentence: Sentence, first: int, last: int) -> int | None:
    """Return where the verb stands of which the words from ``first`` to ``last`` are the subject, if they are one."""
    if first > 0 and sentence.norms[first - 1] in _BEFORE_OBJECT:
        return None
    at = last
    while at < len(sentence) and sentence.norms[at] in _ADVERBS:
        at += 1
    if at >= len(sentence) or sentence.punctuation[at]:
        return None
    word = sentence.lowers[at]
    likely = word in _SUBJECT_VERBS or sentence.norms[at] in _SUBJECT_VERBS or sentence.has("want")
    return (
        at
        if likely
        and (
            word in _SUBJECT_VERBS
            or base_form(word) is not None
            or word in {"have", "are", "were", "do", "want", "need", "wo", "ca"}
        )
        else None
    )


def _agreeing(verb: str) -> str | None:
    if verb in _NEGATED:
        return _NEGATED[verb]
    return base_form(verb)


def _to_colleagues(sentence: Sentence) -> Iterator[Change]:
    norms = sentence.norms
    places = sentence.concepts.get("customer_word", {})
    for at in sorted(places):
        if at in sentence.concepts.get("other_sense", {}):
            continue
        word, following = norms[at], set(norms[at + 1 : at + 2])
        if at and norms[at - 1] in {"internal", "in-house", "inhouse"}:
            yield (*sentence.span(at - 1, at + 1), _CUSTOMERS[word])
        elif following & _DEPARTMENTS:
            yield (*sentence.span(at, at + 2), f"{norms[at + 1]} we work with")
        elif following & {"in", "from", "at", "("} or _ours(sentence, at):
            yield (*sentence.span(at, at + 1), _CUSTOMERS[word])
        else:
            yield (*sentence.span(at, at + 1), _PARTNERS[word])


def _ours(sentence: Sentence, at: int) -> bool:
    return (
        sentence.norms[at - 1 : at] == ["our"] and sentence.norms[at].endswith("s") and not _is_complement(sentence, at)
    )


def _is_complement(sentence: Sentence, at: int) -> bool:
    # "the stores are our customers": what somebody is said to be.
    return any(
        word in {"is", "are", "as", "was", "were", "be", "being"} for word in sentence.norms[max(0, at - 4) : at]
    )
