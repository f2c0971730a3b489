"""Tests of demur.stats.double_sampling."""

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.cluster import cluster_proportion
from demur.stats.double_sampling import double_sampling
from demur.stats.estimate import Estimate
from demur.stats.prediction_powered import prediction_powered_mean

Floats = NDArray[np.float64]
Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""


def make(
    true: int, labelled: int, missed: int, labelled_0: int, totals: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Labels and predictions: those predicted 1, of whom some are labelled; then 0."""
    labels = np.full(sum(totals), np.nan)
    labels[:labelled] = np.arange(labelled) < true
    labels[totals[0] : totals[0] + labelled_0] = np.arange(labelled_0) < missed
    return labels, np.repeat([1.0, 0.0], totals)


def find(labels: Floats, predictions: Floats) -> Estimate:
    """An estimate that must be there."""
    estimate = double_sampling(labels, predictions)
    assert estimate is not None
    return estimate


def test_rates_among_either_prediction_count_by_their_shares() -> None:
    """18 of 20 true among 100 predicted 1, 3 of 60 among 900: 0.1 × 0.9 + 0.9 × 0.05.

    The bounds from the two intervals, and the variance of the share of 0.1, by hand.
    """
    labels, predictions = make(18, 20, 3, 60, (100, 900))
    first = cluster_proportion(np.arange(20) < 18, np.arange(20))
    second = cluster_proportion(np.arange(60) < 3, np.arange(60))
    assert first is not None
    assert second is not None
    shares = Z**2 * 0.1 * 0.9 * (0.9 - 0.05) ** 2 / 1000
    up = ((0.1 * (first.high - 0.9)) ** 2 + (0.9 * (second.high - 0.05)) ** 2) + shares
    down = ((0.1 * (0.9 - first.low)) ** 2 + (0.9 * (0.05 - second.low)) ** 2) + shares

    estimate = find(labels, predictions)

    assert estimate.value == pytest.approx(0.135)
    assert estimate.high == pytest.approx(0.135 + up**0.5)
    assert estimate.low == pytest.approx(0.135 - down**0.5)
    assert estimate.method == "double sampling"


def test_the_estimate_is_that_of_power_tuned_predictions() -> None:
    """Labels drawn from all alike: the two differ by how lambda is found, not more."""
    labels, predictions = make(60, 75, 6, 125, (3075, 5125))

    tuned = prediction_powered_mean(labels, predictions)

    assert tuned is not None
    assert find(labels, predictions).value == pytest.approx(tuned.value, abs=1e-3)


@pytest.mark.parametrize(
    ("true", "missed", "value"),
    [
        pytest.param(20, 0, 0.1, id="right on every label"),
        pytest.param(0, 0, 0.0, id="no event at all"),
        pytest.param(0, 60, 0.9, id="wrong on every label"),
        pytest.param(20, 60, 1.0, id="nothing but events"),
    ],
)
def test_the_width_is_never_0(true: int, missed: int, value: float) -> None:
    """Either rate keeps the doubt of its own labels: 60 of 60 is not certain."""
    labels, predictions = make(true, 20, missed, 60, (100, 900))

    estimate = find(labels, predictions)

    assert estimate.value == pytest.approx(value)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high - estimate.low > 0.9 * Z**2 / (60 + Z**2)


def test_where_one_prediction_was_never_labelled_it_falls_back() -> None:
    """No label among the ten predicted 1: then predictions cannot be weighed."""
    labels, predictions = make(0, 0, 3, 60, (10, 900))

    assert find(labels, predictions) == prediction_powered_mean(labels, predictions)


def test_no_labels_give_no_estimate() -> None:
    """Nor does nothing at all."""
    labels, predictions = make(0, 0, 0, 0, (10, 20))

    assert double_sampling(labels, predictions) is None
    assert double_sampling(labels[:0], predictions[:0]) is None


def test_scores_are_refused() -> None:
    """They have no two kinds; `prediction_powered_mean` takes them."""
    with pytest.raises(ValueError, match="predictions must be 0 or 1"):
        double_sampling(np.array([1.0]), np.array([0.7]))
