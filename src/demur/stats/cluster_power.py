"""How many families it takes, where trials come in families of several."""

from statistics import NormalDist

from scipy.special import stdtrit

from demur.stats.checks import check_level
from demur.stats.power import MOST


def clusters_needed(
    trials: int,
    per_cluster: float,
    effect: float,
    rate: float,
    level: float = 0.95,
) -> int | None:
    """Fewest clusters that tell as much as so many independent trials.

    Args:
        trials: Independent trials that it would take, ≥ 1.
        per_cluster: Mean number of trials in a cluster, ≥ 1.
        effect: Design effect of the clusters, ≥ 1: see `design_effect`.
        rate: Expected share of trials that do not have the commonest value, in [0, 1].
            Where it is 0 each cluster counts as one trial, however large.
        level: Confidence level of the interval it is for, in (0, 1).

    Returns:
        Clusters, ≥ 1; None if more than ten million.

    Raises:
        ValueError: If an argument is outside of its range.

    Assumes:
        As many clusters stand out as there are independent trials that do: with fewer,
        by chance, `effective_size` is more careful than is expected here.

    Source:
        `effective_size` with the variance and the number of clusters that stand out
        replaced by what is expected of them.

    Checked:
        Worked by hand; the power with as many clusters of one to five, correlated from
        0 to 0.9, where 90 % was asked for, by simulation (tests/slow): 86 to 97 % for
        limits, 87 to 92 % for paired differences.

    Example:
        >>> clusters_needed(trials=100, per_cluster=4, effect=2.5, rate=0.1)
        69
    """
    _check(trials, per_cluster, effect, rate)
    check_level(level)
    high = 2
    while _size(high, per_cluster, effect, rate, level) < trials:
        if high >= MOST:
            return None
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        is_enough = _size(middle, per_cluster, effect, rate, level) >= trials
        low, high = (low, middle) if is_enough else (middle, high)
    return 1 if trials == 1 and rate == 0 else high


def _check(trials: int, per_cluster: float, effect: float, rate: float) -> None:
    if trials < 1 or not per_cluster >= 1 or not effect >= 1:
        raise ValueError(
            "trials, per_cluster and effect must be at least 1, "
            f"got {trials}, {per_cluster} and {effect}"
        )
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be in [0, 1], got {rate}")


def _size(
    clusters: int, per_cluster: float, effect: float, rate: float, level: float
) -> float:
    """What `effective_size` is expected to be."""
    if rate == 0:
        return clusters
    telling = clusters * min(1.0, rate * per_cluster / effect)
    worst = max(effect, per_cluster)
    average = (telling * effect + worst) / (telling + 1)
    quantile = (1 + level) / 2
    ratio = NormalDist().inv_cdf(quantile) / float(stdtrit(clusters - 1, quantile))
    return clusters * per_cluster / average * ratio**2
