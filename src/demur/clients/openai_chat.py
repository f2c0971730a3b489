"""Any server that speaks the OpenAI chat completions protocol."""

import io
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import numpy as np

from demur.clients.base import Message, Reply, Sampling
from demur.clients.retry import Retry
from demur.errors import (
    DemurError,
    InputError,
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

T = TypeVar("T")

MAX_REPLY_BYTES = 8 * 2**20
"""A longer reply is a failed trial: no model writes that, and memory is finite."""

_LONG_BYTES = 2**20
"""A longer body is sent piece by piece, so that other calls go on meanwhile."""

_FILTER_CODES = ("content_filter", "ResponsibleAIPolicyViolation", "invalid_prompt")
"""Codes of errors that mean a filter: Azure's two, and OpenAI's for flagged prompts."""

_TRANSIENT_STATUSES = {408, 409, 425, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the protocol is spoken, and in which dialect.

    Attributes:
        base_url: Up to and including the version, such as ``https://host/v1``. May
            hold a password, so it is kept out of every text: `address` is for those.
        key: Sent as a bearer token; None sends none. Kept out of every text.
        key_name: Where the key comes from, for messages.
        limit_field: Name of the field that limits the answer's tokens.
        timeout_seconds: For one call, from connecting to the last byte.
    """

    base_url: str = field(repr=False)
    key: str | None = field(default=None, repr=False)
    key_name: str = "--api-key-env"
    limit_field: str = "max_tokens"
    timeout_seconds: float = 120.0

    @property
    def address(self) -> str:
        """The base URL as it may be shown: without user, password and query."""
        return re.sub(r"(?<=//)[^/?#]*@", "", self.base_url).partition("?")[0]


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
        return {
            "model": self.model,
            "base_url": self.server.address,
            **{key: str(value) for key, value in self._sampling_fields().items()},
        }

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self.server.timeout_seconds)
        connector = aiohttp.TCPConnector(limit=0)
        headers = {"User-Agent": "demur"}
        if self.server.key:
            _check_key(self.server.key, self.server.key_name)
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
            reason = reason.replace(self.server.base_url, self.server.address)
            raise TargetUnreachableError(
                self.server.address,
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
        # Plain ASCII, so that a lone surrogate in a request survives the journey.
        sent = json.dumps(body).encode("ascii")
        started = time.monotonic()
        try:
            async with self._session.post(
                url,
                data=io.BytesIO(sent) if len(sent) > _LONG_BYTES else sent,
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
            return read_reply(content, self.server.key)
        block = read_filter_error(status, content)
        if block is not None:
            return Reply(text="", finish_reason=None, block=block)
        raise self._error(status, headers, content)

    def _error(
        self, status: int, headers: Mapping[str, str], content: bytes
    ) -> DemurError:
        """The exception that a status other than 200 means."""
        said = f"HTTP {status}: {_message(content, self.server.key)}"
        if status in {401, 403}:
            hint = f"Check the key in {self.server.key_name}, and what it may use."
            return TargetDeniedError(self.server.address, said, hint)
        if status == 404:
            hint = f"Check the model's name, {self.model!r}, and the address."
            return TargetDeniedError(self.server.address, said, hint)
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


def _check_key(key: str, name: str) -> None:
    if not key.isprintable():
        raise InputError(
            name,
            "the key holds a line break or another character that no key has",
            "Set it again, with nothing before or after it.",
        )


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


def _message(content: bytes, secret: str | None) -> str:
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


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.replace(".", "", 1).isdecimal() else None
