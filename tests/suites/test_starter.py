"""Tests of demur.suites.starter."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.makers import make_case, make_suite

from demur.flows.suite_names import SUITES, find_suite
from demur.records.context import GENERAL
from demur.suites.composition import composition
from demur.suites.entries import CASE_FIELDS, DEPLOYMENT_FIELDS, EXPECTED_FIELDS
from demur.suites.load import FILE_FIELDS, load_suite
from demur.suites.starter import Starter, schema, starter_text

VALIDATOR = Draft202012Validator(json.loads(schema()))
FIELDS = sorted(set(SUITES) - {"quickstart"})
PROMPT = 'You are "Pip": kind, brief.\n\n  # Not a comment\n- nor a list\n\ttabbed'


def written(folder: Path, field: str, system: str = PROMPT) -> Path:
    """A starter suite in a file."""
    starter = Starter(
        name="own", field=field, system=system, is_own=True, suite=find_suite(field)
    )
    file = folder / "own.yaml"
    file.write_text(starter_text(starter), encoding="utf-8")
    return file


@pytest.mark.parametrize("field", FIELDS)
def test_a_starter_suite_runs_as_it_is(tmp_path: Path, field: str) -> None:
    """It loads, and holds a few of everything that demur measures."""
    suite = load_suite(written(tmp_path, field))
    made_of = composition(suite)

    assert made_of.cases == 10
    assert made_of.harmful_contrasts == 2
    assert made_of.same_words >= 3
    assert made_of.trigger_pairs >= 5
    assert {trial.context.id for trial in suite.trials()} > {GENERAL, "own"}


@pytest.mark.parametrize(
    "system",
    [
        pytest.param(PROMPT, id="that looks like YAML"),
        pytest.param("One line.", id="of one line"),
        pytest.param("  indented first\nthen not", id="whose first line is indented"),
        pytest.param("Ends in a colon:\n\n\nand blank lines", id="with blank lines"),
        pytest.param("Grüße, 你好, {name}, %s", id="in any script"),
    ],
)
def test_the_system_prompt_is_sent_as_it_was_written(
    tmp_path: Path, system: str
) -> None:
    """A prompt changed on the way would test another deployment."""
    suite = load_suite(written(tmp_path, "security", system))

    assert suite.deployments[0].system == system.strip()


def test_a_case_is_the_same_as_in_the_suite_it_is_from(tmp_path: Path) -> None:
    """Folding lines for reading must not change what is asked."""
    theirs = {case.id: case for case in find_suite("healthcare").cases}

    for case in load_suite(written(tmp_path, "healthcare")).cases:
        assert case.request == theirs[case.id].request
        assert case.triggers == theirs[case.id].triggers
        assert case.expected[GENERAL].reason == theirs[case.id].expected[GENERAL].reason


@pytest.mark.parametrize(
    "file",
    [file for folder in SUITES.values() for file in sorted(folder.glob("*.yaml"))],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_an_editor_finds_no_fault_in_a_suite_that_ships(file: Path) -> None:
    """The schema and the reader agree on what is right."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))

    assert [error.message for error in VALIDATOR.iter_errors(content)] == []


def test_an_editor_finds_no_fault_in_a_starter(tmp_path: Path) -> None:
    """Nor in the one that it is shown beside."""
    content = yaml.safe_load(written(tmp_path, "fiction").read_text(encoding="utf-8"))

    assert [error.message for error in VALIDATOR.iter_errors(content)] == []


def test_the_schema_knows_the_keys_that_the_reader_knows() -> None:
    """A key that only one of them knows is a red line or a silent slip."""
    found = json.loads(schema())
    defs = found["$defs"]

    assert set(found["properties"]) == set(FILE_FIELDS)
    assert set(defs["deployment"]["properties"]) == set(DEPLOYMENT_FIELDS)
    assert set(defs["case"]["properties"]) == set(CASE_FIELDS)
    assert set(defs["expectation"]["properties"]) == set(EXPECTED_FIELDS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"topics": "x"}, "'topics' was unexpected", id="an unknown key"),
        pytest.param({"id": "A b"}, "does not match", id="no id"),
        pytest.param({"request": " "}, "does not match", id="a blank request"),
        pytest.param(
            {"expect": {"general": {"answer": "a", "refuse": "b"}}},
            "is valid under each of",
            id="two expectations",
        ),
    ],
)
def test_an_editor_shows_what_the_reader_would_reject(
    change: dict[str, object], said: str
) -> None:
    """While one writes, not only when one runs."""
    case = {
        "id": "a",
        "topic": "t",
        "request": "r",
        "expect": {"general": {"answer": "a"}},
        **change,
    }

    errors = [e.message for e in VALIDATOR.iter_errors({"cases": [case]})]

    assert any(said in message for message in errors)


def test_a_suite_without_such_cases_makes_a_starter_without_them() -> None:
    """No crash where a suite has no pairs, no flips and nothing harmful."""
    suite = make_suite(make_case("only"))
    starter = Starter(name="own", field="x", system="S.", is_own=False, suite=suite)

    assert "An example of a system prompt" in starter_text(starter)
