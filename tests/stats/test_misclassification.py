"""Tests of demur.stats.misclassification."""

from math import sqrt
from typing import Literal

import numpy as np
import pytest

from demur.stats.estimate import Estimate
from demur.stats.misclassification import (
    Corrected,
    rogan_gladen,
    rogan_gladen_bootstrap,
)
from demur.stats.youden import Validation

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""


def valid(tp: float, positives: float, tn: float, negatives: float) -> Validation:
    """Counts in the order of a table."""
    return Validation(
        true_positives=tp,
        positives=positives,
        true_negatives=tn,
        negatives=negatives,
    )


def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20240229)


def known(corrected: Corrected) -> Estimate:
    """An estimate that must be there."""
    assert corrected.estimate is not None, corrected.reason
    return corrected.estimate


GOOD = valid(90, 100, 190, 200)


def test_the_rate_is_worked_out_by_hand() -> None:
    """60 of 400 called positive, Se 0.9, Sp 0.95: (0.15 − 0.05) / 0.85."""
    assert known(rogan_gladen(60, 400, GOOD)).value == pytest.approx(0.1 / 0.85)


def test_the_delta_interval_is_worked_out_by_hand() -> None:
    """Three variances: of the rate, and of Se and Sp by the squares of π and 1 − π."""
    rate = 0.1 / 0.85
    variance = (
        0.15 * 0.85 / 400
        + rate**2 * 0.9 * 0.1 / 100
        + (1 - rate) ** 2 * 0.95 * 0.05 / 200
    )
    half = Z * sqrt(variance) / 0.85

    found = known(rogan_gladen(60, 400, GOOD, method="delta"))

    assert (found.low, found.high) == pytest.approx((rate - half, rate + half))
    assert found.method == "delta"


def test_the_adjusted_interval_is_worked_out_by_hand() -> None:
    """Z² trials added, half of them positive; 1 and 1 to either validation set.

    p = 61.92073 / 403.84146, Se = 91/102, Sp = 191/202; then the shifted centre.
    """
    n = 400 + Z**2
    p, se, sp = (60 + Z**2 / 2) / n, 91 / 102, 191 / 202
    of_se, of_sp = se * (1 - se) / 102, sp * (1 - sp) / 202
    rate = (p + sp - 1) / (se + sp - 1)
    half = sqrt(p * (1 - p) / n + rate**2 * of_se + (1 - rate) ** 2 * of_sp)
    half *= Z / (se + sp - 1)
    centre = rate + 2 * Z**2 * (rate * of_se - (1 - rate) * of_sp)

    found = known(rogan_gladen(60, 400, GOOD))

    assert (found.low, found.high) == pytest.approx((centre - half, centre + half))
    assert (found.level, found.method) == (0.95, "lang-reiczigel")


def test_a_classifier_known_exactly_leaves_the_doubt_of_the_count() -> None:
    """A million validated: the interval is the count's own, stretched by 1 / 0.85."""
    many = valid(900_000, 1_000_000, 950_000, 1_000_000)
    half = Z * sqrt(0.15 * 0.85 / 400) / 0.85

    found = known(rogan_gladen(60, 400, many, method="delta"))

    assert found.high - found.low == pytest.approx(2 * half, rel=0.01)


def test_the_three_intervals_agree_where_counts_are_large() -> None:
    """Ten times the counts: bounds within 0.002 of one another."""
    large = valid(900, 1000, 1900, 2000)

    found = [
        known(rogan_gladen(600, 4000, large)),
        known(rogan_gladen(600, 4000, large, method="delta")),
        known(rogan_gladen_bootstrap(600, 4000, large, rng())),
    ]

    assert [each.low for each in found] == pytest.approx([found[0].low] * 3, abs=2e-3)
    assert [each.high for each in found] == pytest.approx([found[0].high] * 3, abs=2e-3)


def test_less_validation_widens_the_interval() -> None:
    """The doubt of Se and Sp is carried: a tenth of the labels, a wider interval."""
    few = valid(18, 20, 38, 40)

    found, wide = known(rogan_gladen(60, 400, GOOD)), known(rogan_gladen(60, 400, few))

    assert wide.high - wide.low > 1.5 * (found.high - found.low)


