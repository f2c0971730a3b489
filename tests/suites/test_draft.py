"""Tests of demur.suites.draft."""

import pytest

from demur.suites.draft import Draft, check_id
from demur.suites.nodes import Fields, Place, compose


def fields(file: str, line: int, draft: Draft) -> Fields:
    """A mapping that starts at a line of a file."""
    place = Place(file, draft.faults)
    found = Fields.of(compose("\n" * (line - 1) + "a: b", place), place)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["a", "locked-car", "7", "cve-2021-44228"])
def test_small_letters_digits_and_single_hyphens_make_an_id(name: str) -> None:
    """An id is typed on the command line and is part of a trial's id."""
    draft = Draft()

    check_id(name, fields("f", 1, draft).node, Place("f", draft.faults))

    assert draft.faults == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param("Locked", id="a capital"),
        pytest.param("locked car", id="a space"),
        pytest.param("locked_car", id="an underscore"),
        pytest.param("-car", id="a hyphen first, as an option has"),
        pytest.param("car-", id="a hyphen last"),
        pytest.param("locked--car", id="two hyphens"),
        pytest.param("desk+thief", id="the sign that joins deployment and frame"),
        pytest.param("car@desk", id="the sign before a context"),
        pytest.param("car#1", id="the sign before a sample"),
        pytest.param("../car", id="a path"),
        pytest.param("car\n", id="a line feed at the end"),
        pytest.param("café", id="a letter with an accent"),
        pytest.param("car\u0665", id="a digit of another script"),
    ],
)
def test_anything_else_is_no_id(name: str) -> None:
    """Trials, contexts and files are told apart by ids: nothing may blur them."""
    draft = Draft()

    check_id(name, fields("f", 1, draft).node, Place("f", draft.faults))

    (fault,) = draft.faults
    assert fault.problem == f"{name!r} is not an id"
    assert fault.hint == (
        "Use small letters, digits and single hyphens, such as 'locked-car'."
    )


def test_every_repetition_names_the_first_place() -> None:
    """Three of a kind are two faults, both pointing to the one that was there first."""
    draft = Draft()

    for line in (2, 5, 5):
        draft.note("case a", fields("suite.yaml", line, draft))
    draft.note("case b", fields("suite.yaml", 9, draft))

    assert [(fault.line, fault.problem) for fault in draft.faults] == [
        (5, "'case a' stands twice, first in suite.yaml:2"),
        (5, "'case a' stands twice, first in suite.yaml:2"),
    ]
