"""Tests of demur.stats.cluster."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.stats.cluster import (
    cluster_clopper_pearson,
    cluster_paired_difference,
    cluster_proportion,
    effective_size,
)
from demur.stats.estimate import Estimate
from demur.stats.paired import paired_difference
from demur.stats.proportion import clopper_pearson, wilson

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided; the t quantiles below are from tables."""


def size_of(
    values: Sequence[float], clusters: Sequence[int], level: float = 0.95
) -> float:
    """Effective size of these lists."""
    return effective_size(np.array(values, dtype=float), np.array(clusters), level)


def proportion(
    successes: Sequence[int], clusters: Sequence[int], level: float = 0.95
) -> Estimate:
    """Proportion of these lists."""
    rate = cluster_proportion(
        np.array(successes, dtype=bool), np.array(clusters), level
    )
    assert rate is not None
    return rate


def difference(
    first: Sequence[int], second: Sequence[int], clusters: Sequence[int]
) -> Estimate:
    """Difference of these lists."""
    change = cluster_paired_difference(
        np.array(first, dtype=bool), np.array(second, dtype=bool), np.array(clusters)
    )
    assert change is not None
    return change


def test_two_clusters_that_disagree_tell_very_little() -> None:
    """Values 1, 1 and 0, 0: n = 4, residuals ±½, their totals ±1.

    Design effect 2/1 × 2 / 1 = 4, so 4 / 4 = 1 value, times (1.95996 / 12.70620)².
    """
    size = size_of([1, 1, 0, 0], [0, 0, 1, 1])

    assert size == pytest.approx(1 * (Z / 12.70620474) ** 2)


