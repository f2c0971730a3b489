"""Trials that come in families: intervals that allow for it."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from demur.stats.estimate import Estimate
from demur.stats.paired import paired_difference
from demur.stats.proportion import wilson


def effective_size(
    values: NDArray[np.float64], clusters: NDArray[np.int64], level: float = 0.95
) -> float:
    """Number of independent values that would tell as much as these.

    The number of values divided by the design effect (how much larger the variance of
    the mean is between clusters than it would be between independent values), and
    reduced by the squared ratio of the t and normal quantiles for the number of
    clusters.

    Args:
        values: Shape (n,), n ≥ 1.
        clusters: Shape (n,). Which cluster each value is of.
        level: Confidence level of the interval it is for, in (0, 1).

    Returns:
        In (0, n]. Where all values are equal their variance says nothing, and it is
        the number of clusters: as if a cluster's values were all one. The same where
        there is one cluster only: then it is 1.

    Raises:
        ValueError: If the arrays are empty or differ in shape.

    Assumes:
        Clusters are independent of one another.

    Source:
        Korn and Graubard (1998), Survey Methodology 24:193-201, for the effective
        size with its t ratio; the cluster-robust variance is the linearised variance
        of a ratio. The rule for equal values is ours, and is conservative.

    Checked:
        Values that repeat exactly within clusters give at most the number of
        clusters; clusters of one value give at most n; coverage by simulation
        (tests/slow).
    """
    if values.shape != clusters.shape or values.size == 0:
        raise ValueError(
            f"need two arrays of one shape, got {values.shape} and {clusters.shape}"
        )
    labels, index = np.unique(clusters, return_inverse=True)
    m, n = labels.size, values.size
    residuals = values - values.mean()
    simple = float(residuals @ residuals) / n**2
    if m == 1 or simple == 0:
        return float(m)
    totals = np.bincount(index, weights=residuals)
    between = m / (m - 1) * float(totals @ totals) / n**2
    effect = max(between / simple, 1.0)
    normal = NormalDist().inv_cdf((1 + level) / 2)
    ratio = normal / float(stdtrit(m - 1, (1 + level) / 2))
    return n / effect * ratio**2


def cluster_proportion(
    successes: NDArray[np.bool_], clusters: NDArray[np.int64], level: float = 0.95
) -> Estimate | None:
    """Proportion with a Wilson interval at the effective number of trials.

    Args:
        successes: Shape (n,). May be empty.
        clusters: Shape (n,). Which cluster each trial is of.
        level: Confidence level, in (0, 1).

    Returns:
        Proportion in [0, 1], not percent; None if there are no trials.

    Raises:
        ValueError: If the arrays differ in shape, or the level is not in (0, 1).

    Assumes:
        Clusters are independent of one another.

    Source:
        Wilson (1927) at the effective size of Korn and Graubard (1998).

    Checked:
        Equals `wilson` up to the t ratio for clusters of one; coverage by simulation
        (tests/slow).
    """
    if successes.size == 0:
        return None
    values = successes.astype(np.float64)
    size = effective_size(values, clusters, level)
    value = float(values.mean())
    found = wilson(value * size, size, level)
    assert found is not None
    return Estimate(
        value=value,
        low=min(found.low, value),
        high=max(found.high, value),
        level=level,
        method="wilson, clustered",
    )


def cluster_paired_difference(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    level: float = 0.95,
) -> Estimate | None:
    """Second proportion minus first, over pairs that come in clusters.

    Args:
        first: Shape (n,). Success the first time. May be empty.
        second: Shape (n,). Success the second time, of the same pair.
        clusters: Shape (n,). Which cluster each pair is of.
        level: Confidence level, in (0, 1).

    Returns:
        Difference in [-1, 1]; None if there are no pairs.

    Raises:
        ValueError: If the arrays differ in shape, or the level is not in (0, 1).

    Assumes:
        Clusters are independent of one another.

    Source:
        Tango (1998) with all counts scaled to the effective number of pairs of
        Korn and Graubard (1998).

    Checked:
        Equals `paired_difference` up to the t ratio for clusters of one.
    """
    if first.shape != second.shape:
        raise ValueError(f"arrays differ in shape: {first.shape} and {second.shape}")
    if first.size == 0:
        return None
    differences = second.astype(np.float64) - first.astype(np.float64)
    size = effective_size(differences, clusters, level)
    scale = size / first.size
    found = paired_difference(
        gained=scale * int((second & ~first).sum()),
        lost=scale * int((first & ~second).sum()),
        pairs=size,
        level=level,
    )
    assert found is not None
    value = float(differences.mean())
    return Estimate(
        value=value,
        low=min(found.low, value),
        high=max(found.high, value),
        level=level,
        method="tango, clustered",
    )