@pytest.mark.parametrize(
    ("called", "trials", "validation", "reason"),
    [
        pytest.param(0, 0, GOOD, "no trials", id="no trials"),
        pytest.param(1, 9, valid(0, 0, 9, 9), "no true positives", id="no positives"),
        pytest.param(1, 9, valid(9, 9, 0, 0), "no true negatives", id="no negatives"),
        pytest.param(1, 9, valid(0, 0, 0, 0), "no true positives", id="neither"),
        pytest.param(
            30,
            90,
            valid(10, 20, 20, 40),
            r"sensitivity \+ specificity - 1 may be 0: 0.00, from -0.25 to 0.25",
            id="as good as chance",
        ),
        pytest.param(
            30, 90, valid(2, 20, 4, 40), "may be 0: -0.80", id="worse than chance"
        ),
        pytest.param(
            1, 2, valid(1, 1, 1, 1), "may be 0: 1.00, from -0.12", id="two labels"
        ),
        pytest.param(
            0,
            1000,
            valid(99, 100, 700, 1000),
            "the counts contradict the validation: the rate would be from -0",
            id="fewer called than false positives alone",
        ),
        pytest.param(
            1000,
            1000,
            valid(700, 1000, 99, 100),
            "the counts contradict the validation: the rate would be from 1",
            id="more called than can be",
        ),
    ],
)
def test_a_correction_that_is_not_to_be_had_is_refused_with_its_reason(
    called: int, trials: int, validation: Validation, reason: str
) -> None:
    """Dividing by what may be 0 gives any number; none is better, and says why."""
    found = [
        rogan_gladen(called, trials, validation),
        rogan_gladen_bootstrap(called, trials, validation, rng()),
    ]

    assert [each.estimate for each in found] == [None, None]
    for each in found:
        assert reason.partition("from")[0].replace("\\", "") in each.reason


def test_the_delta_method_says_where_it_is_blind() -> None:
    """No error in 50 and 50, nothing called: no variance, which is no certainty."""
    perfect = valid(50, 50, 50, 50)

    found = rogan_gladen(0, 100, perfect, method="delta")
    better = known(rogan_gladen(0, 100, perfect))

    assert (found.estimate, found.reason) == (None, "the delta method sees no variance")
    assert (better.value, better.low) == (0.0, 0.0)
    assert better.high > 0.02


@pytest.mark.parametrize("method", ["lang-reiczigel", "delta", "bootstrap"])
def test_a_rate_below_0_is_clamped_and_says_so(
    method: Literal["lang-reiczigel", "delta", "bootstrap"],
) -> None:
    """4 of 100 called at Sp 0.95: (0.04 − 0.05) / 0.85 is −0.012."""
    found = (
        rogan_gladen_bootstrap(4, 100, GOOD, rng())
        if method == "bootstrap"
        else rogan_gladen(4, 100, GOOD, method=method)
    )

    estimate = known(found)
    assert found.is_clamped
    assert (estimate.value, estimate.low) == (0.0, 0.0)
    assert 0 < estimate.high < 0.2


def test_a_rate_above_1_is_clamped_and_says_so() -> None:
    """95 of 100 called at Se 0.9."""
    found = rogan_gladen(95, 100, GOOD)

    assert found.is_clamped
    assert (known(found).value, known(found).high) == (1.0, 1.0)


def test_a_rate_inside_is_not_clamped() -> None:
    """Nothing to say then."""
    found = rogan_gladen(60, 400, GOOD)

    assert (found.is_clamped, found.reason) == (False, "")


def test_one_seed_gives_one_bootstrap() -> None:
    """A report made twice says the same."""
    assert rogan_gladen_bootstrap(60, 400, GOOD, rng()) == rogan_gladen_bootstrap(
        60, 400, GOOD, rng()
    )


def test_counts_scaled_to_an_effective_number_are_taken() -> None:
    """Half the counts, as of families: the same rate, a wider interval."""
    half = valid(45, 50, 95, 100)

    found, whole = known(rogan_gladen(30.5, 203.3, half)), rogan_gladen(61, 406.6, GOOD)

    assert found.value == pytest.approx(known(whole).value)
    assert found.high - found.low > known(whole).high - known(whole).low


def test_a_callers_slips_are_refused() -> None:
    """Impossible counts and levels, too few draws, fractions that cannot be drawn."""
    with pytest.raises(ValueError, match=r"successes must be in \[0, trials\]"):
        rogan_gladen(5, 4, GOOD)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        rogan_gladen(3, 4, GOOD, level=95)
    with pytest.raises(ValueError, match="resamples must be at least 100, got 99"):
        rogan_gladen_bootstrap(3, 4, GOOD, rng(), resamples=99)
    with pytest.raises(ValueError, match="counts must be whole numbers"):
        rogan_gladen_bootstrap(3.5, 4, GOOD, rng())
