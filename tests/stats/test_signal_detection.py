"""Tests of demur.stats.signal_detection."""

import numpy as np
import pytest
from scipy import stats

from demur.stats.signal_detection import Detection, detection

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""
NONE = np.zeros(0, dtype=np.int64)


def find(hits: int, signals: int, alarms: int, noises: int, size: int = 1) -> Detection:
    """Of these counts, in clusters of this size that have both kinds."""
    found = detection(
        np.arange(signals) < hits,
        np.arange(signals) // size,
        np.arange(noises) < alarms,
        np.arange(noises) // size,
        np.random.default_rng(20240229),
        resamples=500,
    )
    assert found is not None
    return found


def test_half_a_yes_is_added_to_each_kind_and_one_trial() -> None:
    """Hautus's correction: 8 of 10 is 8.5 / 11, 1 of 10 is 1.5 / 11."""
    hit, alarm = stats.norm.ppf(8.5 / 11), stats.norm.ppf(1.5 / 11)

    found = find(8, 10, 1, 10)

    assert found.sensitivity.value == pytest.approx(hit - alarm)
    assert found.criterion.value == pytest.approx(-(hit + alarm) / 2)
    assert found.criterion.method == "bootstrap over clusters"


def test_rates_of_0_and_1_have_a_finite_distance() -> None:
    """20 of 20 against 0 of 20: 2 × the quantile at 20.5 / 21, and no leaning."""
    found = find(20, 20, 0, 20)

    assert found.sensitivity.value == pytest.approx(2 * stats.norm.ppf(20.5 / 21))
    assert found.criterion.value == pytest.approx(0)


def test_the_kinds_swapped_have_the_opposite_distance_and_the_same_line() -> None:
    """Called the other way round, what is told apart is as far apart."""
    there, back = find(8, 10, 1, 12), find(1, 12, 8, 10)

    assert back.sensitivity.value == pytest.approx(-there.sensitivity.value)
    assert back.criterion.value == pytest.approx(there.criterion.value)


def test_guessing_is_a_distance_of_0_whatever_the_readiness() -> None:
    """Yes to nine in ten of either kind: d' is 0, c far below 0."""
    found = find(90, 100, 90, 100)

    assert found.sensitivity.value == pytest.approx(0)
    assert found.criterion.high < 0


def test_one_answer_to_a_kind_is_not_certain() -> None:
    """0 of 20 noises in 4 clusters: Wilson's bound is z² / (4 + z²) = 49 %."""
    bound = stats.norm.ppf(Z**2 / (4 + Z**2))
    hit = stats.norm.ppf(10.5 / 21)

    found = find(10, 20, 0, 20, size=5)

    assert found.sensitivity.low <= hit - bound
    assert found.criterion.low <= -(hit + bound) / 2


def test_one_answer_to_all_of_either_kind_has_each_bound() -> None:
    """Yes to all: either rate may be lower, so d' is open to both sides, c to above."""
    hit, bound = stats.norm.ppf(20.5 / 21), stats.norm.ppf(20 / (20 + Z**2))

    found = find(20, 20, 20, 20)

    assert found.sensitivity.low == pytest.approx(bound - hit)
    assert found.sensitivity.high == pytest.approx(hit - bound)
    assert found.criterion.high == pytest.approx(-bound)


def test_clusters_are_drawn_with_their_trials_of_both_kinds() -> None:
    """Where a cluster says yes to both kinds or to neither, d' hardly varies, c does.

    50 clusters, half of each; the rates go up and down together.
    """
    yes, own = np.arange(50) % 2 == 0, np.arange(50)
    draws = np.random.default_rng(20240229)

    together = detection(yes, own, yes, own, draws)
    apart = detection(yes, own, yes, own + 50, draws)

    assert together is not None
    assert apart is not None
    assert together.sensitivity.low == pytest.approx(0)
    assert apart.sensitivity.low < -0.4
    assert together.criterion.high > apart.criterion.high


@pytest.mark.parametrize(
    ("signals", "noises"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([0, 1], [], id="no noise"),
        pytest.param([], [0, 1], id="no signal"),
        pytest.param([0, 0], [0, 1], id="one cluster of signals"),
    ],
)
def test_too_little_of_either_kind_gives_none(
    signals: list[int], noises: list[int]
) -> None:
    """Two clusters of each are needed to know how they differ."""
    rng = np.random.default_rng(1)
    first, second = np.array(signals, dtype=int), np.array(noises, dtype=int)

    assert detection(first > 0, first, second > 0, second, rng) is None


def test_kinds_that_never_meet_in_a_resample_give_none() -> None:
    """A single resample without noise says nothing; the first of this seed is one."""
    yes = np.array([True, False])
    seeds = [
        detection(
            yes,
            np.array([0, 1]),
            yes,
            np.array([2, 3]),
            np.random.default_rng(s),
            0.95,
            1,
        )
        for s in range(20)
    ]

    assert None in seeds


def test_what_cannot_be_is_refused() -> None:
    """Shapes and levels, also where there are no trials."""
    rng, two = np.random.default_rng(1), np.array([0, 1])

    with pytest.raises(ValueError, match=r"differ in shape: \(0,\) and \(2,\)"):
        detection(NONE > 0, two, NONE > 0, NONE, rng)
    with pytest.raises(ValueError, match=r"differ in shape: \(0,\) and \(2,\)"):
        detection(NONE > 0, NONE, NONE > 0, two, rng)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        detection(NONE > 0, NONE, NONE > 0, NONE, rng, 95)