def test_one_value_that_stands_out_is_averaged_with_clusters_all_alike() -> None:
    """Ten clusters of two, one value of 20 is 1: mean 0.05, residuals' squares 0.95.

    Totals 0.9 once and −0.1 nine times, squares 0.9: design effect
    10/9 × 0.9 / 0.95 = 1.05263. One cluster stands out, so that is averaged, one to
    one, with the 2 of clusters all alike: 1.52632. 20 / 1.52632 × (1.95996 / 2.26216)².
    """
    size = size_of([1] + [0] * 19, [i // 2 for i in range(20)])

    assert size == pytest.approx(20 / 1.5263158 * (Z / 2.262157163) ** 2)


def test_the_more_clusters_stand_out_the_more_their_own_variance_counts() -> None:
    """Twelve clusters of three, one value of each of the first four is 1.

    Mean 1/9, residuals' squares 32/9; totals ⅔ four times and −⅓ eight times, squares
    8/3: design effect 12/11 × (8/3) / (32/9) = 9/11, taken as 1. Weights four and one:
    (4 × 1 + 3) / 5 = 1.4. 36 / 1.4 × (1.95996 / 2.20099)².
    """
    values = [1, 0, 0] * 4 + [0, 0, 0] * 8

    size = size_of(values, [i // 3 for i in range(36)])

    assert size == pytest.approx(36 / 1.4 * (Z / 2.200985160) ** 2)


def test_clusters_of_one_count_nearly_as_independent_values() -> None:
    """Five are 5 − 1, times (1.95996 / 2.77645)²: wider than `wilson`, not less."""
    size = size_of([1, 0, 0, 0, 0], range(5))

    assert size == pytest.approx(4 * (Z / 2.776445105) ** 2)


def test_many_clusters_of_one_count_as_independent_values() -> None:
    """1000 of them: 999 × (1.95996 / 1.96234)² = 996.6."""
    size = size_of([1] * 300 + [0] * 700, range(1000))

    assert size == pytest.approx(996.6, abs=0.1)


def test_clusters_more_unlike_than_chance_count_as_independent_not_more() -> None:
    """One 1 in each of 50 pairs: no variance between clusters at all, taken as 1.

    Weights 50 and one: (50 × 1 + 2) / 51; 100 / that × (1.95996 / 2.00958)².
    """
    size = size_of([1, 0] * 50, [i // 2 for i in range(100)])

    assert size == pytest.approx(100 / (52 / 51) * (Z / 2.009575237) ** 2)


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 0.1])
def test_where_all_values_are_equal_the_clusters_are_counted(value: float) -> None:
    """Seven values in three clusters, all alike: three, as their variance says nothing.

    Also for 0.1, whose mean over seven is not quite 0.1 in floats.
    """
    assert size_of([value] * 7, [0, 0, 0, 1, 1, 2, 2]) == 3.0


@pytest.mark.parametrize("values", [[1, 0, 1, 1], [1, 1, 1, 1], [0]])
def test_one_cluster_counts_as_one_value(values: list[float]) -> None:
    """However many trials a family has, alone it says nothing about other families."""
    assert size_of(values, [5] * len(values)) == 1.0


def test_repeating_every_value_adds_nothing() -> None:
    """Asked five times, always the same answer: as many as asked once, or fewer."""
    values = [1, 0, 0, 1, 0, 1, 0, 0, 0, 1]
    once = size_of(values, range(10))
    five_times = size_of(
        [v for v in values for _ in range(5)], [i // 5 for i in range(50)]
    )

    assert five_times == pytest.approx(once)
    assert five_times <= 10


def test_one_refusal_among_families_does_not_prove_them_independent() -> None:
    """1 of 500 in 100 families of five: an upper bound of 2.7 %; 0 of 500 has 3.7 %.

    By its own design effect, 1, it would be 1.2 %: one refusal too many would make the
    interval a third as wide.
    """
    clusters = [i // 5 for i in range(500)]
    none = proportion([0] * 500, clusters)
    one = proportion([1] + [0] * 499, clusters)

    assert none.high == pytest.approx(Z**2 / (100 + Z**2))
    assert one.high == pytest.approx(0.0268, abs=5e-5)


def test_the_t_ratio_follows_the_level() -> None:
    """At 50 % the two quantiles are 0.67449 and, for one degree of freedom, 1."""
    size = size_of([1, 1, 0, 0], [0, 0, 1, 1], level=0.5)

    assert size == pytest.approx(0.6744898**2)


@given(st.data())
@settings(deadline=None, derandomize=True, max_examples=200)
def test_effective_size_depends_on_what_is_in_which_cluster_only(
    data: st.DataObject,
) -> None:
    """Order, the clusters' names and which of two outcomes is called success: nothing.

    And the size is above 0 and at most the number of values.
    """
    n = data.draw(st.integers(1, 30))
    values = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    clusters = np.array(data.draw(st.lists(st.integers(0, 8), min_size=n, max_size=n)))
    order = np.array(data.draw(st.permutations(range(n))))

    size = effective_size(values.astype(float), clusters)
    others = [
        effective_size(values[order].astype(float), clusters[order]),
        effective_size(values.astype(float), 100 - 7 * clusters),
        effective_size((~values).astype(float), clusters),
    ]

    assert 0 < size <= n
    assert others == pytest.approx([size] * 3)


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1), st.integers(1, 10))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_values_equal_within_clusters_never_count_more_than_the_clusters(
    per_cluster: list[float], copies: int
) -> None:
    """Whatever the size of the clusters: ten copies are not ten findings."""
    clusters = np.repeat(np.arange(len(per_cluster)), copies)

    size = effective_size(np.array(per_cluster)[clusters], clusters)

    assert size <= len(per_cluster)


def test_proportion_is_wilson_at_the_effective_size() -> None:
    """6 of 12 in four families: value ½, bounds of `wilson` for half of that size."""
    successes = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1]
    clusters = [i // 3 for i in range(12)]
    size = size_of(successes, clusters)
    plain = wilson(size / 2, size)

    rate = proportion(successes, clusters)

    assert plain is not None
    assert size < 6
    assert rate == Estimate(
        value=0.5,
        low=plain.low,
        high=plain.high,
        level=0.95,
        method="wilson, clustered",
    )


def test_proportion_over_families_is_no_narrower_than_over_trials() -> None:
    """The same answers, in one case as 40 families and in the other as eight."""
    successes = [1] * 10 + [0] * 30
    alone = proportion(successes, range(40))
    in_families = proportion(successes, [i // 5 for i in range(40)])

    assert alone.value == in_families.value == 0.25
    assert in_families.low < alone.low
    assert alone.high < in_families.high


def test_nothing_refused_in_two_families_is_known_to_two_trials() -> None:
    """0 of 6 in two families: to z² / (2 + z²) = 0.658, not z² / (6 + z²) = 0.390."""
    rate = proportion([0] * 6, [0, 0, 0, 1, 1, 1])

    assert (rate.value, rate.low) == (0.0, 0.0)
    assert rate.high == pytest.approx(0.6576, abs=5e-5)


@pytest.mark.parametrize(
    "successes", [[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 1, 1]], ids=str
)
def test_an_interval_from_next_to_nothing_still_holds_its_value(
    successes: list[int],
) -> None:
    """Two families at 99.9 % tell as much as 0.00003 trials; the value stays inside."""
    rate = proportion(successes, [0, 0, 1, 1], level=0.999)

    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert rate.high - rate.low > 0.9


def test_paired_difference_is_tango_at_the_effective_size() -> None:
    """Two of twelve lost and five gained: the same shares, of fewer pairs."""
    first = [1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1]
    second = [0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1]
    clusters = [i // 2 for i in range(12)]
    changes = np.array(second) - np.array(first)
    size = size_of(changes.tolist(), clusters)
    plain = paired_difference(5 / 12 * size, 2 / 12 * size, size)

    change = difference(first, second, clusters)

    assert plain is not None
    assert size < 12
    assert change.value == pytest.approx(3 / 12)
    assert (change.low, change.high) == pytest.approx((plain.low, plain.high))
    assert (change.level, change.method) == (0.95, "tango, clustered")


def test_where_no_pair_differs_families_are_counted_not_pairs() -> None:
    """Six pairs alike in two families: ± z² / (2 + z²) = ± 0.658."""
    change = difference([1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1])

    assert change.value == 0.0
    assert (change.low, change.high) == pytest.approx((-0.6576, 0.6576), abs=5e-5)


def test_where_every_pair_changes_one_way_families_are_counted_not_pairs() -> None:
    """Six lost in three families: −1 to (z² − 3) / (3 + z²) = 0.123."""
    change = difference([1] * 6, [0] * 6, [0, 0, 1, 1, 2, 2])

    assert (change.value, change.low) == (-1.0, -1.0)
    assert change.high == pytest.approx((Z**2 - 3) / (3 + Z**2))


def test_the_runs_swapped_give_the_mirrored_difference() -> None:
    """Comparing B with A must say the opposite of A with B, and nothing more."""
    first, second = [1, 1, 0, 0, 1, 0, 1], [0, 0, 1, 0, 1, 0, 0]
    clusters = [0, 0, 1, 2, 2, 3, 4]
    change = difference(first, second, clusters)
    back = difference(second, first, clusters)

    assert (back.value, back.low, back.high) == pytest.approx(
        (-change.value, -change.high, -change.low), abs=1e-9
    )


def test_no_trials_give_no_interval() -> None:
    """With nothing observed, nothing is claimed."""
    nothing, no_clusters = np.array([], dtype=bool), np.array([], dtype=np.int64)

    assert cluster_proportion(nothing, no_clusters) is None
    assert cluster_paired_difference(nothing, nothing, no_clusters) is None


def test_effective_size_of_nothing_is_refused() -> None:
    """Zero values have no effective number; callers have to say so themselves."""
    with pytest.raises(ValueError, match="need at least 1 value, got none"):
        size_of([], [])


@pytest.mark.parametrize("trials", [0, 2])
def test_arrays_of_different_shapes_are_refused(trials: int) -> None:
    """A caller's bug, also where the first array is empty."""
    some, more = np.zeros(trials, dtype=bool), np.zeros(3, dtype=bool)
    clusters = np.zeros(3, dtype=np.int64)
    message = rf"arrays differ in shape: \({trials},\) and \(3,\)"

    with pytest.raises(ValueError, match=message):
        effective_size(some.astype(float), clusters)
    with pytest.raises(ValueError, match=message):
        cluster_proportion(some, clusters)
    with pytest.raises(ValueError, match=message):
        cluster_paired_difference(some, more, clusters)
    with pytest.raises(ValueError, match=message):
        cluster_paired_difference(some, some, clusters)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5])
@pytest.mark.parametrize("trials", [0, 2])
def test_impossible_levels_are_refused(trials: int, level: float) -> None:
    """95 for 0.95 is the likely slip; found whether or not there is data."""
    values = np.array([True, False])[:trials]
    clusters = np.array([0, 1])[:trials]
    message = rf"level must be in \(0, 1\), got {level}"

    with pytest.raises(ValueError, match=message):
        effective_size(values.astype(float), clusters, level)
    with pytest.raises(ValueError, match=message):
        cluster_proportion(values, clusters, level)
    with pytest.raises(ValueError, match=message):
        cluster_paired_difference(values, values, clusters, level)


def test_the_exact_interval_is_that_of_the_effective_size() -> None:
    """Korn and Graubard's interval: as if there were so many independent trials."""
    successes = np.array([1, 0, 0, 1, 1, 0, 0, 0, 0], dtype=bool)
    clusters = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3])

    found = cluster_clopper_pearson(successes, clusters, 0.9)

    size = effective_size(successes.astype(float), clusters, 0.9)
    exact = clopper_pearson(size / 3, size, 0.9)
    assert found is not None
    assert exact is not None
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    assert found.value == pytest.approx(1 / 3)
    assert (found.level, found.method) == (0.9, "clopper-pearson, clustered")


def test_no_trials_give_no_exact_interval() -> None:
    """Nothing is known then, not even that the rate is low."""
    empty = np.array([], dtype=np.int64)

    assert cluster_clopper_pearson(empty.astype(bool), empty) is None


def test_59_families_without_a_hit_are_within_5_percent_one_sided() -> None:
    """0.95 to the 59th is 4.85 %, to the 58th 5.10 %: the textbook's number."""
    bounds = []
    for families in (58, 59):
        none = np.zeros(families, dtype=bool)
        found = cluster_clopper_pearson(none, np.arange(families), 0.9)
        assert found is not None
        bounds.append(found.high)

    assert bounds[0] > 0.05 >= bounds[1]
