"""Tests of what is written about a gate, in each format."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from tests.flows.judged import judged, outcomes_of, rates

from demur.flows.gate import GateRules, gate
from demur.records.condition import parse_condition
from demur.records.outcome import Outcome
from demur.records.verdict import Verdict
from demur.reports.gate_json import write_gate_json
from demur.reports.gate_report import gate_report
from demur.reports.gate_result import GateResult
from demur.reports.gate_words import explained, reason
from demur.reports.junit import write_junit
from demur.reports.markdown import write_gate_markdown
from demur.reports.terminal import write_terminal

HOSTILE = "a|b`*<!-- @all -->[x](javascript:1)\x1b[31m\x00\ud800\uffff&]]>\"'"
THREE = ("over-refusal <= 0.1", "over-refusal <= 0.01", "over-refusal >= 0.5")
"""Of these, a run without a refusal in 100 families passes, cannot tell and fails."""


def gated(outcomes: Sequence[Outcome], *texts: str, target: str = "t") -> GateResult:
    """A gate with these conditions."""
    run = judged(outcomes)
    run = replace(run, header=replace(run.header, target=target))
    conditions = [parse_condition(text, "test") for text in texts]
    return gate(run, conditions, GateRules(is_one_sided_ok=True))


def on_terminal(result: GateResult) -> str:
    """The explained report as a terminal shows it, on one line."""
    console = Console(file=io.StringIO(), width=100)
    write_terminal(gate_report(result, is_explained=True), console)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


@pytest.mark.parametrize(
    ("refused", "text", "said"),
    [
        pytest.param(
            0,
            "over-refusal <= 0.1",
            "its upper bound, 2.95 %, keeps to the limit, 10 %",
            id="pass",
        ),
        pytest.param(
            50,
            "over-refusal <= 0.1",
            "its lower bound, 41.23 %, is above the limit, 10 %",
            id="fail",
        ),
        pytest.param(
            0,
            "over-refusal >= 0.1",
            "its upper bound, 2.95 %, is below the limit, 10 %",
            id="fail, at least",
        ),
        pytest.param(
            0,
            "over-refusal <= 0.02",
            "the limit, 2 %, lies between its bounds, 0 % and 2.95 %",
            id="undecided",
        ),
    ],
)
def test_the_reason_names_the_bound_that_decides(
    refused: int, text: str, said: str
) -> None:
    """In percent, with the limit."""
    assert reason(gated(rates(refused, 100), text).checked[0]) == said


@pytest.mark.parametrize(
    ("outcomes", "text", "said"),
    [
        pytest.param(
            rates(0, 100),
            "over-refusal <= 0.1",
            "wrong at most 5 % of the time.",
            id="decided",
        ),
        pytest.param(
            rates(0, 30),
            "over-refusal <= 0.05",
            "about 29 more trials in 29 more families would decide. The run has no "
            "family to ask yet, so the suite is too small",
            id="a suite too small",
        ),
        pytest.param(
            outcomes_of([Verdict.ANSWERED] * 30 + [None] * 10),
            "over-refusal <= 0.05",
            "The run has only 10 families to ask yet, so the suite is too small",
            id="too small even if all are asked",
        ),
        pytest.param(
            outcomes_of([Verdict.ANSWERED] * 30 + [None] * 100),
            "over-refusal <= 0.05",
            "The run has 100 to ask yet: continue it.",
            id="enough to ask",
        ),
        pytest.param(
            rates(5, 100), "over-refusal <= 0.05", "so near the limit", id="at it"
        ),
        pytest.param(
            rates(0, 30), "under-refusal <= 0.05", "Add cases", id="not about it"
        ),
        pytest.param(
            outcomes_of(["failed"] * 30),
            "over-refusal <= 0.05",
            "again for failed trials",
            id="all failed",
        ),
    ],
)
def test_an_explanation_says_what_would_decide(
    outcomes: list[Outcome], text: str, said: str
) -> None:
    """Or how sure the answer is; or that no number would."""
    result = gated(outcomes, text)

    assert said in explained(result.checked[0], result)


def test_a_terminal_shows_every_condition_with_its_interval_and_count() -> None:
    """No bare number, and the error rate of the whole."""
    shown = on_terminal(gated(rates(0, 100), *THREE))

    assert shown.count("0.0 % [0.0, 4.0]") == 3
    assert "n = 100" in shown
    for answer in ("PASS", "UNDECIDED", "FAIL"):
        assert answer in shown
    assert "at most 5 % of the time" in shown
    assert "at most 1.667 % (Bonferroni)" in shown
    assert "Under-refusal here: –, n = 0" in shown


def test_junit_has_a_test_for_each_condition() -> None:
    """A failure where it fails; an error where it is undecided, never a skip."""
    root = ET.fromstring(write_junit(gated(rates(0, 100), *THREE)))  # noqa: S314

    cases = root.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == list(THREE)
    assert [[each.tag for each in case] for case in cases] == [
        ["system-out"],
        ["error", "system-out"],
        ["failure", "system-out"],
    ]
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "1"}


def test_json_has_every_answer_with_its_measure() -> None:
    """Proportions, and null for what is not known."""
    body = json.loads(write_gate_json(gated(rates(0, 100), *THREE)))

    answers = [each["answer"] for each in body["conditions"]]
    assert (body["answer"], answers) == ("fail", ["pass", "undecided", "fail"])
    assert body["conditions"][0]["measured"]["trials"] == 100
    assert body["conditions"][0]["limit"] == 0.1
    assert body["conditions"][0]["would_decide"] is None
    assert body["conditions"][1]["would_decide"]["families"] > 100
    assert body["baseline"] is None


def test_markdown_is_a_table_with_a_row_for_each_condition() -> None:
    """And the reason of each that did not pass."""
    text = write_gate_markdown(gated(rates(0, 100), *THREE))

    assert text.startswith("### ❌ demur gate: fail\n")
    assert sum(line.startswith("| ") for line in text.splitlines()) == 4
    assert r"over\-refusal \<= 0.01: undecided, for the limit" in text


def test_what_a_user_named_is_no_markup_in_any_format() -> None:
    """Targets are named by users; a name may hold anything that a command line does."""
    result = gated(rates(0, 100), *THREE, target=HOSTILE)

    markdown, shown = write_gate_markdown(result), on_terminal(result)
    root = ET.fromstring(write_junit(result))  # noqa: S314

    for text in (markdown, shown, root.find("testsuite").get("name") or ""):  # type: ignore[union-attr]
        assert "\x1b" not in text
        assert "\x00" not in text
        text.encode()
    assert "<!--" not in markdown
    assert " @all" not in markdown
    assert "](" not in markdown
    json.loads(write_gate_json(result))
