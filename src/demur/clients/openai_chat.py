"""Any server that speaks the OpenAI chat completions protocol."""

import io
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import aiohttp
import numpy as np

from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_reply import error_message, read_filter_error, read_reply
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

MAX_REPLY_BYTES = 8 * 2**20
"""A longer reply is a failed trial: no model writes that, and memory is finite."""

_LONG_BYTES = 2**20
"""A longer body is sent piece by piece, so that other calls go on meanwhile."""

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
        said = f"HTTP {status}: {error_message(content, self.server.key)}"
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


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.replace(".", "", 1).isdecimal() else None
