"""Words exchanged in a sentence, with its grammar kept: "the business wants it" becomes "we want it"."""

from collections.abc import Iterator

from nlp.inflection import base_form, verb_forms
from nlp.message import Message
from nlp.pipeline import Sentence
from nlp.reframing.words import words

_AUXILIARIES_WORDS = """
    is was has does will would can could must should may might won't can't doesn't hasn't isn't wasn't didn't
    had did hadn't are were have do wo ca
"""
_AUXILIARIES = frozenset(_AUXILIARIES_WORDS.split())
# Of whom this is told, "we" or "our colleagues" can be told it as well. Of other verbs one cannot be so sure.
_PLAIN_VERBS_WORDS = """
    want need ask expect request require agree approve confirm accept sign send use choose pick report raise test plan
    prefer see wait depend rely work run start go open prioritise prioritize decide like
"""
_PLAIN_VERBS = frozenset(form for verb in _PLAIN_VERBS_WORDS.split() for form in verb_forms(verb))
_BETWEEN_VERBS = frozenset(("not", "n't", "been", "be", "to"))
_ADVERBS = frozenset(
    ("still", "also", "really", "now", "just", "already", "only", "usually", "often", "probably", "then")
)
_BEFORE_OBJECT_WORDS = """
    from with by for to on at about between among per via inform ask asked tell told asking telling invite remind
    inviting keep expecting waiting need needs needing want wants let cc onto into towards and or involve get getting
    help helping support show give giving send
"""
_BEFORE_OBJECT = frozenset(_BEFORE_OBJECT_WORDS.split())
_BEFORE_SUBJECT_WORDS = """
    but if when that because so what which then since until till unless once where while before after as how why say
    says said think thinks know knows yes ok today honestly
"""
_BEFORE_SUBJECT = frozenset(_BEFORE_SUBJECT_WORDS.split())
_BETWEEN = frozenset(("between", "both", "by", "for", "from", "of"))
_NEGATED = {"doesn't": "don't", "hasn't": "haven't", "isn't": "aren't", "wasn't": "weren't"}
_CUSTOMERS = {"customer": "colleague", "customers": "colleagues", "client": "colleague", "clients": "colleagues"}
_DEPARTMENTS = {"department", "departments", "teams", "units", "directorates"}
_WHERE = {"in", "from", "at", "upstairs", "downstairs", "on", "next"}
_ITS = ("it", "ict", "tech", "engineering")
_AND = {"and", "or", "vs", "&"}
# Who speaks of others beside "the business" cannot mean the same by "we".
_APART = frozenset(("we", "us", "our", "i", "me", "my", "you", "your", "they", "their", "them", "they're"))
_SIDES = frozenset(
    ("the", "side", "business", "biz", "wider", "users", "user", "people", "folk", "folks", "rest", "of")
)

Change = tuple[int, int, str]


class _UnsureError(Exception):
    """The words stand where nothing is sure to take their place."""


def exchange(message: Message, text: str, kind: str, only: Sentence | None = None) -> str | None:
    """Return the message, or the sentence ``only`` of it, with its words exchanged (``kind``: we, colleagues); None
    where none of them stands there, or where another word would not be sure to fit."""
    changes_in = _to_we if kind == "we" else _to_colleagues
    sentences = message.own if only is None else [only]
    try:
        changes = [change for sentence in sentences for change in changes_in(sentence)]
    except _UnsureError:
        return None
    changes = [change for change in changes if not message.spoken(change[0], change[1])]
    if not changes:
        return None
    start, end = (0, len(text)) if only is None else (only.start, only.end)
    if only is not None and text[end : end + 1] in {".", "?", "!"}:
        end += 1
    return _applied(text, start, end, sorted(changes))


def _applied(text: str, start: int, end: int, changes: list[Change]) -> str:
    result: list[str] = []
    at = start
    for first, stop, new in changes:
        if first < at:
            continue
        before = text[start:first].rstrip(" *_\"'(")
        opens = not before or before[-1] in ".?!:\n"
        result += [text[at:first], new[:1].upper() + new[1:] if opens and text[first].isupper() else new]
        at = stop
    return "".join([*result, text[at:end]]).strip()


def _to_we(sentence: Sentence) -> Iterator[Change]:
    taken = -1
    for first, last in _business(sentence):
        if first >= taken:
            taken = last
            yield from _one_to_we(sentence, first, last)


def _one_to_we(sentence: Sentence, first: int, last: int) -> Iterator[Change]:
    norms = sentence.norms
    pair = _paired_with_it(sentence, first, last)
    if _is_compound(sentence, first, last):
        raise _UnsureError
    before = norms[first - 1] if first else ""
    if pair is not None:
        if not pair[0] or norms[pair[0] - 1] not in _BETWEEN:
            raise _UnsureError
        yield (*sentence.span(*pair), "all of us")
    elif norms[last : last + 1] == ["'s"]:
        yield (*sentence.span(first, last + 1), "our")
    elif before in {"on", "in"} and first >= 2:
        yield from _among(sentence, first, last)
    elif before in _BEFORE_OBJECT:
        if first >= 2 and norms[first - 2] in {"who", "what", "which"}:
            raise _UnsureError
        yield (*sentence.span(first, last), _colleagues(sentence, first, last))
    else:
        yield from _as_subject(sentence, first, last)


def _is_compound(sentence: Sentence, first: int, last: int) -> bool:
    # "business approval" is no party; "business wants" is.
    if last - first > 1 or last >= len(sentence) or sentence.punctuation[last] or sentence.norms[last] == "'s":
        return False
    following = sentence.lowers[last]
    return following.endswith("ing") or following not in words("function_words") | _PLAIN_VERBS | _AUXILIARIES


