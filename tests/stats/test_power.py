"""Tests of demur.stats.power."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from demur.stats.difference import independent_difference
from demur.stats.paired import paired_difference
from demur.stats.power import (
    design_effect,
    pairs_to_find_gap,
    trials_to_find_change,
    trials_to_pass,
    trials_to_show_rate,
)
from demur.stats.proportion import clopper_pearson, wilson


def power_to_show(trials: int, limit: float, rate: float, level: float = 0.95) -> float:
    """Chance that Wilson's upper bound is at most the limit, outcome by outcome."""
    chances = stats.binom.pmf(np.arange(trials + 1), trials, rate)
    bounds = [wilson(k, trials, level) for k in range(trials + 1)]
    return float(
        sum(
            chance
            for chance, b in zip(chances, bounds, strict=True)
            if b is not None and b.high <= limit
        )
    )


def power_of_pairs(pairs: int, gained: float, lost: float) -> float:
    """Chance that Tango's interval lies above 0, outcome by outcome."""
    chances = stats.multinomial(pairs, [gained, lost, 1 - gained - lost])
    return float(
        sum(
            chances.pmf([g, c, pairs - g - c])
            for g in range(pairs + 1)
            for c in range(pairs + 1 - g)
            if (e := paired_difference(g, c, pairs)) is not None and e.low > 0
        )
    )


def power_of_change(trials: int, first: float, second: float) -> float:
    """Chance that Newcombe's interval lies above 0, outcome by outcome."""
    counts = range(trials + 1)
    one = stats.binom.pmf(counts, trials, first)
    other = stats.binom.pmf(counts, trials, second)
    return float(
        sum(
            one[i] * other[j]
            for i in counts
            for j in counts
            if (e := independent_difference(i, trials, j, trials)) is not None
            and e.low > 0
        )
    )


def test_73_trials_show_5_percent_where_nothing_happens() -> None:
    """z² / (n + z²) ≤ 5 % from 72.99 trials on."""
    assert trials_to_show_rate(limit=0.05, rate=0.0) == 73


@pytest.mark.parametrize(
    ("limit", "rate", "power", "level"),
    [
        pytest.param(0.2, 0.05, 0.8, 0.95, id="far below"),
        pytest.param(0.3, 0.2, 0.5, 0.95, id="near, half the time"),
        pytest.param(0.1, 0.02, 0.9, 0.9, id="nine times in ten"),
        pytest.param(0.95, 0.8, 0.8, 0.95, id="a high limit"),
    ],
)
def test_no_smaller_number_shows_the_rate_as_often(
    limit: float, rate: float, power: float, level: float
) -> None:
    """Each number tried, each outcome with the interval itself."""
    found = trials_to_show_rate(limit, rate, power, level)

    assert found is not None
    assert power_to_show(found, limit, rate, level) >= power
    assert all(power_to_show(n, limit, rate, level) < power for n in range(1, found))


@pytest.mark.parametrize(("gained", "lost"), [(0.5, 0.1), (0.35, 0.0), (0.7, 0.3)])
def test_no_smaller_number_of_pairs_finds_the_gap_as_often(
    gained: float, lost: float
) -> None:
    """Each outcome with the interval itself; of the numbers below, the nearest ten."""
    found = pairs_to_find_gap(gained, lost)

    assert found is not None
    assert power_of_pairs(found, gained, lost) >= 0.8
    assert all(
        power_of_pairs(n, gained, lost) < 0.8 for n in range(max(found - 10, 1), found)
    )


@pytest.mark.parametrize(("first", "second"), [(0.1, 0.6), (0.0, 0.3), (0.5, 1.0)])
def test_no_smaller_number_of_trials_finds_the_change_as_often(
    first: float, second: float
) -> None:
    """Each number tried, each outcome with the interval itself."""
    found = trials_to_find_change(first, second)

    assert found is not None
    assert power_of_change(found, first, second) >= 0.8
    assert all(power_of_change(n, first, second) < 0.8 for n in range(1, found))


