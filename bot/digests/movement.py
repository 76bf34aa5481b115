"""Whether some weeks differ from the weeks before them, by counts in which no author weighs too much. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.digests.statistics import SIGNIFICANCE, Counted, change_p_value, overdispersion, smallest_p_value
from bot.store.tables.watching import AUTHOR_CAP


@dataclass(frozen=True, slots=True)
class Change:
    """How two windows differ."""

    p_value: float | None
    """None where so few could not tell a change from chance, however they fell."""
    rose: bool

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance, looked at alone."""
        return self.p_value is not None and self.p_value <= SIGNIFICANCE


def counted(found: Mapping[str, int], read: Mapping[str, int]) -> Counted:
    """Return a week's count with no author counted more than AUTHOR_CAP times, and the messages that go with it.

    ``found`` are messages with the label, ``read`` all messages, by author. Who is counted three times only must have
    only the messages that held three, or a busier month would look like a calmer one: with c found of m, that is
    ``m * min(1, 3 / (c + 1))``, for whatever the author's rate, E[min(c, 3)] = rate * E[m * min(1, 3 / (c + 1))]
    (c a Poisson count; L. H. Y. Chen, Annals of Probability 3 (1975), 534-545). A count of c scaled to 3 scatters less
    than one of 3: as 9 / c (M. P. Fay and E. J. Feuer, Statistics in Medicine 16 (1997), 791-801).
    """
    together, left_out, variance = 0, 0.0, 0.0
    for author, count in found.items():
        if count < AUTHOR_CAP:
            together, variance = together + count, variance + count
        else:
            together, variance = together + AUTHOR_CAP, variance + AUTHOR_CAP * AUTHOR_CAP / count
            left_out += read.get(author, 0) * (1 - AUTHOR_CAP / (count + 1))
    return Counted(together, sum(read.values()) - left_out, variance)


def change(recent: Sequence[Counted], earlier: Sequence[Counted], long_before: Sequence[Counted] = ()) -> Change:
    """Return how ``recent`` weeks differ from ``earlier`` ones; ``long_before`` too says how weeks swing by themselves.

    Raises ValueError where either window has no messages.
    """
    dispersion = overdispersion(recent, [*long_before, *earlier])
    k1, k0 = (sum(week.count for week in weeks) for weeks in (recent, earlier))
    n1, n0 = (sum(week.exposure for week in weeks) for weeks in (recent, earlier))
    rose = k1 * n0 > k0 * n1
    if smallest_p_value(k1 + k0, n1, n0, dispersion) > SIGNIFICANCE:
        return Change(None, rose)
    return Change(change_p_value(k1, k0, n1, n0, dispersion), rose)
