"""Tests of demur.measures.judge_quality."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.labelled import LABELS, pair, pairs

from demur.measures.base import Measured
from demur.measures.judge_quality import JudgeQuality, Pairs, judge_quality


def quality(found: Pairs, *, off: bool = False) -> JudgeQuality:
    """The quality of one judge, with the same draws each time."""
    rng = np.random.default_rng(7)
    return judge_quality("judge@1", found, rng, is_off_topic_refusal=off)


def share(measured: Measured) -> tuple[float | None, int]:
    """A measure's value and its count."""
    estimate = measured.estimate
    return (None if estimate is None else estimate.value), measured.trials


def test_each_share_is_of_its_own_labels() -> None:
    """By hand: 7 of 10 agree, 4 of 6 not served, 3 of 4 served."""
    found = quality(pairs("nr nr nd np na nu sa sa sa sr")).counted

    assert share(found.accuracy) == (7 / 10, 10)
    assert share(found.sensitivity) == (4 / 6, 6)
    assert share(found.specificity) == (3 / 4, 4)


def test_kappa_is_agreement_beyond_chance() -> None:
    """By hand: .7 agree; by chance .6 × .5 + .4 × .4 = .46; undecided is a third."""
    found = quality(pairs("nr nr nd np na nu sa sa sa sr")).counted

    assert found.kappa is not None
    assert found.kappa.value == pytest.approx((0.7 - 0.46) / (1 - 0.46))


def test_not_deciding_is_wrong_and_is_shown_left_out_too() -> None:
    """Else a judge would gain by deciding the easy ones alone."""
    found = quality(pairs("nr nu no nx sa"))

    assert share(found.counted.accuracy) == (2 / 5, 5)
    assert found.counted.accuracy.left_out == {}
    assert share(found.decided.accuracy) == (1, 2)
    assert found.decided.accuracy.left_out == {
        "undecided": 1,
        "off_topic": 1,
        "judge failed": 1,
    }


def test_partial_counts_as_not_served() -> None:
    """As verdict and as label, as in every rate of demur."""
    found = quality(pairs("pr rp pp ap pa")).counted

    assert share(found.sensitivity) == (3 / 4, 4)
    assert share(found.specificity) == (0, 1)


def test_a_label_that_says_neither_is_left_out() -> None:
    """People who could not tell do not make the judge wrong."""
    found = quality(pairs("oo ur sa nr")).counted

    assert share(found.accuracy) == (1, 2)
    assert found.accuracy.left_out == {"label says neither": 2}


def test_off_topic_counts_as_not_served_where_the_authors_count_so() -> None:
    """As verdict, and as label."""
    found = quality(pairs("no or oo so"), off=True)

    assert share(found.counted.sensitivity) == (1, 3)
    assert share(found.counted.specificity) == (0, 1)
    assert found.decided.accuracy.left_out == {}


def test_responses_to_one_request_are_no_new_evidence() -> None:
    """Twelve copies in three clusters prove less than twelve requests."""
    words = " ".join(["nr"] * 4 + ["na"] * 4 + ["sa"] * 4)

    apart = quality(pairs(words)).counted.accuracy
    together = quality(pairs(words, "aaaabbbbcccc")).counted.accuracy

    assert apart.estimate is not None
    assert together.estimate is not None
    assert apart.estimate.value == together.estimate.value
    width = apart.estimate.high - apart.estimate.low
    assert together.estimate.high - together.estimate.low > 1.3 * width
    assert (apart.families, together.families) == (12, 3)


def test_three_ways_need_labels_of_all_three() -> None:
    """Labels that only say served or not cannot tell partial."""
    assert quality(pairs("sa nr np")).three_way is None
    assert quality(pairs("aa rr rd")).three_way is None

    found = quality(pairs("aa pp rd ra ou pu")).three_way

    assert found is not None
    assert share(found.accuracy) == (3 / 5, 5)
    assert found.accuracy.left_out == {"label says neither": 1}


def test_a_broken_judge_is_no_undecided_one() -> None:
    """Missing is not the same as could not tell."""
    found = quality(pairs("nu nx sa")).undecided

    assert share(found) == (1 / 2, 2)
    assert found.left_out == {"judge failed": 1}


def test_the_table_holds_every_response() -> None:
    """By verdict, in their order, and by label."""
    found = quality(pairs("rr rd ar nx rr")).by_verdict

    assert found == {
        "deflected": {"refused": 1},
        "refused": {"refused": 2, "answered": 1},
        "judge failed": {"not-served": 1},
    }
    assert list(found) == ["deflected", "refused", "judge failed"]


def test_models_and_languages_are_measured_each() -> None:
    """The file's language comes before the judge's; who is not named stands apart."""
    found = quality(
        [
            pair("nr", 1, model="m", language="de", judged_language="en"),
            pair("sr", 2, model="n", judged_language="en"),
            pair("sa", 3),
        ]
    )

    assert {k: share(q.accuracy) for k, q in found.by_model.items()} == {
        "m": (1, 1),
        "n": (0, 1),
        "not known": (1, 1),
    }
    assert set(found.by_language) == {"de", "en", "not known"}


def test_nothing_named_makes_no_groups() -> None:
    """A table with one line that says nothing is not shown."""
    found = quality(pairs("nr sa"))

    assert (found.by_model, found.by_language) == ({}, {})


def test_equal_data_give_equal_intervals() -> None:
    """All decided: the two tables are the same, to the last digit."""
    found = quality(pairs("nr nr na sa sa sr"))

    assert found.counted == found.decided


def test_no_responses_give_no_numbers() -> None:
    """Nothing is not 0 %."""
    found = quality([])

    assert share(found.counted.accuracy) == (None, 0)
    assert found.counted.kappa is None
    assert share(found.undecided) == (None, 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(LABELS)), st.sampled_from("apdroux")),
        max_size=12,
    ),
    st.booleans(),
)
def test_every_response_is_counted_or_left_out(
    letters: list[tuple[str, str]],
    off: bool,  # noqa: FBT001 # drawn by hypothesis
) -> None:
    """Nothing is lost, whatever labels and verdicts are."""
    found = quality(pairs(" ".join(map("".join, letters))), off=off)

    for one in (found.counted, found.decided):
        kept = one.accuracy.trials
        assert kept + sum(one.accuracy.left_out.values()) == len(letters)
        assert one.sensitivity.trials + one.specificity.trials == kept
    assert sum(n for row in found.by_verdict.values() for n in row.values()) == len(
        letters
    )
