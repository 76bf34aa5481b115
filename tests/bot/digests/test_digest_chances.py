"""Tails of distributions, against SciPy and against published tables."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.chances import mid_p_value, students_p_value

counts = st.integers(0, 60)
shares = st.floats(0.05, 0.95)


@given(counts, counts, shares)
def test_mid_p_is_the_exact_tail_less_half_of_what_was_seen(successes: int, failures: int, share: float) -> None:
    trials = successes + failures
    seen = stats.binom.pmf(successes, trials, share)
    upper = stats.binomtest(successes, trials, share, "greater").pvalue if trials else 1.0
    lower = stats.binomtest(successes, trials, share, "less").pvalue if trials else 1.0
    expected = min(1.0, 2 * (min(upper, lower) - seen / 2))
    assert mid_p_value(successes, trials, share) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "one_sided"),
    # A. Agresti, An Introduction to Categorical Data Analysis, 2nd ed. (2007), table 1.2: mid-p-values of n = 10, 0.5.
    [(6, 0.274), (7, 0.113), (8, 0.033), (9, 0.006), (10, 0.0005)],
)
def test_mid_p_as_published(successes: int, one_sided: float) -> None:
    assert mid_p_value(successes, 10, 0.5) / 2 == pytest.approx(one_sided, abs=5e-4)


@pytest.mark.parametrize(("successes", "trials"), [(5_200, 10_000), (300, 10_000), (99_000, 200_000)])
def test_large_counts_stay_exact(successes: int, trials: int) -> None:
    binomial = stats.binom(trials, 0.5)
    expected = 2 * (min(binomial.cdf(successes), binomial.sf(successes - 1)) - binomial.pmf(successes) / 2)
    assert mid_p_value(successes, trials, 0.5) == pytest.approx(expected, rel=1e-6, abs=1e-300)


@given(st.floats(-30, 30), st.floats(0.5, 1e6) | st.just(math.inf))
def test_student_is_scipys(deviate: float, degrees: float) -> None:
    assert students_p_value(deviate, degrees) == pytest.approx(2 * stats.t.sf(abs(deviate), degrees), abs=5e-6)


@pytest.mark.parametrize(
    ("degrees", "deviate"),
    # R. A. Fisher and F. Yates, Statistical Tables, table III: where a twentieth lies further out.
    [(1, 12.706), (2, 4.303), (3, 3.182), (6, 2.447), (11, 2.201), (14, 2.145), (30, 2.042), (math.inf, 1.960)],
)
def test_student_as_published(degrees: float, deviate: float) -> None:
    assert students_p_value(deviate, degrees) == pytest.approx(0.05, abs=3e-5)
