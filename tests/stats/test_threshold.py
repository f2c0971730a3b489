"""Tests of demur.stats.threshold."""

import numpy as np
import pytest

from demur.stats.threshold import choose_threshold


def test_the_smallest_threshold_that_is_shown_to_do_is_taken() -> None:
    """What is at 0.9 is right, what is at 0.7 is wrong: the first above 0.7."""
    chances = [0.9] * 200 + [0.1] * 200 + [0.7] * 100
    truths = [True] * 200 + [False] * 200 + [False] * 100

    assert choose_threshold(chances, truths, accuracy=0.95) == 0.72


def test_a_scorer_that_is_always_right_decides_all() -> None:
    """From one half up: nothing need be passed on."""
    assert choose_threshold([0.6] * 200, [True] * 200, accuracy=0.95) == 0.5


@pytest.mark.parametrize(
    ("chances", "truths"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([0.99] * 50, [True] * 50, id="too few to show it"),
        pytest.param([0.99] * 999, [False] * 999, id="sure and wrong"),
        pytest.param([0.5] * 999, [True, False, True] * 333, id="a coin"),
    ],
)
def test_no_threshold_is_given_that_is_not_shown_to_do(
    chances: list[float], truths: list[bool]
) -> None:
    """None, and not the strictest there is."""
    assert choose_threshold(chances, truths, accuracy=0.95) is None


def test_the_promise_is_broken_no_more_often_than_it_may_be() -> None:
    """Chances that are too sure of themselves, and 2,000 trials to choose by.

    The true accuracy above a threshold t is the mean of 0.85 p + 0.075 for p from t
    to 1; it reaches 0.8 at t = 0.706.
    """
    rng = np.random.default_rng(5)
    broken = chosen = 0
    for _ in range(300):
        sure = rng.uniform(0.5, 1.0, 2000)
        is_right = rng.uniform(size=2000) < 0.85 * sure + 0.075
        found = choose_threshold(list(sure), list(is_right), accuracy=0.8)
        if found is not None:
            chosen += 1
            broken += 0.85 * (found + 1) / 2 + 0.075 < 0.8

    assert chosen > 150
    assert broken <= 0.05 * 300


@pytest.mark.parametrize(
    ("chances", "truths", "said"),
    [
        pytest.param([0.5], [True, False], "as many truths", id="lengths"),
        pytest.param([1.5], [True], r"in \[0, 1\]", id="no chance"),
        pytest.param([float("nan")], [True], r"in \[0, 1\]", id="no number"),
    ],
)
def test_what_cannot_be_is_refused(
    chances: list[float], truths: list[bool], said: str
) -> None:
    """A caller's bug."""
    with pytest.raises(ValueError, match=said):
        choose_threshold(chances, truths, accuracy=0.9)
