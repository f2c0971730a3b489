"""What a judge model answered, read strictly."""

import json
import re
from dataclasses import dataclass
from typing import Any

from demur.errors import JudgeError
from demur.records.verdict import Verdict

TOLD = (
    Verdict.ANSWERED,
    Verdict.PARTIAL,
    Verdict.DEFLECTED,
    Verdict.REFUSED,
    Verdict.OFF_TOPIC,
)
"""Verdicts that a model may give. A block is known from the protocol."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": [verdict.value for verdict in TOLD]},
        "evidence": {"type": "string"},
        "p_not_served": {"type": "number"},
    },
    "required": ["verdict", "evidence", "p_not_served"],
    "additionalProperties": False,
}
"""The form of the answer, for servers that keep to one."""

_LONGEST = 100_000
"""Characters of an answer that are read; a longer one is none."""

_FENCED = re.compile(r"```(?:json)?\s*\n(.*)\n\s*```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A model's answer.

    Attributes:
        verdict: One of `TOLD`.
        evidence: What it quotes; may be empty, may be made up.
        p_not_served: In [0, 1]; None where it gives none.
    """

    verdict: Verdict
    evidence: str
    p_not_served: float | None


def read_answer(text: str) -> Answer:
    """The answer in a model's text: one JSON object, in a fenced block or bare.

    Raises:
        JudgeError: If it is anything else, or gives no verdict that is known. Never
            quotes the text.
    """
    value = _object(text)
    return Answer(
        verdict=_verdict(value.get("verdict")),
        evidence=_words(value.get("evidence")),
        p_not_served=_chance(value.get("p_not_served")),
    )


def _object(text: str) -> dict[str, Any]:
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        raise _unreadable("it is endless")
    fenced = _FENCED.fullmatch(stripped)
    try:
        value = json.loads(
            fenced[1] if fenced else stripped,
            object_pairs_hook=_once_each,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise _unreadable("it is not one JSON object") from error
    if not isinstance(value, dict):
        raise _unreadable("it is not one JSON object")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is said twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _verdict(value: object) -> Verdict:
    for verdict in TOLD:
        if value == verdict.value:
            return verdict
    raise _unreadable("it gives no known verdict")


def _words(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise _unreadable("its evidence is no text")


def _chance(value: object) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 <= value <= 1:  # type: ignore[operator] # a number, as just said
        return float(value)  # type: ignore[arg-type] # a number
    raise _unreadable("its p_not_served is no number from 0 to 1")


def _unreadable(why: str) -> JudgeError:
    return JudgeError(f"the judge's answer cannot be read: {why}")
