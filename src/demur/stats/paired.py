"""The same trials twice: a difference of two proportions that are paired."""

from math import sqrt
from statistics import NormalDist

from scipy.optimize import brentq
from scipy.special import bdtr

from demur.stats.estimate import Estimate


def paired_difference(
    gained: float, lost: float, pairs: float, level: float = 0.95
) -> Estimate | None:
    """Second proportion minus first, over pairs, with Tango's score interval.

    Args:
        gained: Pairs that are a success the second time only, ≥ 0. A fraction where
            counts were scaled to an effective number of pairs.
        lost: Pairs that are a success the first time only, ≥ 0.
        pairs: All pairs, those alike both times included. May be 0.
        level: Confidence level, in (0, 1).

    Returns:
        Difference in [-1, 1], not percentage points; None if there are no pairs.
        Where no pair differs, the interval is ± z² / (pairs + z²), never of width 0.

    Raises:
        ValueError: If the counts or the level are outside the ranges above.

    Assumes:
        Pairs are independent of one another.

    Source:
        Tango (1998), Stat. Med. 17:891-908; compared with other intervals by
        Fagerland, Lydersen and Laake (2014), Stat. Med. 33:2850-2875.

    Checked:
        The airway example of Fagerland et al.; the score test itself, with the
        likelihood maximised by search; the closed form where no pair differs;
        coverage by enumeration: 95.7 % on average over a grid of truths for 20 pairs,
        95.1 % for 50, and never below 91.1 and 93.5 %.

    Example:
        >>> change = paired_difference(gained=1, lost=7, pairs=21)
        >>> round(change.value, 3), round(change.low, 3), round(change.high, 3)
        (-0.286, -0.517, -0.026)
    """
    if min(gained, lost) < 0 or gained + lost > pairs * (1 + 1e-12):
        raise ValueError(
            f"gained and lost must be in [0, pairs], got {gained} + {lost} of {pairs}"
        )
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level}")
    if pairs == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    value = (gained - lost) / pairs

    def score(difference: float) -> float:
        return _score(difference, gained, lost, pairs)

    # At ±1 itself the variance is 0.
    edge = 1 - 1e-12
    has_low, has_high = score(-edge) > z, score(edge) < -z
    low = brentq(lambda d: score(d) - z, -edge, value) if has_low else -1.0
    high = brentq(lambda d: score(d) + z, value, edge) if has_high else 1.0
    return Estimate(
        value=value,
        low=min(float(low), value),
        high=max(float(high), value),
        level=level,
        method="tango",
    )


def _score(difference: float, gained: float, lost: float, pairs: float) -> float:
    """Tango's statistic for one supposed difference; falls as that rises."""
    distance = gained - lost - pairs * difference
    b = (2 * pairs - gained + lost) * difference - gained - lost
    c = -lost * difference * (1 - difference)
    share = (sqrt(max(b * b - 8 * pairs * c, 0.0)) - b) / (4 * pairs)
    variance = pairs * (2 * share + difference * (1 - difference))
    if variance <= 0:
        return 0.0 if distance == 0 else float("inf") * distance
    return distance / sqrt(variance)


def mcnemar_exact(gained: int, lost: int) -> float | None:
    """Two-sided exact p-value that pairs change as often one way as the other.

    Args:
        gained: Pairs that are a success the second time only.
        lost: Pairs that are a success the first time only.

    Returns:
        p in [0, 1], 0 only where it is too small for a float; None if no pair
        differs, because then nothing was tested.

    Raises:
        ValueError: If a count is below 0.

    Assumes:
        Pairs are independent of one another.

    Source:
        McNemar (1947), Psychometrika 12:153-157; the exact form is a sign test.

    Checked:
        Worked by hand; against all outcomes enumerated.

    Example:
        >>> round(mcnemar_exact(1, 7), 4)
        0.0703
    """
    if min(gained, lost) < 0:
        raise ValueError(f"counts must be at least 0, got {gained} and {lost}")
    differing = gained + lost
    if differing == 0:
        return None
    return min(1.0, 2 * float(bdtr(min(gained, lost), differing, 0.5)))
