"""Tests of demur.measures.label_agreement."""

import pytest

from demur.measures.label_agreement import label_agreement
from demur.records.case import Expectation
from demur.records.label import Label


def labels(*pairs: str) -> list[Label]:
    """Labels from pairs of first letters: ``ac`` is answer and then care."""
    words = {each.value[0]: each for each in Expectation}
    return [
        Label(trial=f"c{n}@general", words="", first=words[a], second=words[b])
        for n, (a, b) in enumerate(map(tuple, pairs))
    ]


def test_kappa_is_agreement_beyond_chance() -> None:
    """By hand: 7 of 10 agree; chance .4 × .5 + .3 × .3 + .3 × .2 = .35; .35 / .65."""
    found = label_agreement(labels(*"aa aa aa aa cc cc ca rr rc ra".split()))

    assert found.kappa is not None
    assert (found.trials, found.agreed) == (10, 7)
    first = {"a": 4, "c": 3, "r": 3}
    second = {"a": 6, "c": 3, "r": 1}
    chance = sum(first[k] * second[k] for k in first) / 100
    assert found.kappa.value == pytest.approx((0.7 - chance) / (1 - chance))


def test_refuse_or_not_is_counted_apart() -> None:
    """Answer for care changes how it is served; refuse for answer whether."""
    found = label_agreement(labels(*"ac ca aa cc rr rr".split()))

    assert found.kappa_refuse is not None
    assert found.kappa_refuse.value == 1
    assert found.kappa is not None
    assert found.kappa.value < 0.6


def test_the_confusion_table_holds_every_trial() -> None:
    """Which way they differ says what rule is unclear."""
    found = label_agreement(labels(*"ac ac rr".split()))

    assert found.confusion == {
        (Expectation.ANSWER, Expectation.CARE): 2,
        (Expectation.REFUSE, Expectation.REFUSE): 1,
    }


def test_no_labels_give_no_kappa() -> None:
    """Nothing was compared: that is no agreement of 0."""
    found = label_agreement([])

    assert (found.kappa, found.kappa_refuse, found.trials) == (None, None, 0)
