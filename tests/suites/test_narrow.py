"""Tests of demur.suites.narrow."""

import re

import pytest
from tests.makers import DESK, make_case, make_suite

from demur.errors import InputError, UnknownNameError
from demur.records.context import Deployment
from demur.records.suite import Suite
from demur.suites.narrow import only_contexts, only_fields, under_system

WARD = Deployment(id="ward", field="healthcare", system="You are the ward's.")
YOURS = Deployment(id="prompt", field="yours", system="You are ours.")

CAR = make_case(
    "car",
    expect={
        "general": "answer",
        "desk": "answer",
        "thief": "refuse",
        "desk+thief": "refuse",
    },
    frames={"thief": "It is not mine."},
)
DOSE = make_case(
    "dose", expect={"general": "care", "ward": "answer"}, field="healthcare"
)
LONE = make_case("lone", expect={"desk": "answer"})
SUITE = make_suite(CAR, DOSE, LONE, deployments=(DESK, WARD))


def ids(suite: Suite) -> list[str]:
    """The trials of a suite, by id."""
    return [trial.id for trial in suite.trials()]


def test_fields_keep_their_cases_and_deployments() -> None:
    """What the field does not use is gone, so that no report counts it."""
    narrow = only_fields(SUITE, ["healthcare"])

    assert narrow == Suite(name="small", cases=(DOSE,), deployments=(WARD,))


def test_several_fields_keep_the_order_of_the_suite() -> None:
    """However they were named on the command line."""
    assert only_fields(SUITE, ["healthcare", "security"]) == SUITE


def test_an_unknown_field_names_the_nearest_and_all() -> None:
    """A typing error must not end in a run of no trials."""
    with pytest.raises(UnknownNameError) as caught:
        only_fields(SUITE, ["security", "helthcare"])

    assert str(caught.value) == (
        "suite small: unknown field 'helthcare'.\n"
        "  Did you mean 'healthcare'? Known: healthcare, security."
    )


def test_contexts_keep_their_trials_only() -> None:
    """A case that is not asked in any of them is left out, with its deployment."""
    narrow = only_contexts(SUITE, ["general", "thief"])

    assert ids(narrow) == ["car@general#1", "car@thief#1", "dose@general#1"]
    assert narrow.deployments == ()


def test_a_frame_inside_a_deployment_keeps_the_deployment() -> None:
    """The context is named whole, and its parts stay at hand."""
    narrow = only_contexts(SUITE, ["desk+thief"])

    assert ids(narrow) == ["car@desk+thief#1"]
    assert narrow.deployments == (DESK,)


def test_an_unknown_context_names_the_nearest_and_all() -> None:
    """General and the deployments come first: they are what is mostly meant."""
    with pytest.raises(UnknownNameError) as caught:
        only_contexts(SUITE, ["general", "dask"])

    assert str(caught.value) == (
        "suite small: unknown context 'dask'.\n"
        "  Did you mean 'desk'? Known: desk, general, ward, desk+thief, thief."
    )


def test_ones_own_deployment_takes_the_place_of_the_suites() -> None:
    """Beside general, expected as general is; frames stay, the rest is left out.

    ``lone`` expects nothing of general, so nothing is known of it under the new one.
    """
    narrow = under_system(SUITE, YOURS)

    assert [
        (trial.id, trial.expected.expectation.value) for trial in narrow.trials()
    ] == [
        ("car@general#1", "answer"),
        ("car@prompt#1", "answer"),
        ("car@thief#1", "refuse"),
        ("dose@general#1", "care"),
        ("dose@prompt#1", "care"),
    ]
    assert narrow.deployments == (YOURS,)


def test_ones_own_deployment_may_have_the_name_of_the_suites() -> None:
    """It is asked as it is, not as the suite's own desk."""
    own = Deployment(id="desk", field="yours", system="You are our desk.")

    narrow = under_system(SUITE, own)

    assert narrow.deployments == (own,)
    assert ids(narrow) == [
        "car@general#1",
        "car@desk#1",
        "car@thief#1",
        "dose@general#1",
        "dose@desk#1",
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("thief", id="a frame's name"),
        pytest.param("general", id="the baseline's name"),
    ],
)
def test_ones_own_deployment_may_not_have_another_contexts_name(name: str) -> None:
    """It would never be asked: the name already means something else."""
    own = Deployment(id=name, field="yours", system="You are ours.")

    with pytest.raises(InputError) as caught:
        under_system(SUITE, own)

    assert str(caught.value) == (
        f"deployment '{name}': suite 'small' has another context of that name.\n"
        "  Give that context of the suite another id."
    )


def test_a_suite_without_a_baseline_has_nothing_to_compare_with() -> None:
    """The gap is against general; without it the run would show none."""
    message = re.escape(
        "suite small: asks nothing under 'general', so there is nothing to compare "
        "with.\n  Use a suite whose cases expect something of 'general'."
    )

    with pytest.raises(InputError, match=message):
        under_system(make_suite(LONE), YOURS)


def test_narrowing_leaves_the_suite_itself_alone() -> None:
    """A record is never changed; what is cut down is another one."""
    before = make_suite(CAR, DOSE, LONE, deployments=(DESK, WARD))

    only_fields(SUITE, ["healthcare"])
    only_contexts(SUITE, ["general"])
    under_system(SUITE, YOURS)

    assert before == SUITE
