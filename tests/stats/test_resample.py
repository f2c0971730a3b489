"""Tests of demur.stats.resample."""

from math import nan

import numpy as np
import pytest
from scipy import stats

from demur.stats.resample import cluster_totals, percentile_interval, resample_totals


def rng() -> np.random.Generator:
    """The same draws in every test."""
    return np.random.default_rng(20240229)


def test_totals_are_the_sums_of_each_cluster_in_the_order_of_their_numbers() -> None:
    """Rows 1 and 3 are of cluster 2, row 2 of cluster -5."""
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])

    totals = cluster_totals(values, np.array([2, -5, 2]))

    assert totals.tolist() == [[2.0, 20.0], [5.0, 50.0]]


def test_no_rows_give_no_totals() -> None:
    """The columns are still there."""
    totals = cluster_totals(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))

    assert totals.shape == (0, 3)


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(3, id="few kinds, drawn by kind"),
        pytest.param(10**9, id="each its own kind, drawn one by one"),
    ],
)
def test_resamples_have_the_mean_and_variance_of_sampling_clusters(kinds: int) -> None:
    """Clusters × the mean, × the variance of the totals; within 4 standard errors."""
    m, resamples = 400, 20_000
    totals = rng().integers(kinds, size=(m, 1)).astype(float) / kinds

    drawn = resample_totals(totals, resamples, rng())

    spread = m * totals.var()
    assert drawn.shape == (resamples, 1)
    assert abs(drawn.mean() - m * totals.mean()) < 4 * np.sqrt(spread / resamples)
    assert drawn.var() == pytest.approx(spread, rel=4 * np.sqrt(2 / resamples))


def test_the_same_generator_gives_the_same_resamples() -> None:
    """A figure in a report can be found again."""
    totals = np.arange(12.0).reshape(6, 2)

    assert (
        resample_totals(totals, 5, rng()) == resample_totals(totals, 5, rng())
    ).all()


@pytest.mark.parametrize(("clusters", "resamples"), [(0, 5), (3, 0)])
def test_nothing_to_draw_is_refused(clusters: int, resamples: int) -> None:
    """The message says what was got."""
    with pytest.raises(ValueError, match=f"got {clusters} and {resamples}$"):
        resample_totals(np.zeros((clusters, 2)), resamples, rng())


@pytest.mark.parametrize("clusters", [2, 10, 1000])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_tails_are_widened_for_few_clusters(clusters: int, level: float) -> None:
    """Φ(−t √(m / (m − 1))): for 10 and 95 % 0.85 %, not 2.5 %."""
    replicates = np.linspace(0, 1, 100_001)
    t = stats.t.ppf((1 + level) / 2, clusters - 1)
    tail = stats.norm.cdf(-t * np.sqrt(clusters / (clusters - 1)))

    found = percentile_interval(0.5, replicates, clusters, level, "m")

    assert found is not None
    assert (found.low, found.high) == pytest.approx((tail, 1 - tail), abs=1e-9)


def test_the_interval_holds_the_value() -> None:
    """A value outside of all its replicates is biased; the interval reaches to it."""
    found = percentile_interval(0.9, np.array([0.1, 0.2]), 9, 0.95, "m")

    assert found is not None
    assert found.high == 0.9


def test_replicates_that_are_undefined_are_left_out() -> None:
    """NaN in one is no reason for NaN in the interval."""
    some = percentile_interval(0.2, np.array([0.1, nan, 0.3]), 9, 0.95, "m")
    known = percentile_interval(0.2, np.array([0.1, 0.3]), 9, 0.95, "m")

    assert some == known


@pytest.mark.parametrize(
    ("replicates", "clusters"),
    [
        pytest.param([nan, nan], 9, id="undefined in all"),
        pytest.param([0.1, 0.3], 1, id="one cluster"),
    ],
)
def test_nothing_known_gives_no_interval(
    replicates: list[float], clusters: int
) -> None:
    """One cluster says nothing of others."""
    assert percentile_interval(0.2, np.array(replicates), clusters, 0.95, "m") is None
