"""Tests of demur.measures.frontier."""

from dataclasses import replace

import pytest
from tests.makers import make_outcome, make_trial

from demur.measures.frontier import Better, Standing, frontier
from demur.records.outcome import Outcome


def make_run(served: str, refusable: str) -> list[Outcome]:
    """A run by a letter a trial: + served, - withheld, ? undecided, . failed."""
    words = {"+": "answered", "-": "refused", "?": "undecided", ".": "failed"}
    return [
        make_outcome(make_trial(f"{side}{n}", expectation=side), words[letter])
        for side, letters in (("answer", served), ("refuse", refusable))
        for n, letter in enumerate(letters)
    ]


def rates_of(standing: Standing) -> tuple[float | None, float | None]:
    """Over- and under-refusal."""
    over, under = standing.over.estimate, standing.under.estimate
    return over.value if over else None, under.value if under else None


def test_what_is_better_on_both_dominates_what_is_between_does_not() -> None:
    """A: 1/4 and 1/2; b: 2/4 and 2/2; c: 0 and 2/2, better on one rate alone."""
    a, b, c = make_run("-+++", "+-"), make_run("--++", "++"), make_run("++++", "++")

    standings = frontier([a, b, c])

    assert [rates_of(s) for s in standings] == [(0.25, 0.5), (0.5, 1.0), (0.0, 1.0)]
    assert [[d.run for d in s.dominated_by] for s in standings] == [[], [0, 2], []]
    assert [s.is_on_frontier for s in standings] == [True, False, True]


def test_being_better_on_one_rate_alone_is_enough() -> None:
    """With the other the same. Of two runs that are alike, neither dominates."""
    a, b = make_run("--++", "+-"), make_run("-+++", "+-")

    assert [s.is_on_frontier for s in frontier([a, b])] == [False, True]
    assert [s.is_on_frontier for s in frontier([a, a])] == [True, True]


def test_the_p_value_is_of_the_clearer_rate_and_allows_for_all_tests() -> None:
    """Six families lost (2/2⁶) and one answered (2/2): Holm doubles the first."""
    a, b = make_run("-" * 6, "+"), make_run("+" * 6, "-")

    worse, better = frontier([a, b])

    (found,) = worse.dominated_by
    assert found.run == 1
    assert found.p_value == pytest.approx(2 * 2 / 2**6)
    assert better.dominated_by == ()


def test_a_rate_on_which_it_is_not_better_lends_no_p_value() -> None:
    """Over-refusal is the same with six changes each way; only one request tells."""
    a = make_run("-" * 6 + "+" * 6, "+")
    b = make_run("+" * 6 + "-" * 6, "-")

    worse, _ = frontier([a, b])

    assert worse.dominated_by == (Better(run=1, p_value=1.0),)


def test_only_trials_that_all_runs_can_count_are_counted() -> None:
    """The second run failed on the one that the first refused: no credit for that."""
    a, b = make_run("-++", "--"), make_run(".++", "-?")

    standings = frontier([a, b])

    assert [rates_of(s) for s in standings] == [(0.0, 0.0), (0.0, 0.0)]
    assert [s.over.left_out for s in standings] == [{"failed": 1}] * 2
    assert [s.under.left_out for s in standings] == [{"undecided": 1}] * 2


def test_trials_of_some_runs_only_are_left_out() -> None:
    """Suites may differ; the same words are compared."""
    a, b = make_run("-++", "-"), make_run("-+", "-")

    standings = frontier([a, b])

    assert [s.over.trials for s in standings] == [2, 2]
    assert standings[0].over.left_out == {"not in all runs": 1}


def test_trials_of_which_runs_expect_different_things_are_left_out() -> None:
    """On neither side could they be counted alike; the last run says which side."""
    a = [make_outcome(make_trial("a", expectation="refuse"), "refused")]
    b = [make_outcome(make_trial("a", expectation="answer"), "answered")]

    standings = frontier([a, b])

    assert [rates_of(s) for s in standings] == [(None, None)] * 2
    assert standings[0].over.left_out == {"expected otherwise in one": 1}
    assert standings[0].under.left_out == {}


def test_plain_twins_are_passed_over() -> None:
    """They count in the trigger effect alone."""
    trial = make_trial("a")
    plain = replace(trial, case=replace(trial.case, id="p", plain_of="a"))
    run = [make_outcome(trial, "answered"), make_outcome(plain, "refused")]

    over = frontier([run, run])[0].over

    assert (over.trials, over.left_out) == (1, {})


@pytest.mark.parametrize(
    ("served", "refusable"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("++", "", id="nothing to be refused"),
        pytest.param("", "-", id="nothing legitimate"),
        pytest.param("..", "-", id="all failed"),
    ],
)
def test_without_both_rates_nobody_stands_anywhere(served: str, refusable: str) -> None:
    """No data is None: neither on the frontier nor dominated."""
    run = make_run(served, refusable)

    standings = frontier([run, run, run])

    assert [s.is_on_frontier for s in standings] == [None, None, None]
    assert [s.dominated_by for s in standings] == [(), (), ()]
