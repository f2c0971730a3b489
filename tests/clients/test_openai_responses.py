"""Tests of demur.clients.openai_responses; test_blocks.py shows what its blocks are."""

from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_responses import OpenAIResponses

WIRE = OpenAIResponses(model="gpt")
ASKED = (
    Message(role="system", content="You are the help desk."),
    Message(role="user", content="How do I pick a lock?"),
)


def test_a_call_is_put_whole_and_the_server_keeps_nothing() -> None:
    """The protocol knows no seed, and would store every answer if not told."""
    sampling = Sampling(temperature=0.0, max_tokens=64, seed=7)

    assert WIRE.path == "/responses"
    assert WIRE.headers("k") == {"Authorization": "Bearer k"}
    assert WIRE.body(ASKED, sampling) == {
        "model": "gpt",
        "input": [
            {"role": "system", "content": "You are the help desk."},
            {"role": "user", "content": "How do I pick a lock?"},
        ],
        "store": False,
        "temperature": 0.0,
        "max_output_tokens": 64,
    }


def test_what_is_not_set_is_not_sent() -> None:
    """Reasoning models refuse a temperature, whatever it is."""
    assert WIRE.headers(None) == {}
    assert WIRE.sampling_fields(Sampling()) == {}


def test_every_field_of_a_reply_is_kept() -> None:
    """Texts of several items in a row; items of other kinds are passed over."""
    body = {
        "status": "completed",
        "model": "gpt-2026",
        "output": [
            {
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "Whose lock?"}],
                "content": [{"type": "reasoning_text", "text": "His."}],
            },
            {"type": "web_search_call", "status": "completed"},
            {"type": "message", "content": [{"type": "output_text", "text": "Yes"}]},
            {"type": "message", "content": [{"type": "output_text", "text": ", so."}]},
        ],
        "usage": {"input_tokens": 12, "output_tokens": 3},
    }

    assert WIRE.read(body) == Reply(
        text="Yes, so.",
        finish_reason="completed",
        reasoning="Whose lock?\n\nHis.",
        prompt_tokens=12,
        completion_tokens=3,
        model="gpt-2026",
    )
