"""Filters and failures as OpenAI's protocols, Azure and their kin report them."""

from typing import Any

from demur.clients.said import only
from demur.errors import TargetRateLimitError, TargetRejectedError, TargetServerError
from demur.records.transcript import Block, Layer, Side

_FILTER_CODES = ("content_filter", "ResponsibleAIPolicyViolation", "invalid_prompt")
"""Codes of errors that mean a filter: Azure's two, and OpenAI's for flagged prompts."""

_BUSY = (429, 529, "rate_limit_exceeded")
_FAILED = (408, "server_error")
"""Codes of failures inside of a reply, as numbers by some and as words by others."""


def read_openai_block(status: int, body: Any) -> Block | None:
    """The filter that an HTTP error reports: always of the prompt."""
    error = body["error"]
    if status == 403:
        return _moderation(error)
    if status != 400:
        return None
    inner = only(dict, error.get("innererror")) or {}
    codes = (error.get("code"), inner.get("code"))
    code = next((code for code in codes if code in _FILTER_CODES), None)
    if code is None:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code=f"HTTP 400 {code}",
        detail=filtered_categories(inner.get("content_filter_result")),
        side=Side.PROMPT,
    )


def filtered_categories(results: object) -> str:
    """The categories that a filter stopped at, such as ``hate, violence``.

    A category that was only looked at, or whose filter failed, is not among them.
    """
    found = [
        name
        for name, result in (only(dict, results) or {}).items()
        if isinstance(result, dict) and result.get("filtered") is True
    ]
    return ", ".join(str(name) for name in found)


def _moderation(error: Any) -> Block | None:
    """OpenRouter's moderation of a prompt: HTTP 403 with the reasons beside it."""
    reasons = only(list, error["metadata"]["reasons"])
    if not reasons:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code="HTTP 403 moderation",
        detail=", ".join(str(reason) for reason in reasons),
        side=Side.PROMPT,
    )


def raise_reported(part: Any) -> None:
    """Raise the failure that a body of status 200, or a choice in it, reports.

    Raises:
        TargetError: What the error's code says, as if it were an HTTP status.
    """
    error = only(dict, part.get("error"))
    if not error:
        return
    said = str(error.get("message") or error)
    code = error.get("code")
    message = f"reported in the reply: {code or 'error'} {said}"
    if code in _BUSY:
        raise TargetRateLimitError(message)
    if code in _FAILED or (only(int, code) or 0) >= 500:
        raise TargetServerError(message)
    raise TargetRejectedError(message)
