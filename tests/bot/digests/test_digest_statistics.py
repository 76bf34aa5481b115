"""Against SciPy, and against values others have published."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.statistics import (
    binomial_p_value,
    change_p_value,
    overdispersion,
    smallest_p_value,
    wilson_interval,
)

counts = st.integers(0, 60)
shares = st.floats(0.05, 0.95)


@given(st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_is_scipys(count_and_total: tuple[int, int]) -> None:
    count, total = count_and_total
    expected = stats.binomtest(count, total).proportion_ci(method="wilson")
    assert wilson_interval(count, total) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(count: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(count, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("count", "total"), [(0, 0), (3, 2), (-1, 5)])
def test_no_proportion(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="proportion"):
        wilson_interval(count, total)


@given(counts, counts, shares)
def test_binomial_is_scipys(successes: int, failures: int, share: float) -> None:
    trials = successes + failures
    expected = stats.binomtest(successes, trials, share).pvalue if trials else 1.0
    assert binomial_p_value(successes, trials, share) == pytest.approx(expected, abs=1e-9)


def test_large_counts_stay_exact() -> None:
    assert binomial_p_value(5_200, 10_000, 0.5) == pytest.approx(stats.binomtest(5_200, 10_000).pvalue, rel=1e-6)


@given(st.lists(st.integers(0, 40), min_size=3, max_size=12), st.integers(1, 500))
def test_with_equal_exposure_dispersion_is_variance_over_mean(weekly: list[int], exposure: int) -> None:
    expected = 1.0
    if sum(weekly):
        mean = sum(weekly) / len(weekly)
        expected = max(1.0, sum((count - mean) ** 2 for count in weekly) / (len(weekly) - 1) / mean)
    assert overdispersion(weekly, [exposure] * len(weekly)) == pytest.approx(expected)


def test_dispersion_is_pearsons_statistic() -> None:
    weekly, exposures = [3, 9, 2, 14], [100, 200, 150, 250]
    expected = stats.chisquare(weekly, [28 * n / 700 for n in exposures]).statistic / 3
    assert overdispersion(weekly, exposures) == pytest.approx(expected)


def test_dispersion_follows_exposure_and_leaves_out_silent_weeks() -> None:
    assert overdispersion([2, 4, 8], [100, 200, 400]) == 1.0
    assert overdispersion([2, 40, 8, 0], [100, 200, 400, 0]) == overdispersion([2, 40, 8], [100, 200, 400])
    assert overdispersion([0, 90], [10, 10]) == 1.0


def test_change_is_the_conditional_test() -> None:
    expected = stats.binomtest(24, 34, 900 / 1700).pvalue
    assert change_p_value(24, 10, 900, 800, 1.0) == pytest.approx(expected)
    assert expected < 0.05
    # SciPy's own conditional test of two Poisson means, under the same null hypothesis.
    assert change_p_value(24, 10, 900, 800, 1.0) == pytest.approx(
        stats.poisson_means_test(24, 900, 10, 800).pvalue, abs=0.02
    )


def test_change_of_a_swinging_channel_needs_more() -> None:
    assert change_p_value(24, 10, 800, 800, 1.0) < 0.05 < change_p_value(24, 10, 800, 800, 3.0)


@pytest.mark.parametrize(("recent", "earlier"), [(0, 100), (100, 0)])
def test_nothing_to_compare(recent: int, earlier: int) -> None:
    with pytest.raises(ValueError, match="both sides"):
        change_p_value(1, 1, recent, earlier, 1.0)


@given(st.integers(0, 30), st.integers(1, 900), st.integers(1, 900))
def test_no_split_beats_the_smallest(total: int, recent: int, earlier: int) -> None:
    least = smallest_p_value(total, recent, earlier, 1.0)
    assert all(change_p_value(k, total - k, recent, earlier, 1.0) >= least - 1e-12 for k in range(total + 1))


def test_five_counts_are_too_few_and_six_are_not() -> None:
    assert smallest_p_value(5, 500, 500, 1.0) == pytest.approx(2 * 0.5**5)
    assert smallest_p_value(6, 500, 500, 1.0) == pytest.approx(2 * 0.5**6)


def test_false_alarms_stay_rare() -> None:
    # Exactly, not by simulation: the chance that two equal Poisson means of 24 are called different.
    mean = 24
    probabilities = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(80)]
    alarm = sum(
        probabilities[k1] * probabilities[k0]
        for k1 in range(80)
        for k0 in range(80)
        if change_p_value(k1, k0, 500, 500, 1.0) < 0.05
    )
    assert 0.02 < alarm <= 0.05
