"""Tests of demur.targets.own_reply."""

from typing import Any

import pytest
from tests.makers import DESK, make_trial

from demur.errors import (
    TargetError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
)
from demur.records.context import Context
from demur.records.transcript import Block, Layer, Side, Transcript
from demur.targets.own_reply import messages_of, own_transcript


def test_a_trial_is_told_as_a_conversation() -> None:
    """The deployment's prompt first, then frame and request."""
    context = Context(id="desk", deployment=DESK)
    trial = make_trial(context=context)

    assert messages_of(trial) == [
        {"role": "system", "content": "You are the help desk."},
        {"role": "user", "content": "How do I reset a lock?"},
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(" Yes.\n", {"response": " Yes.\n"}, id="a text, exactly"),
        pytest.param("", {"response": ""}, id="an empty text"),
        pytest.param({"response": "Yes."}, {"response": "Yes."}, id="a mapping"),
        pytest.param(
            {
                "id": "x",
                "response": "Yes.",
                "finish_reason": "length",
                "reasoning": "Hm.",
                "model": "m-1",
                "prompt_tokens": 9,
                "completion_tokens": 2,
                "error": None,
            },
            {
                "response": "Yes.",
                "finish_reason": "length",
                "reasoning": "Hm.",
                "model": "m-1",
                "prompt_tokens": 9,
                "completion_tokens": 2,
            },
            id="all that is known",
        ),
        pytest.param(
            {
                "block": {
                    "layer": "input guard",
                    "code": "policy 4",
                    "detail": "locks",
                    "side": "prompt",
                }
            },
            {
                "response": "",
                "block": Block(
                    layer=Layer.INPUT_GUARD,
                    code="policy 4",
                    detail="locks",
                    side=Side.PROMPT,
                ),
            },
            id="a block without a response",
        ),
        pytest.param(
            {"response": "Sorry.", "block": "policy 4"},
            {
                "response": "Sorry.",
                "block": Block(layer=Layer.OUTPUT_GUARD, code="policy 4"),
            },
            id="a block by its code alone",
        ),
    ],
)
def test_a_reply_becomes_a_transcript(said: Any, expected: dict[str, Any]) -> None:
    """Nothing is trimmed or guessed."""
    trial = make_trial()

    transcript = own_transcript(trial, said, 0.5)

    assert transcript == Transcript(trial_id=trial.id, seconds=0.5, **expected)


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        pytest.param(None, TargetReplyError, "NoneType, and no text", id="nothing"),
        pytest.param(7, TargetReplyError, "int, and no text", id="a number"),
        pytest.param({}, TargetReplyError, "it has nothing", id="empty"),
        pytest.param(
            {"text": "Yes."}, TargetReplyError, "it has 'text'", id="another name"
        ),
        pytest.param(
            {"response": 7}, TargetReplyError, "'response' is int, not str", id="kind"
        ),
        pytest.param(
            {"response": "x", "prompt_tokens": True},
            TargetReplyError,
            "'prompt_tokens' is bool, not int",
            id="truth for a number",
        ),
        pytest.param(
            {"block": {"layer": "wall"}},
            TargetReplyError,
            "layers are provider filter, input guard, output guard, model",
            id="unknown layer",
        ),
        pytest.param({"block": 7}, TargetReplyError, "neither a mapping", id="block"),
        pytest.param(
            {"error": "no seat"}, TargetRejectedError, "no seat", id="an error"
        ),
        pytest.param(
            {"error": "no seat", "transient": True},
            TargetServerError,
            "no seat",
            id="an error that may pass",
        ),
    ],
)
def test_what_is_no_reply_costs_the_trial(
    said: Any, kind: type[TargetError], words: str
) -> None:
    """It is never turned into text."""
    with pytest.raises(TargetError) as caught:
        own_transcript(make_trial(), said, 0.0)

    assert type(caught.value) is kind
    assert words in str(caught.value)
