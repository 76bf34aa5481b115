"""Against SciPy, and against values others have published."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.digests.statistics import (
    ONLY_CHANCE,
    Counted,
    Dispersion,
    benjamini_hochberg,
    change_p_value,
    overdispersion,
    smallest_p_value,
    wilson_interval,
)

counts = st.integers(0, 60)
exposures = st.integers(1, 900)
dispersions = st.builds(Dispersion, st.floats(0.5, 20), st.floats(2, 200) | st.just(math.inf))


def weeks(weekly: list[int], exposure: list[int]) -> list[Counted]:
    return [Counted(count, of, count) for count, of in zip(weekly, exposure, strict=True)]


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


@given(st.lists(st.integers(0, 40), min_size=3, max_size=12), st.integers(1, 500))
def test_with_equal_exposure_dispersion_is_variance_over_mean(weekly: list[int], exposure: int) -> None:
    expected = 1.0
    if sum(weekly):
        mean = sum(weekly) / len(weekly)
        expected = max(1.0, sum((count - mean) ** 2 for count in weekly) / (len(weekly) - 1) / mean)
    assert overdispersion(weeks(weekly, [exposure] * len(weekly))).ratio == pytest.approx(expected)


def test_dispersion_is_pearsons_statistic() -> None:
    weekly, exposure = [3, 9, 2, 14], [100, 200, 150, 250]
    expected = stats.chisquare(weekly, [28 * n / 700 for n in exposure]).statistic / 3
    assert overdispersion(weeks(weekly, exposure)).ratio == pytest.approx(expected)


def test_deaths_by_horse_kick_are_chance() -> None:
    # L. von Bortkiewicz, Das Gesetz der kleinen Zahlen (1898): ten corps over twenty years.
    kicks = [0] * 109 + [1] * 65 + [2] * 22 + [3] * 3 + [4]
    assert overdispersion(weeks(kicks, [1] * 200)).ratio == pytest.approx(1.0, abs=0.01)


def test_each_series_has_a_rate_of_its_own() -> None:
    calm, busy = weeks([4, 5, 6], [100] * 3), weeks([40, 50, 60], [100] * 3)
    assert overdispersion(calm, busy) == Dispersion(pytest.approx((0.4 + 4) / 4), pytest.approx(4 * 11**2))
    assert overdispersion(calm + busy).ratio > 20


def test_dispersion_follows_exposure_and_leaves_out_silent_weeks() -> None:
    assert overdispersion(weeks([2, 4, 8], [100, 200, 400])) == ONLY_CHANCE
    some, silent = weeks([2, 40, 8], [100, 200, 400]), weeks([0], [0])
    assert overdispersion(some + silent) == overdispersion(some) == overdispersion(some, silent)
    assert overdispersion(weeks([0, 90], [10, 10])) == overdispersion() == ONLY_CHANCE


def test_capped_counts_scatter_less_and_more_is_known_of_less_excess() -> None:
    capped = [Counted(9, 100, 6.0)] * 4
    assert overdispersion(capped) == Dispersion(pytest.approx(2 / 3))
    slight, strong = weeks([2, 9, 3, 8], [100] * 4), weeks([0, 21, 1, 20], [100] * 4)
    # Satterthwaite's approximation: known in part, the sum is better known than its estimated part.
    ratio = overdispersion(slight).ratio
    assert overdispersion(slight).degrees == pytest.approx(ratio**2 / ((ratio - 1) ** 2 / 3))
    assert 3 < overdispersion(strong).degrees < overdispersion(slight).degrees


def test_change_is_the_conditional_test() -> None:
    alone = stats.binomtest(24, 34, 900 / 1700)
    assert change_p_value(24, 10, 900, 800, ONLY_CHANCE) == pytest.approx(alone.pvalue, rel=0.4)
    # SciPy's own test of two Poisson means, under the same null hypothesis.
    expected = stats.poisson_means_test(24, 900, 10, 800).pvalue
    assert change_p_value(24, 10, 900, 800, ONLY_CHANCE) == pytest.approx(expected, abs=0.01)


def test_przyborowskis_and_wilenskis_dodder_seeds() -> None:
    # None in 100 samples, 3 in 100 others: by the conditional test 2 * 0.5**3, here with its only outcome by half.
    assert change_p_value(0, 3, 100, 100, ONLY_CHANCE) == pytest.approx(0.5**3)
    assert stats.binomtest(0, 3).pvalue == pytest.approx(2 * 0.5**3)


def test_change_of_a_swinging_channel_needs_more() -> None:
    assert change_p_value(24, 10, 800, 800, ONLY_CHANCE) < 0.05 < change_p_value(24, 10, 800, 800, Dispersion(3.0, 14))


@pytest.mark.parametrize(("recent", "earlier"), [(0, 100), (100, 0)])
def test_nothing_to_compare(recent: int, earlier: int) -> None:
    with pytest.raises(ValueError, match="both sides"):
        change_p_value(1, 1, recent, earlier, ONLY_CHANCE)
    with pytest.raises(ValueError, match="both sides"):
        smallest_p_value(2, recent, earlier, ONLY_CHANCE)


@given(counts, counts, exposures, exposures, dispersions)
def test_up_is_as_likely_as_down(recent: int, earlier: int, n1: int, n0: int, dispersion: Dispersion) -> None:
    forth = change_p_value(recent, earlier, n1, n0, dispersion)
    assert forth == pytest.approx(change_p_value(earlier, recent, n0, n1, dispersion), abs=1e-9)
    assert 0 <= forth <= 1 + 1e-12


@given(counts, exposures, exposures, dispersions)
def test_further_apart_is_less_likely(total: int, n1: int, n0: int, dispersion: Dispersion) -> None:
    p_values = [change_p_value(k, total - k, n1, n0, dispersion) for k in range(total + 1)]
    top = p_values.index(max(p_values))
    assert all(a <= b + 1e-9 for a, b in pairwise(p_values[: top + 1]))
    assert all(a >= b - 1e-9 for a, b in pairwise(p_values[top:]))


@given(counts, counts, exposures, exposures, st.floats(0.5, 9), st.floats(1, 3), st.floats(2, 99), st.floats(1, 9))
def test_more_swing_or_less_known_of_it_is_less_clear(
    recent: int, earlier: int, n1: int, n0: int, ratio: float, times: float, degrees: float, more: float
) -> None:
    p_value = change_p_value(recent, earlier, n1, n0, Dispersion(ratio, degrees * more))
    assert p_value <= change_p_value(recent, earlier, n1, n0, Dispersion(ratio * times, degrees * more)) + 1e-9
    assert p_value <= change_p_value(recent, earlier, n1, n0, Dispersion(ratio, degrees)) + 1e-9


@given(st.integers(0, 30), exposures, exposures, dispersions)
def test_no_split_beats_the_smallest(total: int, recent: int, earlier: int, dispersion: Dispersion) -> None:
    least = smallest_p_value(total, recent, earlier, dispersion)
    p_values = [change_p_value(k, total - k, recent, earlier, dispersion) for k in range(total + 1)]
    assert min(p_values) == pytest.approx(least, abs=1e-9)


def test_four_counts_are_too_few_and_five_are_not() -> None:
    assert smallest_p_value(4, 500, 500) == pytest.approx(0.5**4)
    assert smallest_p_value(5, 500, 500) == pytest.approx(0.5**5)


@pytest.mark.parametrize("mean", [5, 12, 24, 80])
def test_false_alarms_stay_rare(mean: int) -> None:
    # Exactly, not by simulation: the chance that two equal Poisson means are called different.
    most = mean + 60
    chances = [stats.poisson.pmf(k, mean) for k in range(most)]
    alarm = sum(
        chances[k1] * chances[k0]
        for k1 in range(most)
        for k0 in range(most)
        if change_p_value(k1, k0, 500, 500, ONLY_CHANCE) <= 0.05
    )
    assert 0.04 < alarm < 0.06


p_value_lists = st.lists(st.floats(0, 1) | st.floats(0, 0.05), min_size=1, max_size=40)


@given(p_value_lists, st.floats(0.001, 0.5))
def test_found_are_scipys(p_values: list[float], rate: float) -> None:
    adjusted = stats.false_discovery_control(p_values)
    found = benjamini_hochberg(p_values, rate)
    assert all(is_found == (p <= rate) for is_found, p in zip(found, adjusted, strict=True) if abs(p - rate) > 1e-9)


# Y. Benjamini and Y. Hochberg (1995), 4.1: fifteen comparisons of two treatments of myocardial infarction.
INFARCTION = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528),
    *(0.7590, 1.0000),
]


def test_found_as_published() -> None:
    assert benjamini_hochberg(INFARCTION) == (True,) * 4 + (False,) * 11
    assert benjamini_hochberg(INFARCTION[::-1]) == (False,) * 11 + (True,) * 4


def test_found_among_few() -> None:
    assert benjamini_hochberg([]) == ()
    assert benjamini_hochberg([0.05]) == (True,)
    assert benjamini_hochberg([0.051]) == (False,)
    assert benjamini_hochberg([0.04, 0.05]) == (True, True)
    assert benjamini_hochberg([0.03, 0.9]) == (False, False)


@given(p_value_lists, st.floats(0.001, 0.5), st.floats(1, 2))
def test_a_laxer_rate_finds_no_less(p_values: list[float], rate: float, more: float) -> None:
    strict, lax = benjamini_hochberg(p_values, rate), benjamini_hochberg(p_values, rate * more)
    assert all(after for before, after in zip(strict, lax, strict=True) if before)


@given(p_value_lists)
def test_found_are_the_smallest_and_between_bonferroni_and_none(p_values: list[float]) -> None:
    found = benjamini_hochberg(p_values)
    left = [p for p, is_found in zip(p_values, found, strict=True) if not is_found]
    taken = [p for p, is_found in zip(p_values, found, strict=True) if is_found]
    assert not (left and taken) or max(taken) < min(left)
    assert all(is_found for p, is_found in zip(p_values, found, strict=True) if p <= 0.05 / len(p_values))
    assert all(p <= 0.05 for p in taken)
