"""Tests of demur.reports.run_differences."""

from dataclasses import replace

import pytest
from tests.makers import DESK, make_header, make_outcome, make_trial

from demur.records.context import Context
from demur.records.run import RunHeader
from demur.reports.document import Note, Table
from demur.reports.judged_run import JudgedRun
from demur.reports.run_differences import (
    difference_section,
    differences,
    prompt_sections,
    run_names,
)

FIRST = make_header("r1")
SECOND = make_header("r2")


def make_run(
    header: RunHeader = FIRST,
    judge: str = "phrase@1",
    system: str = DESK.system,
    request: str = "How?",
) -> JudgedRun:
    """A run of one trial at the desk."""
    context = Context(id="desk", deployment=replace(DESK, system=system))
    outcome = make_outcome(make_trial(context=context, request=request), "answered")
    return JudgedRun(header=header, outcomes=[outcome], judge=judge)


def notes_of(*runs: JudgedRun) -> str:
    """What is said below the table."""
    blocks = difference_section(runs, run_names(runs)).blocks
    return " ".join(block.text for block in blocks if isinstance(block, Note))


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        pytest.param(
            make_run(),
            make_run(replace(SECOND, target="m")),
            ("control/answers-all", "m"),
            id="targets",
        ),
        pytest.param(
            make_run(), make_run(judge="x@2"), ("phrase@1", "x@2"), id="judges"
        ),
        pytest.param(
            make_run(replace(FIRST, settings={"system prompt": "a.txt"})),
            make_run(replace(SECOND, settings={"system prompt": "b.txt"})),
            ("a.txt", "b.txt"),
            id="system prompts",
        ),
        pytest.param(
            make_run(replace(FIRST, settings={"system prompt": "a.txt"})),
            make_run(SECOND),
            ("control/answers-all (r1)", "control/answers-all (r2)"),
            id="a prompt in one of them",
        ),
    ],
)
def test_runs_are_called_by_what_tells_them_apart(
    one: JudgedRun, other: JudgedRun, names: tuple[str, ...]
) -> None:
    """Two columns of one name would be no table."""
    assert run_names([one, other]) == names


def test_runs_of_one_target_under_two_judges_each_have_a_name() -> None:
    """No single word tells all four apart."""
    runs = [make_run(h, judge) for h in (FIRST, SECOND) for judge in ("a", "b")]

    assert len(set(run_names(runs))) == 4


@pytest.mark.parametrize(
    ("other", "what", "note"),
    [
        pytest.param(make_run(SECOND), [], "Nothing that is recorded", id="date"),
        pytest.param(
            make_run(SECOND, judge="x@2"), ["judge"], "Different judges", id="judge"
        ),
        pytest.param(
            make_run(SECOND, system="You are Kim."), ["prompt of desk"], "", id="prompt"
        ),
        pytest.param(
            make_run(SECOND, request="Why?"), ["suite"], "The suites differ", id="suite"
        ),
        pytest.param(
            make_run(replace(SECOND, settings={"temperature": "1"})),
            ["temperature"],
            "",
            id="setting",
        ),
        pytest.param(
            make_run(replace(SECOND, settings={"timeout": "9 s"})),
            ["timeout"],
            "Nothing that is recorded",
            id="what decides nothing",
        ),
        pytest.param(
            make_run(replace(SECOND, versions={"demur": "9"})),
            ["version of demur"],
            "Nothing that is recorded",
            id="version",
        ),
        pytest.param(
            make_run(replace(SECOND, target="m", settings={"model": "m"}), "x@2"),
            ["target", "judge"],
            "together: target, judge.",
            id="two things",
        ),
    ],
)
def test_what_differs_is_said_and_what_it_means(
    other: JudgedRun, what: list[str], note: str
) -> None:
    """Beside the date, which always stands there."""
    runs = (make_run(), other)

    found = [difference.what for difference in differences(runs)]

    assert [name for name in found if name != "started"] == what
    assert "started" in found
    assert note in notes_of(*runs)
    assert bool(note) == bool(notes_of(*runs))


def test_of_several_runs_each_value_stands_once() -> None:
    """With the letters of the runs that have it."""
    runs = [make_run(), make_run(SECOND), make_run(SECOND, judge="x@2")]

    table = difference_section(runs, "ABC").blocks[0]

    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["judge", "phrase@1", "A, B"],
        ["", "x@2", "C"],
        ["started", "2026-01-02 03:04", "A, B, C"],
    ]


def test_prompts_stand_in_full_where_they_differ() -> None:
    """And nowhere else: the terminal leaves that section out."""
    runs = [make_run(system="You are Ann."), make_run(SECOND, system="You are Kim.")]

    (section,) = prompt_sections(runs, ("a", "b"))

    table = section.blocks[0]
    assert isinstance(table, Table)
    assert section.is_detail
    assert (table.title, [row[1].text for row in table.rows]) == (
        "desk",
        ["You are Ann.", "You are Kim."],
    )
    assert prompt_sections(runs[:1] * 2, ("a", "b")) == ()
