"""Tests of demur.transcripts.promptfoo."""

import json
from typing import Any

import pytest

from demur.records.exchange import BadExchange, Exchange
from demur.transcripts.promptfoo import is_results, read_results


def read(**result: Any) -> Exchange | BadExchange:
    """One result of promptfoo's."""
    (found,) = read_results({"results": {"version": 3, "results": [result]}})
    return found


def test_a_result_is_read_with_its_provider() -> None:
    """As promptfoo 0.12x writes it."""
    found = read(
        id="r1",
        prompt={"raw": "Why?", "label": "{{q}}"},
        vars={"q": "Why?"},
        provider={"id": "openai:m-1"},
        response={"output": "So.", "finishReason": "stop"},
    )

    assert found == Exchange(
        number=1,
        id="r1",
        request="Why?",
        response="So.",
        finish_reason="stop",
        model="openai:m-1",
    )


def test_a_prompt_of_messages_is_a_conversation() -> None:
    """Prompts of a chat are written as one JSON text."""
    raw = json.dumps(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Why?"},
        ]
    )

    found = read(prompt={"raw": raw}, response={"output": "So."})

    assert isinstance(found, Exchange)
    assert (found.request, found.system) == ("Why?", "Be brief.")


@pytest.mark.parametrize(
    ("result", "request_read"),
    [
        pytest.param({"prompt": {"raw": "[1, 2]"}}, "[1, 2]", id="a list of numbers"),
        pytest.param({"prompt": {"raw": "[not JSON"}}, "[not JSON", id="a bracket"),
        pytest.param({"vars": {"q": "Why?"}}, "Why?", id="only the variable"),
        pytest.param({"vars": {"q": "a", "r": "b"}}, "", id="two variables"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_a_prompt_in_any_form_is_read(
    result: dict[str, Any], request_read: str
) -> None:
    """What looks like messages and is none is the user's text."""
    found = read(response={"output": "So."}, **result)

    assert isinstance(found, Exchange)
    assert found.request == request_read


def test_an_output_parsed_as_json_is_text_again() -> None:
    """A judge reads texts."""
    found = read(prompt={"raw": "x"}, response={"output": {"answer": 1}})

    assert isinstance(found, Exchange)
    assert found.response == '{"answer": 1}'


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        pytest.param({"error": "HTTP 500"}, "nothing came back: HTTP 500", id="error"),
        pytest.param({"response": {}}, "nothing came back", id="no output"),
        pytest.param(
            {"response": {"output": "x"}, "prompt": 5}, "is no result", id="nonsense"
        ),
        pytest.param({"response": "x"}, "is no result", id="response is a text"),
    ],
)
def test_a_result_without_an_output_says_why(
    result: dict[str, Any], problem: str
) -> None:
    """Nothing that came back is not an empty answer."""
    found = read(id="r1", **result)

    assert isinstance(found, BadExchange)
    assert found.id == "r1"
    assert problem in found.problem


@pytest.mark.parametrize("content", [[], {"results": []}, {"results": {}}, None])
def test_other_json_is_not_taken_for_results(content: object) -> None:
    """A table with a column `results` is a table."""
    assert not is_results(content)
