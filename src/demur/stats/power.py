"""How many trials it takes to show something, before they are paid for."""

from collections.abc import Callable
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, gammaln, xlog1py, xlogy

from demur.stats.checks import check_level

MOST = 10_000_000
"""Where more than this many independent trials are needed, the answer is None."""

LOOK = 100
"""How far below a size that suffices it is looked for a smaller one that does too."""


def design_effect(size: float, correlation: float) -> float:
    """How many times as many trials it takes where they come in families.

    Args:
        size: Trials in each family, ≥ 1.
        correlation: Between two trials of one family, in [0, 1].

    Returns:
        1 + (size - 1) × correlation.

    Raises:
        ValueError: If an argument is outside of its range.

    Assumes:
        Families of one size. Of several sizes take the mean of their squares over
        their mean.

    Source:
        Kish (1965), Survey Sampling, section 5.4.

    Checked:
        Worked by hand.
    """
    if not size >= 1 or not 0 <= correlation <= 1:
        raise ValueError(
            "size must be at least 1 and correlation in [0, 1], "
            f"got {size} and {correlation}"
        )
    return 1 + (size - 1) * correlation


def trials_to_show_rate(
    limit: float,
    rate: float,
    power: float = 0.8,
    level: float = 0.95,
    effect: float = 1.0,
) -> int | None:
    """Fewest trials that show a rate to be within a limit, as likely as wanted.

    It is shown where the upper bound of `wilson` is at most the limit. The chance of
    that is a binomial tail, taken exactly. It goes up and down as trials are added, so
    that a few more than the fewest may again be a little too few.

    Args:
        limit: What the rate must not exceed, in (0, 1).
        rate: What the rate really is, 0 ≤ rate < limit.
        power: Chance to show it, in (0, 1).
        level: Confidence level of the interval, in (0, 1).
        effect: Design effect of families, ≥ 1: see `design_effect`.

    Returns:
        Trials, ≥ 1: those needed if independent, times the design effect, rounded up.
        None if more than ten million independent ones are needed.

    Raises:
        ValueError: If an argument is outside of its range.

    Assumes:
        Trials are independent, but for the design effect.

    Source:
        Wilson (1927) for the rule, solved for the trials; the binomial distribution.

    Checked:
        Every smaller number tried with `wilson` itself; 73 for 5 % if the rate is 0.

    Example:
        >>> trials_to_show_rate(limit=0.05, rate=0.02)
        311
    """
    if not 0 <= rate < limit < 1:
        raise ValueError(f"need 0 ≤ rate < limit < 1, got {rate} and {limit}")
    z = _check(power, level, effect)
    spread, step = z * z * limit * (1 - limit), 1 << 16
    for start in range(0, MOST, step):
        # With k successes the bound falls to the limit at this many trials; of all
        # numbers of trials that allow k, that one has the largest chance of k or fewer.
        k = np.arange(start, start + step)
        root = (sqrt(spread) + np.sqrt(spread + 4 * limit * k)) / (2 * limit)
        trials = np.ceil(root * root * (1 - 1e-13)).astype(np.int64)
        enough = np.flatnonzero(bdtr(k, trials, rate) >= power)
        if enough.size > 0 and trials[enough[0]] <= MOST:
            return _inflated(int(trials[enough[0]]), effect)
        if trials[-1] > MOST:
            break
    return None


