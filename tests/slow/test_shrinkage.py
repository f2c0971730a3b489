"""Coverage of the intervals in demur.stats.shrinkage, by simulation.

Groups draw their rates from a beta distribution, clusters of four theirs about the
group's. Shares of all groups of 100 samples: ± 3 % for two groups (two standard
errors), ± 1 % for twenty. `pytest -s` prints them all, and the mean square error
beside that of plain rates.
"""

import numpy as np
import pytest

from demur.stats.shrinkage import partial_pooling

SAMPLES = 100


@pytest.mark.parametrize("correlation", [0.0, 0.4])
@pytest.mark.parametrize("groups", [2, 5, 20])
def test_the_intervals_cover_the_rates_of_groups_on_average(
    groups: int, correlation: float
) -> None:
    """At 95 %, of two to fifteen clusters; from five groups on nearer the truth."""
    rng = np.random.default_rng(20240229)
    found = {}
    for mean, concentration in [(0.05, 10), (0.05, 100), (0.3, 5), (0.3, 50)]:
        held, pooled_error, plain_error = 0, 0.0, 0.0
        for _ in range(SAMPLES):
            rates = rng.beta(mean * concentration, (1 - mean) * concentration, groups)
            group = np.repeat(np.arange(groups), rng.integers(2, 16, groups))
            scale = (1 - correlation) / max(correlation, 1e-6)
            chances = rng.beta(
                np.maximum(rates * scale, 1e-9)[group], ((1 - rates) * scale)[group]
            )
            of = np.repeat(np.arange(group.size), 4)
            successes = rng.random(of.size) < chances[of]
            pooled = partial_pooling(successes, group[of], of)
            plain = np.bincount(group[of], successes) / np.bincount(group[of])
            held += sum(
                pooled[i].low <= r <= pooled[i].high for i, r in enumerate(rates)
            )
            pooled_error += sum((pooled[i].value - r) ** 2 for i, r in enumerate(rates))
            plain_error += float(((plain - rates) ** 2).sum())
        found[mean, concentration] = (
            round(float(held / SAMPLES / groups), 3),
            round(float(pooled_error / plain_error), 2),
        )

    print(groups, correlation, found)  # noqa: T201 - the table is the point
    assert min(share for share, _ in found.values()) >= 0.92
    assert groups == 2 or max(ratio for _, ratio in found.values()) < 0.85
