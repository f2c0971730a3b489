"""Tests of demur.stats.sequential."""

from math import nan
from time import process_time

import numpy as np
import pytest
from numpy.typing import NDArray

from demur.stats.limit import decide
from demur.stats.sequential import BettingSequence, bets, cluster_means

STEP = 0.0016
"""Greatest distance between two means that a bound may stop at."""


def follow(
    values: NDArray[np.float64],
    level: float = 0.95,
    span: tuple[float, float] = (0.0, 1.0),
    population: int | None = None,
) -> list[tuple[float, float]]:
    """Low and high after each value."""
    sequence = BettingSequence(level, span, population)
    found = [sequence.add(value) for value in values]
    return [(each.low, each.high) for each in found]


@pytest.mark.parametrize("price", [1e-7, 0.05, 0.5, 0.999999])
def test_bets_share_out_the_whole_capital_and_never_lose_it_all(price: float) -> None:
    """Weights sum to 1; a share of 1 would be ruined by a single 0."""
    shares, weights = bets(price)

    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
    assert ((shares > 0) & (shares < 1)).all()


@pytest.mark.parametrize("price", [0.0, 1.0, nan])
def test_bets_have_a_price_between_0_and_1(price: float) -> None:
    """At 0 nothing can be won."""
    with pytest.raises(ValueError, match=f"price must be in .*, got {price}"):
        bets(price)


@pytest.mark.parametrize("power", [1, 3])
@pytest.mark.parametrize("population", [None, 900])
def test_each_bound_is_where_a_test_just_decides(
    power: int, population: int | None
) -> None:
    """The interval holds the limits on which neither side has had enough, ever."""
    values = np.random.default_rng(2).random(400) ** power

    low, high = follow(values, population=population)[-1]

    for limit, side in (
        (low - STEP, "above"),
        (low + STEP, None),
        (high - STEP, None),
        (high + STEP, "at most"),
    ):
        found = decide(values, limit, alpha=0.025, population=population)
        assert found.side == side


def test_an_interval_never_widens_again() -> None:
    """Whoever read a bound yesterday may still rely on it."""
    values = np.concatenate([np.zeros(200), np.ones(200), np.zeros(50)])

    found = follow(values)

    lows, highs = np.array(found).T
    assert (np.diff(lows) >= 0).all()
    assert (np.diff(highs) <= 0).all()
    assert (lows < highs).all()


def test_a_mean_that_leaves_the_interval_is_moved_into_it() -> None:
    """Values that come sorted break what is assumed; still no crash and no nonsense."""
    sequence = BettingSequence()
    for value in [0.0] * 300 + [1.0] * 300:
        found = sequence.add(value)

    assert found.low <= found.value <= found.high < 0.5


def test_zeros_and_ones_swapped_give_the_mirrored_interval() -> None:
    """A rate of refusing must say what one minus the rate of answering says."""
    values = (np.random.default_rng(4).random(300) < 0.1).astype(float)

    low, high = follow(values)[-1]

    # The second side knows already what the first has just left out, no more.
    assert follow(1 - values)[-1] == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_differences_are_the_same_values_stretched() -> None:
    """From [0, 1] to [-1, 1]: twice less one."""
    values = np.random.default_rng(6).choice([0.0, 0.5, 1.0], 200, p=[0.1, 0.6, 0.3])

    plain = np.array(follow(values))

    stretched = np.array(follow(2 * values - 1, span=(-1.0, 1.0)))
    assert stretched == pytest.approx(2 * plain - 1)


def test_a_wider_level_gives_a_wider_interval() -> None:
    """At 99 % it holds that at 95 %, which holds that at 50 %."""
    values = (np.random.default_rng(8).random(300) < 0.3).astype(float)

    (a, f), (b, e), (c, d) = (follow(values, level)[-1] for level in (0.99, 0.95, 0.5))

    assert a < b < c < d < e < f