def trials_to_pass(
    limit: float,
    rate: float,
    power: float = 0.8,
    error: float = 0.05,
    effect: float = 1.0,
) -> int | None:
    """Fewest trials that show a rate to be within a limit by an exact one-sided test.

    It is shown where the upper bound of `clopper_pearson` at the level 1 - 2 × error is
    at most the limit: where so few successes, or fewer, would come at most ``error``
    of the time if the rate were the limit. The chance of that is a binomial tail.

    Args:
        limit: What the rate must not exceed, in (0, 1).
        rate: What the rate really is, 0 ≤ rate < limit.
        power: Chance to show it, in (0, 1).
        error: Chance to show it of a rate that is at the limit, in (0, 0.5).
        effect: Design effect of families, ≥ 1: see `design_effect`.

    Returns:
        Trials, ≥ 1: those needed if independent, times the design effect, rounded up.
        None if more than ten million independent ones are needed.

    Raises:
        ValueError: If an argument is outside of its range.

    Assumes:
        Trials are independent, but for the design effect. The fewest are found by
        halving and by trying the hundred numbers below: as the chance rises not quite
        steadily, a smaller number still might do.

    Source:
        Clopper and Pearson (1934), Biometrika 26:404-413, for the rule; the binomial
        distribution.

    Checked:
        With `clopper_pearson` itself, for what is found and the ten numbers below; 59
        for 5 % if the rate is 0, which is 0.95 to the power of 59 below 5 %.

    Example:
        >>> trials_to_pass(limit=0.05, rate=0.02)
        234
    """
    if not 0 <= rate < limit < 1:
        raise ValueError(f"need 0 ≤ rate < limit < 1, got {rate} and {limit}")
    if not 0 < error < 0.5:
        raise ValueError(f"error must be in (0, 0.5), got {error}")
    _check(power, 1 - 2 * error, effect)
    return _fewest(lambda n: _passing_power(n, limit, rate, error), power, effect)


def pairs_to_find_gap(
    gained: float,
    lost: float,
    power: float = 0.8,
    level: float = 0.95,
    effect: float = 1.0,
) -> int | None:
    """Fewest pairs that show a gap between the two of each, as likely as wanted.

    It is shown where the interval of `paired_difference` lies on the right side of 0,
    which is where the statistic of McNemar's test is beyond the quantile. The chance of
    that is summed over the binomial distributions.

    Args:
        gained: Chance that a pair is a success the second time only, ≥ 0.
        lost: Chance that it is one the first time only, ≥ 0; not the same.
        power: Chance to show it, in (0, 1).
        level: Confidence level of the interval, in (0, 1).
        effect: Design effect of families, ≥ 1: see `design_effect`.

    Returns:
        Pairs, ≥ 1: those needed if independent, times the design effect, rounded up.
        None if more than ten million independent ones are needed.

    Raises:
        ValueError: If an argument is outside of its range, or there is no gap to find.

    Assumes:
        Pairs are independent, but for the design effect. The fewest are found by
        halving and by trying the hundred numbers below: as the chance rises not quite
        steadily, a smaller number still might do.

    Source:
        McNemar (1947), Psychometrika 12:153-157; unconditional power as in Duffy
        (1984), Biometrics 40:1005-1015.

    Checked:
        Against every outcome enumerated with `paired_difference` itself, for what is
        found and the ten numbers below; near the formula of Connor (1987), Biometrics
        43:207-211.

    Example:
        >>> pairs_to_find_gap(gained=0.15, lost=0.05)
        145
    """
    if min(gained, lost) < 0 or gained + lost > 1 or gained == lost:
        raise ValueError(
            f"gained and lost must differ, in [0, 1] together, got {gained} and {lost}"
        )
    z = _check(power, level, effect)
    more, less = max(gained, lost), min(gained, lost)
    return _fewest(lambda n: _paired_power(n, more, less, z), power, effect)


def trials_to_find_change(
    first: float,
    second: float,
    power: float = 0.8,
    level: float = 0.95,
    effect: float = 1.0,
) -> int | None:
    """Fewest trials on each side that show two rates to differ, as likely as wanted.

    It is shown where the interval of `independent_difference` lies on the right side of
    0. The chance of that is summed over the binomial distributions.

    Args:
        first: The one rate, in [0, 1].
        second: The other rate, in [0, 1]; not the same.
        power: Chance to show it, in (0, 1).
        level: Confidence level of the interval, in (0, 1).
        effect: Design effect of families, ≥ 1: see `design_effect`.

    Returns:
        Trials on each side, ≥ 1: those needed if independent, times the design effect,
        rounded up. None if more than ten million independent ones are needed.

    Raises:
        ValueError: If an argument is outside of its range, or there is no change to
            find.

    Assumes:
        Trials are independent, but for the design effect, and as many on either side.
        The fewest are found by halving and by trying the hundred numbers below: as the
        chance rises not quite steadily, a smaller number still might do.

    Source:
        Newcombe (1998), Stat. Med. 17:873-890, method 10, for the rule; the binomial
        distribution.

    Checked:
        Against every outcome enumerated with `independent_difference` itself; every
        smaller number tried; near the normal formula of statsmodels.

    Example:
        >>> trials_to_find_change(first=0.05, second=0.10)
        432
    """
    if not (0 <= first <= 1 and 0 <= second <= 1) or first == second:
        raise ValueError(f"rates must differ, in [0, 1], got {first} and {second}")
    z = _check(power, level, effect)
    less, more = min(first, second), max(first, second)
    return _fewest(lambda n: _unpaired_power(n, less, more, z), power, effect)


