"""A guardrail behind an HTTP endpoint, described by a file."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import jmespath

from demur.clients.said import quote
from demur.errors import TargetReplyError
from demur.targets.endpoint_file import Endpoint
from demur.targets.guard import Stop
from demur.targets.http_call import HttpCall, MakeServer
from demur.targets.score import read_score
from demur.traffic.traffic import Traffic


@dataclass(slots=True)
class EndpointGuard:
    """Sends texts to an endpoint, and reads its decision where its file says.

    Attributes:
        endpoint: The file. Its templates may name ``text`` and ``request``.
        make_server: Makes a server of an address.
        traffic: How many calls at once, how fast, what is tried again.
    """

    endpoint: Endpoint
    make_server: MakeServer = field(repr=False)
    traffic: Traffic = field(default_factory=Traffic)
    _call: HttpCall = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._call = HttpCall(self.endpoint.file, self.make_server)

    @property
    def name(self) -> str:
        """The file."""
        return f"http:{self.endpoint.name}"

    @property
    def settings(self) -> dict[str, str]:
        """The file, where it points, and the threshold."""
        return {
            "endpoint": self._call.server.address,
            "sha256": self.endpoint.digest,
            "threshold": f"{self.endpoint.file.threshold:g}",
        }

    async def __aenter__(self) -> Self:
        await self._call.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._call.__aexit__(kind, error, trace)

    async def check(self, text: str, request: str) -> Stop | None:
        """What the endpoint decides."""
        words = {"text": text, "request": request}
        return (await self.traffic.call(lambda: self._check(words))).value

    async def _check(self, words: dict[str, str]) -> Stop | None:
        value = self._call.value(await self._call.send(words))
        reading = self.endpoint.file.response
        paths = {
            "flagged": reading.flagged,
            "score": reading.score,
            "reason": reading.reason,
        }
        said = {
            name: jmespath.search(path, value)
            for name, path in paths.items()
            if path is not None
        }
        try:
            return read_score(said, self.endpoint.file.threshold)
        except TargetReplyError as error:
            shown = quote(self._call.server.hide(str(value)))
            raise TargetReplyError(f"{error}; the reply: {shown}") from error
