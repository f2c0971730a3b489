"""Tests of demur.stats.prediction_powered."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.cluster import cluster_proportion
from demur.stats.estimate import Estimate
from demur.stats.prediction_powered import (
    prediction_powered_mean,
    stratified_prediction_powered_mean,
)
from demur.stats.proportion import wilson

Floats = NDArray[np.float64]


def make(both: int, missed: int, false: int, neither: int, rest: int) -> list[Floats]:
    """Labels and predictions: labelled by count, then others, a third of them 1."""
    counts = (both, missed, false, neither)
    labels = np.repeat([1.0, 1.0, 0.0, 0.0], counts)
    predictions = np.repeat([1.0, 0.0, 1.0, 0.0], counts)
    return [
        np.append(labels, np.full(rest, np.nan)),
        np.append(predictions, np.arange(rest) % 3 == 0),
    ]


def found(estimate: Estimate | None) -> Estimate:
    """An estimate that must be there."""
    assert estimate is not None
    return estimate


def alone(labels: Floats) -> Estimate:
    """What the labels say without predictions."""
    known = labels[~np.isnan(labels)]
    return found(cluster_proportion(known == 1, np.arange(known.size)))


@pytest.mark.parametrize(
    ("counts", "rest", "value", "low", "high"),
    [
        pytest.param(
            (54, 6, 21, 119), 1800, 0.27360, 0.22672, 0.32048, id="200 labels"
        ),
        pytest.param(
            (540, 60, 210, 1190), 18_000, 0.27359, 0.25876, 0.28841, id="2,000 labels"
        ),
        pytest.param(
            (600, 100, 50, 1250), 18_000, 0.35629, 0.34349, 0.36910, id="better ones"
        ),
    ],
)
def test_agrees_with_ppi_python_where_labels_are_many(
    counts: tuple[int, int, int, int], rest: int, value: float, low: float, high: float
) -> None:
    """Figures of ppi_mean_pointestimate and ppi_mean_ci of ppi-python 0.2.3.

    Its lambda has the variance of all predictions, this has nearly that of the labelled
    ones; its interval is a normal one, this is Wilson's and more cautious.
    """
    estimate = found(prediction_powered_mean(*make(*counts, rest)))

    assert estimate.value == pytest.approx(value, abs=2e-3)
    assert estimate.low == pytest.approx(low, abs=4e-3)
    assert estimate.high == pytest.approx(high, abs=7e-3)
    assert estimate.high - estimate.low == pytest.approx(high - low, rel=0.06)


def test_predictions_of_0_and_1_give_the_rates_of_either_by_their_shares() -> None:
    """54 of 75 predicted 1 and 6 of 125 predicted 0 are 1; a third of 18,000 others.

    Shares of all: 6075 and 12125 of 18,200. By hand 0.2722.
    """
    by_hand = (6075 * 54 / 75 + 12125 * 6 / 125) / 18_200

    estimate = found(prediction_powered_mean(*make(54, 6, 21, 119, 18_000)))

    assert estimate.value == pytest.approx(by_hand, abs=5e-4)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_predictions_that_say_nothing_leave_the_labels_alone(level: float) -> None:
    """All predictions alike: the Wilson interval of the labels by themselves."""
    labels, predictions = make(6, 0, 34, 0, 300)
    known = labels[:40] == 1

    estimate = found(
        prediction_powered_mean(labels, 0 * predictions + 0.7, level=level)
    )

    plain = found(cluster_proportion(known, np.arange(40), level))
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )
    assert (estimate.level, estimate.method) == (level, "prediction-powered, wilson")


def test_all_trials_labelled_make_predictions_needless() -> None:
    """N = n: the mean label whatever was predicted, as the labels say alone."""
    labels, predictions = make(20, 5, 6, 30, 0)

    estimate = found(prediction_powered_mean(labels, predictions))

    plain = alone(labels)
    assert estimate.value == pytest.approx(25 / 61)
    assert (estimate.low, estimate.high) == pytest.approx((plain.low, plain.high))


@pytest.mark.parametrize(
    "scale", [pytest.param(7.0, id="larger"), pytest.param(-1.0, id="turned round")]
)
def test_the_scale_of_predictions_does_not_matter(scale: float) -> None:
    """Lambda undoes it: a score from 0 to 100 is as good as one from 0 to 1."""
    labels, predictions = make(30, 10, 12, 48, 900)

    first = found(prediction_powered_mean(labels, predictions))
    second = found(prediction_powered_mean(labels, 3 + scale * predictions))

    assert (second.value, second.low, second.high) == pytest.approx(
        (first.value, first.low, first.high)
    )


def test_good_predictions_narrow_the_interval() -> None:
    """Right on 94 of 100: about three quarters of the width, of 100 labels alone."""
    labels, predictions = make(27, 3, 3, 67, 5000)

    estimate = found(prediction_powered_mean(labels, predictions))

    plain = alone(labels)
    assert 0.5 < (estimate.high - estimate.low) / (plain.high - plain.low) < 0.8


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        pytest.param((0, 0, 2, 48), 0.0, id="no event among the labels"),
        pytest.param((48, 2, 0, 0), 1.0, id="nothing but events"),
        pytest.param((0, 0, 0, 50), 0.0, id="and none predicted"),
    ],
)
def test_labels_all_alike_leave_the_doubt_of_labels_alone(
    counts: tuple[int, int, int, int], value: float
) -> None:
    """No variance is seen among them; that is no sign that there is none."""
    labels, predictions = make(*counts, 1000)

    estimate = found(prediction_powered_mean(labels, predictions))

    plain = found(wilson(50 * value, 50))
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_predictions_right_on_every_label_are_not_trusted_blindly() -> None:
    """30 of 30 right: no residual tells how often they are wrong on the other 5000.

    The estimate follows them; the width is that of 30 labels, at the new value.
    """
    labels, predictions = make(10, 0, 0, 20, 5000)

    estimate = found(prediction_powered_mean(labels, predictions))

    plain = alone(labels)
    assert estimate.value == pytest.approx(predictions.mean(), abs=1e-3)
    assert estimate.high - estimate.low == pytest.approx(
        plain.high - plain.low, rel=0.01
    )


def test_an_estimate_below_0_is_clamped() -> None:
    """Scores far lower among the others than among the labelled trials."""
    labels, scores = make(5, 0, 0, 45, 500)
    scores[50:] = -0.5

    estimate = found(prediction_powered_mean(labels, scores))

    assert (estimate.value, estimate.low) == (0.0, 0.0)
    assert estimate.high > 0


def test_one_label_says_next_to_nothing() -> None:
    """1 of 1: from 0.206, as `wilson`; never an error and never certain."""
    labels, predictions = make(1, 0, 0, 0, 10)

    estimate = found(prediction_powered_mean(labels, predictions))

    assert (estimate.value, estimate.high) == (1.0, 1.0)
    assert estimate.low == pytest.approx(0.2065, abs=5e-5)


def test_clusters_widen_the_interval() -> None:
    """The same trials, each four times in its family, are not four times as many."""
    labels, predictions = make(10, 3, 4, 33, 450)
    copies = [np.repeat(each, 4) for each in (labels, predictions)]
    families = np.repeat(np.arange(500), 4)

    once = found(prediction_powered_mean(labels, predictions))
    apart = found(prediction_powered_mean(copies[0], copies[1]))
    together = found(
        prediction_powered_mean(copies[0], copies[1], clusters=families * 7 - 5)
    )

    assert together.value == pytest.approx(once.value)
    assert together.high - together.low >= 0.99 * (once.high - once.low)
    assert apart.high - apart.low < 0.6 * (once.high - once.low)


def test_unequal_probabilities_are_weighed_back() -> None:
    """All 100 predicted 1 were labelled and one in 18 of the 900 predicted 0.

    80 of the 100 and 2 of the 50 are 1: (80 + 18 × 2) / 1000, not 82 / 150.
    """
    labels = np.full(1000, np.nan)
    labels[:100] = np.arange(100) < 80
    labels[100:150] = np.arange(50) < 2
    predictions = np.repeat([1.0, 0.0], [100, 900])
    probabilities = np.where(predictions == 1, 1.0, 1 / 18)

    estimate = found(
        prediction_powered_mean(labels, predictions, probabilities=probabilities)
    )

    assert estimate.value == pytest.approx(0.116)
    assert 0 < estimate.low < 0.116 < estimate.high < 0.25


def test_equal_probabilities_change_nothing() -> None:
    """A tenth everywhere is the same as not to say."""
    labels, predictions = make(10, 3, 4, 33, 450)

    said = prediction_powered_mean(labels, predictions, probabilities=np.full(500, 0.1))

    assert found(said).value == pytest.approx(
        found(prediction_powered_mean(labels, predictions)).value
    )


def test_weighed_labels_all_alike_still_leave_doubt() -> None:
    """No event at all, at unequal probabilities: fewer labels in effect, so wider."""
    labels, predictions = make(0, 0, 10, 40, 500)
    probabilities = np.where(predictions == 1, 0.9, 0.1)

    estimate = found(
        prediction_powered_mean(labels, predictions, probabilities=probabilities)
    )

    plain = found(wilson(0, 50))
    assert estimate.value == 0.0
    assert estimate.high > plain.high


def test_weighed_labels_all_1_are_no_more_certain_than_all_0() -> None:
    """Weights of thirds and tenths sum to 1 but for rounding: the rate is still 1."""
    rng = np.random.default_rng(3)
    for trials in range(20, 60):
        predictions = (rng.random(trials) < 0.8).astype(float)
        labels = np.where(rng.random(trials) < 0.5, 1.0, np.nan)
        labels[0] = 1.0
        probabilities = np.where(predictions == 1, 1 / 3, 0.7)

        high = found(
            prediction_powered_mean(labels, predictions, probabilities=probabilities)
        )
        low = found(
            prediction_powered_mean(
                1 - labels, predictions, probabilities=probabilities
            )
        )

        assert (high.value, high.high) == pytest.approx((1.0, 1.0))
        assert high.low == pytest.approx(1 - low.high)


def test_one_stratum_is_no_stratum() -> None:
    """The bounds then are those without strata."""
    labels, predictions = make(10, 3, 4, 33, 450)

    whole = found(prediction_powered_mean(labels, predictions))
    one = found(
        stratified_prediction_powered_mean(labels, predictions, np.zeros(500, np.int64))
    )

    assert (one.value, one.low, one.high) == pytest.approx(
        (whole.value, whole.low, whole.high)
    )
    assert one.method == "prediction-powered, stratified"


def test_strata_count_by_their_shares_of_all_trials() -> None:
    """Two strata of 300 and 100, half of either labelled: 3/4 and 1/4 of the rates.

    Predictions say nothing; the distances by hand, with 1/400 of the variance between.
    """
    labels = np.full(400, np.nan)
    labels[:150] = np.arange(150) < 30
    labels[300:350] = np.arange(50) < 20
    strata = np.repeat([5, 2], [300, 100])
    first, second = alone(labels[:300]), alone(labels[300:])
    value = 0.75 * 0.2 + 0.25 * 0.4
    between = (0.75 * (0.2 - value) ** 2 + 0.25 * (0.4 - value) ** 2) / 400
    above = (
        (0.75 * (first.high - 0.2)) ** 2
        + (0.25 * (second.high - 0.4)) ** 2
        + 1.959964**2 * between
    )

    estimate = found(stratified_prediction_powered_mean(labels, np.zeros(400), strata))

    assert estimate.value == pytest.approx(value)
    assert estimate.high == pytest.approx(value + above**0.5, rel=1e-6)


def test_clusters_over_strata_widen_the_interval() -> None:
    """Each family has a trial in both strata, with the same answer: half as many."""
    labels, predictions = make(10, 3, 4, 33, 450)
    twice, guesses = np.tile(labels, 2), np.tile(predictions, 2)
    strata, families = np.repeat([0, 1], 500), np.tile(np.arange(500), 2)

    apart = found(stratified_prediction_powered_mean(twice, guesses, strata))
    together = found(
        stratified_prediction_powered_mean(twice, guesses, strata, clusters=families)
    )

    assert together.value == pytest.approx(apart.value)
    assert together.high > 1.05 * apart.high
    assert together.low < apart.low


@pytest.mark.parametrize("trials", [0, 10])
def test_no_labels_give_no_estimate(trials: int) -> None:
    """Predictions alone are no evidence of how right they are."""
    labels, predictions = np.full(trials, np.nan), np.ones(trials)
    strata = np.arange(trials) % 2

    assert prediction_powered_mean(labels, predictions) is None
    assert stratified_prediction_powered_mean(labels, predictions, strata) is None


def test_a_stratum_without_labels_gives_no_estimate() -> None:
    """Nothing is known of it, and it counts."""
    labels, predictions = make(10, 3, 4, 33, 450)
    strata = (np.arange(500) >= 100).astype(np.int64)

    assert stratified_prediction_powered_mean(labels, predictions, strata) is None


def test_a_hundred_thousand_trials_take_less_than_a_second() -> None:
    """In families of five and ten strata."""
    labels, predictions = make(40, 10, 20, 430, 99_500)
    clusters = np.arange(100_000) // 5
    begun = time.process_time()

    prediction_powered_mean(labels, predictions, clusters=clusters)
    stratified_prediction_powered_mean(
        labels, predictions, clusters % 10, clusters=clusters
    )

    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    ("labels", "predictions", "probabilities", "message"),
    [
        pytest.param([0.5], [1], [1], "labels must be 0, 1 or NaN", id="half a label"),
        pytest.param([1], [np.nan], [1], "predictions must be finite", id="no number"),
        pytest.param([1], [1], [0], r"must be in \(0, 1\]", id="never to be labelled"),
        pytest.param([1], [1], [1.5], r"must be in \(0, 1\]", id="a weight instead"),
        pytest.param([1], [np.nan], [1], "must be finite", id="no prediction"),
        pytest.param([1], [1, 0], [1], "labels and predictions differ", id="shapes"),
        pytest.param([1], [1], [1, 1], "labels and probabilities differ", id="more"),
    ],
)
def test_a_callers_slips_are_refused(
    labels: list[float],
    predictions: list[float],
    probabilities: list[float],
    message: str,
) -> None:
    """Each of these would otherwise give a number that means nothing."""
    with pytest.raises(ValueError, match=message):
        prediction_powered_mean(
            np.array(labels, dtype=float),
            np.array(predictions, dtype=float),
            probabilities=np.array(probabilities, dtype=float),
        )


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
@pytest.mark.parametrize("trials", [0, 3])
def test_impossible_levels_are_refused(level: float, trials: int) -> None:
    """95 for 0.95, with data and without."""
    labels, strata = np.ones(trials), np.zeros(trials, np.int64)

    with pytest.raises(ValueError, match=rf"\(0, 1\), got {level}"):
        prediction_powered_mean(labels, labels, level=level)
    with pytest.raises(ValueError, match=rf"\(0, 1\), got {level}"):
        stratified_prediction_powered_mean(labels, labels, strata, level=level)


def test_strata_of_another_shape_are_refused() -> None:
    """As are clusters."""
    some, more = np.ones(3), np.zeros(4, np.int64)

    with pytest.raises(ValueError, match="labels and strata differ in shape"):
        stratified_prediction_powered_mean(some, some, more)
    with pytest.raises(ValueError, match="labels and clusters differ in shape"):
        prediction_powered_mean(some, some, clusters=more)