def test_values_that_vary_little_give_a_narrower_interval() -> None:
    """What betting is for: an interval that adapts to how much values vary."""
    rng = np.random.default_rng(9)
    ones = (rng.random(500) < 0.5).astype(float)
    means = 0.5 + 0.1 * (ones - 0.5)

    (low_ones, high_ones), (low, high) = follow(ones)[-1], follow(means)[-1]

    assert high - low < (high_ones - low_ones) / 3


def test_a_population_seen_whole_has_no_width() -> None:
    """Nothing is left to be wrong about: not of it, that is."""
    values = (np.arange(60) % 7 == 0).astype(float)

    low, high = follow(values, population=60)[-1]

    assert (low, high) == pytest.approx((9 / 60, 9 / 60))


def test_a_population_of_one_is_known_by_its_value() -> None:
    """The smallest population."""
    assert follow(np.array([0.25]), population=1) == [pytest.approx((0.25, 0.25))]


@pytest.mark.parametrize("population", [None, 5_000])
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5])
def test_5000_values_looked_at_one_by_one_take_less_than_a_second(
    rate: float, population: int | None
) -> None:
    """A gate looks after every answer; processor time is counted."""
    values = (np.random.default_rng(10).random(5_000) < rate).astype(float)

    start = process_time()
    found = follow(values, population=population)

    assert process_time() - start < 1
    assert found[-1][1] - found[-1][0] < 0.06


def test_before_the_first_value_nothing_is_known() -> None:
    """None, not an interval from 0 to 1 around a mean of nothing."""
    assert BettingSequence().estimate is None


def test_the_interval_says_what_it_is() -> None:
    """Level and method travel with the numbers."""
    found = BettingSequence(level=0.9).add(1)

    assert (found.value, found.level, found.method) == (1.0, 0.9, "betting")
    assert isinstance(found.value, float)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, nan])
def test_impossible_levels_are_refused(level: float) -> None:
    """A level of 95 is a slip for 0.95."""
    with pytest.raises(ValueError, match=f"level must be in .*, got {level}"):
        BettingSequence(level)


@pytest.mark.parametrize(
    ("span", "population", "message"),
    [
        pytest.param((1.0, 0.0), None, "span must be", id="span the wrong way round"),
        pytest.param((0.0, nan), None, "span must be", id="span without an end"),
        pytest.param((0.0, 1.0), 0, "at least 1, got 0", id="population of none"),
    ],
)
def test_impossible_ranges_are_refused(
    span: tuple[float, float], population: int | None, message: str
) -> None:
    """Before there is a value."""
    with pytest.raises(ValueError, match=message):
        BettingSequence(span=span, population=population)


@pytest.mark.parametrize("value", [-0.1, 1.1, nan])
def test_values_outside_of_the_span_are_refused(value: float) -> None:
    """A bet on what cannot be is no bet."""
    with pytest.raises(ValueError, match=rf"must be in \[0.0, 1.0\], got {value}"):
        BettingSequence().add(value)


def test_more_values_than_the_population_has_are_refused() -> None:
    """Then it was not the population."""
    sequence = BettingSequence(population=1)
    sequence.add(0)

    with pytest.raises(ValueError, match="population has 1 values, got 2"):
        sequence.add(0)


def test_cluster_means_come_in_the_order_of_appearance() -> None:
    """Cluster 7 was first, so its mean is, whatever its number."""
    values = np.array([1, 0, 0, 1, 1, 0.0])
    clusters = np.array([7, 7, 2, 2, 2, 5])

    assert cluster_means(values, clusters) == pytest.approx([1 / 2, 2 / 3, 0])


def test_no_values_have_no_cluster_means() -> None:
    """Empty in, empty out."""
    assert cluster_means(np.array([]), np.array([], dtype=np.int64)).size == 0


def test_cluster_means_refuse_arrays_that_differ_in_shape() -> None:
    """A value without its cluster belongs nowhere."""
    with pytest.raises(ValueError, match=r"arrays differ in shape: \(2,\) and \(1,\)"):
        cluster_means(np.array([0.0, 1.0]), np.array([1]))
