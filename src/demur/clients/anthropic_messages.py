"""The Anthropic messages protocol."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demur.clients.base import Message, Reply, Sampling
from demur.clients.said import only
from demur.records.transcript import Block, Layer, Side

_API_VERSION = "2023-06-01"
_LIMIT = 2048
"""The protocol insists on a limit of the answer's tokens; this where nobody says."""

_TOOL = "give_answer"
"""A tool that must be called: the protocol's way to an answer of a given form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicMessages:
    """Messages.

    Attributes:
        model: The model's name, as the server knows it.
    """

    model: str

    @property
    def name(self) -> str:
        """As reports and messages call it."""
        return "Anthropic messages"

    @property
    def path(self) -> str:
        """Where calls are posted."""
        return "/messages"

    def headers(self, key: str | None) -> Mapping[str, str]:
        """The protocol's version, and the key."""
        version = {"anthropic-version": _API_VERSION}
        return {**version, "x-api-key": key} if key else version

    def sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        """Limit and temperature; the protocol knows no seed."""
        fields: dict[str, Any] = {"max_tokens": sampling.max_tokens or _LIMIT}
        if sampling.temperature is not None:
            fields["temperature"] = sampling.temperature
        return fields

    def body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        """System prompts go into a field of their own."""
        system = "\n\n".join(m.content for m in messages if m.role == "system")
        return {
            "model": self.model,
            **({"system": system} if system else {}),
            "messages": [
                {"role": m.role, "content": m.content}
                for m in messages
                if m.role != "system"
            ],
            **self.sampling_fields(sampling),
            **_form(sampling),
        }

    def read(self, body: Any) -> Reply:
        """The text blocks in a row, or what our tool was given; thinking apart."""
        blocks = body["content"]
        reason = only(str, body.get("stop_reason"))
        usage = body.get("usage") or {}
        thinking = "".join(b["thinking"] for b in blocks if b["type"] == "thinking")
        return Reply(
            text=_text(blocks),
            finish_reason=reason,
            block=_block(body.get("stop_details")) if reason == "refusal" else None,
            reasoning=thinking or None,
            prompt_tokens=_read_tokens(usage),
            completion_tokens=only(int, usage.get("output_tokens")),
            model=only(str, body.get("model")),
        )

    def read_block(self, status: int, body: Any) -> Block | None:
        """HTTP 400 for what the provider's filter stopped at."""
        said = body["error"]["message"]
        if status != 400 or "content filtering policy" not in said:
            return None
        side = Side.ANSWER if "Output blocked" in said else None
        code = "HTTP 400 content filtering policy"
        return Block(layer=Layer.PROVIDER_FILTER, code=code, detail=said, side=side)


def _form(sampling: Sampling) -> dict[str, Any]:
    """The form that the answer must have, if any."""
    if sampling.schema is None:
        return {}
    return {
        "tools": [{"name": _TOOL, "input_schema": sampling.schema}],
        "tool_choice": {"type": "tool", "name": _TOOL},
    }


def _text(blocks: Sequence[Mapping[str, Any]]) -> str:
    given = [b for b in blocks if b["type"] == "tool_use" and b["name"] == _TOOL]
    if given:
        return "\n".join(json.dumps(block["input"]) for block in given)
    return "".join(block["text"] for block in blocks if block["type"] == "text")


def _read_tokens(usage: Mapping[str, Any]) -> int | None:
    """Tokens of the prompt, those from a cache among them."""
    kinds = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = [only(int, usage.get(kind)) for kind in kinds]
    return None if counts[0] is None else sum(count or 0 for count in counts)


def _block(details: object) -> Block:
    """``stop_reason=refusal``: a classifier beside the model stopped it."""
    known = only(dict, details) or {}
    said = (known.get("category"), known.get("explanation"))
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code="stop_reason=refusal",
        detail=": ".join(str(part) for part in said if part),
    )
