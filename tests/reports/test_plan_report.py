"""Tests of demur.reports.plan_report."""

import json
from dataclasses import replace

import pytest

from demur.records.need import Aim, Assumed, Need
from demur.reports.document import Note, Table
from demur.reports.plan_report import plan_report, write_plan_json

NEED = Need(
    aim=Aim.AT_MOST,
    size=0.05,
    measure="over-refusal",
    of="legitimate requests",
    rate=0.025,
    families=400,
    has=200,
    trials=600,
    samples=None,
    sees=0.0801,
)


def row_of(need: Need, trial_cost: float | None = None) -> list[str]:
    """The texts of the one row about it."""
    report = plan_report("small", {}, [need], Assumed(), trial_cost)
    table = report.sections[0].blocks[0]
    assert isinstance(table, Table)
    assert len(table.headings) == len(table.rows[0])
    return [cell.text for cell in table.rows[0]]


@pytest.mark.parametrize(
    ("need", "row"),
    [
        pytest.param(
            NEED,
            "over-refusal|2.5 %|400 (1,200 trials)|200|no|8.01 % if it is 4 %",
            id="too few",
        ),
        pytest.param(
            replace(NEED, samples=3, rate=0.01),
            "over-refusal|1 %|400 (1,200 trials)|200|with 3 samples|8.01 %",
            id="more samples would do",
        ),
        pytest.param(
            replace(NEED, has=400, trials=800, samples=1, rate=0.0, sees=0.05),
            "over-refusal|0 %|400 (800 trials)|400|yes|5 %",
            id="enough",
        ),
        pytest.param(
            replace(NEED, has=0, trials=0, sees=None),
            "over-refusal|2.5 %|400|0|no: it has none|–",
            id="none at all",
        ),
        pytest.param(
            replace(NEED, families=None),
            "over-refusal|2.5 %|more than 10 million|200|no|8.01 % if it is 4 %",
            id="more than could be asked",
        ),
        pytest.param(
            replace(NEED, aim=Aim.CHANGE, rate=None),
            "over-refusal|400 (1,200 trials a run)|200|no|8.01 points",
            id="change",
        ),
        pytest.param(
            replace(NEED, aim=Aim.GAP, rate=None, of="desk"),
            "desk|400 (2,400 trials)|200|no|8.01 points",
            id="gap: a pair is two trials",
        ),
    ],
)
def test_a_row_says_what_it_takes_and_what_is_there(need: Need, row: str) -> None:
    """Trials are those of as many families of the suite's mean size."""
    assert row_of(need) == row.split("|")


def test_what_it_takes_has_its_price() -> None:
    """1,200 trials at half a cent each."""
    assert row_of(NEED, trial_cost=0.005)[2] == "400 (1,200 trials, cost 6.00)"


def test_only_a_suite_that_is_too_small_is_told_that_samples_will_not_help() -> None:
    """The note stands below a table with such a row, and below no other."""
    needs = [NEED, replace(NEED, aim=Aim.CHANGE, rate=None, samples=2)]

    sections = plan_report("small", {}, needs, Assumed()).sections

    blocks = [[type(b).__name__ for b in section.blocks] for section in sections]
    assert blocks == [["Table", "Note"], ["Table"], ["Note"]]


def test_what_is_assumed_is_said() -> None:
    """Every one of the numbers that the answer depends on."""
    assumed = Assumed(power=0.8, error=0.01, flips=0.03, correlation=0.4, samples=5)

    note = plan_report("small", {}, [NEED], assumed).sections[-1].blocks[0]

    assert isinstance(note, Note)
    for words in ("80 % of", "1 % of", "by 0.4", "by 0.8", "3 % of", "5 times"):
        assert words in note.text


def test_json_holds_proportions_and_null_for_what_cannot_be() -> None:
    """For a script that chooses a suite."""
    body = json.loads(write_plan_json("small", [replace(NEED, sees=None)], Assumed()))

    assert (body["demur_plan_json"], body["suite"]) == (1, "small")
    assert body["assumed"]["power"] == 0.9
    need = body["needs"][0]
    assert (need["aim"], need["size"], need["families"]) == ("at most", 0.05, 400)
    assert (need["sees"], need["samples"], need["is_met"]) == (None, None, False)
