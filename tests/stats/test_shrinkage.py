"""Tests of demur.stats.shrinkage."""

import numpy as np
import pytest
from scipy import integrate
from scipy.special import betaln

from demur.stats.estimate import Estimate
from demur.stats.shrinkage import partial_pooling

RATS = (
    "0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 "
    "1/20 1/20 1/19 1/19 1/18 1/18 2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 "
    "5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 4/20 4/20 4/20 4/20 "
    "4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 "
    "6/20 6/20 6/20 16/52 15/47 15/46 9/24 4/14"
)
"""Rats with tumours in 71 experiments: Gelman et al., Table 5.1."""


def pooled(*counts: tuple[int, int], size: int = 1) -> dict[int, Estimate]:
    """Of successes and trials of each group; each as a cluster of so many alike."""
    yes = np.concatenate([np.arange(n) < k for k, n in counts]).repeat(size)
    group = np.repeat(np.arange(len(counts)), [size * n for _, n in counts])
    return partial_pooling(yes, group, np.arange(yes.size) // size)


def test_the_rat_tumours_of_gelman_are_drawn_in_as_they_print() -> None:
    """With a = 2.4 and b = 14.3 for the population's, which they print.

    Clusters of one have a design effect of nearly 1: 71 groups take 71 of 1739
    from its degrees of freedom.
    """
    counts = [(int(k), int(n)) for k, n in (rat.split("/") for rat in RATS.split())]

    found = pooled(*counts)

    rates = [found[i].value for i in range(71)]
    assert rates == pytest.approx([(2.4 + k) / (16.7 + n) for k, n in counts], abs=0.01)


def test_one_group_is_the_integral_over_its_population() -> None:
    """2 of 10: a uniform mean and a uniform spread, integrated by another routine.

    Of clusters of one the design effect is 10 / 9: it counts as 1.8 of 9. Two of them
    stand out, for (2 × 10 / 9 + 10 / 9) / 3.
    """
    yes, no = 1.8, 7.2

    def chance(mean: float, spread: float) -> float:
        a, b = mean / spread**2, (1 - mean) / spread**2
        return float(np.exp(betaln(a + yes, b + no) - betaln(a, b)))

    def rate(mean: float, spread: float) -> float:
        size = 1 / spread**2
        return (mean * size + yes) / (size + yes + no)

    # From 0 on the logarithms are too large to take their difference.
    within, exact = ((0.0, 1.0), (0.01, 1.0)), {"epsrel": 1e-4}
    total = integrate.nquad(chance, within, opts=exact)[0]
    part = integrate.nquad(lambda m, s: rate(m, s) * chance(m, s), within, opts=exact)[
        0
    ]

    found = pooled((2, 10))[0]

    assert found.value == pytest.approx(part / total, abs=0.005)


def test_small_groups_are_drawn_in_more_than_large_ones() -> None:
    """Both at 50 % among others at 10 %: 2 of 4 comes nearer than 100 of 200."""
    found = pooled((2, 4), (100, 200), (20, 200), (21, 200), (19, 200))

    assert 0.1 < found[0].value < found[1].value < 0.5
    assert found[0].high - found[0].low > found[1].high - found[1].low


def test_groups_that_are_alike_come_out_nearly_alike() -> None:
    """Twenty groups at 10 %: their spread, which is chance, is cut to a third."""
    counts = np.random.default_rng(20240229).binomial(30, 0.1, 20)

    found = pooled(*((int(k), 30) for k in counts))

    rates = [e.value for e in found.values()]
    assert np.std(rates) < np.std(counts / 30) / 3


def test_trials_that_repeat_within_a_cluster_add_hardly_anything() -> None:
    """Each five times as large: the same rates and intervals, within 0.005."""
    counts = [(3, 20), (8, 20), (1, 20)]
    once, often = pooled(*counts), pooled(*counts, size=5)

    for i in range(3):
        assert (often[i].value, often[i].low, often[i].high) == pytest.approx(
            (once[i].value, once[i].low, once[i].high), abs=0.005
        )


def test_where_no_trial_differs_the_clusters_are_counted() -> None:
    """0 of 50 in ten clusters is as 0 of 10, each by itself."""
    assert pooled((0, 10), (0, 10), size=5) == pooled((0, 10), (0, 10))


def test_where_each_group_is_one_cluster_the_clusters_are_counted() -> None:
    """Their variance within groups is unknown: each counts as one trial."""
    yes, group = np.array([1, 1, 0, 0, 0, 0]) > 0, np.array([0, 0, 0, 1, 1, 1])

    found = partial_pooling(yes, group, group)

    assert found[1].high > 0.6


def test_a_cluster_in_two_groups_is_one_in_each() -> None:
    """Numbered alike or not, the same is found."""
    yes, group = np.arange(40) % 3 == 0, np.arange(40) // 20
    of = np.arange(40) % 20 // 4

    assert partial_pooling(yes, group, of) == partial_pooling(
        yes, group, of + 9 * group
    )


def test_groups_go_by_their_numbers() -> None:
    """Whatever they are, in whatever order."""
    yes = np.array([True, False, True, False])

    found = partial_pooling(yes, np.array([7, -3, 7, -3]), np.arange(4))

    assert list(found) == [-3, 7]
    assert found[-3].value < found[7].value
    assert (found[7].level, found[7].method) == (0.95, "beta-binomial, pooled")


def test_a_wider_level_gives_a_wider_interval() -> None:
    """99 % holds 50 %."""
    yes, group = np.arange(30) % 4 == 0, np.arange(30) % 3

    wide = partial_pooling(yes, group, np.arange(30), 0.99)[0]
    narrow = partial_pooling(yes, group, np.arange(30), 0.5)[0]

    assert wide.low < narrow.low < narrow.high < wide.high


def test_no_trials_have_no_groups() -> None:
    """With nothing observed, nothing is claimed."""
    none = np.zeros(0, dtype=np.int64)

    assert partial_pooling(none > 0, none, none) == {}


def test_what_cannot_be_is_refused() -> None:
    """Shapes and levels, also where there are no trials."""
    none, two = np.zeros(0, dtype=np.int64), np.array([0, 1])

    with pytest.raises(ValueError, match=r"differ in shape: \(0,\) and \(2,\)"):
        partial_pooling(none > 0, two, none)
    with pytest.raises(ValueError, match=r"differ in shape: \(0,\) and \(2,\)"):
        partial_pooling(none > 0, none, two)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        partial_pooling(none > 0, none, none, 95)
