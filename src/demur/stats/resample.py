"""The bootstrap over whole clusters, worked on their totals."""

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from demur.stats.checks import check_level, check_shapes
from demur.stats.estimate import Estimate

CELLS = 1 << 19
"""How many counts are held at once: 4 MB, about what a processor keeps near."""


def cluster_totals(
    values: NDArray[np.float64], clusters: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Sum of the values of each cluster, column by column.

    Args:
        values: Shape (n, d). May be empty.
        clusters: Shape (n,). Which cluster each row is of.

    Returns:
        Shape (m, d): a row for each cluster, in the order of their numbers.

    Raises:
        ValueError: If there is not one cluster number for each row.

    Assumes:
        Nothing.

    Source:
        None: a sum.

    Checked:
        Worked by hand.
    """
    check_shapes(values.shape[:1], clusters.shape)
    known, index = np.unique(clusters, return_inverse=True)
    totals = np.zeros((known.size, values.shape[1]))
    for i, column in enumerate(values.T):
        totals[:, i] = np.bincount(index, column, known.size)
    return totals


def resample_totals(
    totals: NDArray[np.float64], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Totals over all clusters, of as many clusters drawn with replacement.

    Clusters with the same totals cannot be told apart, so that where there are few
    kinds of them it is drawn how many there are of each kind.

    Args:
        totals: Shape (m, d), m ≥ 1. A row for each cluster.
        resamples: How many times to draw m clusters, ≥ 1.
        rng: Where the draws are from.

    Returns:
        Shape (resamples, d).

    Raises:
        ValueError: If there is no cluster, or no resample is asked for.

    Assumes:
        Clusters are independent of one another and of one population. The values of
        one cluster may depend on one another in any way.

    Source:
        Davison and Hinkley (1997), Bootstrap Methods and their Application,
        section 3.8: whole clusters drawn with replacement, left as they are inside.

    Checked:
        Mean and variance of the resamples against m times those of the totals, for
        few kinds of clusters and for many.
    """
    m = totals.shape[0]
    if min(m, resamples) < 1:
        raise ValueError(f"need a cluster and a resample, got {m} and {resamples}")
    kinds, counts = np.unique(totals, axis=0, return_counts=True)
    is_few = 8 * counts.size <= m

    def draw(size: int) -> NDArray[np.float64]:
        if is_few:
            return rng.multinomial(m, counts / m, size).astype(np.float64)
        drawn = np.empty((size, m))
        for row in drawn:
            row[:] = np.bincount(rng.integers(m, size=m, dtype=np.int32), minlength=m)
        return drawn

    rows = kinds if is_few else totals
    step = ceil(CELLS / rows.shape[0])
    sizes = [min(step, resamples - i) for i in range(0, resamples, step)]
    return np.concatenate([draw(size) @ rows for size in sizes])


def percentile_interval(
    value: float,
    replicates: NDArray[np.float64],
    clusters: int,
    level: float,
    method: str,
) -> Estimate | None:
    """Value with the expanded percentile interval of its replicates.

    Args:
        value: The value found in the sample itself.
        replicates: Shape (resamples,). The value in each resample; NaN where it was
            undefined there. Those are left out.
        clusters: From how many clusters the resamples were drawn.
        level: Confidence level, in (0, 1).
        method: What the estimate says made it.

    Returns:
        An interval that holds the value, widened for few clusters: its tails are
        Φ(−t √(m / (m − 1))) where the plain percentile interval has (1 − level) / 2,
        with t the quantile for m − 1. None if there are fewer than two clusters, or
        if the value is undefined in every resample.

    Raises:
        ValueError: If the level is not in (0, 1).

    Assumes:
        The value is nearly unbiased, and its distribution about the truth has much the
        form of the replicates' distribution about the value.

    Source:
        Hesterberg (2015), Am. Stat. 69:371-386, the expanded percentile interval.

    Checked:
        The tails worked by hand; coverage in the tests of the methods that use it.
    """
    check_level(level)
    known = replicates[~np.isnan(replicates)]
    if clusters < 2 or known.size == 0:
        return None
    t = float(stdtrit(clusters - 1, (1 + level) / 2))
    tail = float(ndtr(-t * sqrt(clusters / (clusters - 1))))
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(
        value=value,
        low=min(float(low), value),
        high=max(float(high), value),
        level=level,
        method=method,
    )
