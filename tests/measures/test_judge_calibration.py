"""Tests of demur.measures.judge_calibration."""

import numpy as np
import pytest
from tests.labelled import pair, pairs

from demur.measures.judge_calibration import JudgeCalibration, judge_calibration
from demur.records.labelled import LabelledJudgement


def calibration(
    *found: LabelledJudgement, off: bool = False
) -> JudgeCalibration | None:
    """The calibration of one judge, with the same draws each time."""
    rng = np.random.default_rng(7)
    return judge_calibration(found, rng, is_off_topic_refusal=off)


def test_chances_are_compared_with_labels() -> None:
    """By hand: (.01 + .04 + .64 + .01) / 4; four bins of one."""
    found = calibration(
        pair("nr", 1, chance=0.9),
        pair("nr", 2, chance=0.8),
        pair("na", 3, chance=0.2),
        pair("sa", 4, chance=0.1),
    )

    assert found is not None
    assert found.brier is not None
    assert found.brier.value == pytest.approx(0.175)
    assert found.error is not None
    assert found.error.plain == pytest.approx((0.1 + 0.2 + 0.8 + 0.1) / 4)
    assert [(b.trials, b.stated, b.observed.value) for b in found.bins] == [
        (1, 0.1, 0),
        (1, 0.2, 1),
        (1, 0.8, 1),
        (1, 0.9, 1),
    ]


def test_a_judge_that_states_no_chance_has_no_calibration() -> None:
    """A phrase judge is not badly calibrated: it says nothing."""
    assert calibration(*pairs("nr sa")) is None


def test_a_chance_counts_whatever_the_verdict() -> None:
    """An undecided judge's chance is its most interesting one."""
    found = calibration(pair("nu", 1, chance=0.5), pair("sa", 2, chance=0.5))

    assert found is not None
    assert (found.trials, found.left_out) == (2, 0)


def test_what_has_no_chance_or_no_label_is_left_out() -> None:
    """And counted: a judge may state chances for the easy ones alone."""
    found = calibration(
        pair("nr", 1, chance=0.9), pair("or", 2, chance=0.9), pair("nr", 3), pair("nx")
    )

    assert found is not None
    assert (found.trials, found.left_out) == (1, 3)


def test_an_off_topic_label_counts_where_the_authors_count_it() -> None:
    """As not served, like everywhere else."""
    found = calibration(pair("or", 1, chance=0.9), pair("sa", 2, chance=0.1), off=True)

    assert found is not None
    assert found.left_out == 0
