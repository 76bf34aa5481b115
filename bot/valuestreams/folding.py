"""Words made comparable: case, accents, punctuation, plurals and endings folded away."""

import re
import unicodedata

_FUNCTION_WORDS = """
    a about after again all am an and any are as at be been by call called can could did do does doing dont find for
    from get gets give go goes has have how i if in into is it its know like look looked looking looks made make
    makes me mean my need needs of off on one or our out please put s show some something somewhere stuff t tell
    that the their them there these they thing things this those to up us use used uses using want was we were what
    whats when where wheres which who whom whos whose why will with would you your
"""
_NOISE_WORDS = """
    app application apps bit broken business channel customer customers day department division down error fault group
    help issue issues kit link new not old outage owner owners page people person platform problem problems process
    responsible screen server service services site slow software somebody someone staff stage step stream streams
    support system systems team teams tool tools user users value working works
"""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that say nothing of what is looked for: left out of a query where something else is left."""
NOISE_WORDS = frozenset(_NOISE_WORDS.split())
"""Words that may be part of a name, and count for nothing where they match none."""

_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?\b")


def fold(text: str) -> str:
    """Return text in lower case, without accents or punctuation, its words one space apart; ``&`` becomes and."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _INITIALS.sub(lambda match: match.group().replace(".", ""), text)
    return " ".join(_WORD.findall(text.replace("&", " and ").replace("'", "").replace("’", "")))


def singular(word: str) -> str:
    """Return an English plural without its ending; another word as it is."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zzes")):
        return word[:-2]
    return word.removesuffix("s")


def stem(word: str) -> str:
    """Return a word without plural, -ing and -ed, so that ship, ships, shipping and shipped meet."""
    word = singular(word)
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "aeiouls":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def key(words: list[str]) -> str:
    """Return the words as one comparable key, singular and without spaces: "Work days" and "workday" have one key."""
    return "".join(singular(word) for word in words)


def content(words: list[str]) -> list[str]:
    """Return the words without function words, or all of them where nothing would be left."""
    return [word for word in words if word not in FUNCTION_WORDS] or words


def acronyms(words: list[str]) -> set[str]:
    """Return what a name of two words or more may be shortened to: its initials, with and without its small words."""
    return {
        "".join(word[0] for word in some)
        for some in (words, [word for word in words if word not in FUNCTION_WORDS])
        if len(some) > 1
    }


def slug(name: str) -> str:
    """Return an id made of a name: small letters, digits and hyphens, at most 64 characters."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:64].strip("-") or "stage"
