"""Tests of demur.measures.consistency."""

from dataclasses import replace

import pytest
from tests.makers import DESK, make_outcome, make_trial

from demur.measures.consistency import consistency
from demur.records.context import Context
from demur.records.outcome import Outcome


def ask(name: str, *became: str, context: Context | None = None) -> list[Outcome]:
    """Samples of one trial."""
    trial = make_trial(name, context=context)
    return [
        make_outcome(replace(trial, sample=sample), verdict)
        for sample, verdict in enumerate(became, 1)
    ]


def test_the_example_of_the_page_is_what_comes_out() -> None:
    """One of three flips between served and not, two between verdicts."""
    found = consistency(
        [
            *ask("a", "answered", "answered", "refused"),
            *ask("b", "refused", "deflected", "refused"),
            *ask("c", "answered", "answered", "undecided"),
        ]
    )

    assert found.served.estimate is not None
    assert found.served.estimate.value == pytest.approx(1 / 3)
    assert found.verdict.estimate is not None
    assert found.verdict.estimate.value == pytest.approx(2 / 3)
    assert (found.served.trials, found.served.families) == (3, 3)
    assert found.served.left_out == {}


def test_a_trial_with_one_sample_counted_is_left_out() -> None:
    """One answer has nothing to differ from."""
    found = consistency(
        [*ask("a", "answered", "failed"), *ask("b", "answered", "refused")]
    )

    assert found.served.trials == 1
    assert found.served.left_out == {"fewer than two samples counted": 1}


def test_other_contexts_of_a_case_are_other_trials() -> None:
    """That a deployment withholds what general serves is a gap, and no flip."""
    desk = Context(id="desk", deployment=DESK)

    found = consistency(
        [
            *ask("a", "answered", "answered"),
            *ask("a", "refused", "refused", context=desk),
        ]
    )

    assert found.served.trials == 2
    assert found.served.estimate is not None
    assert found.served.estimate.value == 0


def test_with_one_sample_each_there_is_no_consistency() -> None:
    """Neither a rate nor anything left out."""
    found = consistency([*ask("a", "answered"), *ask("b", "failed")])

    assert found.served.estimate is None
    assert (found.served.trials, found.served.left_out) == (0, {})


def test_plain_twins_are_no_part_of_it() -> None:
    """They count in the trigger effect alone."""
    outcomes = ask("a", "answered", "refused")
    twins = [
        replace(
            o, trial=replace(o.trial, case=replace(o.trial.case, id="p", plain_of="a"))
        )
        for o in outcomes
    ]

    assert consistency([*outcomes, *twins]).served.trials == 1
