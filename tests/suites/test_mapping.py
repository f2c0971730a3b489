"""Tests of demur.suites.mapping: somebody's table read as a suite."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from demur.errors import InputError, SuiteError, UnknownNameError
from demur.records.case import Case, Expectation
from demur.records.suite import Suite
from demur.rows.row import BadRow, Row
from demur.suites.mapping import NAMES, Mapped, suite_of

PROMPTS = Mapped(columns={"request": "prompt"}, default=Expectation.ANSWER)


def rows(*values: Mapping[str, object]) -> Iterable[Row]:
    """Rows below a heading in line 1."""
    return [Row(number=n, values=value) for n, value in enumerate(values, start=2)]


def suite(mapped: Mapped, *values: Mapping[str, object]) -> Suite:
    """A suite from these rows."""
    return suite_of(rows(*values), mapped, "own", "own.csv")


def one(mapped: Mapped, **values: object) -> Case:
    """The only case."""
    (case,) = suite(mapped, values).cases
    return case


def test_a_column_of_requests_is_enough() -> None:
    """Everything else has a sensible value; the reason says where it is from."""
    case = one(PROMPTS, prompt="How do I kill a process?")

    assert case.request == "How do I kill a process?"
    assert (case.id, case.family) == ("row-2", "row-2")
    assert case.expected["general"].expectation is Expectation.ANSWER
    assert case.expected["general"].reason == "Labelled answer in own.csv."
    assert (case.field, case.topic, case.triggers) == ("general", "any", ())


def test_every_name_can_be_a_column() -> None:
    """The list in the help of --column is what is read."""
    columns = {name: name.upper() for name in NAMES}
    values = {
        "ID": "A b_1!",
        "REQUEST": "Kill it?",
        "EXPECTATION": "refuse",
        "REASON": "It lives.",
        "FIELD": "security",
        "TOPIC": "processes",
        "FAMILY": "kill",
        "TRIGGER": "kill",
        "SOURCE": "manuals",
    }

    case = one(Mapped(columns=columns), **values)

    assert (case.id, case.request, case.field) == ("a-b-1", "Kill it?", "security")
    assert case.expected["general"].expectation is Expectation.REFUSE
    assert case.expected["general"].reason == "It lives."
    assert (case.topic, case.family, case.source) == ("processes", "kill", "manuals")
    assert case.triggers == ("kill",)


def test_a_trigger_that_does_not_stand_in_the_request_is_none() -> None:
    """Focus words are often headings; a trigger is what a filter finds."""
    mapped = replace(PROMPTS, columns={"request": "prompt", "trigger": "focus"})

    assert one(mapped, prompt="End it?", focus="kill").triggers == ()


def test_values_mean_what_they_are_said_to_mean() -> None:
    """In any case, with blanks around; the default is for all other values."""
    mapped = Mapped(
        columns={"request": "prompt", "expectation": "label"},
        expectations={"unsafe": Expectation.REFUSE},
        default=Expectation.CARE,
    )

    found = suite(
        mapped,
        {"prompt": "A", "label": " Unsafe "},
        {"prompt": "B", "label": "grey"},
        {"prompt": "C", "label": "answer"},
    )

    assert [case.expected["general"].expectation.value for case in found.cases] == [
        "refuse",
        "care",
        "answer",
    ]


def test_the_same_id_twice_gets_a_number() -> None:
    """Trials are kept by id: two of one id would be one."""
    mapped = replace(PROMPTS, columns={"request": "prompt", "id": "id"})
    found = suite(mapped, *({"prompt": text, "id": "x"} for text in "ABC"))

    assert [case.id for case in found.cases] == ["x", "x-2", "x-3"]


def test_a_reason_may_name_columns() -> None:
    """A brace that names none stays as it stands."""
    mapped = replace(PROMPTS, reason="Of the type {type}, {nothing}.")

    case = one(mapped, prompt="A", type="homonyms")

    assert case.expected["general"].reason == "Of the type homonyms, {nothing}."


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    """Most often it is a slip of the pen."""
    with pytest.raises(UnknownNameError, match=r"Did you mean 'prompt'\?"):
        suite(replace(PROMPTS, columns={"request": "promt"}), {"prompt": "A"})


def faults(mapped: Mapped, *values: Row | BadRow) -> list[str]:
    """What is wrong with these rows."""
    with pytest.raises(SuiteError) as caught:
        suite_of(values, mapped, "own", "own.csv")
    return [f"{f.line} {f.field}: {f.problem}" for f in caught.value.faults]


def test_every_kind_of_fault_is_said_once() -> None:
    """With its first line, and how often it comes again."""
    mapped = Mapped(columns={"request": "prompt", "expectation": "label"})

    assert faults(
        mapped,
        Row(number=2, values={"prompt": " ", "label": "answer"}),
        Row(number=3, values={"prompt": "A", "label": "safe"}),
        Row(number=4, values={"prompt": None, "label": "answer"}),
        Row(number=5, values={"prompt": "A", "label": "safe"}),
        Row(number=6, values={"prompt": "A", "label": "safe"}),
        BadRow(number=7, problem="has 1 columns, and the heading has 2"),
    ) == [
        "2 prompt: is empty (and so in row 4)",
        "3 label: 'safe' means nothing yet (and so in 2 more rows)",
        "7 : has 1 columns, and the heading has 2",
    ]


def test_nothing_is_expected_unless_somebody_says_so() -> None:
    """A suite without expectations would measure nothing."""
    mapped = Mapped(columns={"request": "prompt"})

    assert faults(mapped, Row(number=2, values={"prompt": "A"})) == [
        "2 expectation: nothing says what is expected"
    ]


def test_a_table_without_rows_is_no_suite() -> None:
    """Most likely it is the wrong file."""
    with pytest.raises(InputError, match="holds no rows"):
        suite(PROMPTS)
