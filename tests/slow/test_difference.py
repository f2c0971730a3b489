"""Coverage of the clustered interval in demur.stats.difference, by simulation.

Each cluster has one to five trials and draws its rate from a beta distribution. Shares
of 2,000 samples. `pytest -s` prints them all.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.difference import cluster_independent_difference

SAMPLES = 2_000


def draw(
    rng: np.random.Generator, rate: float, correlation: float, clusters: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Successes, and which cluster each is of."""
    of = np.repeat(np.arange(clusters), rng.integers(1, 6, clusters))
    scale = (1 - correlation) / max(correlation, 1e-6)
    chances = rng.beta(rate * scale, (1 - rate) * scale, clusters)
    return rng.random(of.size) < chances[of], of


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("clusters", [(10, 10), (20, 100), (100, 100)])
def test_an_interval_for_a_difference_covers_it(
    clusters: tuple[int, int], correlation: float
) -> None:
    """At 95 %, from hardly a difference to a large one."""
    rng = np.random.default_rng(20240229)
    found = {}
    for first, second in [(0.02, 0.02), (0.02, 0.1), (0.3, 0.5), (0.1, 0.9)]:
        held = 0
        for _ in range(SAMPLES):
            one = draw(rng, first, correlation, clusters[0])
            other = draw(rng, second, correlation, clusters[1])
            change = cluster_independent_difference(*one, *other)
            assert change is not None
            held += change.low <= second - first <= change.high
        found[first, second] = held / SAMPLES

    print(clusters, correlation, found)  # noqa: T201 - the table is the point
    assert min(found.values()) >= 0.94
