"""Coverage of the intervals in demur.stats.misclassification, by simulation.

Shares of 1,000 samples, 300 for the bootstrap: 95 % comes out as 95 ± 1.4 and ± 2.5 %
(two standard errors). A sample that is refused counts neither way. `pytest -s` prints
them all, with the share refused.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from demur.stats.misclassification import (
    Corrected,
    rogan_gladen,
    rogan_gladen_bootstrap,
)
from demur.stats.youden import Validation

RATES = [0.01, 0.05, 0.1, 0.3]
QUALITIES = [(0.7, 0.9), (0.9, 0.9), (0.7, 0.98), (0.98, 0.98)]
"""Sensitivity and specificity."""

Method = Callable[[int, int, Validation, np.random.Generator], Corrected]
METHODS: dict[str, Method] = {
    "lang-reiczigel": lambda k, n, v, _: rogan_gladen(k, n, v),
    "delta": lambda k, n, v, _: rogan_gladen(k, n, v, method="delta"),
    "bootstrap": lambda k, n, v, rng: rogan_gladen_bootstrap(
        k, n, v, rng, resamples=1000
    ),
}


def coverage(
    name: str, validated: int, rate: float, quality: tuple[float, float]
) -> tuple[float, float]:
    """Share of intervals that hold the rate, of 500 trials; share refused."""
    rng = np.random.default_rng(20240229)
    samples = 300 if name == "bootstrap" else 1000
    p = rate * quality[0] + (1 - rate) * (1 - quality[1])
    found = []
    for _ in range(samples):
        validation = Validation(
            true_positives=rng.binomial(validated, quality[0]),
            positives=validated,
            true_negatives=rng.binomial(validated, quality[1]),
            negatives=validated,
        )
        found.append(METHODS[name](rng.binomial(500, p), 500, validation, rng).estimate)
    known = [e for e in found if e is not None]
    assert all(e.high > e.low for e in known)
    held = sum(e.low <= rate <= e.high for e in known) / len(known)
    return round(held, 3), round(1 - len(known) / samples, 3)


@pytest.mark.parametrize("validated", [30, 100, 300])
@pytest.mark.parametrize(
    ("name", "least"),
    [("lang-reiczigel", 0.93), ("delta", 0.0), ("bootstrap", 0.9)],
)
def test_the_doubt_of_the_classifier_is_carried(
    name: str, least: float, validated: int
) -> None:
    """500 trials; so many validated of either kind. The delta method promises less."""
    found = [coverage(name, validated, *each) for each in product(RATES, QUALITIES)]

    held, refused = zip(*found, strict=True)
    print(name, validated, "held", held, "refused", refused)  # noqa: T201 - the table is the point
    assert min(held) >= least
