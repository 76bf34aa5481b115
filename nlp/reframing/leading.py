"""A sentence led to the real customer, where its grammar lets it."""

import re
from collections.abc import Iterator
from zlib import crc32

from nlp.reframing.offering import writes_small

_ASKS = re.compile(
    r"\b(?:we|our colleagues|all of us)(?: all| also| still| really)? "
    r"(?:want|need|expect|would like|are asking for|have asked for|asked for)\b"
    r"(?!.*(?:[,;:?]|\b(?:but|and|or|because|if|when|which|who|so|for|then|not)\b|n['’]t\b))",
    re.IGNORECASE,
)
_WANTS_IT = re.compile(r"\b(?:want|need) (?:it|this|that)\b")
_ENDINGS = (
    "What do {customer} need most here?",
    "What would help {customer} most?",
    "What matters most to {customer} here?",
)
_LONGEST = 20


def leading_to(said: str, customer: str | None, text: str) -> Iterator[str]:
    """Yield ``said`` led to the customer, then as it is; only as it is where no customer is known."""
    if customer is not None:
        body, mark = (said[:-1], said[-1]) if said[-1:] in {".", "!"} else (said, "")
        if _ASKS.search(body) and len(body.split()) < _LONGEST:
            link = ", so that it's there for" if _WANTS_IT.search(body) else ", for"
            yield f"{body}{link} {customer}{mark}"
        ending = _ENDINGS[crc32(text.encode("utf-8", "replace")) % len(_ENDINGS)].format(customer=customer)
        if writes_small(text):
            ending = ending[0].lower() + ending[1:]
        yield f"{said}{'' if said[-1:] in {'.', '!', '?', '…'} else '.'} {ending}"
    yield said
