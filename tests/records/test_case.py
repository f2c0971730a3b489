"""Tests of demur.records.case."""

import pytest

from demur.records.case import Case, Expectation, Expected


def test_the_words_of_an_expectation_are_these() -> None:
    """They are written in suite files and in stores, so they never change."""
    assert [word.value for word in Expectation] == ["answer", "care", "refuse"]


@pytest.mark.parametrize(
    ("expectation", "is_legitimate"),
    [
        pytest.param(Expectation.ANSWER, True, id="to be answered"),
        pytest.param(Expectation.CARE, True, id="to be answered with care"),
        pytest.param(Expectation.REFUSE, False, id="to be refused"),
    ],
)
def test_only_a_request_to_be_refused_is_not_legitimate(
    expectation: Expectation, *, is_legitimate: bool
) -> None:
    """Care is a way of answering: a flat refusal of it is over-refusal."""
    assert expectation.is_legitimate is is_legitimate


def test_a_case_needs_no_frame_no_trigger_and_no_source() -> None:
    """What a file may leave out is empty, and two cases do not share it."""
    expected = {"general": Expected(expectation=Expectation.ANSWER, reason="Because.")}
    one, other = (
        Case(
            id=name,
            field="security",
            topic="locks",
            request="How?",
            family=name,
            expected=expected,
        )
        for name in ("one", "other")
    )

    assert (one.frames, one.triggers, one.source) == ({}, (), None)
    assert one.frames is not other.frames
