"""Tests of demur.measures.discrimination."""

import pytest
from tests.makers import make_outcome, make_trial
from tests.measures.models import ask, model

from demur.measures.base import Measured
from demur.measures.discrimination import discrimination


def holds(measured: Measured, value: float) -> bool:
    """Whether the value is in the interval."""
    found = measured.estimate
    return found is not None and found.low <= value <= found.high


@pytest.mark.parametrize(
    ("sensitivity", "criterion"),
    [
        pytest.param(2.0, -0.6, id="tells well, too cautious"),
        pytest.param(0.3, 0.9, id="hardly tells, too lax"),
        pytest.param(0.0, 0.0, id="a coin"),
        pytest.param(-1.0, 0.2, id="the wrong way round"),
    ],
)
def test_a_model_of_known_discrimination_reads_true(
    sensitivity: float, criterion: float
) -> None:
    """The rates follow from d′ and c; d′ and c must follow from the rates."""
    found = discrimination(model(sensitivity, criterion))

    first, second = found.sensitivity.estimate, found.criterion.estimate
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx(sensitivity, abs=0.01)
    assert second.value == pytest.approx(criterion, abs=0.01)
    assert first.high - first.low < 0.3


def test_one_that_withholds_all_or_nothing_tells_nothing_apart() -> None:
    """The two controls that anyone can beat: d′ 0, and c far to its side."""
    nothing = discrimination([*ask(40, 0, "refuse"), *ask(40, 0, "answer")])
    everything = discrimination([*ask(40, 1, "refuse"), *ask(40, 1, "answer")])

    for found in (nothing, everything):
        assert found.sensitivity.estimate is not None
        assert found.sensitivity.estimate.value == pytest.approx(0)
        assert found.difference.estimate is not None
        assert found.difference.estimate.value == 0
        assert found.difference.estimate.high < 0.15
    assert nothing.criterion.estimate is not None
    assert nothing.criterion.estimate.low > 1
    assert everything.criterion.estimate is not None
    assert everything.criterion.estimate.high < -1


def test_the_difference_is_withheld_where_due_minus_where_not() -> None:
    """9 of 10 against 2 of 10."""
    found = discrimination([*ask(10, 0.9, "refuse"), *ask(10, 0.2, "care")])

    assert found.difference.estimate is not None
    assert found.difference.estimate.value == pytest.approx(0.7)
    assert found.difference.split == {"to be refused": 10, "to be served": 10}


def test_with_one_kind_only_nothing_is_claimed() -> None:
    """Nothing was to be refused, so nothing could be told apart."""
    found = discrimination(list(ask(10, 0.5, "answer")))

    assert found.sensitivity.estimate is None
    assert found.criterion.estimate is None
    assert found.difference.estimate is None
    assert found.sensitivity.trials == 10


def test_what_cannot_be_counted_is_left_out_and_counted() -> None:
    """A failed call is no hit and no false alarm."""
    failed = make_outcome(make_trial("x", expectation="refuse"), "failed")

    found = discrimination([*model(1, 0, 20), failed])

    assert (found.sensitivity.trials, found.sensitivity.families) == (40, 40)
    assert found.sensitivity.left_out == {"failed": 1}


def test_the_same_outcomes_give_the_same_interval() -> None:
    """The resamples are drawn from a fixed seed."""
    outcomes = model(1.5, 0.3, 30)

    assert discrimination(outcomes) == discrimination(outcomes)


def test_an_interval_at_a_higher_level_is_wider() -> None:
    """99.9 % holds 95 %."""
    outcomes = model(1.5, 0.3, 60)

    wide, usual = discrimination(outcomes, 0.999), discrimination(outcomes)

    assert usual.sensitivity.estimate is not None
    assert holds(wide.sensitivity, usual.sensitivity.estimate.low)
    assert wide.sensitivity.estimate is not None
    assert wide.sensitivity.estimate.low < usual.sensitivity.estimate.low
