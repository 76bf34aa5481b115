"""What must be withheld, and that nothing withheld can be worked out."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.suppression import Withheld, withhold


@pytest.mark.parametrize(
    ("counts", "may_show", "parts"),
    [
        ([], [], set()),
        ([5, 9, 7], [True, True, True], set()),
        ([5, 9, 7], [False, True, True], {0, 2}),
        ([5, 9, 7], [False, True, False], {0, 2}),
        ([1, 0, 9, 0], [False, True, True, True], {0, 2}),
        ([1, 4, 4], [False, True, True], {0, 1}),
        ([0, 6, 4], [False, True, True], {0, 2}),
    ],
    ids=["no parts", "none withheld", "next smallest", "two already", "zeros hide nothing", "ties", "an unknown zero"],
)
def test_one_total(counts: list[int], may_show: list[bool], parts: set[int]) -> None:
    assert withhold(counts, may_show) == Withheld(frozenset(parts))


@pytest.mark.parametrize("counts", [[4], [4, 0], [0, 0]])
def test_where_no_part_can_hide_another_the_total_goes(counts: list[int]) -> None:
    assert withhold(counts, [False] + [True] * (len(counts) - 1)) == Withheld(frozenset({0}), frozenset({0}))


def test_a_part_of_two_totals_is_hidden_in_both() -> None:
    # A table of two by two, its rows and columns summed: one cell withheld takes all four.
    rows_and_columns = [{0, 1}, {2, 3}, {0, 2}, {1, 3}]
    assert withhold([1, 5, 6, 7], [False, True, True, True], rows_and_columns).parts == {0, 1, 2, 3}


def test_totals_together_tell_what_none_tells_alone() -> None:
    # Each total leaves two out, but half of the first and the last less the second is one of them.
    totals = [{0, 1}, {1, 2}, {0, 2}]
    assert withhold([1, 2, 1], [False] * 3, totals) == Withheld(frozenset({0, 1, 2}), frozenset({0}))


def test_totals_without_the_withheld_part_stay_as_they_are() -> None:
    assert withhold([1, 2, 3, 4], [False, True, True, True], [{0, 3}, {1, 2}]) == Withheld(frozenset({0, 3}))


some_parts = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 4), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n),
        st.lists(st.sets(st.integers(0, n - 1), min_size=1), max_size=4),
    )
)


@given(some_parts)
def test_every_withheld_part_could_be_something_else(
    drawn: tuple[list[int], list[bool], list[set[int]]],
) -> None:
    """By looking for it: other whole numbers (below 0 too) in the withheld places that leave each shown total alike."""
    counts, may_show, totals = drawn
    withheld = withhold(counts, may_show, totals)
    assert withheld.parts >= {at for at, may in enumerate(may_show) if not may}
    order = sorted(withheld.parts)
    shown = [total for at, total in enumerate(totals) if at not in withheld.totals]
    free = set()
    for changes in product((-2, -1, 0, 1, 2), repeat=len(order)):
        changed = dict(zip(order, changes, strict=True))
        if all(sum(changed.get(at, 0) for at in total) == 0 for total in shown):
            free.update(at for at, change in changed.items() if change)
    assert free == set(order)


@given(some_parts)
def test_nothing_goes_without_need(drawn: tuple[list[int], list[bool], list[set[int]]]) -> None:
    counts, _, totals = drawn
    assert withhold(counts, [True] * len(counts), totals) == Withheld(frozenset())


@given(st.lists(st.integers(1, 99), min_size=3, max_size=12), st.integers(0, 11))
def test_one_of_one_total_takes_just_one_more(counts: list[int], few: int) -> None:
    at = few % len(counts)
    withheld = withhold(counts, [number != at for number in range(len(counts))])
    (other,) = withheld.parts - {at}
    assert counts[other] == min(count for number, count in enumerate(counts) if number != at)
    assert withheld.totals == frozenset()
