"""Power with as many families as demur.stats.cluster_power says, by simulation.

Families of one size, each with its own rate from a beta distribution (its own chances
of gain and loss from a Dirichlet one). Shares of 1,000 samples: a power of 90 % comes
out as 90.0 ± 1.9 % (two standard errors). `pytest -s` prints them all.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.cluster import cluster_paired_difference, effective_size
from demur.stats.cluster_power import clusters_needed
from demur.stats.power import design_effect, pairs_to_find_gap, trials_to_pass
from demur.stats.proportion import clopper_pearson

SAMPLES = 1_000
SHAPES = [(1, 0.0), *((m, r) for m in (3, 5) for r in (0.0, 0.3, 0.6, 0.9))]


def share_of(is_shown: Callable[[np.random.Generator], bool]) -> float:
    """Share of samples in which it is shown."""
    rng = np.random.default_rng(20240229)
    return sum(is_shown(rng) for _ in range(SAMPLES)) / SAMPLES


def draw_kinds(
    rng: np.random.Generator, chances: list[float], shape: tuple[int, int], rho: float
) -> NDArray[np.int64]:
    """Shape (families × size,). Which kind of outcome each trial is."""
    families, size = shape
    if rho == 0:
        each = np.tile(chances, (families, 1))
    else:
        alpha = np.maximum(np.array(chances) * (1 - rho) / rho, 1e-9)
        each = rng.gamma(alpha, size=(families, len(chances)))
        each[:, -1] += 1e-300
        each /= each.sum(axis=1, keepdims=True)
    ends = np.repeat(each.cumsum(axis=1), size, axis=0)
    draws = rng.random((families * size, 1))
    kinds: NDArray[np.int64] = (draws > ends[:, :-1]).sum(axis=1)
    return kinds


@pytest.mark.parametrize(("size", "rho"), SHAPES)
@pytest.mark.parametrize(("limit", "rate"), [(0.05, 0.025), (0.05, 0.01), (0.2, 0.1)])
def test_so_many_families_show_a_rate_nine_times_in_ten(
    limit: float, rate: float, size: int, rho: float
) -> None:
    """By the upper bound of an exact interval at the effective size, one-sided."""
    trials = trials_to_pass(limit, rate, power=0.9, error=0.05)
    assert trials is not None
    effect = design_effect(size, rho)
    families = clusters_needed(trials, size, effect, rate, level=0.9)
    assert families is not None
    clusters = np.repeat(np.arange(families), size)

    def is_shown(rng: np.random.Generator) -> bool:
        kinds = draw_kinds(rng, [rate, 1 - rate], (families, size), rho)
        values = (kinds == 0).astype(np.float64)
        n = effective_size(values, clusters, 0.9)
        found = clopper_pearson(float(values.mean()) * n, n, 0.9)
        return found is not None and found.high <= limit

    power = share_of(is_shown)

    print(f"limit {limit} {rate} {size} {rho}: {families} families, {power:.3f}")  # noqa: T201
    assert 0.82 <= power <= 0.99


@pytest.mark.parametrize(("size", "rho"), SHAPES)
@pytest.mark.parametrize(("gained", "lost"), [(0.12, 0.02), (0.07, 0.02)])
def test_so_many_families_show_a_difference_nine_times_in_ten(
    gained: float, lost: float, size: int, rho: float
) -> None:
    """By the interval of `cluster_paired_difference`, two-sided."""
    pairs = pairs_to_find_gap(gained, lost, power=0.9)
    assert pairs is not None
    effect = design_effect(size, rho)
    families = clusters_needed(pairs, size, effect, gained + lost)
    assert families is not None
    clusters = np.repeat(np.arange(families), size)

    def is_shown(rng: np.random.Generator) -> bool:
        chances = [gained, lost, 1 - gained - lost]
        kinds = draw_kinds(rng, chances, (families, size), rho)
        found = cluster_paired_difference(kinds == 1, kinds == 0, clusters)
        return found is not None and found.low > 0

    power = share_of(is_shown)

    print(f"gap {gained} {lost} {size} {rho}: {families} families, {power:.3f}")  # noqa: T201
    assert 0.82 <= power <= 0.99
