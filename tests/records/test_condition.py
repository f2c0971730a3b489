"""Tests of demur.records.condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demur.errors import InputError
from demur.records.condition import Condition, Quantity, parse_condition


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param(
            "over-refusal <= 0.05",
            Condition(quantity=Quantity.OVER_REFUSAL, limit=0.05),
            id="plain",
        ),
        pytest.param(
            "  strict  over-refusal≤5% ",
            Condition(quantity=Quantity.STRICT_OVER_REFUSAL, limit=0.05),
            id="percent, no spaces, another sign",
        ),
        pytest.param(
            "context-sensitivity >= .5",
            Condition(quantity=Quantity.CONTEXT_SENSITIVITY, limit=0.5, is_upper=False),
            id="at least",
        ),
        pytest.param(
            "under-refusal topic:dosing in ward <= 0.1",
            Condition(
                quantity=Quantity.UNDER_REFUSAL,
                limit=0.1,
                topic="dosing",
                context="ward",
            ),
            id="topic and context",
        ),
        pytest.param(
            'over-refusal topic:"deaths in custody" field:law <= 0.1',
            Condition(
                quantity=Quantity.OVER_REFUSAL,
                limit=0.1,
                topic="deaths in custody",
                field="law",
            ),
            id="a name with spaces",
        ),
        pytest.param(
            "gap ward-assistant <= 3 %",
            Condition(quantity=Quantity.GAP, limit=0.03, context="ward-assistant"),
            id="gap of a deployment",
        ),
        pytest.param(
            "calibration gap topic:dosing <= −0.01",
            Condition(quantity=Quantity.GAP, limit=-0.01, topic="dosing"),
            id="gap in words, below zero",
        ),
        pytest.param(
            "change under-refusal <= 0.02",
            Condition(quantity=Quantity.CHANGE_UNDER_REFUSAL, limit=0.02),
            id="change",
        ),
    ],
)
def test_a_text_says_its_condition(text: str, meant: Condition) -> None:
    """And what the condition says of itself can be read again."""
    assert parse_condition(text, "--require") == meant
    assert parse_condition(str(meant), "--require") == meant


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        pytest.param("", "is no condition", "Write it like", id="empty"),
        pytest.param("over-refusal", "is no condition", "like", id="no limit"),
        pytest.param("over-refusal < 0.1", "is no condition", "<=", id="below"),
        pytest.param("over-refusal <= 0.1 <= 0.2", "no condition", "", id="two"),
        pytest.param(
            "over-refusals <= 0.1",
            "unknown quantity 'over-refusals'",
            "Did you mean 'over-refusal'? Known: over-refusal, strict",
            id="a name beside a name",
        ),
        pytest.param("over-refusal <= five", "'five' is no number", "5%", id="words"),
        pytest.param(
            "over-refusal <= 5",
            "no run can decide about a limit of 5",
            "above 0 and below 1",
            id="percent without its sign",
        ),
        pytest.param("over-refusal <= 0", "limit of 0", "above 0", id="never"),
        pytest.param("gap <= -1", "limit of -1", "above -1", id="least difference"),
        pytest.param(
            "over-refusal ward <= 0.1",
            "cannot read 'ward' after 'over-refusal'",
            "in ward-assistant",
            id="a part without its kind",
        ),
        pytest.param("over-refusal in <= 0.1", "context without", "", id="no name"),
        pytest.param("over-refusal topic: <= 0.1", "topic without", "", id="no topic"),
        pytest.param(
            "over-refusal in a in b <= 0.1", "two of context", "once", id="two parts"
        ),
        pytest.param(
            "over-refusal topic:'a <= 0.1", "quote is not closed", "", id="quote"
        ),
        pytest.param(
            "gap in ward <= 0.1", "a gap is not in", "'gap ward", id="gap in a context"
        ),
        pytest.param(
            "context-sensitivity in ward >= 0.1",
            "not in one context",
            "Leave",
            id="sensitivity in a context",
        ),
    ],
)
def test_what_is_no_condition_is_refused(text: str, problem: str, hint: str) -> None:
    """With the place, what is wrong and how to write it."""
    with pytest.raises(InputError) as caught:
        parse_condition(text, "--require")

    assert caught.value.where == "--require"
    assert problem in caught.value.problem
    assert hint in caught.value.hint


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_an_input_error(text: str) -> None:
    """Nothing that a user writes ends in a traceback."""
    try:
        found = parse_condition(text, "--require")
    except InputError:
        return
    assert isinstance(found, Condition)


def test_answering_all_meets_what_is_on_refusing_too_much() -> None:
    """The table that the rule of both sides goes by."""
    met = {quantity for quantity in Quantity if quantity.is_met_by_answering_all}

    assert met == {
        "over-refusal",
        "strict over-refusal",
        "gap",
        "change over-refusal",
    }
    assert not any(quantity.is_under_refusal for quantity in met)
