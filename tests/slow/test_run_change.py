"""How often the p-value of demur.measures.run_change finds a change that is none."""

import numpy as np
import pytest
from tests.makers import make_outcome, make_trial

from demur.measures.run_change import run_change
from demur.records.verdict import Verdict

SAMPLES = 400
SERVED, WITHHELD = Verdict.ANSWERED, Verdict.REFUSED


def share_significant(families: int, chance: float, correlation: float) -> float:
    """Share of samples with p ≤ 0.05, where a gain is as likely as a loss.

    Five trials in each family; a family draws its chances from a Dirichlet.
    """
    rng = np.random.default_rng(20240229)
    means = np.array([chance, chance, 1 - 2 * chance])
    trials = [
        make_trial(f"f{family}-{number}", family=f"f{family}")
        for family in range(families)
        for number in range(5)
    ]
    served, withheld = (
        [make_outcome(trial, verdict) for trial in trials]
        for verdict in (SERVED, WITHHELD)
    )
    found = 0
    for _ in range(SAMPLES):
        chances = np.tile(means, (families, 1))
        if correlation > 0:
            draws = rng.gamma(means * (1 - correlation) / correlation, 1, (families, 3))
            chances = (draws + 1e-300) / (draws + 1e-300).sum(axis=1, keepdims=True)
        where = rng.random((families, 5))
        gained = (where < chances[:, :1]).ravel()
        lost = ~gained & (where < chances[:, :1] + chances[:, 1:2]).ravel()
        before, after = (
            [
                withheld[i] if is_withheld else served[i]
                for i, is_withheld in enumerate(m)
            ]
            for m in (gained, lost)
        )
        p = run_change(before, after, is_legitimate=True).p_value
        found += p is not None and p <= 0.05
    return found / SAMPLES


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.6])
@pytest.mark.parametrize("families", [20, 100])
@pytest.mark.parametrize("chance", [0.05, 0.2])
def test_the_test_over_families_errs_as_seldom_as_it_says(
    chance: float, families: int, correlation: float
) -> None:
    """An exact test errs at most as often as its level: 5 %, plus 2.2 % of chance."""
    assert share_significant(families, chance, correlation) <= 0.072
