"""What the parts of a total come to, said so that no part can be worked out that is not shown by itself. Pure.

A part is one channel's week. Every part is, or may be, shown by itself somewhere: in the digest of its channel, in a
chart, among the channels of a group. A total less its shown parts is the rest; so the rest must be nobody in
particular's too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.digests.figures import Shown

FEW_AUTHORS = 3

ByAuthor = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Total:
    """A total as it may be shown: None where it would give a part away, and then what it is at least."""

    messages: Shown | None
    at_least: int | None = None

    @property
    def count(self) -> int | None:
        """The number, where one may be shown."""
        return self.messages if isinstance(self.messages, int) else None


def is_few(authors: int) -> bool:
    """Say whether a count by so many people reads "few"."""
    return 0 < authors < FEW_AUTHORS


def shown(by_author: ByAuthor) -> Shown:
    """Return one part's count as it may be shown."""
    return "few" if is_few(len(by_author)) else sum(by_author.values())


def added(parts: Sequence[tuple[int, int]]) -> Total:
    """Return what parts (count, authors) add up to; a number only where none of them reads "few".

    However many people the parts that read "few" come from together: the next week's total, another group's or another
    cadence's differs in one part, and the two can be subtracted.
    """
    few = [count for count, authors in parts if is_few(authors)]
    total = sum(count for count, _ in parts)
    if not few:
        return Total(total)
    if total == sum(few) and len(few) == 1:
        return Total("few")
    return Total(None, total - sum(few) + len(few))


def together(parts: Sequence[ByAuthor]) -> Total:
    """Return what some weeks of one channel, by author, add up to."""
    return added([(sum(part.values()), len(part)) for part in parts])


def sum_of(totals: Sequence[Total]) -> Total:
    """Return the sum of totals that may each be shown by itself, such as a workspace's weeks."""
    if all(isinstance(total.messages, int) for total in totals):
        return Total(sum(total.count or 0 for total in totals))
    if sum(total.messages != 0 for total in totals) == 1:
        return next(total for total in totals if total.messages != 0)
    return Total(None, sum(total.at_least or total.count or 1 for total in totals if total.messages != 0))


def merged(parts: Iterable[ByAuthor]) -> Counter[str]:
    """Return the counts of several parts, author by author."""
    together: Counter[str] = Counter()
    for part in parts:
        together.update(part)
    return together
