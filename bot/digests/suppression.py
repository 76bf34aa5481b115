"""Which parts of shown totals must be withheld, so that no withheld one can be worked out from the rest. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Withheld:
    """What may not be shown: parts and totals, by their position."""

    parts: frozenset[int]
    totals: frozenset[int] = frozenset()
    """Totals that even withholding every other part would not keep from telling one."""


def withhold(
    counts: Sequence[int], may_show: Sequence[bool], totals: Sequence[Collection[int]] | None = None
) -> Withheld:
    """Return what to withhold, so that no withheld part is what shown parts and totals leave over.

    ``totals`` says which parts each shown total sums; without it, there is one, of all parts. As long as a withheld
    part could be worked out, by one total or by several together, the next smallest part of such a total goes too; of
    equals the first, so pass parts in an order that does not change from week to week. A part of 0 hides nothing and
    is no partner; where only those are left, the total goes. What remains is that a withheld part is at most what its
    total leaves over. L. H. Cox, JASA 75 (1980), 377-385; Hundepool and others, Statistical Disclosure Control (2012).
    """
    shown_totals = dict(enumerate([range(len(counts))] if totals is None else totals))
    parts = {at for at, may in enumerate(may_show) if not may}
    while (given_away := _derivable(parts, list(shown_totals.values()))) is not None:
        telling = [at for at, total in shown_totals.items() if given_away in total]
        partners = {at for total in telling for at in shown_totals[total] if at not in parts and counts[at] > 0}
        if partners:
            parts.add(min(partners, key=lambda at: (counts[at], at)))
        else:
            del shown_totals[telling[0]]
    every = range(1 if totals is None else len(totals))
    return Withheld(frozenset(parts), frozenset(every) - shown_totals.keys())


def _derivable(parts: Collection[int], totals: Sequence[Collection[int]]) -> int | None:
    # Each total, less its shown parts, is a sum of withheld ones. A part can be worked out from such sums just if it
    # stands alone in a row of their reduced echelon form.
    order = sorted(parts)
    rows = [[Fraction(at in total) for at in order] for total in totals]
    for row in _reduced(rows):
        alone = [at for at, number in zip(order, row, strict=True) if number]
        if len(alone) == 1:
            return alone[0]
    return None


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [number / rows[done][column] for number in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                rows[at] = [number - row[column] * lead for number, lead in zip(row, rows[done], strict=True)]
        done += 1
    return rows
