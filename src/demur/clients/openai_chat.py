"""The OpenAI chat completions protocol, as OpenAI, Azure and many servers speak it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as quote_url

from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_errors import (
    filtered_categories,
    read_openai_block,
    read_reported,
)
from demur.clients.said import only, text_of
from demur.errors import TargetServerError
from demur.records.transcript import Block, Layer, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIChat:
    """Chat completions.

    Attributes:
        model: The model's name, as the server knows it.
        limit_field: Name of the field that limits the answer's tokens.
        path: Where calls are posted.
        key_header: The header that carries the key.
    """

    model: str
    limit_field: str = "max_tokens"
    path: str = "/chat/completions"
    key_header: str = "Authorization"

    @classmethod
    def azure(cls, deployment: str, api_version: str) -> "OpenAIChat":
        """Azure's way: the deployment is in the path, the version in the query."""
        name, version = quote_url(deployment, safe=""), quote_url(api_version, safe="")
        return cls(
            model=deployment,
            limit_field="max_completion_tokens",
            path=f"/openai/deployments/{name}/chat/completions?api-version={version}",
            key_header="api-key",
        )

    @property
    def name(self) -> str:
        """As reports and messages call it."""
        return "chat completions"

    def headers(self, key: str | None) -> Mapping[str, str]:
        """The key as a bearer token, or bare in Azure's own header."""
        if not key:
            return {}
        is_bearer = self.key_header == "Authorization"
        return {self.key_header: f"Bearer {key}" if is_bearer else key}

    def sampling_fields(self, sampling: Sampling) -> dict[str, Any]:
        """What is set of temperature, limit and seed."""
        fields = {
            "temperature": sampling.temperature,
            "seed": sampling.seed,
            self.limit_field: sampling.max_tokens,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def body(self, messages: Sequence[Message], sampling: Sampling) -> dict[str, Any]:
        """Model, conversation, sampling and the answer's form."""
        return {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            **self.sampling_fields(sampling),
            **_format(sampling),
        }

    def read(self, body: Any) -> Reply:
        """The first choice."""
        stopped = read_reported(body)
        if stopped is not None:
            return Reply(text="", block=stopped, model=only(str, body.get("model")))
        choice = body["choices"][0]
        stopped = read_reported(choice)
        message = choice["message"] if stopped is None else choice.get("message") or {}
        usage = body.get("usage") or {}
        return Reply(
            text=text_of(message.get("content")),
            finish_reason=only(str, choice.get("finish_reason")),
            block=stopped or _block(choice, message),
            reasoning=_thinking(message),
            prompt_tokens=only(int, usage.get("prompt_tokens")),
            completion_tokens=only(int, usage.get("completion_tokens")),
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
    return {"response_format": {"type": "json_schema", "json_schema": form}}


def _thinking(message: Mapping[str, Any]) -> str | None:
    """Thinking, under any of the names that servers have for it."""
    whole = (message.get("reasoning_content"), message.get("reasoning"))
    found = [text for text in whole if isinstance(text, str) and text]
    if found:
        return found[0]
    parts = [
        part.get("text") or part.get("summary")
        for part in only(list, message.get("reasoning_details")) or []
        if isinstance(part, dict)
    ]
    return "\n\n".join(part for part in parts if isinstance(part, str)) or None


def _block(choice: Mapping[str, Any], message: Mapping[str, Any]) -> Block | None:
    """What the choice says of being withheld: by a filter, or by the model.

    Raises:
        TargetServerError: If it says that the answer broke off in an error.
    """
    reason = choice.get("finish_reason")
    if reason == "error":
        raise TargetServerError("the reply broke off: finish_reason=error")
    if reason == "content_filter":
        return Block(
            layer=Layer.PROVIDER_FILTER,
            code="finish_reason=content_filter",
            detail=_why(choice),
            side=Side.ANSWER,
        )
    refusal = only(str, message.get("refusal"))
    if refusal:
        return Block(layer=Layer.MODEL, code="refusal field", detail=refusal)
    return None


def _why(choice: Mapping[str, Any]) -> str:
    """Azure's categories, or the word of the provider behind OpenRouter."""
    native = only(str, choice.get("native_finish_reason"))
    said = "" if native == "content_filter" else native
    return filtered_categories(choice.get("content_filter_results")) or said or ""