def test_pairs_are_near_those_of_the_formula_of_connor_1987() -> None:
    """(z √ψ + z' √(ψ − δ²))² / δ² with ψ = 0.2, δ = 0.1: 154.9; within a tenth."""
    z, other = stats.norm.ppf([0.975, 0.8])
    formula = (z * sqrt(0.2) + other * sqrt(0.2 - 0.01)) ** 2 / 0.01

    assert pairs_to_find_gap(0.15, 0.05) == pytest.approx(formula, rel=0.1)


@pytest.mark.parametrize(("first", "second"), [(0.05, 0.10), (0.5, 0.6), (0.2, 0.18)])
def test_trials_are_near_those_of_the_normal_formula(
    first: float, second: float
) -> None:
    """Statsmodels, with arcsine effect sizes; within a twentieth."""
    size = proportion_effectsize(second, first)
    formula = NormalIndPower().solve_power(size, power=0.8, alpha=0.05)

    assert trials_to_find_change(first, second) == pytest.approx(formula, rel=0.05)


def test_it_takes_as_many_whichever_way_round() -> None:
    """A loss is as hard to find as a gain."""
    assert pairs_to_find_gap(0.05, 0.15) == pairs_to_find_gap(0.15, 0.05)
    assert trials_to_find_change(0.1, 0.05) == trials_to_find_change(0.05, 0.1)


def test_families_take_as_many_times_more() -> None:
    """73 × 1.8 is 131.4: 132."""
    effect = design_effect(size=5, correlation=0.2)

    assert effect == pytest.approx(1.8)
    assert trials_to_show_rate(0.05, 0.0, effect=effect) == 132
    assert pairs_to_find_gap(0.15, 0.05, effect=2) == 2 * 145
    assert trials_to_find_change(0.05, 0.1, effect=2) == 2 * 432


def test_a_number_that_is_whole_is_not_rounded_up() -> None:
    """73 × 11.000000000000002 is just above 803 in floats."""
    assert trials_to_show_rate(0.05, 0.0, effect=11.000000000000002) == 803


def test_what_would_take_more_than_ten_million_is_none() -> None:
    """Not a number that nobody could run."""
    assert trials_to_show_rate(0.05, 0.04999) is None
    assert pairs_to_find_gap(0.5001, 0.4999) is None
    assert trials_to_find_change(0.5, 0.50001) is None


def test_a_rate_near_its_limit_is_found_among_many_successes() -> None:
    """(z + z')² × 0.25 / 0.002² or so: 490,555 trials, a quarter of a million true."""
    found = trials_to_show_rate(0.5, 0.498)

    assert found == pytest.approx((1.95996 + 0.84162) ** 2 * 0.25 / 0.002**2, rel=0.01)


def test_certain_outcomes_need_few() -> None:
    """Never once against always: two on each side; always gained: four pairs."""
    assert trials_to_find_change(0.0, 1.0) == 2
    assert pairs_to_find_gap(1.0, 0.0) == 4


def test_more_power_takes_more() -> None:
    """Half the time, four in five, 99 in 100."""
    sizes = [trials_to_show_rate(0.05, 0.02, power) or 0 for power in (0.5, 0.8, 0.99)]

    assert sizes == sorted(set(sizes))
    assert log(sizes[2] / sizes[0]) > 1


@pytest.mark.parametrize(
    ("limit", "rate"), [(0.05, 0.05), (0.05, 0.1), (0.05, -0.1), (1.0, 0.5), (5.0, 2.0)]
)
def test_a_rate_that_is_not_below_its_limit_is_refused(
    limit: float, rate: float
) -> None:
    """No number of trials could show it."""
    with pytest.raises(ValueError, match=r"need 0 ≤ rate < limit < 1, got "):
        trials_to_show_rate(limit, rate)


