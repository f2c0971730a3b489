"""Tests of demur.stats.agreement."""

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.stats.inter_rater import cohens_kappa

from demur.stats.agreement import (
    cluster_kappa,
    cohen_kappa,
    krippendorff_alpha,
    raw_agreement,
)
from demur.stats.cluster import cluster_proportion

Z = 1.959963984540054
"""Normal quantile for 95 %, two-sided."""

Labels = NDArray[np.int64]
NONE = np.zeros(0, dtype=np.int64)
GAP = -1


def rng() -> np.random.Generator:
    """The same draws in every test."""
    return np.random.default_rng(20240229)


def labelled(table: list[list[int]]) -> tuple[Labels, Labels]:
    """The labels of both labellers that make this table."""
    counts = np.array(table)
    pairs = np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)
    return pairs[:, 0], pairs[:, 1]


def coded(*rows: str) -> Labels:
    """A row of letters for each labeller as numbers, a dot for a missing label."""
    codes = [[GAP if letter == "." else ord(letter) for letter in row] for row in rows]
    return np.array(codes).T


def alpha(labels: Labels, clusters: Labels | None = None) -> float:
    """Alpha itself; each item is of its own cluster unless told."""
    own = np.arange(len(labels)) if clusters is None else clusters
    found = krippendorff_alpha(labels, own, rng(), resamples=200)
    assert found is not None
    return found.value


@pytest.mark.parametrize(
    "table",
    [
        pytest.param([[20, 5], [10, 15]], id="two categories"),
        pytest.param([[106, 10, 4], [22, 28, 10], [2, 12, 6]], id="three categories"),
        pytest.param([[3, 9], [8, 2]], id="less than by chance"),
        pytest.param([[30, 0, 0], [2, 0, 0], [0, 1, 4]], id="empty cells"),
    ],
)
def test_kappa_and_its_error_are_those_of_statsmodels(table: list[list[int]]) -> None:
    """Another implementation of the same paper; its interval is not cut to [-1, 1]."""
    theirs = cohens_kappa(np.array(table))

    kappa = cohen_kappa(*labelled(table))

    assert kappa is not None
    assert (kappa.value, kappa.low, kappa.high) == pytest.approx(
        (theirs.kappa, max(theirs.kappa_low, -1), min(theirs.kappa_upp, 1))
    )
    assert (kappa.level, kappa.method) == (0.95, "fleiss-cohen-everitt")


def test_kappa_of_the_table_of_fleiss_cohen_and_everitt() -> None:
    """Agreement 140 of 200; by chance 0.6 × 0.65 + 0.3 × 0.25 + 0.1 × 0.1 = 0.475."""
    kappa = cohen_kappa(*labelled([[106, 10, 4], [22, 28, 10], [2, 12, 6]]))

    assert kappa is not None
    assert kappa.value == pytest.approx((0.7 - 0.475) / (1 - 0.475))


def test_kappa_takes_any_numbers_for_categories() -> None:
    """Numbers are names: 7 and -2 are no further apart than 0 and 1."""
    first, second = labelled([[20, 5], [10, 15]])
    names = np.array([7, -2])

    assert cohen_kappa(names[first], names[second]) == cohen_kappa(first, second)


def test_kappa_near_full_agreement_has_no_bound_above_1() -> None:
    """49 of 50 agree: the normal interval would reach beyond 1."""
    kappa = cohen_kappa(*labelled([[25, 1], [0, 24]]))

    assert kappa is not None
    assert kappa.high == 1.0


def test_kappa_of_full_agreement_is_not_certain() -> None:
    """20 of 20, half and half: Wilson's bound is 20 / (20 + z²), chance is ½."""
    agreement = 20 / (20 + Z**2)

    kappa = cohen_kappa(*labelled([[10, 0], [0, 10]]))

    assert kappa is not None
    assert (kappa.value, kappa.high) == (1.0, 1.0)
    assert kappa.low == pytest.approx((agreement - 0.5) / 0.5)


def test_full_agreement_on_two_items_has_no_bound_below_minus_1() -> None:
    """At 99.9 % hardly anything is known of two items."""
    kappa = cohen_kappa(*labelled([[1, 0], [0, 1]]), level=0.9999)

    assert kappa is not None
    assert kappa.low >= -1.0


def test_kappa_needs_items_and_two_categories() -> None:
    """Where all have one label, chance explains everything: 0 / 0."""
    same = np.ones(9, dtype=np.int64)

    assert cohen_kappa(NONE, NONE) is None
    assert cohen_kappa(same, same) is None
    assert cluster_kappa(NONE, NONE, NONE, rng()) is None
    assert cluster_kappa(same, same, np.arange(9), rng()) is None


def test_over_clusters_of_one_the_bootstrap_gives_nearly_the_normal_interval() -> None:
    """200 independent items: both bounds within 0.02."""
    first, second = labelled([[106, 10, 4], [22, 28, 10], [2, 12, 6]])

    normal = cohen_kappa(first, second)
    drawn = cluster_kappa(first, second, np.arange(200), rng())

    assert normal is not None
    assert drawn is not None
    assert drawn.value == normal.value
    assert (drawn.low, drawn.high) == pytest.approx((normal.low, normal.high), abs=0.02)
    assert drawn.method == "bootstrap over clusters"


