"""About how much more it would take to decide, should what was seen go on."""

from math import isclose, sqrt

import numpy as np
from numpy.typing import NDArray

from demur.records.condition import Condition
from demur.stats.estimate import Estimate
from demur.stats.limit import decide
from demur.stats.paired import paired_difference
from demur.stats.proportion import clopper_pearson

_MOST = 1e3
"""Times as many as there are: beyond it no number is said."""

_MOST_FAMILIES = 20_000
"""Families looked ahead at most."""


def more_for_rate(limit: float, estimate: Estimate, size: float) -> float | None:
    """By how much the trials must grow until a bound of the same rate is at the limit.

    Args:
        limit: What the rate is held against.
        estimate: The rate, with the bounds of `cluster_clopper_pearson`.
        size: Effective number of trials that they are from.

    Returns:
        0.5 for half as many again; None where the rate is at the limit itself.
    """

    def is_enough(times: float) -> bool:
        n = size * times
        found = clopper_pearson(estimate.value * n, n, estimate.level)
        assert found is not None
        return not found.low <= limit < found.high

    high = 1.0
    while not is_enough(high):
        high *= 2
        if high > _MOST or estimate.value == limit:
            return None
    low = high / 2
    for _ in range(30):
        middle = sqrt(low * high)
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return max(high - 1, 0.0)


def more_for_difference(
    limit: float, estimate: Estimate, families: int
) -> float | None:
    """The same for a difference: its bounds come nearer as the root of the trials.

    Where no family changed they do so as fast as the trials themselves.

    Args:
        limit: What the difference is held against.
        estimate: The difference, with the bounds of `cluster_paired_difference`.
        families: Families that they are from.

    Returns:
        0.5 for half as many again; None where the difference is at the limit itself.
    """
    distance = limit - estimate.value
    reach = (estimate.high if distance > 0 else estimate.low) - estimate.value
    if distance == 0 or abs(reach / distance) > sqrt(_MOST):
        return None
    unchanged = paired_difference(0, 0, families, estimate.level)
    if unchanged is not None and isclose(unchanged.high, estimate.high):
        odds = reach / (1 - abs(reach)), distance / (1 - abs(distance))
        return max(abs(odds[0] / odds[1]) - 1, 0.0)
    return max((reach / distance) ** 2 - 1, 0.0)


def more_by_family(
    condition: Condition, values: NDArray[np.float64], share: float
) -> int | None:
    """Families to go until the test decides, should those seen come again and again.

    Returns:
        None if it does not come to a decision within 20,000 families.
    """
    again = np.tile(values, -(-_MOST_FAMILIES // values.size))
    found = decide(again, condition.limit, share, condition.quantity.span)
    return None if found.at is None else max(found.at - values.size, 1)
