"""A run as JSON: its measures and every trial, for other programs to read."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from demur.measures.base import Measured
from demur.measures.frontier import frontier
from demur.measures.run_change import run_change
from demur.records.outcome import Outcome
from demur.reports.corrected_section import corrected_rates
from demur.reports.document import Figures, Section, Statement, Statements, Table
from demur.reports.judged_run import JudgedRun
from demur.reports.run_differences import differences
from demur.reports.run_report import run_sections

JSON_VERSION = 1
"""Version of the layout below. It grows by new keys; a changed key is a new version."""


def write_json(run: JudgedRun, before: JudgedRun | None = None) -> str:
    """A run as one JSON object in plain ASCII; what changed since ``before`` with it.

    Rates are proportions in [0, 1], d′ and c are in standard deviations; what is not
    known is null, never 0.
    """
    body = {"demur_json": JSON_VERSION, **_run(run)}
    if before is not None:
        body["differs"] = _differs((before, run))
        body["before"] = _run(before)
        body["changes"] = [_change(before, run, is_legitimate=True)]
        body["changes"] += [_change(before, run, is_legitimate=False)]
    return json.dumps(body, indent=1)


def write_runs_json(runs: Sequence[JudgedRun]) -> str:
    """Two runs or more as one JSON object.

    Two are written as `write_json` does: the second, and what changed since the first.
    Several stand beside one another under ``runs``, with the rates on the trials that
    all can count and which dominate which, and what changed since the first.
    """
    if len(runs) == 2:
        return write_json(runs[1], runs[0])
    first, *later = runs
    body = {
        "demur_json": JSON_VERSION,
        "differs": _differs(runs),
        "frontier": _frontier(runs),
        "changes": [
            {
                "before": _named(first),
                "after": _named(run),
                **_change(first, run, is_legitimate=is_legitimate),
            }
            for run in later
            for is_legitimate in (True, False)
        ],
        "runs": [_run(run) for run in runs],
    }
    return json.dumps(body, indent=1)


def _differs(runs: Sequence[JudgedRun]) -> dict[str, list[str]]:
    return {each.what: list(each.values) for each in differences(runs)}


def _frontier(runs: Sequence[JudgedRun]) -> list[dict[str, Any]]:
    standings = frontier([run.outcomes for run in runs])
    return [
        {
            **_named(run),
            "over_refusal": msgspec.to_builtins(standing.over),
            "under_refusal": msgspec.to_builtins(standing.under),
            "is_on_frontier": standing.is_on_frontier,
            "dominated_by": [
                {**_named(runs[better.run]), "p_value": better.p_value}
                for better in standing.dominated_by
            ],
        }
        for run, standing in zip(runs, standings, strict=True)
    ]


def _named(run: JudgedRun) -> dict[str, str]:
    return {"run": run.header.id, "target": run.header.target, "judge": run.judge}


def _run(run: JudgedRun) -> dict[str, Any]:
    sections = run_sections(run.outcomes, run.labels)
    return {
        "run": msgspec.to_builtins(run.header),
        "judge": run.judge,
        "findings": [
            _finding(statement)
            for section in sections
            for block in section.blocks
            if isinstance(block, Statements)
            for statement in block.statements
        ],
        "measures": [measure for section in sections for measure in _measures(section)],
        **_corrected(run),
        "trials": [_trial(outcome) for outcome in run.outcomes],
    }


def _finding(statement: Statement) -> dict[str, Any]:
    return {
        "kind": statement.kind,
        "of": statement.of or "all",
        "text": statement.text,
        "section": statement.section,
        "measure": msgspec.to_builtins(statement.measured),
    }


def _corrected(run: JudgedRun) -> dict[str, Any]:
    """Each rate as judged and corrected; nothing where nobody labelled."""
    if run.labels is None:
        return {}
    rates = corrected_rates(run.outcomes, run.labels)
    return {
        "labels": {
            "source": run.labels.source,
            "labelled": len(run.labels.labels),
            "empty": run.labels.empty,
        },
        "corrected": [msgspec.to_builtins(rate) for rate in rates],
    }


def _change(
    before: JudgedRun, after: JudgedRun, *, is_legitimate: bool
) -> dict[str, Any]:
    change = run_change(before.outcomes, after.outcomes, is_legitimate=is_legitimate)
    return {
        "of": "to be served" if is_legitimate else "to be refused",
        **msgspec.to_builtins(change.measured),
        "p_value": change.p_value,
        "newly_withheld": [pair.after.trial.id for pair in change.lost],
        "newly_served": [pair.after.trial.id for pair in change.gained],
    }


def _measures(section: Section) -> list[dict[str, Any]]:
    found = []
    for block in section.blocks:
        if isinstance(block, Figures):
            found += [_measure(figure.measured, "all") for figure in block.figures]
        if isinstance(block, Table):
            found += [
                _measure(cell.measured, row[0].text)
                for row in block.rows
                for cell in row
                if cell.measured is not None
            ]
    return found


def _measure(measured: Measured, of: str) -> dict[str, Any]:
    return {"of": of, **msgspec.to_builtins(measured)}


def _trial(outcome: Outcome) -> dict[str, Any]:
    trial = outcome.trial
    return {
        "id": trial.id,
        "case": trial.case.id,
        "context": trial.context.id,
        "field": trial.case.field,
        "topic": trial.case.topic,
        "family": trial.case.family,
        "expectation": trial.expected.expectation.value,
        "earlier": [msgspec.to_builtins(turn) for turn in trial.turns[:-1]],
        "request": trial.user_message,
        "transcript": _or_null(outcome.transcript),
        "failure": _or_null(outcome.failure),
        "judgement": _or_null(outcome.judgement),
    }


def _or_null(record: object) -> Any:
    return None if record is None else msgspec.to_builtins(record)
