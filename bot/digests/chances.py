"""Tails of the binomial and of Student's distribution, exact to rounding however large the counts. Pure."""

import math
import sys

_TINY = sys.float_info.min
_PRECISE = 1e-14
_NEARLY_NORMAL = 1e5
"""Degrees of freedom above which Student's distribution is the normal one to five digits."""


def mid_p_value(successes: int, trials: int, share: float) -> float:
    """Return the two-sided mid-p-value of ``successes`` of ``trials`` where each succeeds with chance ``share``.

    Twice the smaller tail, the outcome seen counted by half: exact tests without the half keep so far below the level
    they promise that small counts could hardly ever move. H. O. Lancaster, "Significance tests in discrete
    distributions", JASA 56 (1961), 223-234; A. Agresti, Categorical Data Analysis, 2nd ed. (2002), 1.4.5.
    """
    if successes < trials * share:
        successes, share = trials - successes, 1 - share
    seen = math.exp(_log_chance(successes, trials, share))
    tail = _at_least(successes, trials, share) - seen / 2
    return min(1.0, 2 * tail, 2 * (1 - tail))


def students_p_value(deviate: float, degrees: float) -> float:
    """Return the two-sided chance of a deviate as far from 0 under Student's distribution; normal if infinite.

    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.1 and 26.5.27.
    """
    if degrees > _NEARLY_NORMAL:
        return math.erfc(abs(deviate) / math.sqrt(2))
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + deviate * deviate))


def _log_chance(successes: int, trials: int, share: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return ways + successes * math.log(share) + (trials - successes) * math.log1p(-share)


def _at_least(successes: int, trials: int, share: float) -> float:
    return _incomplete_beta(successes, trials - successes + 1, share) if successes > 0 else 1.0


def _incomplete_beta(a: float, b: float, x: float) -> float:
    # The regularised incomplete beta function; the fraction converges fast on one side of the mean.
    if x in {0.0, 1.0}:
        return x
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    # NIST Digital Library of Mathematical Functions, 8.17.22, by the modified Lentz algorithm (ibid., 3.10(iii)).
    ratio_up, ratio_down = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value, step = ratio_down, 0
    while True:
        step += 1
        twice = a + 2 * step
        even = step * (b - step) * x / ((twice - 1) * twice)
        odd = -(a + step) * (a + b + step) * x / (twice * (twice + 1))
        change = 1.0
        for term in (even, odd):
            ratio_down = 1 / _not_zero(1 + term * ratio_down)
            ratio_up = _not_zero(1 + term / ratio_up)
            change = ratio_up * ratio_down
            value *= change
        if abs(change - 1) < _PRECISE:
            return value


def _not_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
