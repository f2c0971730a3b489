"""Coverage of the intervals in demur.stats.agreement, by simulation.

Two labellers see the same hidden category and each keeps it or draws another at random;
items of a cluster share a chance of being hard. `pytest -s` prints all shares.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.agreement import cluster_kappa, cohen_kappa, krippendorff_alpha

SAMPLES = 2_000
CLUSTERED_SAMPLES = 1_000
Labels = NDArray[np.int64]
EVEN, RARE, THREE = [0.5, 0.5], [0.1, 0.9], [0.2, 0.3, 0.5]


def draw_labels(
    rng: np.random.Generator, rates: list[float], kept: NDArray[np.float64]
) -> Labels:
    """Shape (n, 2). Both keep the hidden category together, or both draw their own."""
    n = kept.size
    drawn = rng.choice(len(rates), (n, 3), p=rates)
    labels: Labels = np.where(
        (rng.random(n) < kept)[:, None], drawn[:, 2:], drawn[:, :2]
    )
    return labels


@pytest.mark.parametrize(
    ("items", "rates", "least"),
    [
        (30, EVEN, 0.91),
        (30, THREE, 0.89),
        (30, RARE, 0.63),
        (100, EVEN, 0.93),
        (100, THREE, 0.88),
        (100, RARE, 0.60),
        (300, EVEN, 0.92),
        (300, THREE, 0.91),
        (300, RARE, 0.89),
    ],
)
def test_the_large_sample_interval_covers_kappa(
    items: int, rates: list[float], least: float
) -> None:
    """Labels are kept with chance kappa, so that is the true kappa.

    Where a category is rare it does not: both labellers seldom meet in it, and then
    the variance says hardly anything of what they would do if they did.
    """
    rng = np.random.default_rng(20240229)
    found = {}
    for truth in (0.0, 0.3, 0.6, 0.8, 0.95):
        kept = np.full(items, truth)
        drawn = [draw_labels(rng, rates, kept) for _ in range(SAMPLES)]
        kappas = [cohen_kappa(labels[:, 0], labels[:, 1]) for labels in drawn]
        held = [k.low <= truth <= k.high for k in kappas if k is not None]
        found[truth] = round(sum(held) / len(held), 3)

    print(items, rates, found)  # noqa: T201 - the table is the point
    assert min(found.values()) >= least


@pytest.mark.parametrize(
    ("clusters", "rates", "least"),
    [
        (20, EVEN, 0.92),
        (20, THREE, 0.91),
        (20, RARE, 0.47),
        (50, EVEN, 0.88),
        (50, THREE, 0.92),
        (50, RARE, 0.75),
        (200, EVEN, 0.92),
        (200, THREE, 0.93),
        (200, RARE, 0.91),
    ],
)
def test_the_bootstrap_over_clusters_covers_kappa_and_alpha(
    clusters: int, rates: list[float], least: float
) -> None:
    """Three items in each; a cluster's chance of being kept is drawn from a beta."""
    rng = np.random.default_rng(20240229)
    of = np.repeat(np.arange(clusters), 3)
    found = {}
    for truth in (0.0, 0.3, 0.6, 0.8, 0.95):
        kappa_held, alpha_held, known = 0, 0, 0
        for _ in range(CLUSTERED_SAMPLES):
            a, b = max(2 * truth, 1e-9), max(2 * (1 - truth), 1e-9)
            labels = draw_labels(rng, rates, rng.beta(a, b, clusters)[of])
            kappa = cluster_kappa(labels[:, 0], labels[:, 1], of, rng, resamples=399)
            alpha = krippendorff_alpha(labels, of, rng, resamples=399)
            if kappa is not None and alpha is not None:
                known += 1
                kappa_held += kappa.low <= truth <= kappa.high
                alpha_held += alpha.low <= truth <= alpha.high
        found[truth] = (round(kappa_held / known, 3), round(alpha_held / known, 3))

    print(clusters, rates, found)  # noqa: T201 - the table is the point
    assert min(min(pair) for pair in found.values()) >= least
