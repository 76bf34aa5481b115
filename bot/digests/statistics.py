"""What small counts can honestly say: intervals of rates, and whether a change is more than chance. Pure."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from bot.digests.chances import mid_p_value, students_p_value

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class Counted:
    """A week's count as it is compared, out of how much, and how far chance alone would scatter it."""

    count: int
    exposure: float
    """Messages among which it was counted."""
    variance: float
    """Of the count, were nothing but chance at work: the count itself, or less where what one author adds is capped."""


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How many times more weekly counts vary than counts that come singly, and how well that is known."""

    ratio: float
    degrees: float = math.inf
    """Of freedom; infinite where nothing had to be estimated."""


ONLY_CHANCE = Dispersion(1.0)


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of the proportion ``count / total``.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212;
    recommended for small counts by Brown, Cai and DasGupta, Statistical Science 16 (2001), 101-133.
    Raises ValueError unless 0 <= count <= total and total > 0.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError("a proportion needs 0 <= count <= total, total > 0")
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share = count / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == total else min(1.0, centre + half)
    return low, high


def overdispersion(*series: Sequence[Counted]) -> Dispersion:
    """Return how much weeks vary about the rate of the series they are in, never less than chance makes them.

    Pearson's statistic over its degrees of freedom, for counts with unequal exposure; with equal exposure it is the
    variance over the mean. McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), 4.5 and 6.2. The part that
    is chance is known, only what exceeds it is estimated, so the degrees of freedom are those of a sum of the two:
    F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110-114.
    Weeks without messages, and fewer than two degrees of freedom, say nothing.
    """
    heard = [[week for week in some if week.exposure > 0] for some in series]
    total = sum(week.count for some in heard for week in some)
    degrees = sum(len(some) - 1 for some in heard if some)
    chance = sum(week.variance for some in heard for week in some) / total if total else 1.0
    if degrees < 2 or total == 0:
        return Dispersion(chance)
    ratio = sum(_pearson(some) for some in heard) / degrees
    if ratio <= chance:
        return Dispersion(chance)
    return Dispersion(ratio, degrees * (ratio / (ratio - chance)) ** 2)


def _pearson(weeks: Sequence[Counted]) -> float:
    total = sum(week.count for week in weeks)
    if total == 0:
        return 0.0
    rate = total / sum(week.exposure for week in weeks)
    return sum((week.count - rate * week.exposure) ** 2 / (rate * week.exposure) for week in weeks)


def change_p_value(
    recent: int, earlier: int, recent_exposure: float, earlier_exposure: float, dispersion: Dispersion
) -> float:
    """Return the chance of counts at least this far apart if the rate of messages had not changed.

    The exact conditional test of two Poisson rates: given their sum, the recent count is binomial with the recent
    share of the exposure (Przyborowski and Wilenski, Biometrika 31 (1940), 313-323), its outcome counted by half (see
    mid_p_value). The exact p-value is turned into a normal deviate, divided by the root of the dispersion, and looked
    up in Student's distribution with its degrees of freedom (as the quasi-likelihood F test does, McCullagh and Nelder
    4.5), so that a channel that always swings is not called moved for swinging.
    Raises ValueError where an exposure is not positive.
    """
    share = _share(recent_exposure, earlier_exposure)
    return _widened(mid_p_value(recent, recent + earlier, share), dispersion)


def smallest_p_value(
    total: int, recent_exposure: float, earlier_exposure: float, dispersion: Dispersion = ONLY_CHANCE
) -> float:
    """Return the smallest p-value that ``total`` counts could give, however they fell: if large, they tell nothing."""
    share = _share(recent_exposure, earlier_exposure)
    return _widened(min(share, 1 - share) ** total, dispersion)


def benjamini_hochberg(p_values: Sequence[float], rate: float = SIGNIFICANCE) -> tuple[bool, ...]:
    """Return, one for each p-value, whether it counts as found, so that at most ``rate`` of those found are chance.

    On average, over looks at many: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. Royal
    Statistical Society B 57 (1995), 289-300. A comparison that could not have been significant however its counts fell
    need not be among them: that depends on their sum alone, which says nothing of how they fell (R. E. Tarone,
    Biometrics 46 (1990), 515-522).
    """
    ranked = sorted(p_values)
    bar = max((p for rank, p in enumerate(ranked, 1) if p <= rate * rank / len(ranked)), default=-1.0)
    return tuple(p <= bar for p in p_values)


def _share(recent_exposure: float, earlier_exposure: float) -> float:
    if recent_exposure <= 0 or earlier_exposure <= 0:
        raise ValueError("a comparison needs messages on both sides")
    return recent_exposure / (recent_exposure + earlier_exposure)


def _widened(p_value: float, dispersion: Dispersion) -> float:
    deviate = -NormalDist().inv_cdf(max(p_value / 2, sys.float_info.min))
    return students_p_value(deviate / math.sqrt(dispersion.ratio), dispersion.degrees)
