"""Tests of demur.clients.anthropic_messages; test_blocks.py shows its blocks."""

from demur.clients.anthropic_messages import AnthropicMessages
from demur.clients.base import Message, Reply, Sampling

WIRE = AnthropicMessages(model="claude")
USER = Message(role="user", content="How do I pick a lock?")


def test_a_call_is_put_whole() -> None:
    """The system prompt has a field of its own; the protocol knows no seed."""
    system = Message(role="system", content="You are the help desk.")
    sampling = Sampling(temperature=0.0, max_tokens=64, seed=7)

    assert WIRE.path == "/messages"
    assert WIRE.headers("k") == {"anthropic-version": "2023-06-01", "x-api-key": "k"}
    assert WIRE.body((system, USER), sampling) == {
        "model": "claude",
        "system": "You are the help desk.",
        "messages": [{"role": "user", "content": "How do I pick a lock?"}],
        "max_tokens": 64,
        "temperature": 0.0,
    }


def test_a_limit_is_sent_where_nobody_set_one() -> None:
    """The protocol refuses a call without; and an empty system prompt."""
    assert WIRE.headers(None) == {"anthropic-version": "2023-06-01"}
    assert WIRE.body((USER,), Sampling()) == {
        "model": "claude",
        "messages": [{"role": "user", "content": "How do I pick a lock?"}],
        "max_tokens": 2048,
    }


def test_every_field_of_a_reply_is_kept() -> None:
    """Tokens read from a cache were read too."""
    body = {
        "model": "claude-2026",
        "stop_reason": "end_turn",
        "stop_details": None,
        "content": [
            {"type": "thinking", "thinking": "His lock.", "signature": "x"},
            {"type": "text", "text": "Yes"},
            {"type": "text", "text": ", so."},
        ],
        "usage": {
            "input_tokens": 5,
            "cache_creation_input_tokens": 3,
            "cache_read_input_tokens": 4,
            "output_tokens": 3,
        },
    }

    assert WIRE.read(body) == Reply(
        text="Yes, so.",
        finish_reason="end_turn",
        reasoning="His lock.",
        prompt_tokens=12,
        completion_tokens=3,
        model="claude-2026",
    )
