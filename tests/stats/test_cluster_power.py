"""Tests of demur.stats.cluster_power."""

import numpy as np
import pytest

from demur.stats.cluster import effective_size
from demur.stats.cluster_power import clusters_needed


def test_where_all_are_alike_a_cluster_is_one_trial_however_large() -> None:
    """As in `effective_size`: equal values say nothing about their variance."""
    assert clusters_needed(59, per_cluster=8, effect=1.0, rate=0.0) == 59
    assert clusters_needed(1, per_cluster=1, effect=1.0, rate=0.0) == 1


def test_wholly_correlated_trials_tell_as_much_as_one() -> None:
    """The design effect is the size: a hundred clusters, and three for Student's t."""
    assert clusters_needed(100, per_cluster=4, effect=4.0, rate=0.1, level=0.95) == 103


def test_uncorrelated_trials_spread_over_many_clusters_count_nearly_all() -> None:
    """A quarter of 4,000, and somewhat more: 400 clusters tell how alike they are."""
    needed = clusters_needed(4_000, per_cluster=4, effect=1.0, rate=0.1)

    assert needed is not None
    assert 1_000 < needed < 1_015


def test_the_clusters_found_have_the_effective_size() -> None:
    """One success in every tenth cluster of four: known clusters, real formula."""
    needed = clusters_needed(500, per_cluster=4, effect=1.0, rate=0.025)
    assert needed is not None
    values = np.zeros((needed, 4))
    values[::10, 0] = 1.0

    size = effective_size(values.ravel(), np.repeat(np.arange(needed), 4))

    assert size == pytest.approx(500, rel=0.03)


def test_more_than_ten_million_are_not_looked_for() -> None:
    """None is the answer, not a number that nobody could ask."""
    assert clusters_needed(30_000_000, per_cluster=1, effect=1.0, rate=0.1) is None


@pytest.mark.parametrize(
    ("trials", "per_cluster", "effect", "rate", "level"),
    [
        pytest.param(0, 1, 1, 0.1, 0.95, id="no trials"),
        pytest.param(10, 0.5, 1, 0.1, 0.95, id="half a trial in a cluster"),
        pytest.param(10, 1, 0.9, 0.1, 0.95, id="an effect below 1"),
        pytest.param(10, 1, 1, 1.1, 0.95, id="a rate above 1"),
        pytest.param(10, 1, 1, float("nan"), 0.95, id="no number"),
        pytest.param(10, 1, 1, 0.1, 1.0, id="a certain level"),
    ],
)
def test_impossible_arguments_are_refused(
    trials: int, per_cluster: float, effect: float, rate: float, level: float
) -> None:
    """A bug of the caller's must not become a number."""
    with pytest.raises(ValueError, match="must be"):
        clusters_needed(trials, per_cluster, effect, rate, level)
