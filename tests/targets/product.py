"""A product of somebody's own on loopback: any method, any path."""

import json
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web
from tests.clients.provider import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as the product received it; the path with its query, as it was sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Product(Provider):
    """Answers calls from a list, the last of it again and again."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.received: list[Call] = []

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._any)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0, max_line_size=2**20)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def _any(self, request: web.Request) -> web.StreamResponse:
        if request.method == "HEAD":
            self.looks.append(request.path)
            return web.Response(status=404)
        content = await request.read()
        call = Call(
            method=request.method,
            path=request.raw_path,
            headers=dict(request.headers),
            body=json.loads(content) if content else None,
        )
        self.received.append(call)
        number = min(len(self.received), len(self._answers)) - 1
        return await self._answers[number](self, request)
