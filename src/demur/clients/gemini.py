"""The Gemini generateContent protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as quote_url

from demur.clients.base import Message, Reply, Sampling
from demur.clients.said import only
from demur.records.transcript import Block, Layer, Side

_FILTERED = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "MODEL_ARMOR",
}
"""Reasons for an answer's end that mean a filter. Others, such as LANGUAGE or OTHER,
say that no answer came about, not that one was withheld."""

_ROLES = {"user": "user", "assistant": "model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gemini:
    """generateContent.

    Attributes:
        model: The model's name, as the server knows it.
    """

    model: str

    @property
    def name(self) -> str:
        """As reports and messages call it."""
        return "Gemini generateContent"

    @property
    def path(self) -> str:
        """Where calls are posted."""
        model = quote_url(self.model.removeprefix("models/"), safe="")
        return f"/models/{model}:generateContent"

    def headers(self, key: str | None) -> Mapping[str, str]:
        """The key in a header: in the address it would reach logs."""
        return {"x-goog-api-key": key} if key else {}

    def sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        """What is set of temperature, limit and seed."""
        fields = {
            "temperature": sampling.temperature,
            "maxOutputTokens": sampling.max_tokens,
            "seed": sampling.seed,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        """System prompts go into a field of their own."""
        system = [{"text": m.content} for m in messages if m.role == "system"]
        turns = [
            {"role": _ROLES[m.role], "parts": [{"text": m.content}]}
            for m in messages
            if m.role != "system"
        ]
        config = {**self.sampling_fields(sampling), **_format(sampling)}
        return {
            **({"systemInstruction": {"parts": system}} if system else {}),
            "contents": turns,
            **({"generationConfig": config} if config else {}),
        }

    def read(self, body: Any) -> Reply:
        """The first candidate, or the block of the prompt."""
        usage = body.get("usageMetadata") or {}
        model = only(str, body.get("modelVersion"))
        read = only(int, usage.get("promptTokenCount"))
        block = _prompt_block(body.get("promptFeedback"))
        if block is not None:
            return Reply(text="", block=block, prompt_tokens=read, model=model)
        candidate = body["candidates"][0]
        reason = only(str, candidate.get("finishReason"))
        parts = (candidate.get("content") or {}).get("parts") or []
        thought = _text(part for part in parts if part.get("thought"))
        return Reply(
            text=_text(part for part in parts if not part.get("thought")),
            finish_reason=reason,
            block=_answer_block(candidate, reason) if reason in _FILTERED else None,
            reasoning=thought or None,
            prompt_tokens=read,
            completion_tokens=_written(usage),
            model=model,
        )

    def read_block(self, status: int, body: Any) -> Block | None:
        """Errors of this protocol report no filter."""
        return None


def _format(sampling: Sampling) -> dict[str, Any]:
    """The form that the answer must have, if any."""
    if sampling.schema is None:
        return {}
    # Its schemas are a part of JSON Schema that does not have this word.
    left_out = {"additionalProperties"}
    schema = {k: v for k, v in sampling.schema.items() if k not in left_out}
    return {"responseMimeType": "application/json", "responseSchema": schema}


def _text(parts: Any) -> str:
    return "".join(part.get("text") or "" for part in parts)


def _written(usage: Mapping[str, Any]) -> int | None:
    """Tokens of the answer, thinking included."""
    said = only(int, usage.get("candidatesTokenCount"))
    thought = only(int, usage.get("thoughtsTokenCount"))
    return None if said is None and thought is None else (said or 0) + (thought or 0)


def _prompt_block(feedback: object) -> Block | None:
    """``promptFeedback.blockReason``: the model was not asked at all."""
    known = only(dict, feedback) or {}
    reason = only(str, known.get("blockReason"))
    if reason in {None, "", "BLOCK_REASON_UNSPECIFIED"}:
        return None
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code=f"promptFeedback.blockReason={reason}",
        detail=_categories(known),
        side=Side.PROMPT,
    )


def _answer_block(candidate: Mapping[str, Any], reason: str | None) -> Block:
    said = (_categories(candidate), only(str, candidate.get("finishMessage")))
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code=f"finishReason={reason}",
        detail=": ".join(part for part in said if part),
        side=Side.ANSWER,
    )


def _categories(rated: Mapping[str, Any]) -> str:
    """The harm categories that a filter blocked."""
    ratings = only(list, rated.get("safetyRatings")) or []
    return ", ".join(
        str(rating.get("category"))
        for rating in ratings
        if isinstance(rating, dict) and rating.get("blocked") is True
    )
