"""A gate as JSON, for other programs to read."""

import json
from typing import Any

import msgspec

from demur.reports.gate_result import Checked, GateResult
from demur.reports.gate_words import reason

GATE_JSON_VERSION = 1
"""Version of the layout below. It grows by new keys; a changed key is a new version."""


def write_gate_json(result: GateResult) -> str:
    """A gate as one JSON object in plain ASCII.

    Rates are proportions in [0, 1]; what is not known is null, never 0.
    """
    before = result.before
    guard = result.guard
    body = {
        "demur_gate_json": GATE_JSON_VERSION,
        "answer": result.answer.value,
        "error_rate": result.error_rate,
        "error_rate_of_each_bound": result.share,
        "is_by_family": result.is_by_family,
        "run": msgspec.to_builtins(result.run.header),
        "baseline": None if before is None else msgspec.to_builtins(before.header),
        "judge": result.run.judge,
        "conditions": [_condition(each) for each in result.checked],
        "unguarded_under_refusal": (
            None if guard is None else msgspec.to_builtins(guard)
        ),
    }
    return json.dumps(body, indent=1)


def _condition(checked: Checked) -> dict[str, Any]:
    need = checked.need
    return {
        "condition": str(checked.condition),
        **msgspec.to_builtins(checked.condition),
        "answer": checked.answer.value,
        "reason": reason(checked),
        "measured": msgspec.to_builtins(checked.measured),
        "would_decide": None if need is None else msgspec.to_builtins(need),
    }
