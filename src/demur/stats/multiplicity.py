"""Many tests at once: p-values that allow for how many they are."""

import numpy as np
from numpy.typing import NDArray


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's adjusted p-values: the chance of any false finding is held.

    Finding all tests with an adjusted value ≤ α errs at all, if only once, at most α
    of the time.

    Args:
        p_values: Shape (n,), each in [0, 1]. May be empty. Tests that were not made
            have no place in it.

    Returns:
        Shape (n,), in the same order: never below the p-value, never above 1.

    Raises:
        ValueError: If a p-value is not in [0, 1], or they are not one row.

    Assumes:
        Each p-value is right by itself. The tests may depend on one another in any
        way.

    Source:
        Holm (1979), Scand. J. Stat. 6:65-70; adjusted values as in Wright (1992),
        Biometrics 48:1005-1013.

    Checked:
        Worked by hand; statsmodels.

    Example:
        >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
        [0.03, 0.06, 0.06]
    """
    _check(p_values)
    n, order = p_values.size, np.argsort(p_values)
    scaled = p_values[order] * np.arange(n, 0, -1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def benjamini_hochberg(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini–Hochberg adjusted p-values: the share of false findings is held.

    Of all tests with an adjusted value ≤ α, at most a share α is expected to be false.

    Args:
        p_values: Shape (n,), each in [0, 1]. May be empty. Tests that were not made
            have no place in it.

    Returns:
        Shape (n,), in the same order: never below the p-value, never above 1.

    Raises:
        ValueError: If a p-value is not in [0, 1], or they are not one row.

    Assumes:
        The tests are independent, or depend on one another positively (Benjamini and
        Yekutieli 2001, Ann. Stat. 29:1165-1188).

    Source:
        Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57:289-300.

    Checked:
        The paper's example of 15 tests; worked by hand; statsmodels.

    Example:
        >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).tolist()
        [0.03, 0.04, 0.04]
    """
    _check(p_values)
    n, order = p_values.size, np.argsort(p_values)
    scaled = p_values[order] * n / np.arange(1, n + 1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _check(p_values: NDArray[np.float64]) -> None:
    if p_values.ndim != 1:
        raise ValueError(f"p-values must be one row, got shape {p_values.shape}")
    wrong = p_values[~((p_values >= 0) & (p_values <= 1))]
    if wrong.size > 0:
        raise ValueError(f"p-values must be in [0, 1], got {wrong[0]}")
