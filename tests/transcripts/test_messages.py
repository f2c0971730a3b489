"""Tests of demur.transcripts.messages."""

from typing import Any

import pytest

from demur.records.case import Turn
from demur.records.exchange import BadExchange, Exchange
from demur.records.transcript import Layer
from demur.rows.row import Row
from demur.transcripts.messages import read_batch_output, read_conversation

USER = {"role": "user", "content": "Why?"}


def conversation(*messages: Any, **more: Any) -> Exchange | BadExchange:
    """A line with these messages."""
    return read_conversation(Row(number=3, values={"messages": messages, **more}))


def batch(**values: Any) -> Exchange | BadExchange:
    """A line of a batch's output."""
    return read_batch_output(Row(number=3, values={"custom_id": "q", **values}))


def completion(content: str | None, **more: Any) -> dict[str, Any]:
    """A reply of chat completions."""
    message = {"role": "assistant", "content": content, **more}
    return {"model": "m-1", "choices": [{"message": message, "finish_reason": "stop"}]}


def test_the_last_turn_of_an_assistant_is_judged() -> None:
    """What stands before it is context; what comes after does not count."""
    found = conversation(
        {"role": "system", "content": "Be brief."},
        USER,
        {"role": "assistant", "content": "So."},
        {"role": "user", "content": "And then?"},
        {"role": "assistant", "content": "No more."},
        {"role": "user", "content": "Thanks."},
        id="c",
    )

    assert found == Exchange(
        number=3,
        id="c",
        request="And then?",
        response="No more.",
        earlier=(
            Turn(role="user", content="Why?"),
            Turn(role="assistant", content="So."),
        ),
        system="Be brief.",
    )


def test_a_refusal_field_is_the_models_block() -> None:
    """The protocol says it: no matter of words."""
    said = {"role": "assistant", "content": None, "refusal": "I must not."}

    found = conversation(USER, said)

    assert isinstance(found, Exchange)
    assert found.block is not None
    assert (found.block.layer, found.block.detail) == (Layer.MODEL, "I must not.")


def test_a_batch_is_read_as_its_protocol_is() -> None:
    """Under its own id; the request is in another file."""
    found = batch(response={"status_code": 200, "body": completion("So.")})

    assert isinstance(found, Exchange)
    assert (found.id, found.request, found.response) == ("q", "", "So.")
    assert found.model == "m-1"


def test_a_batch_of_responses_is_read_too() -> None:
    """The other of the two protocols."""
    part = {"type": "output_text", "text": "So."}
    output = [{"type": "message", "role": "assistant", "content": [part]}]
    body = {"model": "m-1", "status": "completed", "output": output}

    found = batch(response={"status_code": 200, "body": body})

    assert isinstance(found, Exchange)
    assert found.response == "So."


def test_a_filter_in_a_batch_is_a_block() -> None:
    """It comes as an HTTP error, and is not missing data."""
    error = {"error": {"code": "content_filter", "message": "The prompt was filtered"}}

    found = batch(response={"status_code": 400, "body": error})

    assert isinstance(found, Exchange)
    assert found.block is not None


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        pytest.param(
            {"response": None, "error": {"message": "expired"}}, "expired", id="error"
        ),
        pytest.param({"response": None}, "nothing came back", id="nothing"),
        pytest.param(
            {"response": {"status_code": 500, "body": {}}}, "HTTP 500", id="status"
        ),
        pytest.param(
            {"response": {"status_code": 200, "body": {}}}, "none of chat", id="empty"
        ),
        pytest.param({"response": {"status_code": 200}}, "none of chat", id="no body"),
        pytest.param(
            {"response": {"status_code": 200, "body": {"choices": 1}}},
            "none of chat",
            id="nonsense",
        ),
    ],
)
def test_a_batch_without_a_reply_says_why(values: dict[str, Any], problem: str) -> None:
    """It has its id, so that it can be asked again."""
    found = batch(**values)

    assert isinstance(found, BadExchange)
    assert found.id == "q"
    assert problem in found.problem
