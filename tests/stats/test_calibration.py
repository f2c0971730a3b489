"""Tests of demur.stats.calibration."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from demur.stats.calibration import (
    Binning,
    brier_score,
    calibration_error,
    reliability,
)
from demur.stats.cluster import cluster_proportion

NONE = np.zeros(0)
OWN = np.zeros(0, dtype=np.int64)


def rng() -> np.random.Generator:
    """The same draws in every test."""
    return np.random.default_rng(20240229)


def test_each_bin_says_what_was_stated_and_what_came_true() -> None:
    """0.1 and 0.3 of which one came true; 0.9 which did; 0.5 is of the upper half."""
    stated = np.array([0.1, 0.9, 0.3, 0.5])
    came_true = np.array([False, True, True, False])
    own = np.arange(4)

    low, high = reliability(stated, came_true, own, bins=2)

    assert [low.trials, low.stated] == pytest.approx([2, 0.2])
    assert low.observed == cluster_proportion(came_true[[0, 2]], own[[0, 2]])
    assert [high.trials, high.stated] == pytest.approx([2, 0.7])
    assert high.observed.value == 0.5


def test_bins_of_equal_width_without_trials_are_left_out() -> None:
    """A chance of 1 is of the last bin; nothing is said of the eight between."""
    found = reliability(np.array([0.0, 1.0]), np.array([False, True]), np.arange(2))

    assert [b.stated for b in found] == [0.0, 1.0]


def test_bins_of_equal_count_have_as_many_trials_each() -> None:
    """Twelve in four bins are three each, however near they are."""
    stated = np.arange(12) ** 2 / 1000

    found = reliability(stated, stated > 0, np.arange(12), bins=4, binning="count")

    assert [b.trials for b in found] == [3, 3, 3, 3]


def test_bins_of_equal_count_do_not_part_trials_that_are_alike() -> None:
    """Ten times 0.9 and twice 0.1, in any order: two bins, not five."""
    stated = np.array([0.9] * 5 + [0.1] + [0.9] * 5 + [0.1])

    found = reliability(stated, stated > 0.5, np.arange(12), bins=5, binning="count")

    assert [(b.trials, round(b.stated, 3)) for b in found] == [(2, 0.1), (10, 0.9)]


@pytest.mark.parametrize(
    ("binning", "theirs"), [("width", "uniform"), ("count", "quantile")]
)
def test_bins_are_those_of_scikit_learn(binning: Binning, theirs: str) -> None:
    """Another implementation, on chances that are all different."""
    stated = rng().random(1000)
    came_true = rng().random(1000) < stated**2
    true, said = calibration_curve(came_true, stated, n_bins=8, strategy=theirs)

    found = reliability(stated, came_true, np.arange(1000), 8, binning)

    assert [b.stated for b in found] == pytest.approx(said.tolist())
    assert [b.observed.value for b in found] == pytest.approx(true.tolist())


@pytest.mark.parametrize("binning", ["width", "count"])
def test_no_trials_have_no_bins_and_no_scores(binning: Binning) -> None:
    """With nothing stated nothing is known."""
    assert reliability(NONE, NONE > 0, OWN, 10, binning) == []
    assert calibration_error(NONE, NONE > 0, 10, binning) is None
    assert brier_score(NONE, NONE > 0, OWN, rng()) is None


def test_the_brier_score_is_the_mean_square() -> None:
    """0.2² and 0.4²: 0.1."""
    found = brier_score(np.array([0.2, 0.6]), np.array([0, 1]) > 0, np.arange(2), rng())

    assert found is not None
    assert found.value == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.04, 0.16))
    assert found.method == "bootstrap over clusters"


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    """Another implementation."""
    stated = rng().random(200)
    came_true = rng().random(200) < 0.4

    found = brier_score(stated, came_true, np.arange(200) // 4, rng())

    assert found is not None
    assert found.value == pytest.approx(brier_score_loss(came_true, stated))
    assert found.low < found.value < found.high


def test_the_brier_score_of_one_cluster_is_none() -> None:
    """One says nothing of others."""
    one = np.zeros(3, dtype=np.int64)

    assert brier_score(np.array([0.1, 0.2, 0.3]), one > 0, one, rng()) is None


def test_the_plain_error_is_the_mean_distance_over_bins() -> None:
    """0.2 where ½ came true, twice; 0.8 where all did, twice: (0.3 + 0.2) / 2."""
    stated = np.array([0.2, 0.2, 0.8, 0.8])
    came_true = np.array([True, False, True, True])

    found = calibration_error(stated, came_true, 2, "width")

    assert found is not None
    assert found.plain == pytest.approx(0.25)


def test_the_debiased_error_takes_off_what_chance_gives() -> None:
    """0.3 stated, 35 of 100 true: 0.05 apart, with an error of √(0.35 × 0.65 / 100).

    The mean distance of such draws, twice the plain error less that, by simulation.
    """
    draws = np.abs(rng().normal(0.05, np.sqrt(0.35 * 0.65 / 100), 1_000_000))

    found = calibration_error(np.full(100, 0.3), np.arange(100) < 35, 1)

    assert found is not None
    assert found.plain == pytest.approx(0.05)
    assert found.debiased == pytest.approx(2 * 0.05 - draws.mean(), abs=2e-4)


def test_a_bin_without_variance_is_taken_as_it_is() -> None:
    """All came true: nothing is known of what chance gives there."""
    found = calibration_error(np.full(9, 0.7), np.ones(9) > 0, 1)

    assert found is not None
    assert (found.plain, found.debiased) == pytest.approx((0.3, 0.3))


def test_chances_that_are_right_have_a_smaller_debiased_error() -> None:
    """500 trials in ten bins, 200 times: 4.3 % plain, below 3 % debiased."""
    draws, plain, debiased = rng(), [], []

    for _ in range(200):
        stated = draws.random(500)
        found = calibration_error(stated, draws.random(500) < stated)
        assert found is not None
        plain.append(found.plain)
        debiased.append(found.debiased)

    assert np.mean(plain) == pytest.approx(0.043, abs=0.005)
    assert np.mean(debiased) < 0.03


def test_what_cannot_be_is_refused() -> None:
    """Shapes, chances, bins and levels, also where there are no trials."""
    with pytest.raises(ValueError, match=r"differ in shape: \(0,\) and \(2,\)"):
        reliability(NONE, np.array([True, False]), OWN)
    with pytest.raises(ValueError, match=r"chance must be in \[0, 1\], got 70"):
        calibration_error(np.array([70.0]), np.array([True]))
    with pytest.raises(ValueError, match=r"chance must be in \[0, 1\], got nan"):
        brier_score(np.array([np.nan]), np.array([True]), np.array([0]), rng())
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        reliability(NONE, NONE > 0, OWN, 0)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        brier_score(NONE, NONE > 0, OWN, rng(), 95)
