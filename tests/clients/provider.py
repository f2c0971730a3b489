"""A server on loopback that plays a provider of a chat API, its faults included."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A call as the provider received it."""

    path: str
    headers: Mapping[str, str]
    body: Any


class Provider:
    """Answers chat calls from a list, the last of it again and again.

    Attributes:
        calls: The chat calls received, in order.
        looks: The paths of all other calls.
        url: The address that a client is given.
    """

    def __init__(self, *answers: "Answer") -> None:
        self.calls: list[Received] = []
        self.looks: list[str] = []
        self.url = ""
        self.closing = asyncio.Event()
        self._answers = answers

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/{path:.*}", self._chat)
        app.router.add_get("/{path:.*}", self._look)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        headers = dict(request.headers)
        self.calls.append(Received(path=request.path, headers=headers, body=body))
        number = min(len(self.calls), len(self._answers)) - 1
        return await self._answers[number](self, request)

    async def _look(self, request: web.Request) -> web.StreamResponse:
        self.looks.append(request.path)
        return web.Response(status=404, text="nothing here")


Answer = Callable[[Provider, web.Request], Awaitable[web.StreamResponse]]


def sends(body: bytes | str | object, status: int = 200, **headers: str) -> Answer:
    """Bytes and text as they are; anything else as JSON."""
    if isinstance(body, str):
        content = body.encode()
    else:
        content = body if isinstance(body, bytes) else json.dumps(body).encode("ascii")
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: Provider, __: web.Request) -> web.StreamResponse:
        return web.Response(body=content, status=status, headers=spelled)

    return answer


def completion(text: object, **message: object) -> dict[str, Any]:
    """The body of a chat completion that says this."""
    said = {"role": "assistant", "content": text, **message}
    return {"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}


def says(text: object, **message: object) -> Answer:
    """A chat completion that says this."""
    return sends(completion(text, **message))


def fails(status: int, message: str = "no", **headers: str) -> Answer:
    """An error in the protocol's form."""
    return sends({"error": {"message": message}}, status, **headers)


async def echoes(_: Provider, request: web.Request) -> web.StreamResponse:
    """A completion that says what the user said, after a moment."""
    body = json.loads(await request.read())
    await asyncio.sleep(0.01)
    return web.json_response(completion(body["messages"][-1]["content"]))


async def resets(_: Provider, request: web.Request) -> web.StreamResponse:
    """The connection ends before a byte was answered."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def resets_midway(_: Provider, request: web.Request) -> web.StreamResponse:
    """The connection ends in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"choices": [{"message": {"content": "Ye')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hangs(provider: Provider, _: web.Request) -> web.StreamResponse:
    """Nothing is answered."""
    await provider.closing.wait()
    return web.Response()


async def hangs_midway(provider: Provider, request: web.Request) -> web.StreamResponse:
    """An answer begins and does not end."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"choices": [{"message": {"content": "Ye')
    await provider.closing.wait()
    return response


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of loopback that is taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])
