"""Coverage of the intervals in demur.stats.signal_detection, by simulation.

Clusters of four trials of each kind; each draws its rates from beta distributions.
Shares of 500 samples, ± 2 % (two standard errors). `pytest -s` prints them all.
"""

import numpy as np
import pytest
from scipy.special import ndtri

from demur.stats.signal_detection import detection

SAMPLES = 500


@pytest.mark.parametrize("correlation", [0.0, 0.4])
@pytest.mark.parametrize(("clusters", "least"), [(20, 0.92), (50, 0.92), (200, 0.91)])
def test_the_intervals_cover_the_distance_and_the_line(
    clusters: int, least: float, correlation: float
) -> None:
    """At 95 %; the nearer the rates to 0 and 1 and the fewer clusters, the worse."""
    rng = np.random.default_rng(20240229)
    of = np.repeat(np.arange(clusters), 4)
    scale = (1 - correlation) / max(correlation, 1e-6)
    found = {}
    for rates in [(0.7, 0.3), (0.9, 0.1), (0.98, 0.05)]:
        d, c = (
            ndtri(rates[0]) - ndtri(rates[1]),
            -(ndtri(rates[0]) + ndtri(rates[1])) / 2,
        )
        held = np.zeros(2)
        for _ in range(SAMPLES):
            hits, alarms = (
                rng.random(of.size)
                < rng.beta(rate * scale, (1 - rate) * scale, clusters)[of]
                for rate in rates
            )
            e = detection(hits, of, alarms, of, rng, resamples=399)
            assert e is not None
            held += [
                e.sensitivity.low <= d <= e.sensitivity.high,
                e.criterion.low <= c <= e.criterion.high,
            ]
        found[rates] = (held / SAMPLES).tolist()

    print(clusters, correlation, found)  # noqa: T201 - the table is the point
    assert min(min(pair) for pair in found.values()) >= least
