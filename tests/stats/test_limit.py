"""Tests of demur.stats.limit."""

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest

from demur.stats.limit import Decision, LimitTest, decide
from demur.stats.sequential import bets


def capital(values: list[float], price: float) -> float:
    """What the bets of one side have made, worked out share by share."""
    total = 0.0
    for share, weight in zip(*bets(price), strict=True):
        made = weight
        for value in values:
            made *= 1 - share + share * value / price
        total += made
    return float(total)


def capital_without_putting_back(
    values: list[float], price: float, population: int
) -> float:
    """The same; the price of each value is the mean of those left, if it were right."""
    total = 0.0
    for share, weight in zip(*bets(price), strict=True):
        made = weight
        for seen, value in enumerate(values):
            left = (population * price - sum(values[:seen])) / (population - seen)
            made *= 1 - share + share * value / left
        total += made
    return float(total)


def test_evidence_is_the_capital_that_bets_have_made() -> None:
    """Both sides, on values of all kinds: half a value is half a win."""
    values = [0.0, 1.0, 0.25, 0.5, 1.0, 0.0, 0.75]

    found = decide(np.array(values), limit=0.3)

    assert found.e_above == pytest.approx(capital(values, 0.3))
    assert found.e_at_most == pytest.approx(capital([1 - v for v in values], 0.7))


def test_evidence_in_a_population_follows_what_is_left() -> None:
    """Each one seen makes another less likely, so it costs less to bet on."""
    values = [0.0, 1.0, 0.25, 0.5, 1.0, 0.0, 0.75]

    found = decide(np.array(values), limit=0.3, population=40)

    others = [1 - v for v in values]
    assert found.e_above == pytest.approx(capital_without_putting_back(values, 0.3, 40))
    assert found.e_at_most == pytest.approx(
        capital_without_putting_back(others, 0.7, 40)
    )


@pytest.mark.parametrize("price", [0.001, 0.05, 0.5, 0.99])
def test_a_bet_cannot_grow_on_average_where_the_mean_is_the_price(price: float) -> None:
    """The whole of the claim: expected capital 1, over all paths of eight values."""
    expected = 0.0
    for path in range(2**8):
        values = [float(path >> k & 1) for k in range(8)]
        ones = sum(values)
        chance = price**ones * (1 - price) ** (8 - ones)
        expected += chance * capital(values, price)

    assert expected == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "side", "at"),
    [
        pytest.param(np.zeros(88), None, None, id="88 zeros are too few"),
        pytest.param(np.zeros(89), "at most", 89, id="89 zeros are enough"),
        pytest.param(np.ones(2), "above", 2, id="two ones"),
        pytest.param(np.ones(1), None, None, id="a one is too few"),
        pytest.param(np.full(400, 0.05), None, None, id="all at the limit"),
    ],
)
def test_a_decision_at_5_percent(
    values: np.ndarray, side: str | None, at: int | None
) -> None:
    """No test could do with fewer than 59 zeros: 0.95^59 is the first below 0.05."""
    found = decide(values, limit=0.05)

    assert (found.side, found.at, found.observations) == (side, at, values.size)


def test_a_decision_stays_when_later_values_differ() -> None:
    """Whoever stopped at 89 was told so; looking on must not unsay it."""
    values = np.concatenate([np.zeros(89), np.ones(50)])

    found = decide(values, limit=0.05)

    assert (found.side, found.at, found.observations) == ("at most", 89, 139)
    assert found.e_at_most < 1 < found.e_above


@pytest.mark.parametrize("population", [None, 700])
@pytest.mark.parametrize("cuts", [[], [1], [100, 101, 350], list(range(1, 600))])
def test_values_may_come_in_any_parts(cuts: list[int], population: int | None) -> None:
    """One by one, as they come in, is the same as all at once."""
    values = np.random.default_rng(1).random(600) ** 3
    whole = decide(values, limit=0.2, population=population)

    test = LimitTest(limit=0.2, population=population)
    for part in np.split(values, cuts):
        found = test.add(part)

    assert (found.side, found.at, found.observations) == (
        whole.side,
        whole.at,
        whole.observations,
    )
    assert (found.e_above, found.e_at_most) == pytest.approx(
        (whole.e_above, whole.e_at_most)
    )


def test_paired_differences_have_a_limit_too() -> None:
    """Five lost for every one gained: the difference is at most 0, soon."""
    values = np.tile([0.0, -1.0, 0.0, -1.0, -1.0, 0.0, 1.0, -1.0, -1.0], 10)

    found = decide(values, limit=0.0, span=(-1.0, 1.0))
    mirrored = decide(-values, limit=0.0, span=(-1.0, 1.0))

    assert (found.side, mirrored.side) == ("at most", "above")
    assert found.at == mirrored.at
    assert found.e_at_most == pytest.approx(mirrored.e_above)


def test_pairs_that_do_not_differ_cost_nothing_where_the_limit_is_0() -> None:
    """As in McNemar's test: only pairs that differ say anything."""
    differing = np.array([-1.0, -1.0, 1.0, -1.0])
    spread = np.zeros(400)
    spread[::100] = differing

    found = decide(spread, limit=0.0, span=(-1.0, 1.0))

    assert found.e_at_most == pytest.approx(
        decide(differing, limit=0.0, span=(-1.0, 1.0)).e_at_most
    )


