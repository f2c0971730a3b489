"""Tests of demur.stats.youden."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from demur.stats.youden import Validation, youden


def valid(tp: float, positives: float, tn: float, negatives: float) -> Validation:
    """Counts in the order of a table."""
    return Validation(
        true_positives=tp,
        positives=positives,
        true_negatives=tn,
        negatives=negatives,
    )


@pytest.mark.parametrize(
    "counts",
    [(56, 70, 32, 80), (90, 100, 190, 200), (20, 20, 30, 30), (0, 10, 10, 10)],
    ids=str,
)
def test_youden_agrees_with_statsmodels(counts: tuple[int, int, int, int]) -> None:
    """Newcombe's interval for a difference of two independent proportions."""
    tp, positives, tn, negatives = counts
    low, high = confint_proportions_2indep(
        tp, positives, negatives - tn, negatives, method="newcomb", compare="diff"
    )

    index = youden(valid(*counts))

    assert index is not None
    assert index.value == pytest.approx(tp / positives + tn / negatives - 1)
    assert (index.low, index.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize("counts", [(0, 0, 5, 5), (5, 5, 0, 0)], ids=str)
def test_youden_needs_both_kinds(counts: tuple[int, int, int, int]) -> None:
    """A classifier that calls all positive looks perfect on positives."""
    assert youden(valid(*counts)) is None


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        pytest.param((11, 10, 5, 5), "true_positives must be in", id="too many"),
        pytest.param((5, 5, -1, 5), "true_negatives must be in", id="below 0"),
        pytest.param((5, 5, 1, float("nan")), "true_negatives", id="not a number"),
    ],
)
def test_impossible_validations_are_refused(
    counts: tuple[float, float, float, float], message: str
) -> None:
    """A part larger than its whole is a caller's bug."""
    with pytest.raises(ValueError, match=message):
        valid(*counts)


def test_a_perfect_classifier_is_not_certainly_perfect() -> None:
    """20 of 20 and 30 of 30: 1, and the lower bound by hand from z² / (n + z²)."""
    z2 = 1.959963984540054**2

    index = youden(valid(20, 20, 30, 30))

    assert index is not None
    assert (index.value, index.high) == (1.0, 1.0)
    assert index.low == pytest.approx(
        1 - ((z2 / (20 + z2)) ** 2 + (z2 / (30 + z2)) ** 2) ** 0.5
    )