def test_items_that_repeat_within_a_cluster_add_nothing() -> None:
    """The same draws of the same clusters, each five times as large."""
    first, second = labelled([[20, 5], [10, 15]])
    clusters = np.arange(50)

    once = cluster_kappa(first, second, clusters, rng())
    many = np.repeat([first, second, clusters], 5, axis=1)
    often = cluster_kappa(many[0], many[1], many[2], rng())

    assert once is not None
    assert often is not None
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_full_agreement_in_clusters_counts_the_clusters() -> None:
    """40 items in 8 clusters are 8 times of agreement, not 40."""
    first = np.tile([0, 1], 20)
    agreement = 8 / (8 + Z**2)

    kappa = cluster_kappa(first, first, np.arange(40) // 5, rng())

    assert kappa is not None
    assert kappa.low == pytest.approx((agreement - 0.5) / 0.5)


@pytest.mark.parametrize("second", [[0, 1, 0, 1], [0, 1, 1, 1]])
def test_one_cluster_says_nothing_of_others(second: list[int]) -> None:
    """Whether or not its labels agree."""
    first, one = np.array([0, 1, 0, 1]), np.zeros(4, dtype=np.int64)
    labels = np.array([first, second]).T

    assert cluster_kappa(first, np.array(second), one, rng()) is None
    assert krippendorff_alpha(labels, one, rng()) is None


@pytest.mark.parametrize(
    ("labels", "printed"),
    [
        pytest.param(coded("0100000010", "1110010000"), 0.095, id="A, two labels"),
        pytest.param(coded("aabbdcccedda", "babbbccceddd"), 0.692, id="B, five labels"),
        pytest.param(
            coded("123321412...", "1233224125.3", ".3332342251.", "12332441251."),
            0.743,
            id="C, four labellers and missing labels",
        ),
    ],
)
def test_alpha_matches_the_examples_of_krippendorff_2011(
    labels: Labels, printed: float
) -> None:
    """Three digits are printed."""
    assert alpha(labels) == pytest.approx(printed, abs=5e-4)


def test_alpha_does_not_know_who_gave_which_label() -> None:
    """Labellers swapped within an item change nothing."""
    labels = coded("123321412...", "1233224125.3", ".3332342251.", "12332441251.")

    assert alpha(rng().permuted(labels, axis=1)) == pytest.approx(alpha(labels))


def test_an_item_with_one_label_says_nothing() -> None:
    """Neither to alpha nor to its interval."""
    labels = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0], [2, GAP]])
    clusters = np.arange(6)

    assert krippendorff_alpha(labels, clusters, rng()) == krippendorff_alpha(
        labels[:-1], clusters[:-1], rng()
    )


def test_alpha_of_full_agreement_is_not_certain() -> None:
    """Ten clusters agree, half of each label: Wilson's bound, chance ½."""
    agreement = 10 / (10 + Z**2)
    labels = np.array([[0, 0, 0], [1, 1, 1]] * 10)

    found = krippendorff_alpha(labels, np.arange(20) // 2, rng())

    assert found is not None
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx((agreement - 0.5) / 0.5)


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(np.zeros((0, 3), dtype=np.int64), id="no items"),
        pytest.param(np.array([[0, GAP], [GAP, 1]]), id="no item with two labels"),
        pytest.param(np.array([[3, 3], [3, 3]]), id="one label for all"),
    ],
)
def test_alpha_of_nothing_to_compare_is_none(labels: Labels) -> None:
    """Neither 0 nor 1: nothing is known."""
    assert krippendorff_alpha(labels, np.arange(len(labels)), rng()) is None


def test_raw_agreement_is_the_proportion_of_equal_labels_over_clusters() -> None:
    """3 of 4 alike; none gives none."""
    first, second = np.array([4, 5, 6, 4]), np.array([4, 5, 6, 6])
    clusters = np.array([0, 0, 1, 1])

    found = raw_agreement(first, second, clusters)

    assert found == cluster_proportion(first == second, clusters)
    assert raw_agreement(NONE, NONE, NONE) is None


def test_arrays_that_differ_in_shape_are_refused() -> None:
    """Numpy would stretch an array of one over all the others."""
    two, one = np.array([0, 1]), np.array([0])
    said = r"arrays differ in shape: \(2,\) and \(1,\)"

    with pytest.raises(ValueError, match=said):
        cohen_kappa(two, one)
    with pytest.raises(ValueError, match=said):
        cluster_kappa(two, two, one, rng())
    with pytest.raises(ValueError, match=said):
        krippendorff_alpha(np.array([[0, 1], [1, 1]]), one, rng())
    with pytest.raises(ValueError, match=said):
        raw_agreement(two, one, two)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_impossible_levels_are_refused(level: float) -> None:
    """Also where there are no items: a bug is found before there is data."""
    said = rf"level must be in \(0, 1\), got {level}"

    with pytest.raises(ValueError, match=said):
        cohen_kappa(NONE, NONE, level)
    with pytest.raises(ValueError, match=said):
        cluster_kappa(NONE, NONE, NONE, rng(), level)
    with pytest.raises(ValueError, match=said):
        krippendorff_alpha(np.zeros((0, 2), dtype=np.int64), NONE, rng(), level)
