"""Tests of demur.stats.estimate."""

import pytest

from demur.stats.estimate import Estimate


def make(value: float, low: float, high: float) -> Estimate:
    """An estimate with these numbers."""
    return Estimate(value=value, low=low, high=high, level=0.95, method="wilson")


def test_bounds_that_hold_the_value_are_accepted() -> None:
    """A bound may be the value itself: 0 of 20 has its lower bound at 0."""
    estimate = make(0.0, 0.0, 0.16)

    assert (estimate.value, estimate.low, estimate.high) == (0.0, 0.0, 0.16)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        pytest.param(0.1, 0.2, 0.3, id="below"),
        pytest.param(0.4, 0.2, 0.3, id="above"),
        pytest.param(0.2, 0.3, 0.1, id="bounds swapped"),
        pytest.param(float("nan"), 0.0, 1.0, id="value not a number"),
        pytest.param(0.5, float("nan"), 1.0, id="bound not a number"),
    ],
)
def test_bounds_that_do_not_hold_the_value_are_refused(
    value: float, low: float, high: float
) -> None:
    """An interval that misses its own value is a bug, and is never shown."""
    with pytest.raises(ValueError, match=rf"value {value} is outside of \[{low}, "):
        make(value, low, high)
