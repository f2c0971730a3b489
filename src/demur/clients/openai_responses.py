"""The OpenAI responses protocol."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_errors import read_openai_block, read_reported
from demur.clients.said import only
from demur.errors import TargetServerError
from demur.records.transcript import Block, Layer, Side

_UNFINISHED = {"failed", "cancelled", "queued", "in_progress"}
"""States in which there is no answer, or half of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIResponses:
    """Responses. Nothing is kept by the server.

    Attributes:
        model: The model's name, as the server knows it.
    """

    model: str

    @property
    def name(self) -> str:
        """As reports and messages call it."""
        return "OpenAI responses"

    @property
    def path(self) -> str:
        """Where calls are posted."""
        return "/responses"

    def headers(self, key: str | None) -> Mapping[str, str]:
        """The key as a bearer token."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        """What is set of temperature and limit; the protocol knows no seed."""
        fields = {
            "temperature": sampling.temperature,
            "max_output_tokens": sampling.max_tokens,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        """The conversation as input items."""
        return {
            "model": self.model,
            "input": [{"role": m.role, "content": m.content} for m in messages],
            "store": False,
            **self.sampling_fields(sampling),
            **_format(sampling),
        }

    def read(self, body: Any) -> Reply:
        """Texts of the message items in a row; refusals and thinking apart."""
        stopped = read_reported(body)
        reason = _reason(body)
        if stopped is None and reason in _UNFINISHED:
            raise TargetServerError(f"the response ended without an answer: {reason}")
        items = body["output"] if stopped is None else body.get("output") or []
        usage = body.get("usage") or {}
        return Reply(
            text=_said(items, "output_text", "text"),
            finish_reason=reason,
            block=stopped or _block(reason, _said(items, "refusal", "refusal")),
            reasoning=_thinking(items) or None,
            prompt_tokens=only(int, usage.get("input_tokens")),
            completion_tokens=only(int, usage.get("output_tokens")),
            model=only(str, body.get("model")),
        )

    def read_block(self, status: int, body: Any) -> Block | None:
        """The filter that an HTTP error reports."""
        return read_openai_block(status, body)


def _format(sampling: Sampling) -> dict[str, Any]:
    """The form that the answer must have, if any."""
    if sampling.schema is None:
        return {}
    form = {"name": "answer", "strict": True, "schema": sampling.schema}
    return {"text": {"format": {"type": "json_schema", **form}}}


def _reason(body: Mapping[str, Any]) -> str | None:
    """Why it is incomplete, or else its status."""
    details = only(dict, body.get("incomplete_details")) or {}
    return only(str, details.get("reason")) or only(str, body.get("status"))


def _said(items: Iterable[Any], kind: str, field: str) -> str:
    """What the parts of this kind say, in a row."""
    return "".join(
        part[field]
        for item in items
        if item["type"] == "message"
        for part in item["content"]
        if part["type"] == kind
    )


def _thinking(items: Iterable[Any]) -> str:
    """Summaries and texts of the reasoning items."""
    return "\n\n".join(
        part["text"]
        for item in items
        if item["type"] == "reasoning"
        for part in (item.get("summary") or []) + (item.get("content") or [])
    )


def _block(reason: str | None, refusal: str) -> Block | None:
    if reason == "content_filter":
        code = "incomplete_details.reason=content_filter"
        return Block(layer=Layer.PROVIDER_FILTER, code=code, side=Side.ANSWER)
    if refusal:
        return Block(layer=Layer.MODEL, code="refusal part", detail=refusal)
    return None
