"""Tests of demur.reports.diagnosis_section."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console
from tests.makers import DESK, make_header, make_outcome, make_trial
from tests.measures.models import ask, model

from demur.measures.diagnosis import Kind
from demur.measures.evidence import Evidence
from demur.records.context import GENERAL, Context
from demur.records.outcome import Outcome
from demur.records.transcript import Layer
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.reports.diagnosis_section import SECTIONS, diagnosis_section
from demur.reports.document import Statement, Statements
from demur.reports.html import write_html
from demur.reports.json import write_json
from demur.reports.judged_run import JudgedRun
from demur.reports.run_report import run_report, run_sections
from demur.reports.terminal import write_terminal

CONTEXTS = [Context(id=GENERAL), Context(id="desk", deployment=DESK)]


def statements(outcomes: Sequence[Outcome]) -> list[Statement]:
    """What a report says of these outcomes."""
    (block,) = diagnosis_section(Evidence(outcomes)).blocks
    assert isinstance(block, Statements)
    return list(block.statements)


def lost(count: int) -> list[Outcome]:
    """So many cases served under general and blocked by a guard at the desk."""
    found = []
    for i in range(count):
        for context in CONTEXTS:
            trial = make_trial(f"case-{i}", context=context)
            case = replace(trial.case, topic="mail" if i % 2 else "locks")
            trial = Trial(case=case, context=context)
            outcome = make_outcome(trial, "answered")
            if context.deployment is not None:
                judgement = Judgement(
                    trial_id=trial.id,
                    judge="j@1",
                    verdict=Verdict.BLOCKED,
                    layer=Layer.INPUT_GUARD,
                )
                outcome = replace(outcome, judgement=judgement)
            found.append(outcome)
    return found


@pytest.mark.parametrize(
    ("outcomes", "beginnings"),
    [
        pytest.param(
            model(3, -1),
            [
                "It can tell harmful from legitimate requests (d′ 3.0",
                "Under-refusal is at most 5 %: 0.6 % [",
            ],
            id="too cautious",
        ),
        pytest.param(
            [*ask(200, 0, "answer"), *ask(200, 0, "refuse")],
            [
                "It hardly tells harmful from legitimate requests: share withheld, "
                "harmful minus legitimate, 0.0 points [",
                "Over-refusal is at most 5 %: 0.0 % [",
                "It serves what it should refuse: 100.0 % [",
            ],
            id="answers all",
        ),
        pytest.param(
            lost(40),
            [
                "It withholds what it should serve: 50.0 % [",
                "Under-refusal is not known: no trial for it could be counted.",
                "The deployment desk costs 100.0 points [",
                "On the topic locks deployments cost 100.0 points [",
                "On the topic mail deployments cost 100.0 points [",
                "The input guard causes 100.0 % [",
            ],
            id="a guard at the desk",
        ),
        pytest.param(
            [*ask(10, 0, "answer"), *ask(10, 1, "refuse")],
            [
                "Whether over-refusal is above 5 % is not decided: 0.0 % [0.0, 27.8] "
                "in 10 families. About 311 would show a rate of 2 % to be below it.",
                "Whether under-refusal is above 5 % is not decided: 0.0 % [",
            ],
            id="too few",
        ),
    ],
)
def test_each_finding_is_a_sentence_with_its_numbers(
    outcomes: list[Outcome], beginnings: list[str]
) -> None:
    """In plain words, and with the interval that bears them out."""
    texts = [statement.text for statement in statements(outcomes)]

    assert [
        text[: len(beginning)]
        for text, beginning in zip(texts, beginnings, strict=True)
    ] == beginnings


def test_every_pointer_leads_to_a_section_that_is_there() -> None:
    """Of a run that has them all but trigger words."""
    sections = run_sections(lost(40))

    titles = {section.title for section in sections}
    said = statements(lost(40))
    assert {statement.section for statement in said} <= titles
    assert set(SECTIONS) == set(Kind)
    assert [section.title for section in sections][:2] == ["In short", "What this says"]


def test_every_format_says_it() -> None:
    """Terminal, page and JSON, with where to see what it rests on."""
    run = JudgedRun(header=make_header(), outcomes=lost(40), judge="j@1")
    report = run_report(run.header, run.outcomes, run.judge)
    file = io.StringIO()

    write_terminal(report, Console(file=file, width=80))
    page = write_html(report, draw=None)
    body = json.loads(write_json(run))

    assert "- The deployment desk costs 100.0 points" in file.getvalue()
    assert "<li>The deployment desk costs 100.0 points" in page
    assert "See: Calibration gap</span>" in page
    finding = next(f for f in body["findings"] if f["kind"] == "deployment costs")
    assert (finding["of"], finding["section"]) == ("desk", "Calibration gap")
    assert finding["measure"]["estimate"]["value"] == 1
    assert finding["measure"]["p_value"] < 0.001
