"""Tests of demur.targets.score."""

from types import MappingProxyType

import numpy as np
import pytest

from demur.errors import TargetReplyError
from demur.targets.guard import Stop
from demur.targets.score import read_score


@pytest.mark.parametrize(
    ("value", "stop"),
    [
        pytest.param(True, Stop(), id="true"),
        pytest.param(False, None, id="false"),
        pytest.param(0.79, None, id="below"),
        pytest.param(0.8, Stop(reason="score 0.8", score=0.8), id="at the threshold"),
        pytest.param(1, Stop(reason="score 1", score=1), id="a whole number"),
        pytest.param(np.bool_(1), Stop(), id="numpy's true"),
        pytest.param(np.float32(0.5), None, id="numpy's number"),
        pytest.param(
            {"score": 0.9, "reason": "guns"},
            Stop(reason="guns", score=0.9),
            id="score and reason",
        ),
        pytest.param({"flagged": False, "score": 0.9}, None, id="flagged decides"),
        pytest.param(
            {"flagged": True, "score": 0.1},
            Stop(reason="score 0.1", score=0.1),
            id="flagged decides, the other way",
        ),
        pytest.param({"flagged": 1, "reason": 7}, Stop(), id="an odd reason"),
        pytest.param(MappingProxyType({"flagged": True}), Stop(), id="any mapping"),
    ],
)
def test_a_scorers_value_is_read(value: object, stop: Stop | None) -> None:
    """At a threshold of 0.8."""
    assert read_score(value, 0.8) == stop


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(None, "neither flagged nor score", id="nothing"),
        pytest.param({}, "neither flagged nor score", id="an empty mapping"),
        pytest.param("yes", "must be a number, got str yes", id="a text"),
        pytest.param({"flagged": "no"}, "true or false, got str no", id="flagged: no"),
        pytest.param({"score": True}, "must be a number", id="score: true"),
        pytest.param({"flagged": 2}, "true or false", id="flagged: 2"),
        pytest.param(float("nan"), "NaN", id="NaN"),
        pytest.param([0.9], "must be a number", id="a list"),
        pytest.param(np.array([0.1, 0.9]), "must be a number", id="two numbers"),
    ],
)
def test_what_cannot_be_read_lets_nothing_through(value: object, said: str) -> None:
    """It is a failure, neither yes nor no."""
    with pytest.raises(TargetReplyError, match=said):
        read_score(value, 0.5)
