"""Whether stated chances come true as often as they say."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from demur.stats.checks import check_level, check_shapes
from demur.stats.cluster import cluster_proportion
from demur.stats.estimate import Estimate
from demur.stats.resample import cluster_totals, percentile_interval, resample_totals

METHOD = "bootstrap over clusters"

Binning = Literal["width", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Trials of like stated chance, and how many of them came true.

    Attributes:
        trials: How many there are, ≥ 1.
        stated: Mean of their stated chances.
        observed: Share that came true.

    Assumes:
        What `reliability` assumes.

    Source:
        None: a record.

    Checked:
        With `reliability`.
    """

    trials: int
    stated: float
    observed: Estimate


def reliability(
    stated: NDArray[np.float64],
    came_true: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    bins: int = 10,
    binning: Binning = "width",
    level: float = 0.95,
) -> list[ReliabilityBin]:
    """Share that came true, for each bin of stated chances.

    Args:
        stated: Shape (n,). The chance stated of each trial, in [0, 1]. May be empty.
        came_true: Shape (n,). Whether it came true.
        clusters: Shape (n,). Which cluster each trial is of.
        bins: How many bins, ≥ 1.
        binning: "width" for bins of equal width, each with its lower end but the last
            with both; "count" for bins of nearly equal counts. Trials of the same
            stated chance are never parted.
        level: Confidence level of each interval by itself, in (0, 1).

    Returns:
        Bins that have trials, from the lowest stated chance to the highest; with
        "count" fewer than asked for where many trials have the same stated chance. The
        intervals are Wilson's at the effective number of trials.

    Raises:
        ValueError: If the arrays differ in shape, a chance is not in [0, 1], ``bins``
            is below 1, or the level is not in (0, 1).

    Assumes:
        Clusters are independent of one another. With "count", that the bins were
        chosen by the data is not allowed for.

    Source:
        Bröcker and Smith (2007), Weather Forecast. 22:651-661, for what such a table
        shows; intervals of `demur.stats.cluster.cluster_proportion`.

    Checked:
        Worked by hand; scikit-learn's calibration_curve.
    """
    _check(stated, came_true, clusters, level)
    index = _bin(stated, bins, binning)
    found = []
    for number in np.unique(index):
        here = index == number
        observed = cluster_proportion(came_true[here], clusters[here], level)
        assert observed is not None
        mean = float(stated[here].mean())
        found.append(
            ReliabilityBin(trials=int(here.sum()), stated=mean, observed=observed)
        )
    return found