@pytest.mark.parametrize(("gained", "lost"), [(0.1, 0.1), (0.6, 0.5), (-0.1, 0.2)])
def test_no_gap_or_an_impossible_one_is_refused(gained: float, lost: float) -> None:
    """The message says what was got."""
    with pytest.raises(ValueError, match=f"together, got {gained} and {lost}"):
        pairs_to_find_gap(gained, lost)


@pytest.mark.parametrize(("first", "second"), [(0.1, 0.1), (0.6, 1.5), (-0.1, 0.2)])
def test_no_change_or_an_impossible_one_is_refused(first: float, second: float) -> None:
    """The message says what was got."""
    with pytest.raises(
        ValueError, match=f"must differ, in .* got {first} and {second}"
    ):
        trials_to_find_change(first, second)


def test_impossible_powers_levels_and_effects_are_refused() -> None:
    """80 for 0.8 is the likely slip."""
    with pytest.raises(ValueError, match=r"power must be in \(0, 1\), got 80"):
        trials_to_show_rate(0.05, 0.0, 80)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        pairs_to_find_gap(0.1, 0.0, 0.8, 95)
    with pytest.raises(ValueError, match=r"at least 1, got 0\.5"):
        trials_to_find_change(0.1, 0.0, effect=0.5)
    with pytest.raises(ValueError, match=r"got 0\.5 and 0\.2"):
        design_effect(0.5, 0.2)
    with pytest.raises(ValueError, match="got 5 and 20"):
        design_effect(5, 20)


def power_to_pass(trials: int, limit: float, rate: float, error: float) -> float:
    """Chance that the exact upper bound is at most the limit, outcome by outcome."""
    chances = stats.binom.pmf(np.arange(trials + 1), trials, rate)
    bounds = [clopper_pearson(k, trials, 1 - 2 * error) for k in range(trials + 1)]
    return float(
        sum(
            chance
            for chance, b in zip(chances, bounds, strict=True)
            if b is not None and b.high <= limit
        )
    )


def test_59_trials_pass_5_percent_where_nothing_happens() -> None:
    """0.95 to the power of 58 is 5.1 %, to the power of 59 it is 4.8 %."""
    assert trials_to_pass(limit=0.05, rate=0.0) == 59


@pytest.mark.parametrize(
    ("limit", "rate", "power", "error"),
    [
        pytest.param(0.2, 0.05, 0.8, 0.05, id="far below"),
        pytest.param(0.3, 0.2, 0.5, 0.05, id="near, half the time"),
        pytest.param(0.1, 0.02, 0.9, 0.01, id="nine times in ten, strictly"),
    ],
)
def test_what_passes_is_the_upper_bound_of_clopper_pearson(
    limit: float, rate: float, power: float, error: float
) -> None:
    """The ten numbers below do not pass as often."""
    found = trials_to_pass(limit, rate, power, error)

    assert found is not None
    assert power_to_pass(found, limit, rate, error) >= power
    below = range(max(1, found - 10), found)
    assert [n for n in below if power_to_pass(n, limit, rate, error) >= power] == []


def test_passing_takes_a_design_effect_times_as_many() -> None:
    """59 × 1.5, rounded up."""
    assert trials_to_pass(limit=0.05, rate=0.0, effect=1.5) == 89


def test_what_cannot_be_passed_with_ten_million_is_none() -> None:
    """A rate a hair below its limit."""
    assert trials_to_pass(limit=0.05, rate=0.049999) is None


@pytest.mark.parametrize(
    ("limit", "rate", "error", "message"),
    [
        pytest.param(0.05, 0.05, 0.05, "rate < limit", id="rate at the limit"),
        pytest.param(0.05, 0.0, 0.5, "error must be", id="an error of a half"),
        pytest.param(0.05, 0.0, 0.0, "error must be", id="no error"),
    ],
)
def test_impossible_limits_are_refused(
    limit: float, rate: float, error: float, message: str
) -> None:
    """A bug of the caller's must not become a number."""
    with pytest.raises(ValueError, match=message):
        trials_to_pass(limit, rate, error=error)