def _check(power: float, level: float, effect: float) -> float:
    """The normal quantile, once all is well."""
    check_level(level)
    if not 0 < power < 1:
        raise ValueError(f"power must be in (0, 1), got {power}")
    if not effect >= 1:
        raise ValueError(f"effect must be at least 1, got {effect}")
    return NormalDist().inv_cdf((1 + level) / 2)


def _inflated(trials: int, effect: float) -> int:
    """So many times as many, rounded up, but not for an error of floats."""
    return ceil(trials * effect * (1 - 1e-13))


def _fewest(
    power_of: Callable[[int], float], power: float, effect: float
) -> int | None:
    """The size that has the power: by doubling, by halving, by a look below."""
    high = 1
    while power_of(high) < power:
        if high >= MOST:
            return None
        high = min(2 * high, MOST)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    below = range(max(1, high - LOOK), high)
    return _inflated(next((n for n in below if power_of(n) >= power), high), effect)


def _binomial(n: int, p: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts that are at all likely, and their chances."""
    reach = 9 * sqrt(n * p * (1 - p)) + 30
    k = np.arange(max(0, int(n * p - reach)), min(n, int(n * p + reach)) + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return k, np.exp(ways + xlogy(k, p) + xlog1py(n - k, -p))


def _passing_power(trials: int, limit: float, rate: float, error: float) -> float:
    """Chance of few enough successes, if few enough there are."""
    if bdtr(0, trials, limit) > error:
        return 0.0
    near, far = 0, trials
    while far - near > 1:
        middle = (near + far) // 2
        is_few = bdtr(middle, trials, limit) <= error
        near, far = (middle, far) if is_few else (near, middle)
    return float(bdtr(near, trials, rate))


def _paired_power(pairs: int, more: float, less: float, z: float) -> float:
    """Chance that the statistic is beyond z to the side of ``more``."""
    differing, chances = _binomial(pairs, more + less)
    least = np.floor((differing + z * np.sqrt(differing)) / 2).astype(np.int64) + 1
    is_possible = least <= differing
    d, k = differing[is_possible], least[is_possible]
    return float(chances[is_possible] @ bdtrc(k - 1, d, more / (more + less)))


def _unpaired_power(trials: int, less: float, more: float, z: float) -> float:
    """Chance that the interval of ``more`` minus ``less`` lies above 0."""
    first, chances = _binomial(trials, less)
    far, near = np.full(first.size, trials + 1), first.copy()
    # The least second count whose interval lies above 0, by halving.
    while (far - near > 1).any():
        middle = (far + near) // 2
        is_shown = _is_above(first, middle, trials, z)
        far, near = np.where(is_shown, middle, far), np.where(is_shown, near, middle)
    is_possible = far <= trials
    return float(chances[is_possible] @ bdtrc(far[is_possible] - 1, trials, more))


def _is_above(
    first: NDArray[np.int64], second: NDArray[np.int64], trials: int, z: float
) -> NDArray[np.bool_]:
    """Whether the second count is above the first, beyond Newcombe's interval."""
    apart = _reach(second, trials, z) ** 2 + _reach(trials - first, trials, z) ** 2
    difference = (second - first) / trials
    return (difference > 0) & (difference**2 > apart)


def _reach(count: NDArray[np.int64], trials: int, z: float) -> NDArray[np.float64]:
    """How far Wilson's lower bound is below the proportion."""
    p, scale = count / trials, 1 + z * z / trials
    root = np.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    reach: NDArray[np.float64] = p - (p + z * z / (2 * trials) - z * root) / scale
    return reach
