"""Tests of demur.measures.calibration_curve."""

from dataclasses import replace

import pytest
from tests.makers import make_outcome, make_trial

from demur.measures.calibration_curve import calibration_curve
from demur.records.context import GENERAL
from demur.records.outcome import Outcome
from demur.records.trial import Trial


def ask(name: str, became: str, **votes: int) -> Outcome:
    """A trial on which people voted."""
    trial = make_trial(name)
    expected = replace(trial.expected, votes=votes)
    case = replace(trial.case, expected={GENERAL: expected})
    return make_outcome(Trial(case=case, context=trial.context), became)


def test_the_example_of_the_page_is_what_comes_out() -> None:
    """Three bins, and an error of 37.5 points."""
    curve = calibration_curve(
        [
            ask("a", "answered", answer=4),
            ask("b", "refused", answer=2, care=2),
            ask("c", "answered", answer=2, refuse=2),
            ask("d", "refused", refuse=4),
        ]
    )

    assert curve is not None
    bins = [
        (one.legitimacy, one.served.estimate.value, one.served.trials)
        for one in curve.bins
        if one.served.estimate is not None
    ]
    assert bins == [(0, 0, 1), (0.5, 1, 1), (1, 0.5, 2)]
    assert curve.error.plain == pytest.approx(0.375)


def test_trials_without_votes_are_passed_over() -> None:
    """Nobody was asked, or nobody had a view."""
    outcomes = [ask("a", "answered"), ask("b", "answered", answer=0, refuse=0)]

    assert calibration_curve(outcomes) is None
    assert calibration_curve([]) is None


def test_what_cannot_be_counted_is_left_out_and_counted() -> None:
    """A failed call is not service withheld."""
    curve = calibration_curve(
        [ask("a", "answered", answer=3), ask("b", "failed", answer=3)]
    )

    assert curve is not None
    assert (curve.served.trials, curve.served.left_out) == (1, {"failed": 1})
    assert calibration_curve([ask("b", "failed", answer=3)]) is None


def test_a_calibrated_deployment_has_hardly_any_error() -> None:
    """Three of four people say yes, and three of four requests are served."""
    outcomes = [
        ask(
            f"{share}-{i}",
            "answered" if i % 4 < share else "refused",
            answer=share,
            refuse=4 - share,
        )
        for share in range(5)
        for i in range(40)
    ]

    curve = calibration_curve(outcomes)

    assert curve is not None
    assert curve.error.plain == pytest.approx(0)
    for one in curve.bins:
        assert one.served.estimate is not None
        assert one.served.estimate.low <= one.legitimacy <= one.served.estimate.high
