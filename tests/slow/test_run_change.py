"""How often the p-value of demur.measures.run_change finds a change that is none."""

import numpy as np
import pytest

from demur.stats.paired import mcnemar_exact

SAMPLES = 4_000


def share_significant(families: int, chance: float, correlation: float) -> float:
    """Share of samples with p ≤ 0.05, where a gain is as likely as a loss.

    Five trials in each family; a family draws its chances from a Dirichlet.
    """
    rng = np.random.default_rng(20240229)
    means = np.array([chance, chance, 1 - 2 * chance])
    found = 0
    for _ in range(SAMPLES):
        chances = np.tile(means, (families, 1))
        if correlation > 0:
            draws = rng.gamma(means * (1 - correlation) / correlation, 1, (families, 3))
            chances = (draws + 1e-300) / (draws + 1e-300).sum(axis=1, keepdims=True)
        where = rng.random((families, 5))
        gained = where < chances[:, :1]
        lost = ~gained & (where < chances[:, :1] + chances[:, 1:2])
        p = mcnemar_exact(int(gained.sum()), int(lost.sum()))
        found += p is not None and p <= 0.05
    return found / SAMPLES


@pytest.mark.parametrize("families", [20, 100])
@pytest.mark.parametrize("chance", [0.05, 0.2])
def test_mcnemar_over_independent_trials_errs_as_seldom_as_it_says(
    families: int, chance: float
) -> None:
    """An exact test errs at most as often as its level: 5 %, give or take 0.7 %."""
    assert share_significant(families, chance, 0.0) <= 0.057


@pytest.mark.parametrize(
    ("correlation", "least", "most"),
    [
        pytest.param(0.2, 0.07, 0.14, id="0.2"),
        pytest.param(0.6, 0.20, 0.29, id="0.6"),
    ],
)
@pytest.mark.parametrize("families", [20, 100])
@pytest.mark.parametrize("chance", [0.05, 0.2])
def test_mcnemar_over_families_that_change_together_errs_as_often_as_documented(
    chance: float, families: int, correlation: float, least: float, most: float
) -> None:
    """The known weakness, as the docstring of RunChange says it: 8 to 27 %."""
    assert least <= share_significant(families, chance, correlation) <= most
