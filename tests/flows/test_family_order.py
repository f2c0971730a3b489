"""Tests of demur.flows.family_order."""

import random
from itertools import pairwise

import pytest
from tests.flows.judged import outcomes_of
from tests.makers import make_case, make_suite

from demur.flows.family_order import by_family, families_in_order, whole_families
from demur.records.trial import Trial
from demur.records.verdict import Verdict

DONE = Verdict.ANSWERED


def trials_of(families: int, size: int = 3) -> list[Trial]:
    """Families whose trials stand far apart in the suite."""
    cases = [
        make_case(f"case-{number}-{part}", family=f"family-{number}")
        for part in range(size)
        for number in range(families)
    ]
    return list(make_suite(*cases).trials())


def names(trials: list[Trial]) -> list[str]:
    """The families, each once, in order of appearance."""
    return list(dict.fromkeys(trial.case.family for trial in trials))


def test_families_are_asked_whole() -> None:
    """All trials of one, then all of the next; none is lost."""
    trials = trials_of(20)

    ordered = by_family(trials, seed=0)

    changes = sum(a.case.family != b.case.family for a, b in pairwise(ordered))
    assert changes == 19
    assert sorted(t.id for t in ordered) == sorted(t.id for t in trials)


def test_the_order_is_random_and_repeats() -> None:
    """By the seed, and not by the order of the suite."""
    trials = trials_of(20)
    shuffled = random.Random(1).sample(trials, len(trials))  # noqa: S311

    first, again, other = (
        names(by_family(each, seed))
        for each, seed in ((trials, 0), (shuffled, 0), (trials, 1))
    )

    assert first == again
    assert first != other
    assert first != sorted(first)


def test_what_is_left_comes_in_the_order_of_the_whole() -> None:
    """Else a run that is continued would ask families in another order."""
    trials = trials_of(20)
    whole = by_family(trials, seed=0)

    rest = by_family([t for t in trials if t in whole[24:]], seed=0)

    assert rest == whole[24:]


def test_every_family_may_come_first() -> None:
    """Over seeds each does so about equally often: 400 seeds, 4 families."""
    trials = trials_of(4, size=1)

    first = [names(by_family(trials, seed))[0] for seed in range(400)]

    assert all(70 <= first.count(name) <= 130 for name in set(first))
    assert len(set(first)) == 4


def test_outcomes_come_in_the_order_of_asking() -> None:
    """So that a stored run shows which families were to be first."""
    outcomes = outcomes_of([DONE] * 20, size=2)

    asked = names(by_family([o.trial for o in outcomes], seed=3))
    found = [family[0].trial.case.family for family in families_in_order(outcomes, 3)]

    assert found == asked


@pytest.mark.parametrize("became", [None, "not judged"])
def test_families_count_up_to_the_first_that_is_not_through(
    became: str | None,
) -> None:
    """Those beyond it were quicker, and so are no random sample."""
    outcomes = outcomes_of([DONE] * 5)
    order = [family[0].trial.id for family in families_in_order(outcomes, 0)]
    unasked = outcomes_of([became] * 5)
    mixed = [
        unasked[n] if o.trial.id == order[2] else o for n, o in enumerate(outcomes)
    ]

    found = [family[0].trial.id for family in whole_families(mixed, 0)]

    assert found == order[:2]


def test_a_family_with_a_failed_trial_is_through() -> None:
    """Nothing more will come of it in this run."""
    assert len(whole_families(outcomes_of([DONE, "failed", DONE]), 0)) == 3
