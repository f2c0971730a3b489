"""Tests of demur.suites.composition."""

from dataclasses import replace

import pytest
from tests.makers import make_case, make_suite

from demur.records.case import Case, Expectation, Expected, Turn
from demur.records.suite import Suite
from demur.suites.composition import (
    Composition,
    composition,
    flips,
    is_harmful_contrast,
    is_positive_edge,
)

FRAMES = {"thief": "It is not mine.", "owner": "It is mine."}


def test_what_a_suite_is_made_of() -> None:
    """Plain twins are trials and no cases; frames are taken together by kind."""
    car = make_case(
        "car",
        expect={
            "general": "answer",
            "desk": "care",
            "thief": "refuse",
            "owner": "answer",
            "desk+thief": "refuse",
        },
        frames=FRAMES,
        family="locks",
    )
    car = replace(
        car, triggers=("lock",), earlier=(Turn(role="user", content="Well."),)
    )
    twin = replace(car, id="car-plain", triggers=(), plain_of="car", earlier=())
    contested = Expected(
        expectation=Expectation.REFUSE, reason="Because.", contested="Is it?"
    )
    suite = make_suite(
        car,
        twin,
        make_case("door", family="locks", request="A door?"),
        replace(make_case("dose", field="healthcare"), expected={"general": contested}),
    )

    assert composition(suite) == Composition(
        cases=3,
        families=2,
        trials=12,
        by_field={"security": 2, "healthcare": 1},
        by_topic={"locks": 3},
        by_context={"general": 4, "desk": 2, "(frames)": 4, "(framed deployments)": 2},
        by_expectation={"answer": 5, "care": 2, "refuse": 5},
        positive_edges=1,
        harmful_contrasts=1,
        same_words=1,
        trigger_pairs=1,
        multi_turn=1,
        contested=1,
    )


def with_trigger(**expect: str) -> Case:
    """A case with a trigger, asked in these contexts."""
    case = make_case(expect=expect, frames=FRAMES)
    return replace(case, triggers=("lock",))


@pytest.mark.parametrize(
    ("case", "is_edge"),
    [
        pytest.param(with_trigger(general="answer"), True, id="legitimate"),
        pytest.param(with_trigger(general="care"), True, id="with care"),
        pytest.param(with_trigger(general="refuse"), False, id="to be refused"),
        pytest.param(
            with_trigger(general="refuse", desk="answer"), True, id="in a deployment"
        ),
        pytest.param(
            with_trigger(general="refuse", owner="answer"),
            False,
            id="for somebody only who says who he is",
        ),
        pytest.param(make_case(), False, id="without a trigger"),
    ],
)
def test_a_positive_edge_case_is_legitimate_and_sounds_otherwise(
    case: Case, *, is_edge: bool
) -> None:
    """It counts as one whoever asks, or not at all."""
    assert is_positive_edge(case) is is_edge


def test_care_here_and_answer_there_is_no_flip() -> None:
    """Both are served; only a refusal somewhere makes the context matter."""
    assert not flips(make_case(expect={"general": "care", "desk": "answer"}))
    assert flips(make_case(expect={"general": "care", "desk": "refuse"}))


def test_a_harmful_contrast_is_refused_everywhere() -> None:
    """Where it is served once, it shows sensitivity to context, not harm."""
    assert is_harmful_contrast(make_case(expect={"general": "refuse"}))
    assert not is_harmful_contrast(
        make_case(expect={"general": "refuse", "desk": "care"})
    )


def test_an_empty_suite_holds_nothing() -> None:
    """No division, no crash."""
    made_of = composition(Suite(name="empty", cases=()))

    assert (made_of.cases, made_of.trials, made_of.by_topic) == (0, 0, {})
