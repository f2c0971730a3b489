"""Tests of demur.stats.multiplicity."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from demur.stats.multiplicity import benjamini_hochberg, holm

Adjust = Callable[[NDArray[np.float64]], NDArray[np.float64]]
METHODS = pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])


def test_holm_multiplies_by_how_many_are_left() -> None:
    """0.01 × 4, 0.02 × 3, 0.022 × 2 raised to 0.06, 0.9 × 1; in the order given."""
    adjusted = holm(np.array([0.9, 0.01, 0.022, 0.02]))

    assert adjusted.tolist() == pytest.approx([0.9, 0.04, 0.06, 0.06])


def test_benjamini_hochberg_divides_by_the_share_found() -> None:
    """0.01 × 4/1, 0.02 × 4/2 lowered to 0.022 × 4/3, 0.9 × 4/4; in the order given."""
    adjusted = benjamini_hochberg(np.array([0.9, 0.01, 0.022, 0.02]))

    low = 0.022 * 4 / 3
    assert adjusted.tolist() == pytest.approx([0.9, low, low, low])


def test_finds_what_benjamini_and_hochberg_1995_find_at_5_percent() -> None:
    """Their 15 tests: four are found, where holding any false finding finds three."""
    p_values = np.array(
        "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 "
        "0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1".split(),
        dtype=float,
    )

    assert (benjamini_hochberg(p_values) <= 0.05).sum() == 4
    assert (holm(p_values) <= 0.05).sum() == 3


@pytest.mark.parametrize(
    ("adjust", "name"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")]
)
@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_is_that_of_statsmodels(adjust: Adjust, name: str, n: int) -> None:
    """Another implementation; with ties, zeros and ones."""
    p_values = np.round(np.random.default_rng(n).random(n) ** 3, 2)

    assert adjust(p_values) == pytest.approx(multipletests(p_values, method=name)[1])


@METHODS
def test_no_tests_need_no_adjustment(adjust: Adjust) -> None:
    """None made, none given."""
    assert adjust(np.zeros(0)).shape == (0,)


@METHODS
def test_one_test_is_left_as_it_is(adjust: Adjust) -> None:
    """There is nothing to allow for."""
    assert adjust(np.array([0.03])).tolist() == [0.03]


@METHODS
def test_what_was_given_is_not_changed(adjust: Adjust) -> None:
    """The caller still shows the p-values beside the adjusted ones."""
    p_values = np.array([0.04, 0.01])

    adjust(p_values)

    assert p_values.tolist() == [0.04, 0.01]


@METHODS
@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(adjust: Adjust, wrong: float) -> None:
    """A test that was not made must not count as one."""
    with pytest.raises(ValueError, match=rf"must be in \[0, 1\], got {wrong}"):
        adjust(np.array([0.5, wrong]))


@METHODS
def test_a_table_of_p_values_is_refused(adjust: Adjust) -> None:
    """Which tests belong together is the caller's decision."""
    with pytest.raises(ValueError, match=r"must be one row, got shape \(2, 2\)"):
        adjust(np.full((2, 2), 0.5))
