"""Two proportions of different trials: their difference."""

from math import hypot

import numpy as np
from numpy.typing import NDArray

from demur.stats.cluster import cluster_proportion
from demur.stats.estimate import Estimate
from demur.stats.proportion import wilson


def independent_difference(
    first: float,
    first_trials: float,
    second: float,
    second_trials: float,
    level: float = 0.95,
) -> Estimate | None:
    """Second proportion minus first, of different trials, with Newcombe's interval.

    Args:
        first: Successes among the first trials, 0 ≤ first ≤ first_trials. A fraction
            where counts were scaled to an effective number of trials.
        first_trials: Number of independent trials. May be 0.
        second: Successes among the second trials, 0 ≤ second ≤ second_trials.
        second_trials: Number of independent trials. May be 0.
        level: Confidence level, in (0, 1).

    Returns:
        Difference in [-1, 1], not percentage points; None if either has no trials.

    Raises:
        ValueError: If the counts or the level are outside the ranges above.

    Assumes:
        All trials are independent, the second of the first as well: for the same
        trials twice use `demur.stats.paired`.

    Source:
        Newcombe (1998), Stat. Med. 17:873-890, method 10.

    Checked:
        Newcombe's eight printed examples; statsmodels; coverage by enumeration over a
        grid of truths: 95.2 % on average for 20 trials each and 95.1 % for 50, never
        below 92.0 and 91.7 %.

    Example:
        >>> change = independent_difference(48, 80, 56, 70)
        >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
        (0.2, 0.0524, 0.3339)
    """
    one = wilson(first, first_trials, level)
    other = wilson(second, second_trials, level)
    return _difference(one, other, "newcombe")


def cluster_independent_difference(
    first: NDArray[np.bool_],
    first_clusters: NDArray[np.int64],
    second: NDArray[np.bool_],
    second_clusters: NDArray[np.int64],
    level: float = 0.95,
) -> Estimate | None:
    """Second proportion minus first, of different trials that come in clusters.

    Args:
        first: Shape (n,). Success of each of the first trials. May be empty.
        first_clusters: Shape (n,). Which cluster each is of.
        second: Shape (k,). Success of each of the second trials. May be empty.
        second_clusters: Shape (k,). Which cluster each is of.
        level: Confidence level, in (0, 1).

    Returns:
        Difference in [-1, 1]; None if either has no trials.

    Raises:
        ValueError: If trials and clusters differ in shape, or the level is not in
            (0, 1).

    Assumes:
        Clusters are independent of one another, and none is in both: trials that are
        alike in both make the interval too wide, not too narrow.

    Source:
        Newcombe (1998), method 10, of the intervals of `cluster_proportion`; that it
        holds for any two intervals: Zou and Donner (2008), Stat. Med. 27:1693-1702.

    Checked:
        Many clusters of one against `independent_difference`; coverage at 95 % by
        simulation (tests/slow): never below 94.7 %, for 10 to 100 clusters of one to
        five correlated from 0 to 0.6, and mostly above 97 % in ten clusters.
    """
    one = cluster_proportion(first, first_clusters, level)
    other = cluster_proportion(second, second_clusters, level)
    return _difference(one, other, "newcombe, clustered")


def _difference(
    first: Estimate | None, second: Estimate | None, method: str
) -> Estimate | None:
    """Each bound as far as both its parts at a right angle."""
    if first is None or second is None:
        return None
    value = second.value - first.value
    below = hypot(second.value - second.low, first.high - first.value)
    above = hypot(second.high - second.value, first.value - first.low)
    return Estimate(
        value=value,
        low=max(-1.0, value - below),
        high=min(1.0, value + above),
        level=second.level,
        method=method,
    )
