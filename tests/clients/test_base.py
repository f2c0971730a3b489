"""Tests of demur.clients.base: how an answer of a given form is asked for."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from tests.clients.provider import Answer, Provider, fails, says

from demur.clients.anthropic_messages import AnthropicMessages
from demur.clients.api import ApiClient
from demur.clients.base import Message, Sampling
from demur.clients.gemini import Gemini
from demur.clients.openai_chat import OpenAIChat
from demur.clients.openai_responses import OpenAIResponses
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import TargetRejectedError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}
OPEN = {name: value for name, value in SCHEMA.items() if name != "additionalProperties"}
STRICT = {"name": "answer", "strict": True, "schema": SCHEMA}
SAMPLING = Sampling(temperature=0.0, schema=SCHEMA)
ASKED = (Message(role="user", content="Which verdict?"),)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.parametrize(
    ("wire", "asked"),
    [
        pytest.param(
            OpenAIChat(model="m"),
            {"response_format": {"type": "json_schema", "json_schema": STRICT}},
            id="OpenAI chat",
        ),
        pytest.param(
            OpenAIResponses(model="m"),
            {"text": {"format": {"type": "json_schema", **STRICT}}},
            id="OpenAI responses",
        ),
        pytest.param(
            AnthropicMessages(model="m"),
            {
                "tools": [{"name": "give_answer", "input_schema": SCHEMA}],
                "tool_choice": {"type": "tool", "name": "give_answer"},
            },
            id="Anthropic: a tool that must be called",
        ),
        pytest.param(
            Gemini(model="m"),
            {
                "generationConfig": {
                    "temperature": 0.0,
                    "responseMimeType": "application/json",
                    "responseSchema": OPEN,
                }
            },
            id="Gemini: without a word it does not know",
        ),
    ],
)
def test_each_protocol_has_its_way_to_ask_for_a_form(
    wire: Wire, asked: dict[str, Any]
) -> None:
    """And without a schema nothing of it is sent: targets are asked as before."""
    body = wire.body(ASKED, SAMPLING)
    plain = wire.body(ASKED, replace(SAMPLING, schema=None))

    assert {name: body[name] for name in asked} == asked
    assert "schema" not in json.dumps(plain)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(
            [{"type": "tool_use", "name": "give_answer", "input": {"verdict": "x"}}],
            '{"verdict": "x"}',
            id="the tool alone",
        ),
        pytest.param(
            [
                {"type": "text", "text": "I call the tool."},
                {"type": "tool_use", "name": "give_answer", "input": {}},
            ],
            "{}",
            id="words beside it",
        ),
        pytest.param(
            [
                {"type": "tool_use", "name": "give_answer", "input": {"verdict": "x"}},
                {"type": "tool_use", "name": "give_answer", "input": {"verdict": "y"}},
            ],
            '{"verdict": "x"}\n{"verdict": "y"}',
            id="twice: no answer of the form",
        ),
        pytest.param([{"type": "text", "text": "No."}], "No.", id="words alone"),
    ],
)
def test_what_anthropics_tool_is_called_with_is_the_answer(
    content: list[dict[str, Any]], text: str
) -> None:
    """Whoever reads it checks its form, as everywhere."""
    body = {"content": content, "stop_reason": "tool_use"}

    assert AnthropicMessages(model="m").read(body).text == text


def ask(sampling: Sampling, *answers: Answer, times: int = 1) -> list[dict[str, Any]]:
    """The bodies that the provider was sent, several at once."""

    async def asking() -> list[dict[str, Any]]:
        async with Provider(*answers) as provider:
            client = ApiClient(
                wire=OpenAIChat(model="m"),
                server=Server(base_url=provider.url),
                sampling=sampling,
            )
            async with client:
                await asyncio.gather(*(client.complete(ASKED) for _ in range(times)))
            return [call.body for call in provider.calls]

    return asyncio.run(asking())


def test_a_server_that_takes_no_schema_is_asked_without_from_then_on() -> None:
    """Many do not; whoever reads the answer checks it in any case."""
    refusal = fails(400, "response_format json_schema is not supported")

    first, second = ask(SAMPLING, refusal, says("{}"))

    assert "response_format" in first
    assert "response_format" not in second
    assert second["temperature"] == 0


def test_a_model_that_takes_no_temperature_keeps_the_schema() -> None:
    """As reasoning models do not."""
    refusal = fails(400, "Unsupported value: 'temperature' does not support 0.")

    _, second = ask(SAMPLING, refusal, says("{}"))

    assert "temperature" not in second
    assert "response_format" in second


def test_calls_that_meet_the_same_refusal_at_once_are_all_asked_again() -> None:
    """One learns it for the others."""
    refusals = [fails(400, "response_format is not supported")] * 5

    bodies = ask(SAMPLING, *refusals, says("{}"), times=5)

    assert ["response_format" in body for body in bodies] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        pytest.param(SAMPLING, "the prompt is too long", id="another reason"),
        pytest.param(
            replace(SAMPLING, schema=None), "no temperature", id="a target's call"
        ),
    ],
)
def test_no_other_refusal_changes_what_is_asked(sampling: Sampling, words: str) -> None:
    """What a target is asked for is part of its run."""
    with pytest.raises(TargetRejectedError, match=words):
        ask(sampling, fails(400, words), says("{}"))
