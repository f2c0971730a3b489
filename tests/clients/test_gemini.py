"""Tests of demur.clients.gemini; test_blocks.py shows what its blocks are."""

import pytest

from demur.clients.base import Message, Reply, Sampling
from demur.clients.gemini import Gemini

WIRE = Gemini(model="gemini-pro")
USER = Message(role="user", content="How do I pick a lock?")


def test_a_call_is_put_whole() -> None:
    """Its own words for roles and limits, and a field for the system prompt."""
    messages = (
        Message(role="system", content="You are the help desk."),
        Message(role="user", content="Hello."),
        Message(role="assistant", content="Hello!"),
        USER,
    )
    sampling = Sampling(temperature=0.0, max_tokens=64, seed=7)

    assert WIRE.headers("k") == {"x-goog-api-key": "k"}
    assert WIRE.body(messages, sampling) == {
        "systemInstruction": {"parts": [{"text": "You are the help desk."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Hello."}]},
            {"role": "model", "parts": [{"text": "Hello!"}]},
            {"role": "user", "parts": [{"text": "How do I pick a lock?"}]},
        ],
        "generationConfig": {"temperature": 0.0, "maxOutputTokens": 64, "seed": 7},
    }


def test_what_is_not_set_is_not_sent() -> None:
    """Neither an empty system prompt nor an empty configuration."""
    assert WIRE.headers(None) == {}
    assert WIRE.body((USER,), Sampling()) == {
        "contents": [{"role": "user", "parts": [{"text": "How do I pick a lock?"}]}]
    }


@pytest.mark.parametrize(
    ("model", "path"),
    [
        pytest.param("gemini-pro", "/models/gemini-pro:generateContent", id="plain"),
        pytest.param("models/g", "/models/g:generateContent", id="as it is listed"),
        pytest.param("../x?y", "/models/..%2Fx%3Fy:generateContent", id="hostile"),
    ],
)
def test_the_model_is_in_the_path(model: str, path: str) -> None:
    """A name cannot lead elsewhere on the server."""
    assert Gemini(model=model).path == path


def test_every_field_of_a_reply_is_kept() -> None:
    """Tokens of the thoughts were written too."""
    parts = [{"text": "His.", "thought": True}, {"text": "Yes"}, {"text": ", so."}]
    body = {
        "modelVersion": "gemini-2026",
        "candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 12,
            "candidatesTokenCount": 3,
            "thoughtsTokenCount": 5,
        },
    }

    assert WIRE.read(body) == Reply(
        text="Yes, so.",
        finish_reason="STOP",
        reasoning="His.",
        prompt_tokens=12,
        completion_tokens=8,
        model="gemini-2026",
    )
