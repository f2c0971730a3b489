"""Tests of demur.suites.entries."""

import pytest

from demur.records.case import Case, Expectation, Expected
from demur.records.context import Deployment
from demur.suites.draft import Draft
from demur.suites.entries import read_case, read_deployment, read_expected
from demur.suites.nodes import Fields, Place, compose

_CASE = "{id: a, topic: t, request: How to Kill a process?, expect: {general: {}}"


def fields(content: str, draft: Draft) -> Fields | None:
    """The fields of a YAML text."""
    place = Place("suite.yaml", draft.faults)
    return Fields.of(compose(content, place), place)


def the_case(content: str) -> Case:
    """The case in a YAML text without faults, in a file of the field security."""
    draft = Draft()
    read_case(fields(content, draft), "security", draft)
    assert draft.faults == []
    (case,) = draft.cases.values()
    return case


def test_what_a_case_leaves_out_has_a_value() -> None:
    """The file's field, a family of its own, no frames, no triggers, no source."""
    assert the_case(_CASE + "}") == Case(
        id="a",
        field="security",
        topic="t",
        request="How to Kill a process?",
        family="a",
        expected={},
        frames={},
        triggers=(),
        source=None,
    )


def test_what_a_case_says_itself_counts() -> None:
    """Its own field and family stand before the file's field and its own id."""
    case = the_case(_CASE + ", field: fiction, family: kill, source: manuals}")

    assert (case.field, case.family, case.source) == ("fiction", "kill", "manuals")


@pytest.mark.parametrize("trigger", ["Kill", "kill", "KILL A"])
def test_a_trigger_is_found_in_small_and_capital_letters(trigger: str) -> None:
    """A keyword filter does not care, so neither does a suite."""
    assert the_case(_CASE + f", triggers: [{trigger}]}}").triggers == (trigger,)


def test_a_deployment_is_sent_without_the_blank_lines_around_it() -> None:
    """A YAML block ends in a line feed that nobody wrote as part of the prompt."""
    draft = Draft()
    content = "{system: '\n\n  You are.\n\n  Be brief.\n', audience: all}"

    read_deployment("desk", fields(content, draft), "security", draft)

    assert draft.faults == []
    assert draft.deployments == {
        "desk": Deployment(
            id="desk",
            field="security",
            system="You are.\nBe brief.",
            audience="all",
            policy="",
        )
    }


@pytest.mark.parametrize("word", ["answer", "care", "refuse"])
def test_an_expectation_is_one_word_with_its_reason(word: str) -> None:
    """A reason is what a colleague can disagree with; a bare word is not."""
    draft = Draft()

    found = read_expected(fields(f"{word}: Because.", draft))

    assert found == Expected(expectation=Expectation(word), reason="Because.")
    assert draft.faults == []


def test_what_is_not_a_mapping_is_left_out_after_its_fault() -> None:
    """The fault is noted where the mapping is looked for; nothing is made of it."""
    draft = Draft()

    read_case(fields("[a]", draft), "security", draft)
    read_deployment("desk", fields("[a]", draft), "security", draft)

    assert read_expected(fields("[a]", draft)) is None
    assert (draft.cases, draft.deployments) == ({}, {})
    assert len(draft.faults) == 3


def test_two_cases_without_an_id_are_both_checked() -> None:
    """Neither hides the faults of the other."""
    draft = Draft()

    for content in ("{topic: t}", "\n{topic: t}"):
        read_case(fields(content, draft), "security", draft)

    assert [(fault.line, fault.field) for fault in draft.faults] == [
        (1, "id"),
        (1, "request"),
        (1, "expect"),
        (2, "id"),
        (2, "request"),
        (2, "expect"),
    ]


def expected(content: str, draft: Draft) -> Expected | None:
    """The expectation in a YAML text."""
    return read_expected(fields(content, draft))


def test_who_disagrees_and_how_many_is_kept_beside_the_reason() -> None:
    """A measure may weigh by votes; a reader should see the other view."""
    draft = Draft()
    content = (
        "{answer: Daily work., contested: Too much., votes: {answer: 3, refuse: 0}}"
    )

    assert expected(content, draft) == Expected(
        expectation=Expectation.ANSWER,
        reason="Daily work.",
        contested="Too much.",
        votes={"answer": 3, "refuse": 0},
    )
    assert draft.faults == []


@pytest.mark.parametrize("count", ["-1", "2.5", "three", "'³'"])
def test_votes_are_whole_numbers_of_people(count: str) -> None:
    """Half a vote is a share in disguise, and its total would be unknown."""
    draft = Draft()

    expected(f"{{answer: Daily work., votes: {{answer: {count}}}}}", draft)

    assert ["a whole number of people" in f.problem for f in draft.faults] == [True]
