"""Any server that speaks the OpenAI chat completions protocol."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import numpy as np

from demur.clients.base import Message, Reply, Sampling
from demur.clients.retry import Retry
from demur.errors import (
    DemurError,
    TargetConnectionError,
    TargetDeniedError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from demur.records.transcript import Block, Layer

MAX_REPLY_BYTES = 8 * 2**20
"""A longer reply is a failed trial: no model writes that, and memory is finite."""

_FILTER_CODES = {"content_filter", "ResponsibleAIPolicyViolation"}
_TRANSIENT_STATUSES = {408, 409, 425, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the protocol is spoken, and in which dialect.

    Attributes:
        base_url: Up to and including the version, such as ``https://host/v1``.
        key: Sent as a bearer token; None sends none. Kept out of every text.
        key_name: Where the key comes from, for messages.
        limit_field: Name of the field that limits the answer's tokens.
        timeout_seconds: For one call, from connecting to the last byte.
    """

    base_url: str
    key: str | None = field(default=None, repr=False)
    key_name: str = "--api-key-env"
    limit_field: str = "max_tokens"
    timeout_seconds: float = 120.0


@dataclass(slots=True)
class OpenAIChatClient:
    """One model on one server.

    Attributes:
        model: The model's name, as the server knows it.
        server: Where to ask.
        sampling: How answers are drawn.
        concurrency: How many calls at once serve it well.
        retry: How transient failures are tried again.
    """

    model: str
    server: Server
    sampling: Sampling = field(default_factory=Sampling)
    concurrency: int = 8
    retry: Retry = field(default_factory=Retry)
    rng: np.random.Generator = field(default_factory=np.random.default_rng, repr=False)
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """Model, address and sampling; never the key."""
        parts = urlsplit(self.server.base_url)
        host = parts.netloc.rpartition("@")[2]
        return {
            "model": self.model,
            "base_url": f"{parts.scheme}://{host}{parts.path}",
            **{key: str(value) for key, value in self._sampling_fields().items()},
        }

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self.server.timeout_seconds)
        connector = aiohttp.TCPConnector(limit=0)
        headers = {"User-Agent": "demur"}
        if self.server.key:
            headers["Authorization"] = f"Bearer {self.server.key}"
        self._session = aiohttp.ClientSession(
            timeout=timeout, connector=connector, headers=headers, trust_env=True
        )
        try:
            await self._check_reachable()
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def _check_reachable(self) -> None:
        """Any answer will do, even an error's: somebody listens."""
        assert self._session is not None
        url = f"{self.server.base_url}/models"
        timeout = aiohttp.ClientTimeout(total=20)
        try:
            async with self._session.get(url, timeout=timeout):
                pass
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise TargetUnreachableError(
                self.server.base_url,
                f"nobody answers there ({reason})",
                "Start the server, or correct --base-url. It ends in /v1 for most "
                "servers.",
            ) from error

    async def complete(self, messages: Sequence[Message]) -> Reply:
        """Send the conversation; transient failures are tried again."""
        body = {
            "model": self.model,
            "messages": [
                {"role": message.role, "content": message.content}
                for message in messages
            ],
            **self._sampling_fields(),
        }
        reply, retries = await self.retry.call(lambda: self._send(body), self.rng)
        return replace(reply, retries=retries)

    def _sampling_fields(self) -> dict[str, float | int]:
        fields = {
            "temperature": self.sampling.temperature,
            "seed": self.sampling.seed,
            self.server.limit_field: self.sampling.max_tokens,
        }
        return {key: value for key, value in fields.items() if value is not None}

    async def _send(self, body: Mapping[str, object]) -> Reply:
        assert self._session is not None
        url = f"{self.server.base_url}/chat/completions"
        started = time.monotonic()
        try:
            # Plain ASCII, so that a lone surrogate in a request survives the journey.
            async with self._session.post(
                url,
                data=json.dumps(body).encode("ascii"),
                headers={"Content-Type": "application/json"},
            ) as response:
                content = await _read(response)
                return self._read_reply(response.status, response.headers, content)
        except TimeoutError as error:
            waited = time.monotonic() - started
            raise TargetTimeoutError(f"no whole answer in {waited:.0f} s") from error
        except (aiohttp.ClientError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise TargetConnectionError(f"connection failed: {reason}") from error

    def _read_reply(
        self, status: int, headers: Mapping[str, str], content: bytes
    ) -> Reply:
        if status == 200:
            return read_reply(content)
        block = read_filter_error(status, content)
        if block is not None:
            return Reply(text="", finish_reason=None, block=block)
        raise self._error(status, headers, content)

    def _error(
        self, status: int, headers: Mapping[str, str], content: bytes
    ) -> DemurError:
        """The exception that a status other than 200 means."""
        said = f"HTTP {status}: {_message(content)}"
        if self.server.key:
            said = said.replace(self.server.key, "(key)")
        if status in {401, 403}:
            hint = f"Check the key in {self.server.key_name}, and what it may use."
            return TargetDeniedError(self.server.base_url, said, hint)
        if status == 404:
            hint = f"Check the model's name, {self.model!r}, and the address."
            return TargetDeniedError(self.server.base_url, said, hint)
        wait = _retry_after_seconds(headers)
        if status in _TRANSIENT_STATUSES:
            return TargetRateLimitError(said, wait)
        if status >= 500:
            return TargetServerError(said, wait)
        return TargetRejectedError(said)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, unless it is longer than any answer can be."""
    chunks = []
    size = 0
    async for chunk in response.content.iter_chunked(2**16):
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise TargetReplyError(f"the reply is longer than {MAX_REPLY_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def read_reply(content: bytes) -> Reply:
    """A reply from the body of a successful call.

    Raises:
        TargetReplyError: If the body is not a chat completion.
    """
    body = _parse(content)
    try:
        choice = body["choices"][0]
        message = choice["message"]
        usage = body.get("usage") or {}
        finish_reason = choice.get("finish_reason")
        refusal = message.get("refusal")
        return Reply(
            text=_text_of(message.get("content")),
            finish_reason=finish_reason,
            block=_block(finish_reason, refusal),
            reasoning=message.get("reasoning_content") or message.get("reasoning"),
            prompt_tokens=usage.get("prompt_tokens"),
            completion_tokens=usage.get("completion_tokens"),
            model=body.get("model"),
        )
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        said = _shorten(content.decode(errors="replace"))
        raise TargetReplyError(f"not a chat completion: {said}") from error


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
        inner = error.get("innererror") or {}
        codes = {error.get("code"), inner.get("code")}
        categories = inner.get("content_filter_result") or {}
    except (AttributeError, KeyError, TargetReplyError, TypeError):
        return None
    if not codes & _FILTER_CODES:
        return None
    found = [
        name
        for name, result in categories.items()
        if isinstance(result, dict) and result.get("filtered")
    ]
    return Block(
        layer=Layer.PROVIDER_FILTER,
        code="HTTP 400 content_filter",
        detail=", ".join(found),
    )


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        said = _shorten(content.decode(errors="replace"))
        raise TargetReplyError(f"the reply is not JSON: {said}") from error


def _message(content: bytes) -> str:
    """The error's own words, or else the start of the body."""
    try:
        error = _parse(content)["error"]
        return _shorten(str(error.get("message") or error))
    except (AttributeError, KeyError, TargetReplyError, TypeError):
        return _shorten(content.decode(errors="replace"))


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line[:200] + ("…" if len(line) > 200 else "") or "(empty)"


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.replace(".", "", 1).isdecimal() else None
