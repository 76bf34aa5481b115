"""What a message is weighed by: its words however they are spelt, their neighbours, and what kind of word each is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from nlp.markup import CHANNEL, CODE, EMOJI, LINK, MENTION

LONGEST_WEIGHED = 4_000

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!.,:\"]|[\ue000-\ue004]|\n")
_STAND_INS = {MENTION: "<person>", CHANNEL: "<channel>", LINK: "<link>", EMOJI: "<emoji>", CODE: "<code>"}
_OPENING = frozenset(".?!:")
_ONESELF = frozenset(("I", "I'm", "I'll", "I've", "I'd"))
_ENDING = re.compile(r"(?:ing|edly|ed|ies|es|s|ly|'s|er|ers)$")
_ENDINGS = {"t": "not", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_SPELT_OUT: Mapping[str, Sequence[str]] = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "there's": ("there", "is"),
    "he's": ("he", "is"),
    "she's": ("she", "is"),
    "what's": ("what", "is"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "cant": ("can", "not"),
    "couldnt": ("could", "not"),
    "wont": ("will", "not"),
    "wouldnt": ("would", "not"),
    "shouldnt": ("should", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "havent": ("have", "not"),
    "hasnt": ("has", "not"),
    "thats": ("that", "is"),
    "theres": ("there", "is"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
}
NAME = "<name>"
_KINDS = (
    "department",
    "it_team",
    "real_customer_strict",
    "users_word",
    "customer_word",
    "outside_party",
    "ticket_strict",
    "change_body",
    "freeze",
    "sla",
    "hours",
    "policy_noun",
    "queue_strict",
    "scope",
    "priority",
    "time_unit",
    "weekend",
    "day",
    "number",
    "scorn",
    "contempt",
    "refuse",
    "toss",
    "problem_word",
    "raise",
    "wait",
)

Token = tuple[str, bool]


def tokens_of(prose: str) -> list[Token]:
    """Return the words, numbers, marks and stand-ins of ``prose``, and of each whether it is written as a name.

    "don't", "dont" and "do not" are the same two tokens.
    """
    tokens: list[Token] = []
    opening = True
    for found in _TOKEN.findall(prose[:LONGEST_WEIGHED]):
        made, opens, closes = _token(found)
        if len(made) == 1 and made[0][1] and opening:
            made = ((made[0][0], False),)
        # A row of emoji or of mentions says no more than one.
        if not (made[0][0][0] == "<" and tokens and tokens[-1] == made[0]):
            tokens.extend(made)
        opening = opens or (opening and not closes)
    return tokens


@lru_cache(maxsize=8_192)
def _token(found: str) -> tuple[tuple[Token, ...], bool, bool]:
    """Return what is made of a run of characters, whether a sentence may open after it, and whether it has begun."""
    stand_in = _STAND_INS.get(found)
    if stand_in is not None:
        return ((stand_in, False),), False, False
    if found == "\n" or found in _OPENING:
        return (("." if found == "\n" else found, False),), True, False
    if found in '",':
        return ((found, False),), False, False
    if found[0].isdigit():
        # A number's size says little more than whether it counts days or names a ticket.
        return (("0" if len(found) < 3 else "000", False),), False, True
    parts = _spelt_out(found.lower())
    if len(parts) > 1:
        return tuple((part, False) for part in parts), False, True
    return ((parts[0], found[0].isupper() and found not in _ONESELF),), False, True


def _spelt_out(word: str) -> Sequence[str]:
    whole = _SPELT_OUT.get(word)
    if whole is not None:
        return whole
    base, mark, ending = word.rpartition("'")
    if not mark or ending not in _ENDINGS:
        return (word,)
    return (base.removesuffix("n"), "not") if ending == "t" else (base, _ENDINGS[ending])


def kinds_of(concepts: Mapping[str, Iterable[Sequence[str]]]) -> Mapping[str, str]:
    """Return for each single word of the vocabulary the kind it stands for: "finance" is a department."""
    kinds: dict[str, str] = {}
    for concept in _KINDS:
        for phrase in concepts[concept]:
            if len(phrase) == 1:
                kinds.setdefault(phrase[0], f"<{concept}>")
    return kinds


def features_of(tokens: Sequence[Token], kinds: Mapping[str, str]) -> set[str]:
    """Return what ``tokens`` are weighed by: each, and its pairs and threes of neighbours (as they stand; without
    their endings, after ``~``; and with names and words of the vocabulary replaced by their kind, after ``=``)."""
    words = [word for word, _ in tokens]
    stems = [_stem(word) for word in words]
    shapes: list[str] = []
    for word, named in tokens:
        shape = kinds.get(word) or (NAME if named else word)
        if shape == word or not shapes or shapes[-1] != shape:
            shapes.append(shape)
    names = {*words, *_runs(words), *stems, *map(" ".join, pairwise(stems))}
    names.update([f"={run}" for run in _runs(shapes) if "<" in run])
    names.update([f"={shape}" for shape in shapes if shape[0] == "<"])
    return names


def _runs(words: Sequence[str]) -> list[str]:
    edged = ["^", *words, "$"]
    pairs = list(map(" ".join, pairwise(edged)))
    return [*pairs, *map(" ".join, zip(pairs, edged[2:], strict=False))]


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    # As crude as it is: it need only be the same for the forms of a word, not a word.
    if len(word) < 5:
        return f"~{word}"
    stem = _ENDING.sub("", word)
    stem = stem if len(stem) >= 3 else word
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "sl":
        stem = stem[:-1]
    return f"~{stem.removesuffix('e')}"
