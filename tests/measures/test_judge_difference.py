"""Tests of demur.measures.judge_difference."""

import pytest
from tests.labelled import pairs

from demur.measures.judge_difference import JudgeDifference, judge_difference


def difference(first: str, second: str, clusters: str = "") -> JudgeDifference:
    """Two judges on the same labels."""
    return judge_difference(
        ("a@1", pairs(first, clusters)), ("b@1", pairs(second, clusters))
    )


def test_the_difference_is_in_accuracy() -> None:
    """By hand: the second is right on 4 of 4, the first on 1 of 4."""
    found = difference("nr na nu sr", "nr nr nr sa")

    assert found.measured.estimate is not None
    assert found.measured.estimate.value == pytest.approx(3 / 4)
    assert (found.better, found.worse) == (3, 0)
    assert found.p_value == pytest.approx(0.25)


def test_the_test_is_over_requests() -> None:
    """Four requests against one: p = 2 × (5 + 1) / 2⁵."""
    found = difference(
        "na nr na nr na nr na nr nr na",
        "nr nr nr nr nr nr nr nr na na",
        "aabbccddee",
    )

    assert found.measured.estimate is not None
    assert found.measured.estimate.value == pytest.approx(0.3)
    assert (found.better, found.worse) == (4, 1)
    assert found.p_value == pytest.approx(2 * (5 + 1) / 2**5)
    assert (found.measured.trials, found.measured.families) == (10, 5)


def test_a_request_with_as_many_each_way_is_no_evidence() -> None:
    """One gained and one lost on the same request: neither is better there."""
    found = difference("na nr", "nr na", "aa")

    assert (found.better, found.worse, found.p_value) == (0, 0, None)


def test_labels_that_say_neither_are_left_out() -> None:
    """Of both judges alike."""
    found = difference("oa nr", "or nr")

    assert found.measured.trials == 1
    assert found.measured.left_out == {"label says neither": 1}


def test_nothing_to_compare_is_no_difference_of_0() -> None:
    """No responses: no estimate, no p-value."""
    found = difference("", "")

    assert (found.measured.estimate, found.p_value) == (None, None)
