"""Coverage and width of intervals in prediction_powered and double_sampling.

Shares of 300 samples in each cell of a table, 95 % comes out as 95 ± 2.5 % (two
standard errors). Cells: rates of 1, 5, 10 and 30 %; sensitivity and specificity of the
predictions from 70 to 98 %. Widths are means over those of the labels alone (Wilson; in
families, `cluster_proportion`). `pytest -s` prints every cell.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.cluster import cluster_proportion
from demur.stats.double_sampling import double_sampling
from demur.stats.estimate import Estimate
from demur.stats.prediction_powered import (
    prediction_powered_mean,
    stratified_prediction_powered_mean,
)
from demur.stats.proportion import wilson

SAMPLES = 300
RATES = [0.01, 0.05, 0.1, 0.3]
QUALITIES = [(0.7, 0.7), (0.7, 0.9), (0.7, 0.98), (0.9, 0.9), (0.98, 0.98)]
"""Sensitivity and specificity."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draw(
    rng: np.random.Generator,
    trials: int,
    rate: float,
    quality: tuple[float, float],
    family: int = 1,
) -> tuple[Floats, Floats, Ints]:
    """Truth, predictions and family of each; families differ in rate and in errors.

    In families of more than one, rates are correlated 0.4 and errors 0.25.
    """
    clusters = np.arange(trials) // family
    chances = [np.full(trials, each) for each in (rate, *quality)]
    if family > 1:
        chances = [
            rng.beta(mean * a, (1 - mean) * a, trials)[clusters]
            for mean, a in zip((rate, *quality), (1.5, 3.0, 3.0), strict=True)
        ]
    truth = rng.random(trials) < chances[0]
    where = rng.random(trials)
    predicted = np.where(truth, where < chances[1], where > chances[2])
    return truth.astype(float), predicted.astype(float), clusters


def at_random(rng: np.random.Generator, truth: Floats, labelled: int) -> Floats:
    """Labels of so many, NaN elsewhere."""
    labels = np.full(truth.size, np.nan)
    chosen = rng.choice(truth.size, labelled, replace=False)
    labels[chosen] = truth[chosen]
    return labels


def half_of_either(
    rng: np.random.Generator, truth: Floats, predicted: Floats, labelled: int
) -> tuple[Floats, Floats]:
    """Half of the labels from those predicted 1, half from 0; and the probabilities."""
    labels, probabilities = np.full(truth.size, np.nan), np.ones(truth.size)
    for prediction in (0, 1):
        where = np.flatnonzero(predicted == prediction)
        chosen = rng.choice(where, min(where.size, labelled // 2), replace=False)
        labels[chosen] = truth[chosen]
        probabilities[where] = chosen.size / max(where.size, 1)
    return labels, probabilities


def cell(
    estimates: Callable[[np.random.Generator], list[Estimate | None]], truth: float
) -> tuple[list[float], list[float]]:
    """Coverage of each estimate, and its width over that of the last."""
    rng = np.random.default_rng(20240229)
    rows = [estimates(rng) for _ in range(SAMPLES)]
    known = [[e for e in row if e is not None] for row in rows]
    assert all(len(row) == len(known[0]) for row in known)
    covered = np.array([[e.low <= truth <= e.high for e in row] for row in known])
    widths = np.array([[e.high - e.low for e in row] for row in known])
    assert widths.min() > 0
    ratios = widths.mean(axis=0) / widths[:, -1].mean()
    return covered.mean(axis=0).round(3).tolist(), ratios.round(2).tolist()


SIZES = [(n, total) for n in (30, 50, 100, 300) for total in (300, 5000) if n < total]


@pytest.mark.parametrize(("labelled", "trials"), SIZES)
def test_few_labels_and_rare_events_are_covered_and_never_certain(
    labelled: int, trials: int
) -> None:
    """At 95 %, at least 90 % in every cell, and 95 % on average over cells.

    Labels alone, by Wilson's interval, are in the last column: no better.
    """
    rows = []
    for rate, quality in product(RATES, QUALITIES):

        def estimates(rng: np.random.Generator) -> list[Estimate | None]:
            truth, predicted, _ = draw(rng, trials, rate, quality)  # noqa: B023 - used at once
            labels = at_random(rng, truth, labelled)
            return [
                prediction_powered_mean(labels, predicted),
                double_sampling(labels, predicted),
                wilson(float(np.nansum(labels)), labelled),
            ]

        found, widths = cell(estimates, rate)
        print(labelled, trials, rate, quality, found, widths)  # noqa: T201 - the table is the point
        rows.append(found[:-1])

    assert np.min(rows) >= 0.90
    assert np.mean(rows) >= 0.95


@pytest.mark.parametrize("family", [1, 5])
def test_labels_drawn_at_unequal_rates_are_weighed_back(family: int) -> None:
    """Half of the labels from those predicted 1: weights, strata, double sampling."""
    rows = []
    cells = product([(50, 300), (100, 1000)], RATES[1:], QUALITIES[1:])
    for (labelled, trials), rate, quality in cells:

        def estimates(rng: np.random.Generator) -> list[Estimate | None]:
            truth, predicted, clusters = draw(rng, trials, rate, quality, family)  # noqa: B023 - used at once
            labels, p = half_of_either(rng, truth, predicted, labelled)  # noqa: B023 - used at once
            known = ~np.isnan(labels)
            return [
                prediction_powered_mean(
                    labels, predicted, clusters=clusters, probabilities=p
                ),
                double_sampling(labels, predicted, clusters=clusters),
                cluster_proportion(labels[known] == 1, clusters[known]),
            ]

        found, widths = cell(estimates, rate)
        print(family, labelled, trials, rate, quality, found, widths)  # noqa: T201 - the table is the point
        rows.append(found[:-1])

    assert np.min(rows) >= 0.91
    assert np.mean(rows) >= 0.95


def test_families_and_strata_are_covered() -> None:
    """Families of five, labels of any; three strata that families lie within."""
    rows = []
    cells = product([(50, 300), (100, 1000)], RATES[1:], QUALITIES[1:])
    for (labelled, trials), rate, quality in cells:

        def estimates(rng: np.random.Generator) -> list[Estimate | None]:
            truth, predicted, clusters = draw(rng, trials, rate, quality, 5)  # noqa: B023 - used at once
            labels = at_random(rng, truth, labelled)  # noqa: B023 - used at once
            known = ~np.isnan(labels)
            return [
                prediction_powered_mean(labels, predicted, clusters=clusters),
                stratified_prediction_powered_mean(
                    labels, predicted, clusters % 3, clusters=clusters
                ),
                double_sampling(labels, predicted, clusters=clusters),
                cluster_proportion(labels[known] == 1, clusters[known]),
            ]

        found, widths = cell(estimates, rate)
        print(labelled, trials, rate, quality, found, widths)  # noqa: T201 - the table is the point
        rows.append(found[:-1])

    assert np.min(rows) >= 0.91
    assert np.mean(rows) >= 0.95
