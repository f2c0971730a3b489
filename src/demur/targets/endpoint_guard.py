"""A guard behind an HTTP endpoint, as a file describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demur.clients.base import Service
from demur.clients.server import Server
from demur.targets.endpoint_form import GuardForm, read_guard_form
from demur.targets.guard import Stop
from demur.targets.http_calls import HttpCalls
from demur.targets.path import find
from demur.targets.score import read_score
from demur.targets.wrapper import Wrapper
from demur.traffic.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointGuard(Wrapper):
    """Sends each text as the file says, and reads the score where it says.

    Attributes:
        name: As reports call it.
        form: The file's fields.
        calls: Makes them.
        traffic: How many texts at once, how fast, what is tried again.
    """

    name: str
    form: GuardForm = field(repr=False)
    calls: HttpCalls
    traffic: Traffic

    @property
    def settings(self) -> dict[str, str]:
        """The threshold, the address, and a digest of the file; never a key."""
        return {"threshold": str(self.form.threshold), **self.calls.settings}

    def parts(self) -> tuple[Service, ...]:
        """What makes its calls."""
        return (self.calls,)

    async def check(self, text: str, request: str) -> Stop | None:
        """What the endpoint says of the text; transient failures are tried again."""
        sent = await self.traffic.call(lambda: self._send(text, request))
        return sent.value

    async def _send(self, text: str, request: str) -> Stop | None:
        values = {"text": text, "request": request}
        answer = await self.calls.send(self.form, values)
        body = self.calls.json(answer)
        paths = self.form.response
        found = {
            "flagged": find(paths.flagged, body),
            "score": find(paths.score, body),
            "reason": find(paths.reason, body),
        }
        # Hidden before anything is cut, or a part of a key would be left.
        clean = {name: self._clean(value) for name, value in found.items()}
        return read_score(clean, self.form.threshold)

    def _clean(self, value: object) -> object:
        """The value without keys."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else json.dumps(value)
        return self.calls.server.hide(text)


def find_endpoint_guard(
    file: Path,
    option: str,
    server: Server,
    traffic: Traffic,
    environment: Mapping[str, str],
) -> EndpointGuard:
    """The guard that a file describes.

    Raises:
        InputError: If the file is wrong, or a key is missing.
    """
    form = read_guard_form(file, f"{option} http:{file}")
    calls = HttpCalls.of(str(file), (form,), server, environment)
    return EndpointGuard(name=f"http:{file}", form=form, calls=calls, traffic=traffic)
