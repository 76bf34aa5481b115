"""What small counts can honestly say: intervals of rates, and whether a change is more than chance. Pure."""

import math
from collections.abc import Sequence
from statistics import NormalDist

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
_SAME = 1 + 1e-7
"""Probabilities this close count as equal: they differ only by rounding."""


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


def overdispersion(counts: Sequence[int], exposures: Sequence[int]) -> float:
    """Return how many times more weekly counts vary than chance alone would make them, at least 1.

    Pearson's statistic over its degrees of freedom, for counts with unequal exposure; with equal exposure it is the
    variance over the mean. McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), 4.5 and 6.2.
    Fewer than three weeks with messages, or no count at all, say nothing: 1.
    """
    weeks = [(count, exposure) for count, exposure in zip(counts, exposures, strict=True) if exposure > 0]
    total = sum(count for count, _ in weeks)
    if len(weeks) < 3 or total == 0:
        return 1.0
    rate = total / sum(exposure for _, exposure in weeks)
    pearson = sum((count - rate * exposure) ** 2 / (rate * exposure) for count, exposure in weeks)
    return max(1.0, pearson / (len(weeks) - 1))


def binomial_p_value(successes: int, trials: int, share: float) -> float:
    """Return the exact two-sided p-value of ``successes`` of ``trials`` where each succeeds with chance ``share``.

    The sum of the chances of every outcome no likelier than the one seen (Fisher's convention, as in R's binom.test).
    """
    if trials == 0:
        return 1.0
    seen = _log_chance(successes, trials, share)
    bar = seen + math.log(_SAME)
    return min(1.0, math.fsum(math.exp(p) for k in range(trials + 1) if (p := _log_chance(k, trials, share)) <= bar))


def change_p_value(recent: int, earlier: int, recent_exposure: int, earlier_exposure: int, dispersion: float) -> float:
    """Return the chance of counts at least this far apart if the rate of messages had not changed.

    The exact conditional test of two Poisson rates: given their sum, the recent count is binomial with the recent
    share of the exposure (Przyborowski and Wilenski, Biometrika 31 (1940), 313-323). Counts are divided by
    ``dispersion`` (>= 1) first, so that a channel that always swings is not called moved for swinging.
    Raises ValueError where an exposure is not positive.
    """
    if recent_exposure <= 0 or earlier_exposure <= 0:
        raise ValueError("a comparison needs messages on both sides")
    share = recent_exposure / (recent_exposure + earlier_exposure)
    k1, k0 = round(recent / dispersion), round(earlier / dispersion)
    return binomial_p_value(k1, k1 + k0, share)


def smallest_p_value(total: int, recent_exposure: int, earlier_exposure: int, dispersion: float) -> float:
    """Return the smallest p-value that ``total`` counts could give, however they fell: if large, they tell nothing."""
    return min(
        change_p_value(recent, total - recent, recent_exposure, earlier_exposure, dispersion) for recent in (0, total)
    )


def _log_chance(successes: int, trials: int, share: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return ways + successes * math.log(share) + (trials - successes) * math.log1p(-share)
