"""Tests of demur.records.transcript."""

import pytest
from tests.makers import make_transcript

from demur.records.transcript import Layer, Transcript


@pytest.mark.parametrize(
    ("finish_reason", "is_truncated"),
    [
        pytest.param("length", True, id="OpenAI's word"),
        pytest.param("max_tokens", True, id="Anthropic's word"),
        pytest.param("MAX_TOKENS", True, id="Gemini's word"),
        pytest.param("max_output_tokens", True, id="the responses protocol's word"),
        pytest.param("model_length", True, id="Mistral's word"),
        pytest.param("stop", False, id="the model was done"),
        pytest.param("content_filter", False, id="a filter ended it"),
        pytest.param(None, False, id="the protocol does not say"),
    ],
)
def test_a_text_is_truncated_where_the_protocol_says_so(
    finish_reason: str | None, *, is_truncated: bool
) -> None:
    """Known from the protocol's raw word, never guessed from the text."""
    transcript = Transcript(
        trial_id="t", response="and then", finish_reason=finish_reason
    )

    assert transcript.is_truncated is is_truncated


def test_what_a_server_did_not_say_is_none() -> None:
    """Tokens that nobody counted are missing, not 0."""
    transcript = make_transcript()

    assert transcript.prompt_tokens is None
    assert transcript.completion_tokens is None
    assert transcript.model is None
    assert transcript.reasoning is None
    assert transcript.block is None


def test_the_layers_are_these() -> None:
    """Stores and reports use the words, so they never change."""
    assert [layer.value for layer in Layer] == [
        "provider filter",
        "input guard",
        "output guard",
        "model",
    ]
