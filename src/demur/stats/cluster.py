"""Trials that come in families: intervals that allow for it."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from demur.stats.estimate import Estimate
from demur.stats.paired import paired_difference
from demur.stats.proportion import clopper_pearson, wilson


def effective_size(
    values: NDArray[np.float64], clusters: NDArray[np.int64], level: float = 0.95
) -> float:
    """Number of independent values that would tell as much as these.

    The number of values divided by the design effect (how much larger the variance of
    the mean is between clusters than it would be between independent values), and
    reduced by the squared ratio of the normal quantile to the t quantile for the
    number of clusters.

    Few clusters that stand out say little about the design effect: one value that
    differs from all others makes it 1, however alike the values of a cluster are. So
    it is averaged with the design effect of clusters whose values are all one: that
    counts as one cluster, each one that is not wholly of the commonest value as one.

    Args:
        values: Shape (n,), n ≥ 1.
        clusters: Shape (n,). Which cluster each value is of.
        level: Confidence level of the interval it is for, in (0, 1).

    Returns:
        In (0, n]. Where all values are equal their variance says nothing, and it is
        the number of clusters: as if a cluster's values were all one. The same where
        there is one cluster only: then it is 1.

    Raises:
        ValueError: If the arrays are empty or differ in shape, or the level is not
            in (0, 1).

    Assumes:
        Clusters are independent of one another.

    Source:
        Korn and Graubard (1998), Survey Methodology 24:193-201, for the effective
        size with its t ratio; theirs has the t quantile for n where this has the
        normal one, which is that of the intervals made from it. The cluster-robust
        variance is the linearised variance of a ratio. That such sizes are too large
        where few clusters stand out: Franco et al. (2019), J. Surv. Stat. Methodol.
        7:334-364. The average against it, and the rule for equal values, are ours.

    Checked:
        Worked by hand; values that repeat exactly within clusters of one size give at
        most the number of clusters; clusters of one value give n - 1, reduced by the
        ratio of quantiles; coverage of the intervals made from it by simulation
        (tests/slow).
    """
    _check(values.shape, clusters.shape, level)
    if values.size == 0:
        raise ValueError("need at least 1 value, got none")
    _, start, index = np.unique(clusters, return_index=True, return_inverse=True)
    m, n = start.size, values.size
    differs = np.bincount(index, weights=values != values[start][index])
    _, alike = np.unique(values[start][differs == 0], return_counts=True)
    telling = m - int(alike.max(initial=0))
    if m == 1 or telling == 0:
        return float(m)
    effect = max(_design_effect(values, index), 1.0)
    effect = (telling * effect + max(effect, n / m)) / (telling + 1)
    normal = NormalDist().inv_cdf((1 + level) / 2)
    ratio = normal / float(stdtrit(m - 1, (1 + level) / 2))
    return n / effect * ratio**2


def _check(first: tuple[int, ...], second: tuple[int, ...], level: float) -> None:
    if first != second:
        raise ValueError(f"arrays differ in shape: {first} and {second}")
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level}")


def _design_effect(values: NDArray[np.float64], index: NDArray[np.intp]) -> float:
    """Variance of the mean between clusters over that between independent values."""
    residuals = values - values.mean()
    totals = np.bincount(index, weights=residuals)
    m = totals.size
    return m / (m - 1) * float(totals @ totals) / float(residuals @ residuals)


def cluster_proportion(
    successes: NDArray[np.bool_], clusters: NDArray[np.int64], level: float = 0.95
) -> Estimate | None:
    """Proportion with a Wilson interval at the effective number of trials.

    Every trial counts the same, so a large cluster counts for more than a small one.

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
        Equals `wilson` at the effective size; equal values worked by hand; coverage
        at 95 % by simulation (tests/slow), for rates of 1 to 90 % in 10 to 200
        clusters of one to five, correlated from 0 to 0.6: never below 93.6 %, and
        mostly above 97 % in ten clusters.
    """
    _check(successes.shape, clusters.shape, level)
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


def cluster_clopper_pearson(
    successes: NDArray[np.bool_], clusters: NDArray[np.int64], level: float = 0.95
) -> Estimate | None:
    """Proportion with a Clopper–Pearson interval at the effective number of trials.

    The one to decide by: each bound by itself is wrong about half of 1 - level of the
    time at most, where those of `cluster_proportion` may be wrong twice as often at
    one end and hardly ever at the other.

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
        Clopper and Pearson (1934) at the effective size of Korn and Graubard (1998),
        as they propose it.

    Checked:
        Equals `clopper_pearson` at the effective size; each bound at 5 % by simulation
        (tests/slow), for rates of 2 to 30 % in 10 to 200 clusters, alone or of one to
        five correlated from 0 to 0.6: wrong at most 5.3 % of the time, where those of
        `cluster_proportion` are wrong up to 9.2 %.
    """
    _check(successes.shape, clusters.shape, level)
    if successes.size == 0:
        return None
    values = successes.astype(np.float64)
    size = effective_size(values, clusters, level)
    value = float(values.mean())
    found = clopper_pearson(value * size, size, level)
    assert found is not None
    return Estimate(
        value=value,
        low=min(found.low, value),
        high=max(found.high, value),
        level=level,
        method="clopper-pearson, clustered",
    )


def cluster_paired_difference(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    level: float = 0.95,
) -> Estimate | None:
    """Second proportion minus first, over pairs that come in clusters.

    Every pair counts the same, so a large cluster counts for more than a small one.

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
        Equals `paired_difference` at the effective size; pairs that all changed, or
        none, worked by hand; coverage at 95 % by simulation (tests/slow), as that of
        `cluster_proportion`: never below 93.7 %, and near 100 % where changes are few.
    """
    _check(first.shape, second.shape, level)
    _check(first.shape, clusters.shape, level)
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
