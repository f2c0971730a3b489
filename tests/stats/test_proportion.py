"""Tests of demur.stats.proportion."""

from math import comb, sqrt

import pytest
from scipy import stats

from demur.stats.proportion import clopper_pearson, wilson

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="large sample"),
        pytest.param(15, 148, 0.0624, 0.1605, id="small rate"),
        pytest.param(0, 20, 0.0000, 0.1611, id="none refused"),
        pytest.param(1, 29, 0.0061, 0.1718, id="one refused"),
    ],
)
def test_matches_newcombe_1998_table_1(
    successes: int, trials: int, low: float, high: float
) -> None:
    """The four examples printed in the paper come out to its four digits."""
    rate = wilson(successes, trials)

    assert rate is not None
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=5e-5)


def test_an_estimate_says_its_level_and_method() -> None:
    """A number is never without what made it; 3 of 50 is 0.06."""
    rate = wilson(3, 50, level=0.9)

    assert rate is not None
    assert (rate.value, rate.level, rate.method) == (0.06, 0.9, "wilson")


def test_no_trials_give_no_interval() -> None:
    """With nothing observed, nothing is claimed: neither 0 nor [0, 1]."""
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("successes", "trials"),
    [
        pytest.param(-1, 10, id="below 0"),
        pytest.param(11, 10, id="more than trials"),
        pytest.param(1, 0, id="one of none"),
        pytest.param(0, -1, id="trials below 0"),
        pytest.param(float("nan"), 10, id="not a number"),
        pytest.param(1, float("nan"), id="of not a number"),
    ],
)
def test_impossible_counts_are_refused(successes: float, trials: float) -> None:
    """More successes than trials is a caller's bug, so it raises."""
    with pytest.raises(ValueError, match=r"successes must be in \[0, trials\], got "):
        wilson(successes, trials)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, float("nan")])
@pytest.mark.parametrize("trials", [0, 20])
def test_impossible_levels_are_refused(level: float, trials: int) -> None:
    """95 for 0.95 is the likely slip; it is found even where there is no data."""
    with pytest.raises(ValueError, match=rf"level must be in \(0, 1\), got {level}"):
        wilson(0, trials, level)


@pytest.mark.parametrize("trials", [1, 7, 20, 1000, 10**9])
def test_none_of_n_has_its_lower_bound_at_0_and_its_upper_in_closed_form(
    trials: int,
) -> None:
    """At 0 of n the bounds are 0 and z² / (n + z²), exactly 0 and never below."""
    rate = wilson(0, trials)

    assert rate is not None
    assert rate.low == 0.0
    assert rate.high == pytest.approx(Z**2 / (trials + Z**2))


@pytest.mark.parametrize(("successes", "trials"), [(0, 20), (1, 29), (7, 10), (3, 3)])
def test_failures_mirror_successes(successes: int, trials: int) -> None:
    """Counting what was served must say the same as counting what was not."""
    refused = wilson(successes, trials)
    served = wilson(trials - successes, trials)

    assert refused is not None
    assert served is not None
    assert (refused.low, refused.high) == pytest.approx(
        (1 - served.high, 1 - served.low)
    )


@pytest.mark.parametrize(
    ("successes", "trials"),
    [
        pytest.param(3, 50, id="whole"),
        pytest.param(2.5, 12.3, id="fractions"),
        pytest.param(0.01, 0.05, id="less than one trial"),
    ],
)
def test_each_bound_is_where_the_score_test_just_rejects(
    successes: float, trials: float
) -> None:
    """(p̂ − p) / sqrt(p (1 − p) / n) is z at the lower bound and −z at the upper."""
    rate = wilson(successes, trials)

    assert rate is not None
    at_bounds = [
        (rate.value - p) / sqrt(p * (1 - p) / trials) for p in (rate.low, rate.high)
    ]
    assert at_bounds == pytest.approx([Z, -Z])


@pytest.mark.parametrize("trials", [20, 50, 200])
def test_95_percent_interval_covers_95_percent_of_the_time(trials: int) -> None:
    """Averaged over true rates from 5 % to 95 %, coverage is 95 ± 1 %.

    By enumeration of all outcomes, so the test is exact and needs no seed. At no rate
    of these is it below 92.4 %.
    """
    estimates = [wilson(k, trials) for k in range(trials + 1)]
    true_rates = [i / 200 for i in range(10, 191)]
    coverage = [
        sum(
            comb(trials, k) * true_rate**k * (1 - true_rate) ** (trials - k)
            for k, rate in enumerate(estimates)
            if rate is not None and rate.low <= true_rate <= rate.high
        )
        for true_rate in true_rates
    ]

    assert sum(coverage) / len(coverage) == pytest.approx(0.95, abs=0.01)
    assert min(coverage) >= 0.924


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(81, 263, 0.2527, 0.3676, id="large sample"),
        pytest.param(15, 148, 0.0578, 0.1617, id="small rate"),
        pytest.param(0, 20, 0.0000, 0.1684, id="none refused"),
        pytest.param(1, 29, 0.0009, 0.1776, id="one refused"),
    ],
)
def test_clopper_pearson_matches_newcombe_1998_table_1(
    successes: int, trials: int, low: float, high: float
) -> None:
    """The four examples printed in the paper come out to its four digits."""
    rate = clopper_pearson(successes, trials)

    assert rate is not None
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=5e-5)
    assert rate.method == "clopper-pearson"


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 7), (7, 7), (90, 1000)])
def test_clopper_pearson_is_that_of_scipy(successes: int, trials: int) -> None:
    """Another implementation, which searches for the bounds."""
    theirs = stats.binomtest(successes, trials).proportion_ci(0.9, "exact")

    rate = clopper_pearson(successes, trials, level=0.9)

    assert rate is not None
    assert (rate.low, rate.high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize("trials", [20, 50, 200])
def test_clopper_pearson_covers_95_percent_at_every_rate(trials: int) -> None:
    """By enumeration of all outcomes, at rates from 0.5 to 99.5 %."""
    estimates = [clopper_pearson(k, trials) for k in range(trials + 1)]
    coverage = [
        sum(
            comb(trials, k) * (i / 200) ** k * (1 - i / 200) ** (trials - k)
            for k, rate in enumerate(estimates)
            if rate is not None and rate.low <= i / 200 <= rate.high
        )
        for i in range(1, 200)
    ]

    assert min(coverage) >= 0.95


def test_clopper_pearson_of_no_trials_is_none() -> None:
    """With nothing observed, nothing is claimed."""
    assert clopper_pearson(0, 0) is None


def test_clopper_pearson_refuses_what_wilson_refuses() -> None:
    """In the same words."""
    with pytest.raises(ValueError, match=r"successes must be in \[0, trials\], got 3"):
        clopper_pearson(3, 2)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        clopper_pearson(0, 0, 95)
