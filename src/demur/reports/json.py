"""A run as JSON: its measures and every trial, for other programs to read."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from demur.measures.base import Measured
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.reports.document import Figures, Report, Section, Table

JSON_VERSION = 1
"""Version of the layout below. It grows by new keys; a changed key is a new version."""


def write_json(report: Report, header: RunHeader, outcomes: Sequence[Outcome]) -> str:
    """The run as one JSON object in plain ASCII.

    Rates are proportions in [0, 1]; what is not known is null, never 0.
    """
    body = {
        "demur_json": JSON_VERSION,
        "run": msgspec.to_builtins(header),
        "measures": [
            measure for section in report.sections for measure in _measures(section)
        ],
        "trials": [_trial(outcome) for outcome in outcomes],
    }
    return json.dumps(body, indent=1)


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
        "request": trial.user_message,
        "transcript": _or_null(outcome.transcript),
        "failure": _or_null(outcome.failure),
        "judgement": _or_null(outcome.judgement),
    }


def _or_null(record: object) -> Any:
    return None if record is None else msgspec.to_builtins(record)
