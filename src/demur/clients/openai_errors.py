"""Filters and failures as OpenAI's protocols, Azure and their kin report them."""

import re
from collections.abc import Mapping
from typing import Any

from demur.clients.said import only
from demur.errors import TargetRateLimitError, TargetRejectedError, TargetServerError
from demur.records.transcript import Block, Layer, Side

_FILTER_CODES: Mapping[str, Side | None] = {
    "content_filter": Side.PROMPT,
    "ResponsibleAIPolicyViolation": Side.PROMPT,
    "invalid_prompt": Side.PROMPT,
    "bio_policy": None,
    "cyber_policy": None,
    "misalignment_policy_violation": None,
    "data_inspection_failed": None,
}
"""Codes of errors that mean a filter, and what it stopped at: two of Azure's, four of
OpenAI's, one of Alibaba's."""

_VIOLATES = "Content violates usage guidelines"
_FAILED_CHECK = re.compile(r"SAFETY_CHECK_TYPE_\w{1,80}")
"""The words of xAI: its code is the same as for a key that may not do this."""

_BUSY = (429, 529, "rate_limit_exceeded")
_FAILED = (408, "server_error")
"""Codes of failures inside of a reply, as numbers by some and as words by others."""


def read_openai_block(status: int, body: Any) -> Block | None:
    """The filter, or the refusal, that an error with this HTTP status reports."""
    error = body["error"]
    if status == 403 and isinstance(error, str):
        return _guideline(error)
    if not isinstance(error, dict):
        return None
    details = only(dict, error.get("metadata")) or {}
    if status == 400:
        return _coded(error) or _typed(error, details)
    if status == 403:
        return _moderation(details) or _typed(error, details)
    return _typed(error, details)


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


def read_reported(part: Any) -> Block | None:
    """The block that a body of status 200, or a choice in it, reports as an error.

    Raises:
        TargetError: For any other error: what its code says, as if it were an HTTP
            status.
    """
    error = only(dict, part.get("error"))
    if not error:
        return None
    code = error.get("code")
    block = read_openai_block(only(int, code) or 400, part)
    if block is not None:
        return block
    said = str(error.get("message") or error)
    message = f"reported in the reply: {code or 'error'} {said}"
    if code in _BUSY:
        raise TargetRateLimitError(message)
    if code in _FAILED or (only(int, code) or 0) >= 500:
        raise TargetServerError(message)
    raise TargetRejectedError(message)


def _coded(error: Mapping[str, Any]) -> Block | None:
    """A filter's code in HTTP 400, as it is or passed on by a LiteLLM proxy."""
    passed_on = only(dict, error.get("provider_specific_fields")) or {}
    inner = only(dict, error.get("innererror") or passed_on.get("innererror")) or {}
    codes = (only(str, error.get("code")), only(str, inner.get("code")))
    code = next((code for code in codes if code in _FILTER_CODES), None)
    if code is None:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code=f"HTTP 400 {code}",
        detail=filtered_categories(inner.get("content_filter_result")),
        side=_FILTER_CODES[code],
    )


def _moderation(details: Mapping[str, Any]) -> Block | None:
    """OpenRouter's moderation of a prompt: HTTP 403 with the reasons beside it."""
    reasons = only(list, details.get("reasons"))
    if not reasons:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code="HTTP 403 moderation",
        detail=", ".join(str(reason) for reason in reasons),
        side=Side.PROMPT,
    )


def _typed(error: Mapping[str, Any], details: Mapping[str, Any]) -> Block | None:
    """OpenRouter's own word for what a provider reported, whatever the status."""
    kind = details.get("error_type")
    code = f"error_type={kind}"
    if kind == "content_policy_violation":
        said = only(str, details.get("provider_code")) or ""
        return Block(layer=Layer.PROVIDER_FILTER, code=code, detail=said)
    if kind == "refusal":
        said = only(str, error.get("message")) or ""
        return Block(layer=Layer.MODEL, code=code, detail=said)
    return None


def _guideline(words: str) -> Block | None:
    """The filter of xAI: HTTP 403 with its words, and the check that failed."""
    if _VIOLATES not in words:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code="HTTP 403 usage guidelines",
        detail=", ".join(_FAILED_CHECK.findall(words)),
    )
