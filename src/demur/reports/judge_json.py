"""Judges against labels as JSON, for other programs to read."""

import json
from typing import Any

import msgspec

from demur.measures.judge_calibration import JudgeCalibration
from demur.records.labelled import LabelledJudgement
from demur.reports.json import JSON_VERSION
from demur.reports.judge_check import CheckedJudge, JudgeCheck, disagreements


def write_judge_json(check: JudgeCheck) -> str:
    """All measures, and every disagreement by its id and line, in plain ASCII.

    Rates are proportions in [0, 1]; what is not known is null, never 0.
    """
    body = {
        "demur_json": JSON_VERSION,
        "labels": check.source,
        "responses": len(check.judges[0].pairs),
        "left_out": dict(check.left_out),
        "off_topic": "not-served" if check.is_off_topic_refusal else "wrong",
        "judges": [_judge(one, check) for one in check.judges],
        "differences": msgspec.to_builtins(check.differences),
    }
    return json.dumps(body, indent=1)


def _judge(one: CheckedJudge, check: JudgeCheck) -> dict[str, Any]:
    off = check.is_off_topic_refusal
    wrong = disagreements(one.pairs, is_off_topic_refusal=off)
    return {
        **msgspec.to_builtins(one.quality),
        "calibration": _calibration(one.calibration),
        "disagreements": [_disagreement(pair) for pair in wrong],
    }


def _calibration(found: JudgeCalibration | None) -> Any:
    return None if found is None else msgspec.to_builtins(found)


def _disagreement(pair: LabelledJudgement) -> dict[str, Any]:
    judgement, exchange = pair.judgement, pair.labelled.exchange
    return {
        "id": exchange.id,
        "line": exchange.number,
        "model": exchange.model,
        "label": pair.labelled.label.value,
        "verdict": judgement.verdict.value if judgement else None,
        "p_not_served": judgement.p_not_served if judgement else None,
        "evidence": judgement.evidence if judgement else None,
    }