@pytest.mark.parametrize(
    ("ones", "side"),
    [
        pytest.param(0, "at most", id="none"),
        pytest.param(5, "at most", id="exactly the limit"),
        pytest.param(6, "above", id="one more than the limit"),
        pytest.param(60, "above", id="many"),
    ],
)
def test_a_population_seen_whole_is_certain(ones: int, side: str) -> None:
    """100 values of which at most 5 may be 1; alternating, so that no bet wins."""
    values = np.zeros(100)
    values[np.linspace(99, 0, ones).astype(int)] = 1.0

    found = decide(values, limit=0.05, population=100)

    assert found.side == side
    evidence = {"at most": found.e_at_most, "above": found.e_above}
    assert (evidence.pop(side), *evidence.values()) == (inf, 0.0)


def test_a_population_is_certain_as_soon_as_the_rest_cannot_change_it() -> None:
    """Five of ten may be 1; the sixth decides, and so does the fifth that is not."""
    above = decide(np.array([1, 0, 1, 0, 1, 0, 1, 0, 1, 1.0]), 0.5, 1e-9, population=10)
    at_most = decide(np.array([0, 1, 0, 1, 0, 1, 0, 1, 0.0]), 0.5, 1e-9, population=10)

    assert (above.side, above.at) == ("above", 10)
    assert (at_most.side, at_most.at) == ("at most", 9)


def test_thirds_that_add_up_to_the_limit_are_at_most_it() -> None:
    """Floats that miss by a rounding must not decide against a suite."""
    values = np.tile([1 / 3, 0.0], 300)

    found = decide(values, limit=1 / 6, population=600)

    assert found.side == "at most"


def test_a_population_decides_no_later_on_a_clear_path() -> None:
    """All zeros: 95 of 100 make it certain, and bets need fewer still."""
    alone = decide(np.zeros(100), limit=0.05, population=100)
    beyond = decide(np.zeros(100), limit=0.05)

    assert alone.at is not None
    assert beyond.at is not None
    assert alone.at < beyond.at < 95


def test_no_values_decide_nothing() -> None:
    """No evidence either way is 1, not 0: the capital one began with."""
    assert decide(np.array([]), limit=0.05) == Decision(
        side=None,
        at=None,
        observations=0,
        e_at_most=1.0,
        e_above=1.0,
        limit=0.05,
        alpha=0.05,
    )


def test_evidence_of_100_000_values_is_a_number() -> None:
    """Too large for a float is still finite: it is not certain."""
    found = decide(np.ones(100_000), limit=0.01)

    assert 1e300 < found.e_above < inf
    assert found.e_at_most < 1e-100


def test_a_smaller_alpha_decides_later() -> None:
    """Fewer wrong decisions cost more observations."""
    at = [decide(np.zeros(500), 0.05, alpha).at for alpha in (0.1, 0.05, 0.01, 0.001)]

    assert None not in at
    assert all(a < b for a, b in pairwise(each or 0 for each in at))


@pytest.mark.parametrize(
    ("values", "limit", "alpha", "span", "population", "message"),
    [
        pytest.param([2.0], 0.5, 0.05, (0, 1), None, r"in \[0, 1\], got 2", id="above"),
        pytest.param([-1.0], 0.5, 0.05, (0, 1), None, "got -1", id="below"),
        pytest.param([0, nan], 0.5, 0.05, (0, 1), None, "got nan", id="nan"),
        pytest.param([], 0.0, 0.05, (0, 1), None, "limit must be", id="limit at end"),
        pytest.param([], nan, 0.05, (0, 1), None, "limit must be", id="limit nan"),
        pytest.param([], 0.5, 0.0, (0, 1), None, "alpha must be", id="alpha 0"),
        pytest.param([], 0.5, 0.05, (1, 1), None, "span must be", id="no span"),
        pytest.param([], 0.5, 0.05, (0, inf), None, "span must be", id="endless span"),
        pytest.param([], 0.5, 0.05, (0, 1), 0, "population must be", id="population 0"),
        pytest.param([0, 0, 0], 0.5, 0.05, (0, 1), 2, "has 2 values, got 3", id="more"),
    ],
)
def test_impossible_arguments_are_refused(
    values: list[float],
    limit: float,
    alpha: float,
    span: tuple[float, float],
    population: int | None,
    message: str,
) -> None:
    """The message says what was got."""
    with pytest.raises(ValueError, match=message):
        decide(np.array(values), limit, alpha, span, population)


def test_values_refused_leave_the_test_as_it_was() -> None:
    """Half a batch must not count."""
    test = LimitTest(limit=0.5)
    test.add(np.array([1.0]))

    with pytest.raises(ValueError, match="got 7"):
        test.add(np.array([1.0, 7.0]))

    assert test.add(np.array([0.0])) == decide(np.array([1.0, 0.0]), limit=0.5)