def _among(sentence: Sentence, first: int, last: int) -> Iterator[Change]:
    """Yield what becomes of "anyone on the business side" and "someone in the business"."""
    norms, new = sentence.norms, _colleagues(sentence, first, last)
    if norms[first - 2] in {"anyone", "anybody"}:
        asked = first >= 3 and norms[first - 3] == "does"
        yield (*sentence.span(first - 3 if asked else first - 2, last), f"{'do ' * asked}any of {new}")
    else:
        yield (*sentence.span(first - 1, last), f"among {new}")


def _as_subject(sentence: Sentence, first: int, last: int) -> Iterator[Change]:
    norms = sentence.norms
    before = norms[first - 1] if first else ""
    inverted = before in {"does", "did", "has", "can", "will", "is"}
    opens = not first or sentence.punctuation[first - 1] or before in _BEFORE_SUBJECT or inverted
    aside = _aside(sentence, last)
    verb = _verb_after(sentence, aside)
    if _goes_on(sentence, aside):
        raise _UnsureError
    if not opens or verb is None or (inverted and before in {"has", "is"}):
        raise _UnsureError
    apart = not _APART.isdisjoint(norms)
    if before == "does":
        yield (*sentence.places[first - 1], "do")
    yield (*sentence.span(first, last), _colleagues(sentence, first, last) if apart else "we")
    if aside > last:
        # "The business, in its wisdom, wants": what is put in between would not be said of us.
        yield (sentence.places[last - 1][1], sentence.places[aside - 1][1], "")
    agreed = _NEGATED.get(sentence.lowers[verb]) or base_form(sentence.lowers[verb])
    if agreed is not None and not inverted:
        # The verb alone: the "n't" that may hang on it stays.
        yield (*sentence.places[verb], agreed)


def _aside(sentence: Sentence, last: int) -> int:
    """Return where the sentence goes on after words between commas; ``last`` where there are none."""
    if sentence.lowers[last : last + 1] != [","]:
        return last
    closes = [at for at in range(last + 2, min(last + 9, len(sentence))) if sentence.lowers[at] == ","]
    return closes[0] + 1 if closes else last


def _goes_on(sentence: Sentence, last: int) -> bool:
    # "picks a number, hates it": a second verb would have to agree too.
    following = (sentence.lowers[at + 1] for at in range(last, len(sentence) - 1) if sentence.punctuation[at])
    return any(len(word) > 3 and word.endswith("s") and base_form(word) for word in following)


def _business(sentence: Sentence) -> Iterator[tuple[int, int]]:
    shaded = sentence.concepts.get("other_sense", {})
    for concept in ("the_business", "business_word"):
        places = sentence.concepts.get(concept, {})
        for first in sorted(places):
            if first not in shaded and first - 1 not in shaded:
                yield first, max(places[first])


def _colleagues(sentence: Sentence, first: int, last: int) -> str:
    # "the clinical side" is "our clinical colleagues".
    words = [word for word in sentence.norms[first:last] if word not in _SIDES]
    named = len(words) == 1 and "side" in sentence.norms[first:last]
    return f"our {words[0]} colleagues" if named else "our colleagues"


def _paired_with_it(sentence: Sentence, first: int, last: int) -> tuple[int, int] | None:
    norms = sentence.norms
    if first >= 2 and norms[first - 1] in _AND and norms[first - 2] in _ITS:
        return first - 2, last
    following = norms[last : last + 2]
    if len(following) == 2 and following[0] in _AND and following[1] in _ITS:
        return first, last + 2
    return None


def _verb_after(sentence: Sentence, last: int) -> int | None:
    """Return where the verb stands that comes next after ``last``, if it is one that suits any of us."""
    at = last
    while at < len(sentence) and sentence.norms[at] in _ADVERBS:
        at += 1
    if at >= len(sentence) or sentence.punctuation[at]:
        return None
    verb = at
    if sentence.norms[at] in _AUXILIARIES or sentence.lowers[at] in _AUXILIARIES:
        at += 1
        while at < len(sentence) and (sentence.norms[at] in _ADVERBS or sentence.norms[at] in _BETWEEN_VERBS):
            at += 1
    if at >= len(sentence) or (at == verb and sentence.lowers[at].endswith("ing")):
        return None
    return verb if sentence.lowers[at] in _PLAIN_VERBS else None


def _to_colleagues(sentence: Sentence) -> Iterator[Change]:
    norms = sentence.norms
    for at in sorted(sentence.concepts.get("customer_word", {})):
        if at in sentence.concepts.get("other_sense", {}):
            continue
        word, following = norms[at], set(norms[at + 1 : at + 2])
        if following & _DEPARTMENTS:
            yield (*sentence.span(at, at + 2), f"{norms[at + 1]} we work with")
        elif _is_complement(sentence, at) or (not word.endswith("s") and following & {"(", ",", ":", "-"}):
            raise _UnsureError
        elif at and norms[at - 1] in {"internal", "in-house", "inhouse"}:
            article = at >= 2 and norms[at - 2] == "an"
            yield (*sentence.span(at - 2 if article else at - 1, at + 1), f"{'a ' * article}{_CUSTOMERS[word]}")
        elif following & _WHERE or norms[at - 1 : at] in (["our"], ["my"]):
            yield (*sentence.span(at, at + 1), _CUSTOMERS[word])
        else:
            raise _UnsureError


def _is_complement(sentence: Sentence, at: int) -> bool:
    # "the stores are our customers": what somebody is said to be.
    said = {"is", "are", "as", "was", "were", "be", "being", "'s", "'re", "="}
    return any(word in said for word in sentence.norms[max(0, at - 4) : at])
