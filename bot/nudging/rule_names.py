"""Which rule somebody means who types its id, its title, or a part of one."""

from collections.abc import Iterable
from html import unescape

from bot.valuestreams.folding import fold
from nlp import Rule


def rules_named(said: str, rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules whose id or title is ``said``, else those that have it as a part; none for no words at all.

    Case, punctuation and accents make no difference; ``said`` is as Slack sends what is typed.
    """
    meant = fold(unescape(said))
    names = [(rule, (fold(rule.id), fold(rule.title))) for rule in rules] if meant else []
    exactly = [rule for rule, known in names if meant in known]
    return exactly or [rule for rule, known in names if any(meant in name for name in known)]
