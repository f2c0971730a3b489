"""Coverage of the interval of the Brier score in demur.stats.calibration.

Clusters of three share a shift of what comes true. Shares of 1,000 samples, ± 1.4 %
(two standard errors). `pytest -s` prints them all.
"""

import numpy as np
import pytest

from demur.stats.calibration import brier_score

SAMPLES = 1_000


@pytest.mark.parametrize("clusters", [20, 50, 200])
@pytest.mark.parametrize("power", [1.0, 3.0])
def test_the_interval_covers_the_brier_score(power: float, clusters: int) -> None:
    """Stated chances uniform or mostly near 0."""
    rng = np.random.default_rng(20240229)
    of = np.repeat(np.arange(clusters), 3)
    held = 0
    # Of u^k: mean 1 / (k + 1), mean square 1 / (2k + 1). What comes true is u^k of the
    # cluster, stated is u^k of the trial: they are independent.
    mean, square = 1 / (power + 1), 1 / (2 * power + 1)
    truth = square - 2 * mean * mean + mean
    for _ in range(SAMPLES):
        stated = rng.random(of.size) ** power
        came_true = rng.random(of.size) < (rng.random(clusters) ** power)[of]
        e = brier_score(stated, came_true, of, rng, resamples=399)
        held += e is not None and e.low <= truth <= e.high

    print(clusters, power, held / SAMPLES)  # noqa: T201 - the table is the point
    assert held / SAMPLES >= 0.93
