"""One HTTP call that a file describes: filled, sent, its reply's value."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from demur.clients.http import Answer, Http, failure_of
from demur.clients.said import parse_json
from demur.clients.server import Server
from demur.targets.endpoint_file import Call
from demur.targets.template import fill

MakeServer = Callable[[str], Server]
"""From a base URL to a server, with limits, certificates and secrets."""


class HttpCall:
    """Makes a call again and again, with other words in it.

    Args:
        call: What to send where.
        make_server: Makes the server.
    """

    def __init__(self, call: Call, make_server: MakeServer) -> None:
        parts = urlsplit(call.url)
        self._call = call
        self._path = call.url[len(f"{parts.scheme}://{parts.netloc}") :]
        self.server = make_server(f"{parts.scheme}://{parts.netloc}")
        self._http = Http(self.server, call.headers, look_path="/")

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, words: Mapping[str, Any]) -> Answer:
        """Send it with these words, whatever the status of the answer."""
        in_address = {name: quote(str(word), safe="") for name, word in words.items()}
        path = fill(self._path, in_address)
        body = fill(self._call.body, words)
        return await self._http.send(path, body, method=self._call.method)

    def value(self, answer: Answer) -> Any:
        """What a successful answer holds: JSON, or else its text.

        Raises:
            DemurError: What its status means, if that is no success.
        """
        if not 200 <= answer.status < 300:
            raise failure_of(answer, self.server, self._call.url)
        try:
            return parse_json(answer.content)
        except ValueError:
            return answer.content.decode(errors="replace")
