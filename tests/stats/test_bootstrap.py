"""Tests of demur.stats.bootstrap."""

import time
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap, norm, t

from demur.stats.bootstrap import cluster_bootstrap
from demur.stats.estimate import Estimate

Method = Literal["bca", "percentile"]
METHODS: list[Method] = ["bca", "percentile"]


def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20240229)


def ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """First sum over the second."""
    return sums[:, 0] / sums[:, 1]


def find(
    rows: list[list[float]], method: Method = "bca", resamples: int = 2000
) -> Estimate | None:
    """Ratio of the two columns."""
    totals = np.array(rows, dtype=float).reshape(-1, 2)
    return cluster_bootstrap(totals, ratio, rng(), method=method, resamples=resamples)


ROWS: list[list[float]] = [[0, 2], [1, 3], [0, 1], [2, 2], [0, 2], [1, 2], [3, 5]]


@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_scipy_at_the_level_that_cuts_the_same_tails(
    method: Method,
) -> None:
    """Scipy cuts normal tails, this t tails × √(m/(m-1)): ask for the matching level.

    A mean of 60 skewed values, 40,000 resamples each; only chance is left over.
    """
    values = rng().gamma(0.5, size=60)
    level = float(2 * t.cdf(norm.ppf(0.975) * np.sqrt(59 / 60), df=59) - 1)
    totals = np.column_stack([values, np.ones(60)])

    ours = cluster_bootstrap(
        totals, ratio, rng(), resamples=40_000, level=level, method=method
    )
    name = "BCa" if method == "bca" else "percentile"
    theirs = bootstrap(
        (values,), np.mean, n_resamples=40_000, method=name, rng=rng()
    ).confidence_interval

    assert ours is not None
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=0.01)


def test_two_clusters_can_only_be_drawn_in_three_ways() -> None:
    """0 of 2 and 2 of 2: resamples are 0, ½ or 1, and two clusters tell nothing more.

    The t quantile for one degree of freedom leaves the ends at the extremes.
    """
    found = find([[0, 2], [2, 2]], "percentile")

    assert found is not None
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)


@pytest.mark.parametrize("method", METHODS)
def test_one_seed_gives_one_interval(method: Method) -> None:
    """A report made twice says the same."""
    assert find(ROWS, method) == find(ROWS, method)


def test_few_kinds_of_cluster_and_many_give_the_same_interval() -> None:
    """Drawn by counts of kinds or cluster by cluster: the same but for chance.

    The second has a tiny number added that makes each cluster a kind of its own.
    """
    rows = np.array(ROWS * 30, dtype=float)
    apart = rows + np.arange(len(rows))[:, None] * 1e-9

    few = cluster_bootstrap(rows, ratio, rng(), resamples=20_000)
    many = cluster_bootstrap(apart, ratio, rng(), resamples=20_000)

    assert few is not None
    assert many is not None
    assert (few.low, few.high) == pytest.approx((many.low, many.high), abs=2e-3)


def test_a_skewed_statistic_has_the_longer_arm_on_its_long_side_with_bca() -> None:
    """Few clusters hold all events: the upper arm grows by the correction."""
    rows: list[list[float]] = [[0.0, 5.0]] * 36
    rows += [[4, 5], [5, 5], [3, 5], [1, 5]]

    plain, corrected = find(rows, "percentile"), find(rows, "bca")

    assert plain is not None
    assert corrected is not None
    assert corrected.high > plain.high
    assert corrected.low > plain.low


def test_any_function_of_totals_will_do() -> None:
    """A difference of two ratios, from four sums for each cluster."""
    totals = rng().integers(1, 5, (30, 4)).astype(float)

    found = cluster_bootstrap(
        totals, lambda s: s[:, 0] / s[:, 1] - s[:, 2] / s[:, 3], rng()
    )

    sums = totals.sum(axis=0)
    assert found is not None
    assert found.value == pytest.approx(sums[0] / sums[1] - sums[2] / sums[3])
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="no clusters"),
        pytest.param([[1, 2]], id="one cluster"),
        pytest.param([[0, 5]] * 9, id="no event: every resample says 0"),
        pytest.param([[2, 5]] * 9, id="all clusters alike"),
        pytest.param([[0.1, 0.3]] * 9, id="all alike but for rounding"),
        pytest.param([[0, 0], [0, 0]], id="0 of 0"),
        pytest.param([[1, 3], [0, 0]], id="a quarter of the resamples are 0 of 0"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_there_is_no_interval_where_resampling_says_nothing(
    rows: list[list[float]], method: Method
) -> None:
    """An interval of width 0 would claim certainty from not having seen anything."""
    assert find(rows, method) is None


def test_resamples_without_a_statistic_are_left_out_while_they_are_few() -> None:
    """Four of five clusters have trials: all are missed in 0.2⁵ of the resamples."""
    found = find([[1, 2], [0, 2], [2, 3], [0, 1], [0, 0]])

    assert found is not None
    assert found.low <= found.value <= found.high


def test_bca_goes_without_skewness_where_a_cluster_is_not_to_be_left_out() -> None:
    """A statistic that is not defined for exactly the other three: then a is 0."""
    totals = np.array([[1.0], [10.0], [100.0], [1000.0]])

    found = cluster_bootstrap(
        totals, lambda s: np.where(s[:, 0] == 1110, np.nan, s[:, 0]), rng()
    )

    assert found is not None
    assert found.low < found.value < found.high


def test_a_value_outside_of_all_resamples_is_still_held() -> None:
    """The distance of sums from their own: all resamples lie farther off than 0.

    Then the bias is not to be told, and the lower bound is the value itself.
    """
    totals = rng().random((40, 1))
    whole = float(totals.sum())

    found = cluster_bootstrap(totals, lambda s: abs(s[:, 0] - whole), rng())

    assert found is not None
    assert found.low == found.value == pytest.approx(0.0, abs=1e-9)


def test_a_correction_that_would_fold_over_is_not_made() -> None:
    """One of twenty outweighs the others, at 99.9999 %: 1 − a z is below 0.

    The ends stay where they were: at the extremes, as for percentiles.
    """
    totals = np.column_stack([np.arange(20.0) ** 0.1, np.ones(20)])
    totals[-1, 0] = 1000.0

    plain, corrected = (
        cluster_bootstrap(totals, ratio, rng(), level=1 - 1e-6, method=method)
        for method in METHODS
    )

    assert plain is not None
    assert corrected is not None
    assert (corrected.low, corrected.high) == (plain.low, plain.high)


def test_a_hundred_thousand_trials_take_less_than_a_second() -> None:
    """20,000 families of five, each with totals of its own, 2,000 resamples."""
    totals = np.column_stack([rng().random(20_000), np.full(20_000, 5.0)])
    begun = time.process_time()

    cluster_bootstrap(totals, ratio, rng())

    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    ("totals", "resamples", "level", "message"),
    [
        pytest.param([1.0, 2.0], 200, 0.95, "two dimensions, got 1", id="no table"),
        pytest.param([[np.nan]], 200, 0.95, "finite", id="not a number"),
        pytest.param([[1.0]], 99, 0.95, "at least 100, got 99", id="too few"),
        pytest.param([[1.0]], 200, 95.0, r"\(0, 1\), got 95.0", id="percent"),
    ],
)
def test_a_callers_slips_are_refused(
    totals: list[float] | list[list[float]], resamples: int, level: float, message: str
) -> None:
    """Found before anything is drawn, also where there is too little data."""
    with pytest.raises(ValueError, match=message):
        cluster_bootstrap(
            np.array(totals), lambda s: s[:, 0], rng(), resamples=resamples, level=level
        )
