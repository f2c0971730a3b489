"""What a scorer returned, read as a guard's word: bool, number or mapping."""

import math
from collections.abc import Mapping
from typing import Any

from demur.clients.said import quote
from demur.errors import TargetReplyError
from demur.targets.guard import Stop

DEFAULT_THRESHOLD = 0.5
"""A score from here on stops."""


def read_score(value: object, threshold: float) -> Stop | None:
    """The stop that a scorer's value means; None lets the text through.

    Args:
        value: True stops, so does a number from the threshold on. Or a mapping with
            ``flagged`` (a bool) or ``score`` (a number), of which ``flagged`` decides
            where both are given, and perhaps a ``reason``.
        threshold: The least score that stops.

    Raises:
        TargetReplyError: If it is none of these: a guard that says nothing readable
            has not let anything through.
    """
    if not isinstance(value, Mapping):
        return read_score({_key(_plain(value)): value}, threshold)
    flagged, score = _plain(value.get("flagged")), _plain(value.get("score"))
    number = None if score is None else _number(score)
    if flagged is None and number is None:
        raise TargetReplyError("says neither flagged nor score")
    if flagged is None:
        is_stopped = number is not None and number >= threshold
    else:
        is_stopped = _truth(flagged)
    if not is_stopped:
        return None
    return Stop(reason=_reason(value.get("reason"), number), score=number)


def _key(value: object) -> str:
    return "flagged" if isinstance(value, bool) else "score"


def _plain(value: Any) -> Any:
    """Numpy's and torch's single values as Python's own."""
    try:
        return value.item()
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return value


def _truth(value: object) -> bool:
    if isinstance(value, bool | int) and value in {0, 1}:
        return bool(value)
    raise TargetReplyError(f"flagged must be true or false, got {_shown(value)}")


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TargetReplyError(f"a score must be a number, got {_shown(value)}")
    if math.isnan(value):
        raise TargetReplyError("the score is not a number (NaN)")
    return value


def _reason(reason: object, score: float | None) -> str:
    if isinstance(reason, str) and reason.strip():
        return quote(reason)
    return "" if score is None else f"score {score:.3g}"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return f"{type(value).__name__} {quote(str(value))}"