def brier_score(
    stated: NDArray[np.float64],
    came_true: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    rng: np.random.Generator,
    level: float = 0.95,
    resamples: int = 2_000,
) -> Estimate | None:
    """Mean squared distance of the stated chance from what came true.

    Args:
        stated: Shape (n,). The chance stated of each trial, in [0, 1]. May be empty.
        came_true: Shape (n,). Whether it came true.
        clusters: Shape (n,). Which cluster each trial is of.
        rng: Where the resamples are drawn from.
        level: Confidence level, in (0, 1).
        resamples: How many times the clusters are drawn anew.

    Returns:
        In [0, 1]: 0 is right and certain each time, 0.25 is ½ stated each time. None if
        there are fewer than two clusters. Where all trials have the same distance the
        interval has no width, and says nothing.

    Raises:
        ValueError: If the arrays differ in shape, a chance is not in [0, 1], or the
            level is not in (0, 1).

    Assumes:
        Clusters are independent of one another.

    Source:
        Brier (1950), Mon. Weather Rev. 78:1-3, for one of two outcomes; the bootstrap
        of `demur.stats.resample`.

    Checked:
        Worked by hand; scikit-learn; coverage at 95 % by simulation (tests/slow): 93.6
        to 96.4 % for 20 to 200 clusters of three.
    """
    _check(stated, came_true, clusters, level)
    if stated.size == 0:
        return None
    squares = (stated - came_true) ** 2
    totals = cluster_totals(np.column_stack([squares, np.ones(stated.size)]), clusters)
    sums, counts = resample_totals(totals, resamples, rng).T
    value, m = float(squares.mean()), totals.shape[0]
    return percentile_interval(value, sums / counts, m, level, METHOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationError:
    """How far stated chances are from what came true, on average over bins.

    Attributes:
        plain: Mean distance over bins, weighted by trials. Above 0 also for chances
            that are right, because no bin comes out exactly at its chance.
        debiased: The same less what chance alone gives. Not below 0.

    Assumes:
        What `calibration_error` assumes.

    Source:
        None: a record.

    Checked:
        With `calibration_error`.
    """

    plain: float
    debiased: float


def calibration_error(
    stated: NDArray[np.float64],
    came_true: NDArray[np.bool_],
    bins: int = 10,
    binning: Binning = "count",
) -> CalibrationError | None:
    """Expected calibration error (ECE), plain and debiased; without an interval.

    It has none because a distance cannot be below 0: a bootstrap of it never comes
    down to 0, so its interval would exclude perfect calibration whatever the data.

    Args:
        stated: Shape (n,). The chance stated of each trial, in [0, 1]. May be empty.
        came_true: Shape (n,). Whether it came true.
        bins: How many bins, ≥ 1.
        binning: As for `reliability`.

    Returns:
        Both in [0, 1]; None if there are no trials.

    Raises:
        ValueError: If the arrays differ in shape, a chance is not in [0, 1], or
            ``bins`` is below 1.

    Assumes:
        For the debiased one: trials are independent, and a bin's rate is nearly
        normal. Within families chance alone gives more than is taken off, so that it
        is still too large.

    Source:
        Naeini, Cooper and Hauskrecht (2015), AAAI 29:2901-2907; debiased as by Kumar,
        Liang and Ma (2019), NeurIPS 32, for the mean distance: twice the plain error
        less its mean where each bin's rate is normal about the one found. Their mean is
        simulated; here it is the mean of a folded normal, in closed form.

    Checked:
        Worked by hand; the folded normal against simulation; by simulation, chances
        that are right (tests).
    """
    _check(stated, came_true, came_true, 0.5)
    if stated.size == 0:
        return None
    index = _bin(stated, bins, binning)
    counts = np.bincount(index)
    known = counts > 0
    trials = counts[known]
    chance = np.bincount(index, stated)[known] / trials
    rate = np.bincount(index, came_true)[known] / trials
    distance, error = np.abs(rate - chance), np.sqrt(rate * (1 - rate) / trials)
    plain = float(trials @ distance / stated.size)
    expected = float(trials @ _folded_mean(distance, error) / stated.size)
    return CalibrationError(plain=plain, debiased=max(2 * plain - expected, 0.0))


def _folded_mean(
    mean: NDArray[np.float64], error: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean distance from 0 of normal numbers with these means and errors."""
    ratio = mean / np.where(error > 0, error, np.inf)
    density = error * np.sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2)
    inside: NDArray[np.float64] = density + mean * (2 * ndtr(ratio) - 1)
    return np.where(error > 0, inside, mean)


def _bin(stated: NDArray[np.float64], bins: int, binning: Binning) -> NDArray[np.intp]:
    """Which bin each trial is in, from 0."""
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    if binning == "width":
        return np.minimum((stated * bins).astype(np.intp), bins - 1)
    # Where a trial stands among all; those alike stand together, at their middle.
    _, alike, counts = np.unique(stated, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return (middle[alike] * bins / max(stated.size, 1)).astype(np.intp)


def _check(
    stated: NDArray[np.float64],
    came_true: NDArray[np.bool_],
    clusters: NDArray[np.generic],
    level: float,
) -> None:
    check_shapes(stated.shape, came_true.shape, clusters.shape)
    check_level(level)
    wrong = stated[~((stated >= 0) & (stated <= 1))]
    if wrong.size > 0:
        raise ValueError(f"a stated chance must be in [0, 1], got {wrong[0]}")
