"""How sure a scorer must be before its word is taken, from what it got right."""

from collections.abc import Sequence

import numpy as np

from demur.stats.checks import check_level
from demur.stats.proportion import clopper_pearson

_STEPS = 25
"""Thresholds tried, evenly from one half up. Each that is tried costs certainty."""


def choose_threshold(
    chances: Sequence[float],
    truths: Sequence[bool],
    accuracy: float,
    level: float = 0.95,
) -> float | None:
    """The smallest threshold above which a scorer is as accurate as wanted.

    A scorer that gives an event the chance p says "yes" from p = 0.5 on, and is as sure
    of what it says as max(p, 1 - p). It decides what it is sure of to the threshold at
    least; the rest is for somebody else.

    Args:
        chances: Of the event, in [0, 1], one for each trial.
        truths: Whether it was so.
        accuracy: Share of right answers wanted among what it decides, in (0, 1).
        level: How certain that must be, in (0, 1).

    Returns:
        A threshold in [0.5, 1), such that the accuracy at or above it is lower than
        wanted with a chance of 1 - level at most; None if no threshold is shown to do,
        as with few trials.

    Raises:
        ValueError: If lengths differ or a number is outside the ranges above.

    Assumes:
        Trials are independent, and like those that the threshold will be used on.

    Source:
        Exact one-sided bounds (Clopper and Pearson 1934) at each of 25 thresholds, with
        Bonferroni's correction, because the best of them is taken.

    Checked:
        By simulation: the promise is broken less often than it may be.

    Example:
        >>> choose_threshold([0.98] * 200 + [0.6] * 100, [True] * 200 + [False] * 100,
        ...                  accuracy=0.95)
        0.62
    """
    sure, right = _checked(chances, truths)
    check_level(accuracy)
    check_level(level)
    # A one-sided bound at 1 - a is the lower end of a two-sided interval at 1 - 2a.
    each = 1 - 2 * (1 - level) / _STEPS
    for step in range(_STEPS):
        threshold = round(0.5 + 0.5 * step / _STEPS, 6)
        decided = sure >= threshold
        found = clopper_pearson(
            int(right[decided].sum()), int(decided.sum()), max(each, 0.0)
        )
        if found is not None and found.low >= accuracy:
            return threshold
    return None


def _checked(
    chances: Sequence[float], truths: Sequence[bool]
) -> tuple[np.ndarray, np.ndarray]:
    """How sure each is, and whether it is right."""
    given, true = np.asarray(chances, dtype=float), np.asarray(truths, dtype=bool)
    if given.shape != true.shape or given.ndim != 1:
        raise ValueError(f"as many truths as chances, got {true.size} and {given.size}")
    if not np.all((given >= 0) & (given <= 1)):
        raise ValueError("chances must be in [0, 1]")
    return np.maximum(given, 1 - given), (given >= 0.5) == true
