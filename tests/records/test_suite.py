"""Tests of demur.records.suite."""

import re

import pytest
from tests.makers import DESK, make_case, make_suite

from demur.records.context import Context
from demur.records.suite import Suite


def test_a_case_is_asked_in_the_contexts_it_expects_something_of() -> None:
    """Cases in the order of the file, contexts in the order of the case."""
    suite = make_suite(
        make_case(
            "b",
            expect={"desk": "answer", "general": "answer", "thief": "refuse"},
            frames={"thief": "It is not mine."},
        ),
        make_case("a"),
    )

    assert [trial.id for trial in suite.trials()] == [
        "b@desk#1",
        "b@general#1",
        "b@thief#1",
        "a@general#1",
    ]


@pytest.mark.parametrize(
    ("name", "context"),
    [
        pytest.param("general", Context(id="general"), id="the baseline"),
        pytest.param("desk", Context(id="desk", deployment=DESK), id="a deployment"),
        pytest.param(
            "thief", Context(id="thief", frame="It is not mine."), id="a frame"
        ),
        pytest.param(
            "desk+thief",
            Context(id="desk+thief", deployment=DESK, frame="It is not mine."),
            id="a frame inside a deployment",
        ),
    ],
)
def test_a_context_is_made_of_what_its_name_names(name: str, context: Context) -> None:
    """A context that lost its frame would be asked as if nobody had said a thing."""
    case = make_case(expect={name: "refuse"}, frames={"thief": "It is not mine."})

    (trial,) = make_suite(case).trials()

    assert trial.context == context


def test_samples_of_a_trial_follow_one_another() -> None:
    """Each sample is a trial of its own, numbered from 1."""
    suite = make_suite(make_case(expect={"general": "answer", "desk": "answer"}))

    assert [trial.id for trial in suite.trials(2)] == [
        "case@general#1",
        "case@general#2",
        "case@desk#1",
        "case@desk#2",
    ]


def test_a_suite_without_cases_has_no_trials() -> None:
    """Nothing to ask is no error here; the loader says so to a user."""
    assert Suite(name="empty", cases=()).trials() == ()


@pytest.mark.parametrize("samples", [0, -1])
def test_less_than_one_sample_is_a_callers_bug(samples: int) -> None:
    """A run of no trials would end well and say nothing."""
    message = re.escape(f"samples must be at least 1, got {samples}")

    with pytest.raises(ValueError, match=message):
        make_suite(make_case()).trials(samples)


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        pytest.param("ward", "ward", id="a deployment that is not there"),
        pytest.param("desk+thief", "thief", id="a frame that is not there"),
        pytest.param("ward+thief", "ward", id="neither is there"),
    ],
)
def test_an_unknown_context_is_never_asked_as_another(name: str, unknown: str) -> None:
    """It raises; asked as general it would be counted under a wrong name."""
    suite = make_suite(make_case(expect={name: "answer"}))

    with pytest.raises(KeyError, match=f"^'{unknown}'$"):
        suite.trials()
