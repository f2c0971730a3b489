"""A provider on loopback that misbehaves: its faults are drawn for each request."""

import asyncio
import gzip
import json
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.utils import formatdate
from types import TracebackType
from typing import Self

import numpy as np
from aiohttp import web
from tests.clients.provider import (
    Provider,
    Received,
    completion,
    hangs,
    resets,
    resets_midway,
)

Fault = Callable[["Misbehaving", web.Request, str], Awaitable[web.StreamResponse]]
"""What a provider does in place of a plain good answer; it is given the good text."""

_ODD = ("", "\x00", "\ud800 and \udfff", "😀 e\u0301", "\x1b[2J\u202e", "\r\n\t ")


def answer_to(words: str) -> str:
    """The good answer to a user's words: its own for each, some of them odd."""
    return f"On {words}: yes.{_ODD[zlib.crc32(words.encode()) % len(_ODD)]}"


class Misbehaving(Provider):
    """Answers each call well, or with a fault drawn by a seeded generator.

    Args:
        share: Of requests that meet a fault.
        faults: The faults, equally likely; any of the tables below.
        seed: Of the draws.
        held: How long a good answer takes, in seconds.

    Attributes:
        asked: How often each user's words came.
        served: How often they were given their good answer.
        drawn: How often each fault was drawn, by its name.
    """

    def __init__(
        self,
        share: float,
        faults: Mapping[str, Fault],
        seed: int = 0,
        held: float = 0.0,
    ) -> None:
        super().__init__()
        self.share = share
        self.asked: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self.drawn: Counter[str] = Counter()
        self._faults = list(faults.items())
        self._rng = np.random.default_rng(seed)
        self._held = held

    async def __aenter__(self) -> Self:
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, trace)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        headers = dict(request.headers)
        words = str(body["messages"][-1]["content"])
        self.calls[:] = [Received(path=request.path, headers=headers, body=body)]
        self.asked[words] += 1
        if self._rng.random() >= self.share:
            await asyncio.sleep(self._held)
            self.served[words] += 1
            return web.json_response(completion(answer_to(words)))
        name, fault = self._faults[self._rng.integers(len(self._faults))]
        self.drawn[name] += 1
        if name in GOOD:
            self.served[words] += 1
        return await fault(self, request, answer_to(words))


def _sends(
    body: bytes, status: int = 200, kind: str = "application/json", **headers: str
) -> Fault:
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}

    async def fault(_: Misbehaving, __: web.Request, ___: str) -> web.StreamResponse:
        return web.Response(
            body=body, status=status, content_type=kind, headers=spelled
        )

    return fault


def _alters(change: Callable[[str], bytes], kind: str, **headers: str) -> Fault:
    """The good text, put in another way."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}

    async def fault(_: Misbehaving, __: web.Request, text: str) -> web.StreamResponse:
        return web.Response(body=change(text), content_type=kind, headers=spelled)

    return fault


async def _until_a_date(
    _: Misbehaving, __: web.Request, ___: str
) -> web.StreamResponse:
    """Too many; come back at a time, which is now by the server's own odd clock."""
    then = formatdate(86_400 * 365, usegmt=True)
    headers = {"Retry-After": then, "Date": then}
    return web.Response(status=429, headers=headers, text="{}")


async def _resets(_: Misbehaving, request: web.Request, __: str) -> web.StreamResponse:
    return await resets(_, request)


async def _resets_midway(
    provider: Misbehaving, request: web.Request, _: str
) -> web.StreamResponse:
    return await resets_midway(provider, request)


async def _hangs(
    provider: Misbehaving, request: web.Request, _: str
) -> web.StreamResponse:
    return await hangs(provider, request)


async def _streams(
    request: web.Request, pieces: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Pieces, without a length said before, until nobody listens."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        async for piece in pieces:
            await response.write(piece)
    except OSError:
        return response
    return response


async def _drips(
    provider: Misbehaving, request: web.Request, _: str
) -> web.StreamResponse:
    """A byte now and then, for ever."""

    async def bytes_of_it() -> AsyncIterator[bytes]:
        while not provider.closing.is_set():
            yield b" "
            await asyncio.sleep(0.02)

    return await _streams(request, bytes_of_it())


async def _trickles(
    _: Misbehaving, request: web.Request, text: str
) -> web.StreamResponse:
    """The good answer, in eight pieces."""
    whole = json.dumps(completion(text)).encode("ascii")
    size = len(whole) // 8 + 1

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), size):
            yield whole[start : start + size]
            await asyncio.sleep(0.001)

    return await _streams(request, pieces())


async def _floods(_: Misbehaving, request: web.Request, __: str) -> web.StreamResponse:
    """50 MB, as far as anybody reads them."""

    async def megabytes() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 2**20

    return await _streams(request, megabytes())


def _whole(text: str) -> bytes:
    return json.dumps(completion(text)).encode("ascii")


def _twice(text: str) -> bytes:
    """Each key of the message twice; the last one counts."""
    said = json.dumps(text)
    return (
        '{"choices": [], "choices": [{"message": {"content": "no", "content": '
        f'{said}}}, "finish_reason": "stop"}}]}}'
    ).encode("ascii")


def _unescaped(text: str) -> bytes:
    """Lone surrogates as three bytes each, as some servers write them."""
    return json.dumps(completion(text), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


GOOD: dict[str, Fault] = {
    "HTML by its type": _alters(_whole, "text/html"),
    "keys twice": _alters(_twice, "application/json"),
    "unescaped": _alters(_unescaped, "application/json"),
    "packed": _alters(
        lambda text: gzip.compress(_whole(text)),
        "application/json",
        Content_Encoding="gzip",
    ),
    "in pieces": _trickles,
}
"""Odd, and good answers all the same: they are billed, and must not be asked twice."""

_BUSY = b'{"error": {"message": "busy"}}'
PASSING: dict[str, Fault] = {
    "429": _sends(_BUSY, 429),
    "429 for 5 ms": _sends(_BUSY, 429, Retry_After="0.005"),
    "429 for 3 ms": _sends(_BUSY, 429, Retry_After_Ms="3", Retry_After="60"),
    "429 until a date": _until_a_date,
    "500": _sends(_BUSY, 500),
    "502 of a proxy": _sends(b"<html><h1>Bad gateway</h1>", 502, "text/html"),
    "503 for 5 ms": _sends(_BUSY, 503, Retry_After="0.005"),
    "529": _sends(_BUSY, 529),
    "reset before": _resets,
    "reset midway": _resets_midway,
}
"""Faults that may pass, and quickly: the call is sent again."""

SLOW: dict[str, Fault] = {"hang": _hangs, "drip": _drips}
"""Faults that cost the whole time there is for a call; they may pass too."""

LASTING: dict[str, Fault] = {
    "400": _sends(b'{"error": {"message": "no"}}', 400),
    "cut JSON": _sends(b'{"choices": [{"message": {"content": "Ye'),
    "empty": _sends(b""),
    "rubbish": _sends(b"\x00\xff\xfe\xd8\x00"),
    "not packed": _sends(b"{}", Content_Encoding="gzip"),
    "50 MB": _floods,
}
"""Faults that end the call: asking again would cost money and change nothing."""
