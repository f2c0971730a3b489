"""OpenAI's messages: a conversation in a line, and what its batches write."""

from collections.abc import Mapping
from typing import Any

from demur.clients.base import Reply
from demur.clients.openai_chat import OpenAIChat
from demur.clients.openai_responses import OpenAIResponses
from demur.errors import TargetError
from demur.records.exchange import BadExchange, Exchange
from demur.records.transcript import Block, Layer
from demur.rows.row import Row
from demur.transcripts.words import (
    block_of,
    conversation,
    id_of,
    read_message,
    string_or_none,
)


def is_conversation(values: Mapping[str, Any]) -> bool:
    """Whether a row is a conversation: ``{"messages": […]}``."""
    return isinstance(values.get("messages"), list)


def read_conversation(row: Row) -> Exchange | BadExchange:
    """The last assistant's turn as the response; what came before is context."""
    name = id_of(row.values.get("id", row.values.get("custom_id")), row.number)
    try:
        return _conversation(row, name)
    except ValueError as error:
        return BadExchange(number=row.number, id=name, problem=str(error))


def _conversation(row: Row, name: str | int) -> Exchange:
    messages = row.values["messages"]
    roles = [read_message(message)[0] for message in messages]
    if "assistant" not in roles:
        raise ValueError("has no message of an assistant")
    last = len(roles) - 1 - roles[::-1].index("assistant")
    reason = string_or_none(row.values.get("finish_reason"))
    refusal = string_or_none(messages[last].get("refusal"))
    refused = Block(layer=Layer.MODEL, code="refusal field", detail=refusal or "")
    request, earlier, system = conversation(messages[:last])
    return Exchange(
        number=row.number,
        id=name,
        request=request,
        response=read_message(messages[last])[1],
        earlier=earlier,
        system=system,
        finish_reason=reason,
        block=refused if refusal else block_of(reason),
        model=string_or_none(row.values.get("model")),
    )


def is_batch_output(values: Mapping[str, Any]) -> bool:
    """Whether a row is a line of a batch's output file."""
    return "custom_id" in values and isinstance(values.get("response"), dict | None)


def read_batch_output(row: Row) -> Exchange | BadExchange:
    """The reply in the body. The request is in the batch's input file: it is empty.

    A reply with an HTTP error is a filter's block, or else nothing that came back.
    """
    name = id_of(row.values.get("custom_id"), row.number)
    try:
        reply = _batch_reply(row.values)
    except TargetError as error:
        return BadExchange(number=row.number, id=name, problem=str(error))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        problem = "its response is none of chat completions or responses"
        return BadExchange(number=row.number, id=name, problem=problem)
    if isinstance(reply, str):
        return BadExchange(number=row.number, id=name, problem=reply)
    return Exchange(
        number=row.number,
        id=name,
        request="",
        response=reply.text,
        finish_reason=reply.finish_reason,
        block=reply.block,
        model=reply.model,
    )


def _batch_reply(values: Mapping[str, Any]) -> Reply | str:
    """The reply, or why none came."""
    response = values["response"]
    if response is None:
        error = values.get("error") or {}
        return f"nothing came back: {error.get('message') or error.get('code')}"
    status, body = response.get("status_code", 200), response["body"]
    if status == 200:
        is_responses = "output" in body
        wire = OpenAIResponses(model="") if is_responses else OpenAIChat(model="")
        return wire.read(body)
    block = _block(status, body)
    if block is None:
        return f"nothing came back: HTTP {status}"
    return Reply(text="", block=block)


def _block(status: int, body: Any) -> Block | None:
    try:
        return OpenAIChat(model="").read_block(status, body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # an error that is not told as the protocol tells errors
