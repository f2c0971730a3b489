"""Tests of demur.stats.paired."""

from itertools import product
from math import comb, lgamma, log, sqrt

import numpy as np
import pytest
from scipy.special import gammaln

from demur.stats.estimate import Estimate
from demur.stats.paired import (
    mcnemar_exact,
    mcnemar_mid_p,
    newcombe_paired,
    paired_difference,
)

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""


def find(
    gained: float, lost: float, pairs: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Value, low and high."""
    change = paired_difference(gained, lost, pairs, level)
    assert change is not None
    return change.value, change.low, change.high


def likeliest_loss(
    difference: float, gained: float, lost: float, pairs: float
) -> float:
    """The chance of a loss that makes the counts likeliest, if this is the difference.

    By thirds: the log-likelihood of a multinomial has one top between the ends.
    """

    def likelihood(loss: float) -> float:
        chances = (loss + difference, loss, 1 - 2 * loss - difference)
        counts = (gained, lost, pairs - gained - lost)
        return sum(
            count * log(max(chance, 1e-300))
            for count, chance in zip(counts, chances, strict=True)
            if count > 0
        )

    low, high = max(0.0, -difference), (1 - difference) / 2
    for _ in range(200):
        third = (high - low) / 3
        if likelihood(low + third) < likelihood(high - third):
            low += third
        else:
            high -= third
    return (low + high) / 2


def test_matches_the_airway_example_of_fagerland_2014() -> None:
    """Bentur's 21 children: 1 and 7 change; Tango's interval is −0.517 to −0.026."""
    change = paired_difference(gained=1, lost=7, pairs=21)

    assert change is not None
    assert change.value == pytest.approx(-6 / 21)
    assert (change.low, change.high) == pytest.approx((-0.517, -0.026), abs=5e-4)
    assert (change.level, change.method) == (0.95, "tango")


@pytest.mark.parametrize(
    ("gained", "lost", "pairs"),
    [
        pytest.param(1, 7, 21, id="airway"),
        pytest.param(10, 3, 48, id="more gained"),
        pytest.param(4, 4, 9, id="as many either way"),
        pytest.param(0, 3, 20, id="only lost"),
        pytest.param(3, 7, 10, id="all differ"),
        pytest.param(0.7, 2.9, 11.3, id="fractions"),
        pytest.param(0.02, 0.01, 0.05, id="less than one pair"),
    ],
)
def test_each_bound_is_where_the_score_test_just_rejects(
    gained: float, lost: float, pairs: float
) -> None:
    """(b − c − nδ) / sqrt(n (2q + δ (1 − δ))) is ±z, with q found by search, not root.

    Tango's interval is defined by this test; the quadratic root is only a shortcut.
    """
    _, low, high = find(gained, lost, pairs)

    at_bounds = []
    for d in (low, high):
        q = likeliest_loss(d, gained, lost, pairs)
        spread = sqrt(pairs * (2 * q + d * (1 - d)))
        at_bounds.append((gained - lost - pairs * d) / spread)
    assert at_bounds == pytest.approx([Z, -Z], abs=1e-5)


@pytest.mark.parametrize("pairs", [1, 8, 48, 1000, 2.5])
def test_where_no_pair_differs_the_interval_still_has_a_width(pairs: float) -> None:
    """± z² / (n + z²): "nothing differed in 48 pairs" is not "no difference"."""
    edge = Z**2 / (pairs + Z**2)

    assert find(0, 0, pairs) == pytest.approx((0.0, -edge, edge))


@pytest.mark.parametrize("pairs", [1, 2, 10, 250, 3.7])
def test_where_every_pair_changes_one_way_the_bound_has_a_closed_form(
    pairs: float,
) -> None:
    """All n gained: from (n − z²) / (n + z²) to 1, and mirrored where all are lost."""
    bound = (pairs - Z**2) / (pairs + Z**2)

    assert find(pairs, 0, pairs) == pytest.approx((1.0, bound, 1.0), abs=1e-9)
    assert find(0, pairs, pairs) == pytest.approx((-1.0, -1.0, -bound), abs=1e-9)


@pytest.mark.parametrize(
    ("gained", "lost", "pairs"), [(1, 7, 21), (0, 5, 5), (2.5, 0.1, 9.9), (3, 3, 60)]
)
def test_the_runs_swapped_give_the_mirrored_interval(
    gained: float, lost: float, pairs: float
) -> None:
    """Comparing B with A must say the opposite of A with B, and nothing more."""
    value, low, high = find(gained, lost, pairs)

    assert find(lost, gained, pairs) == pytest.approx((-value, -high, -low), abs=1e-9)


def test_a_wider_level_gives_a_wider_interval() -> None:
    """At 99 % the interval holds that at 95 %, which holds that at 50 %."""
    _, low_99, high_99 = find(2, 9, 40, level=0.99)
    _, low_95, high_95 = find(2, 9, 40)
    _, low_50, high_50 = find(2, 9, 40, level=0.5)

    assert low_99 < low_95 < low_50 < -7 / 40 < high_50 < high_95 < high_99


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999999])
@pytest.mark.parametrize("pairs", [1e-9, 1e-5, 0.05, 1.0, 1e6])
@pytest.mark.parametrize("gained", [0.0, 1e-9, 0.4, 0.999, 1.0])
@pytest.mark.parametrize("lost", [0.0, 1e-9, 0.6, 1.0])
def test_any_size_of_sample_has_an_interval_within_its_range(
    lost: float, gained: float, pairs: float, level: float
) -> None:
    """An effective number of pairs may be a small fraction; that is no crash."""
    share_lost = min(lost, 1 - gained)

    value, low, high = find(pairs * gained, pairs * share_lost, pairs, level)

    assert -1 <= low <= value <= high <= 1


def test_counts_that_round_up_to_all_pairs_are_accepted() -> None:
    """A third three times is a little more than 1 in floats; that is no bug."""
    pairs = 3 * 0.1

    assert find(0.2, 0.1 + 1e-17, pairs)[0] == pytest.approx(1 / 3)


def test_no_pairs_give_no_interval() -> None:
    """With nothing compared, nothing is claimed."""
    assert paired_difference(0, 0, 0) is None


@pytest.mark.parametrize(
    ("gained", "lost", "pairs"),
    [
        pytest.param(-1, 0, 10, id="gained below 0"),
        pytest.param(0, -1, 10, id="lost below 0"),
        pytest.param(6, 5, 10, id="more than pairs"),
        pytest.param(1, 0, 0, id="one of none"),
    ],
)
def test_impossible_counts_are_refused(gained: int, lost: int, pairs: int) -> None:
    """The message says what was got."""
    with pytest.raises(
        ValueError,
        match=rf"must be in \[0, pairs\], got {gained} \+ {lost} of {pairs}$",
    ):
        paired_difference(gained, lost, pairs)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
@pytest.mark.parametrize("pairs", [0, 10])
def test_impossible_levels_are_refused(level: float, pairs: int) -> None:
    """Also where there are no pairs: a bug is found before there is data."""
    with pytest.raises(ValueError, match=rf"level must be in \(0, 1\), got {level}"):
        paired_difference(0, 0, pairs, level)


@pytest.mark.parametrize(
    ("pairs", "mean", "least"),
    [
        pytest.param(10, 0.965, 0.913, id="10 pairs"),
        pytest.param(20, 0.957, 0.911, id="20 pairs"),
        pytest.param(50, 0.951, 0.935, id="50 pairs"),
    ],
)
def test_95_percent_interval_covers_95_percent_of_the_time(
    pairs: int, mean: float, least: float
) -> None:
    """All outcomes enumerated, for every chance of gain and of loss in steps of 1/40.

    The least coverage is where nearly every pair differs, or none can gain.
    """
    outcomes = [(g, c) for g in range(pairs + 1) for c in range(pairs + 1 - g)]
    gained, lost = np.array(outcomes).T
    bounds = np.array([find(g, c, pairs)[1:] for g, c in outcomes])
    ways = np.array(
        [
            lgamma(pairs + 1)
            - lgamma(g + 1)
            - lgamma(c + 1)
            - lgamma(pairs - g - c + 1)
            for g, c in outcomes
        ]
    )

    coverage = []
    for i, j in product(range(41), repeat=2):
        if i + j <= 40:
            same = (40 - i - j) / 40
            chances = np.exp(ways) * (i / 40) ** gained * (j / 40) ** lost
            chances *= same ** (pairs - gained - lost)
            true = (i - j) / 40
            held = (bounds[:, 0] <= true + 1e-12) & (true - 1e-12 <= bounds[:, 1])
            coverage.append(float(chances[held].sum()))

    assert sum(coverage) / len(coverage) == pytest.approx(mean, abs=1e-3)
    assert min(coverage) >= least


def test_mcnemar_matches_the_airway_example_of_fagerland_2013() -> None:
    """1 against 7: 2 × (C(8, 0) + C(8, 1)) / 2⁸ = 18 / 256; the paper prints 0.070."""
    assert mcnemar_exact(1, 7) == pytest.approx(18 / 256)


@pytest.mark.parametrize("gained", range(11))
@pytest.mark.parametrize("lost", range(11))
def test_mcnemar_is_the_share_of_coin_tosses_at_least_as_far_apart(
    gained: int, lost: int
) -> None:
    """Every sequence of as many fair tosses counted, and how far its sides differ."""
    tosses = gained + lost
    apart = abs(gained - lost)
    as_far = sum(
        comb(tosses, heads)
        for heads in range(tosses + 1)
        if abs(tosses - 2 * heads) >= apart
    )

    expected = None if tosses == 0 else pytest.approx(as_far / 2**tosses)
    assert mcnemar_exact(gained, lost) == expected


def test_mcnemar_of_as_many_either_way_is_1_and_not_more() -> None:
    """Doubling the tail would give 1.25 for 5 against 5."""
    assert mcnemar_exact(5, 5) == 1.0


def test_mcnemar_of_no_change_is_no_test() -> None:
    """Where no pair differs nothing was tested, which is not p = 1."""
    assert mcnemar_exact(0, 0) is None


def test_mcnemar_of_thousands_is_a_number() -> None:
    """Too small for a float is 0, not an error."""
    p = mcnemar_exact(0, 5000)

    assert p == 0.0


@pytest.mark.parametrize(("gained", "lost"), [(-1, 3), (3, -1)])
def test_mcnemar_refuses_counts_below_0(gained: int, lost: int) -> None:
    """The message says what was got."""
    with pytest.raises(
        ValueError, match=f"counts must be at least 0, got {gained} and {lost}"
    ):
        mcnemar_exact(gained, lost)


def test_the_interval_and_the_value_come_in_one_record() -> None:
    """A difference is never a bare number."""
    assert isinstance(paired_difference(1, 2, 10), Estimate)


def newcombe(both: float, gained: float, lost: float, pairs: float) -> list[float]:
    """Value, low and high."""
    change = newcombe_paired(both, gained, lost, pairs)
    assert change is not None
    assert (change.level, change.method) == (0.95, "newcombe, paired")
    return [change.value, change.low, change.high]


def test_newcombe_of_no_change_and_no_success_is_wilson_twice() -> None:
    """0 of 20 twice: no correlation is known, so each side is as far as 0.1611."""
    assert newcombe(0, 0, 0, 20) == pytest.approx([0, -0.1611, 0.1611], abs=5e-5)


def test_newcombe_corrects_the_correlation_by_half_a_pair() -> None:
    """Bentur's children: 1 × 12 − 1 × 7 = 5, less than 21 / 2, so it counts as 0.

    Wilson's bounds are 2 / 21: 0.0265 and 0.2891; 8 / 21: 0.2075 and 0.5912. So the
    lower is −6/21 − √(0.0687² + 0.2102²), the upper −6/21 + √(0.1939² + 0.1734²).
    """
    assert newcombe(1, 1, 7, 21) == pytest.approx(
        [-6 / 21, -6 / 21 - sqrt(0.0687**2 + 0.2102**2), -0.0256], abs=2e-4
    )


def test_newcombe_is_narrower_where_pairs_go_together() -> None:
    """The same change of 4 in 40, with the successes in the same pairs or in others."""
    _, low_together, high_together = newcombe(16, 4, 0, 40)
    _, low_apart, high_apart = newcombe(4, 16, 12, 40)

    assert low_apart < low_together < high_together < high_apart


@pytest.mark.parametrize("counts", [(1, 1, 7, 21), (5, 0, 3, 9), (0.5, 0.1, 2.3, 4.0)])
def test_newcombe_of_the_runs_swapped_is_mirrored(
    counts: tuple[float, float, float, float],
) -> None:
    """Comparing B with A must say the opposite of A with B."""
    both, gained, lost, pairs = counts
    value, low, high = newcombe(both, gained, lost, pairs)

    assert newcombe(both, lost, gained, pairs) == pytest.approx([-value, -high, -low])


@pytest.mark.parametrize(
    ("pairs", "mean", "least"), [(10, 0.966, 0.9), (20, 0.958, 0.934)]
)
def test_newcombe_covers_95_percent_of_the_time(
    pairs: int, mean: float, least: float
) -> None:
    """All outcomes enumerated, both rates in steps of 10 %, correlated 0 to 0.6."""
    counts = np.array(
        [
            (both, gained, lost, pairs - both - gained - lost)
            for both, gained, lost in product(range(pairs + 1), repeat=3)
            if both + gained + lost <= pairs
        ]
    )
    bounds = np.array([newcombe(b, g, c, pairs)[1:] for b, g, c, _ in counts])
    ways = gammaln(pairs + 1) - gammaln(counts + 1).sum(axis=1)

    coverage = []
    for i, j, k in product(range(1, 10), range(1, 10), (0.0, 0.3, 0.6)):
        first, second = i / 10, j / 10
        both = first * second + k * sqrt(first * (1 - first) * second * (1 - second))
        chances = np.array(
            [both, second - both, first - both, 1 - first - second + both]
        )
        if chances.min() >= -1e-12:
            logs = np.log(np.maximum(chances, 1e-300))
            true = second - first
            held = (bounds[:, 0] <= true + 1e-12) & (true - 1e-12 <= bounds[:, 1])
            coverage.append(float(np.exp(ways + counts @ logs)[held].sum()))

    assert sum(coverage) / len(coverage) == pytest.approx(mean, abs=1e-3)
    assert min(coverage) >= least


def test_newcombe_of_no_pairs_is_none_and_of_impossible_counts_an_error() -> None:
    """As for Tango's."""
    assert newcombe_paired(0, 0, 0, 0) is None
    with pytest.raises(ValueError, match=r"in \[0, pairs\], got 4 \+ 4 \+ 4 of 10$"):
        newcombe_paired(4, 4, 4, 10)
    with pytest.raises(ValueError, match=r"got 1 \+ -1 \+ 0 of 10$"):
        newcombe_paired(1, -1, 0, 10)
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got 95"):
        newcombe_paired(0, 0, 0, 0, 95)


def test_counts_that_round_up_to_all_pairs_are_accepted_by_newcombe_too() -> None:
    """A third three times is a little more than 1 in floats; that is no bug."""
    assert newcombe(0.2, 0.1 + 1e-17, 0, 3 * 0.1)[0] == pytest.approx(1 / 3)


def test_mid_p_matches_the_airway_example_of_fagerland_2013() -> None:
    """18 / 256 less one of C(8, 1) / 2⁸: 10 / 256; the paper prints 0.039."""
    assert mcnemar_mid_p(1, 7) == pytest.approx(10 / 256)


@pytest.mark.parametrize("gained", range(9))
@pytest.mark.parametrize("lost", range(9))
def test_mid_p_counts_half_of_the_tosses_that_are_as_far_apart(
    gained: int, lost: int
) -> None:
    """Every sequence of as many fair tosses: further apart, and half of as far."""
    tosses, apart = gained + lost, abs(gained - lost)
    counted = sum(
        comb(tosses, heads) * (2 if abs(tosses - 2 * heads) > apart else 1)
        for heads in range(tosses + 1)
        if abs(tosses - 2 * heads) >= apart
    )

    expected = None if tosses == 0 else pytest.approx(counted / 2 / 2**tosses)
    assert mcnemar_mid_p(gained, lost) == expected


def test_mid_p_of_thousands_is_a_number() -> None:
    """Neither too small nor too many is an error."""
    assert mcnemar_mid_p(0, 5000) == 0.0
    assert mcnemar_mid_p(5000, 5000) == pytest.approx(1 - 0.00399, abs=1e-5)


@pytest.mark.parametrize("tosses", [5, 10, 20, 50, 100])
def test_mid_p_errs_at_most_6_and_a_half_percent_of_the_time_at_5(tosses: int) -> None:
    """Chance of p ≤ 5 % where a gain is as likely as a loss."""
    errs = sum(
        comb(tosses, gained) / 2**tosses
        for gained in range(tosses + 1)
        if (mcnemar_mid_p(gained, tosses - gained) or 0) <= 0.05
    )

    assert errs <= 0.065


def test_mid_p_refuses_counts_below_0() -> None:
    """The message says what was got."""
    with pytest.raises(ValueError, match="counts must be at least 0, got -1 and 3"):
        mcnemar_mid_p(-1, 3)
