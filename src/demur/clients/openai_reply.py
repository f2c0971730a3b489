"""What an OpenAI chat server said: an answer, a block or an error."""

import json
from typing import Any, TypeVar

from demur.clients.base import Reply
from demur.errors import TargetReplyError
from demur.records.transcript import Block, Layer

T = TypeVar("T")

_FILTER_CODES = ("content_filter", "ResponsibleAIPolicyViolation", "invalid_prompt")
"""Codes of errors that mean a filter: Azure's two, and OpenAI's for flagged prompts."""


def read_reply(content: bytes, secret: str | None = None) -> Reply:
    """A reply from the body of a successful call.

    Args:
        content: The body.
        secret: The key, so that no error quotes it.

    Raises:
        TargetReplyError: If the body is not a chat completion.
    """
    try:
        body = _parse(content)
    except ValueError as error:
        said = _quote(content, secret)
        raise TargetReplyError(f"the reply is not JSON: {said}") from error
    try:
        choice = body["choices"][0]
        message = choice["message"]
        usage = body.get("usage") or {}
        finish_reason = _only(str, choice.get("finish_reason"))
        thinking = message.get("reasoning_content") or message.get("reasoning")
        return Reply(
            text=_text_of(message.get("content")),
            finish_reason=finish_reason,
            block=_block(finish_reason, _only(str, message.get("refusal"))),
            reasoning=_only(str, thinking),
            prompt_tokens=_only(int, usage.get("prompt_tokens")),
            completion_tokens=_only(int, usage.get("completion_tokens")),
            model=_only(str, body.get("model")),
        )
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        said = _quote(content, secret)
        raise TargetReplyError(f"not a chat completion: {said}") from error


def _only(kind: type[T], value: object) -> T | None:
    """The value if it is of its kind: servers write odd things beside the answer."""
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


def _text_of(content: object) -> str:
    """An answer's text: a string, nothing, or a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    if content is None or isinstance(content, str):
        return content or ""
    raise TypeError(f"content is {type(content).__name__}")


def _block(finish_reason: str | None, refusal: str | None) -> Block | None:
    if finish_reason == "content_filter":
        code = "finish_reason=content_filter"
        return Block(layer=Layer.PROVIDER_FILTER, code=code)
    if refusal:
        return Block(layer=Layer.MODEL, code="refusal field", detail=refusal)
    return None


def read_filter_error(status: int, content: bytes) -> Block | None:
    """The block that an error's body reports; None where it reports none."""
    if status != 400:
        return None
    try:
        error = _parse(content)["error"]
        inner = _only(dict, error.get("innererror")) or {}
        codes = (error.get("code"), inner.get("code"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    code = next((code for code in codes if code in _FILTER_CODES), None)
    if code is None:
        return None
    categories = _only(dict, inner.get("content_filter_result")) or {}
    found = [
        name
        for name, result in categories.items()
        if isinstance(result, dict) and result.get("filtered")
    ]
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code=f"HTTP 400 {code}",
        detail=", ".join(found),
    )


def _parse(content: bytes) -> Any:
    """The body's value.

    Raises:
        ValueError: If it is not JSON, or nested too deep to be read.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def error_message(content: bytes, secret: str | None) -> str:
    """The error's own words, or else the start of the body."""
    try:
        error = _parse(content)["error"]
        said = str(error.get("message") or error)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _quote(content, secret)
    return _quote(said.encode(errors="replace"), secret)


def _quote(content: bytes, secret: str | None) -> str:
    """The start of what a server said, on one line and without the key."""
    text = content.decode(errors="replace")
    if secret:
        text = text.replace(secret, "(key)")  # before a cut could leave a part of it
    line = " ".join(text.split())
    return line[:200] + ("…" if len(line) > 200 else "") or "(empty)"
