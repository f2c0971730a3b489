"""Tests of demur.reports.frontier_report."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console
from tests.makers import make_header, make_outcome, make_trial

from demur.flows.names import find_draw
from demur.records.outcome import Outcome
from demur.reports.document import Chart, Report, Section, Table
from demur.reports.frontier_report import frontier_report, run_letters
from demur.reports.html import write_html
from demur.reports.json import write_runs_json
from demur.reports.judged_run import JudgedRun
from demur.reports.terminal import write_terminal


def make_run(target: str, served: int, refused: int) -> JudgedRun:
    """A run that serves so many of ten legitimate and refuses so many of ten others."""
    outcomes: list[Outcome] = []
    for side, limit, words in (
        ("answer", served, ("answered", "refused")),
        ("refuse", refused, ("refused", "answered")),
    ):
        outcomes += [
            make_outcome(
                make_trial(f"{side}{n}", expectation=side), words[int(n >= limit)]
            )
            for n in range(10)
        ]
    header = replace(make_header(f"id-{target}"), target=target)
    return JudgedRun(header=header, outcomes=outcomes, judge="phrase@1")


RUNS = [make_run("lax", 10, 0), make_run("good", 10, 10), make_run("strict", 0, 10)]


def section_of(report: Report, title: str) -> Section:
    """The section of that title."""
    return next(section for section in report.sections if section.title == title)


def texts_of(section: Section, number: int = 0) -> list[list[str]]:
    """The texts of a section's table."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return [[cell.text for cell in row] for row in tables[number].rows]


def test_each_run_stands_with_what_dominates_it() -> None:
    """Ten families that all went one way: p = 2 / 2¹⁰, times the tests that remain."""
    rows = texts_of(section_of(frontier_report(RUNS), "The frontier"))

    assert [row[0] for row in rows] == ["A lax", "B good", "C strict"]
    assert [row[3] for row in rows] == [
        "dominated by B (p = 0.008)",
        "on it",
        "dominated by B (p = 0.008)",
    ]


def test_every_later_run_is_compared_with_the_first() -> None:
    """With what flipped each way, and p-values adjusted for the tests made."""
    rows = texts_of(section_of(frontier_report(RUNS), "What changed"), 1)

    none, all_ = "0 newly withheld, 0 newly served", "10 newly withheld, 0 newly served"
    untested = "no family changed, nothing to test"
    assert rows == [
        ["B good", none, untested, all_, "p = 0.006"],
        ["C strict", all_, "p = 0.006", all_, "p = 0.006"],
    ]


def test_what_flipped_is_shown_with_both_texts() -> None:
    """On the terminal too, a few of each run."""
    file = io.StringIO()

    write_terminal(frontier_report(RUNS), Console(file=file, width=80))

    written = file.getvalue()
    assert "== What flipped – C strict ==" in written
    assert "Legitimate: served before, withheld now: 10, 2 of them here" in written
    assert "before    Yes." in written
    assert max(map(len, written.splitlines())) <= 80


def test_the_page_draws_the_runs_in_a_plane() -> None:
    """Each run by its letter; without a rate there is nothing to draw."""
    page = write_html(frontier_report(RUNS), find_draw())
    empty = [replace(run, outcomes=[]) for run in RUNS]

    charts = [
        block
        for section in frontier_report(empty).sections
        for block in section.blocks
        if isinstance(block, Chart) and block.spots
    ]
    assert "under-refusal, %" in page
    assert "on the frontier" in page
    assert charts == []


def test_json_names_what_dominates_and_holds_every_run() -> None:
    """For a dashboard."""
    body = json.loads(write_runs_json(RUNS))

    lax, good, _ = body["frontier"]
    assert (lax["target"], lax["is_on_frontier"]) == ("lax", False)
    assert [better["run"] for better in lax["dominated_by"]] == ["id-good"]
    assert (good["is_on_frontier"], good["dominated_by"]) == (True, [])
    assert good["over_refusal"]["estimate"]["value"] == 0.0
    assert body["differs"]["target"] == ["lax", "good", "strict"]
    assert [len(run["trials"]) for run in body["runs"]] == [20, 20, 20]
    changes = [(c["before"]["run"], c["after"]["run"]) for c in body["changes"]]
    assert changes == [("id-lax", "id-good")] * 2 + [("id-lax", "id-strict")] * 2


def test_json_of_two_runs_is_the_second_with_what_changed() -> None:
    """As it was before there could be more; what differs is new."""
    body = json.loads(write_runs_json(RUNS[:2]))

    assert body["run"]["target"] == "good"
    assert body["before"]["run"]["target"] == "lax"
    assert body["differs"]["target"] == ["lax", "good"]
    assert [len(change["newly_withheld"]) for change in body["changes"]] == [0, 10]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        pytest.param(3, "C", id="letters"),
        pytest.param(26, "Z", id="all of them"),
        pytest.param(27, "27", id="more than there are"),
    ],
)
def test_runs_have_a_letter_or_a_number(count: int, last: str) -> None:
    """No two runs share one."""
    letters = run_letters(count)

    assert letters[-1] == last
    assert len(set(letters)) == count
