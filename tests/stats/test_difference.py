"""Tests of demur.stats.difference."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from demur.stats.cluster import cluster_proportion
from demur.stats.difference import (
    cluster_independent_difference,
    independent_difference,
)

NONE = np.zeros(0, dtype=np.int64)


def find(
    first: float, first_trials: float, second: float, second_trials: float
) -> list[float]:
    """Value, low and high."""
    change = independent_difference(first, first_trials, second, second_trials)
    assert change is not None
    assert (change.level, change.method) == (0.95, "newcombe")
    return [change.value, change.low, change.high]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        pytest.param((48, 80, 56, 70), 0.0524, 0.3339, id="a"),
        pytest.param((3, 10, 9, 10), 0.1705, 0.8090, id="b"),
        pytest.param((2, 7, 6, 7), 0.0582, 0.8062, id="c"),
        pytest.param((0, 29, 5, 56), -0.0381, 0.1926, id="d"),
        pytest.param((0, 20, 0, 10), -0.1611, 0.2775, id="e"),
        pytest.param((0, 10, 0, 10), -0.2775, 0.2775, id="f"),
        pytest.param((0, 20, 10, 10), 0.6791, 1.0000, id="g"),
        pytest.param((0, 10, 10, 10), 0.6075, 1.0000, id="h"),
    ],
)
def test_matches_newcombe_1998_table_2(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """The eight examples printed in the paper come out to its four digits."""
    assert find(*counts)[1:] == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize("counts", [(3, 40, 11, 35), (0, 9, 4, 4), (500, 900, 7, 8)])
def test_is_that_of_statsmodels(counts: tuple[int, int, int, int]) -> None:
    """Another implementation; it names the proportions the other way round."""
    first, first_trials, second, second_trials = counts
    theirs = confint_proportions_2indep(
        second, second_trials, first, first_trials, method="newcomb"
    )

    assert find(*counts)[1:] == pytest.approx(list(theirs))


def test_swapped_it_is_mirrored() -> None:
    """B less A is the opposite of A less B."""
    value, low, high = find(3, 40, 11, 35)

    assert find(11, 35, 3, 40) == pytest.approx([-value, -high, -low])


@pytest.mark.parametrize("counts", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 0, 0, 0)])
def test_no_trials_on_either_side_give_none(counts: tuple[int, int, int, int]) -> None:
    """One rate is no difference."""
    assert independent_difference(*counts) is None


@pytest.mark.parametrize("counts", [(5, 4, 0, 0), (0, 0, -1, 3)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    """Also where the other side has no trials."""
    with pytest.raises(ValueError, match=r"successes must be in \[0, trials\], got "):
        independent_difference(*counts)


def test_impossible_levels_are_refused() -> None:
    """Also where there are no trials."""
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        independent_difference(0, 0, 0, 0, 95)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        cluster_independent_difference(NONE > 0, NONE, NONE > 0, NONE, 95)


@pytest.mark.parametrize(
    ("trials", "mean", "least"), [(20, 0.952, 0.920), (50, 0.951, 0.917)]
)
def test_95_percent_interval_covers_95_percent_of_the_time(
    trials: int, mean: float, least: float
) -> None:
    """All outcomes enumerated, for both rates in steps of 1/40."""
    counts = range(trials + 1)
    bounds = np.array(
        [[find(i, trials, j, trials)[1:] for j in counts] for i in counts]
    )
    rates = np.arange(1, 40) / 40
    chances = stats.binom.pmf(counts, trials, rates[:, None])

    coverage = []
    for i, first in enumerate(rates):
        for j, second in enumerate(rates):
            true = second - first
            held = (bounds[..., 0] <= true + 1e-12) & (true - 1e-12 <= bounds[..., 1])
            coverage.append(float(chances[i] @ held @ chances[j]))

    assert sum(coverage) / len(coverage) == pytest.approx(mean, abs=1e-3)
    assert min(coverage) >= least


def test_over_clusters_each_bound_is_put_together_from_both_intervals() -> None:
    """√ of the squares of the distances of each proportion to its own bound."""
    first, second = np.arange(12) % 4 == 0, np.arange(20) % 3 > 0
    first_clusters, second_clusters = np.arange(12) // 3, np.arange(20) // 2
    one = cluster_proportion(first, first_clusters)
    other = cluster_proportion(second, second_clusters)

    change = cluster_independent_difference(
        first, first_clusters, second, second_clusters
    )

    assert change is not None
    assert one is not None
    assert other is not None
    assert change.method == "newcombe, clustered"
    assert change.value == pytest.approx(13 / 20 - 3 / 12)
    assert change.low == pytest.approx(
        change.value - np.hypot(other.value - other.low, one.high - one.value)
    )
    assert change.high == pytest.approx(
        change.value + np.hypot(other.high - other.value, one.value - one.low)
    )


def test_many_clusters_of_one_are_independent_trials() -> None:
    """1,000 each: within 0.001 of the interval of independent trials."""
    first, second = np.arange(1000) < 300, np.arange(1000) < 340
    own = np.arange(1000)

    change = cluster_independent_difference(first, own, second, own)

    assert change is not None
    assert [change.value, change.low, change.high] == pytest.approx(
        find(300, 1000, 340, 1000), abs=1e-3
    )


def test_over_clusters_no_trials_on_either_side_give_none() -> None:
    """One rate is no difference."""
    some = np.array([1, 0])

    assert cluster_independent_difference(NONE > 0, NONE, some > 0, some) is None
    assert cluster_independent_difference(some > 0, some, NONE > 0, NONE) is None
