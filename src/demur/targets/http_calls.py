"""The HTTP calls that a file describes, with its keys kept out of every text."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote as spell
from urllib.parse import urlsplit

import msgspec

from demur.clients.http import Answer, Http, failure_of
from demur.clients.said import parse_json, quote
from demur.clients.server import Server
from demur.errors import (
    DemurError,
    InputError,
    MissingKeyError,
    TargetConnectionError,
    TargetDeniedError,
    TargetReplyError,
    TargetUnreachableError,
)
from demur.targets.endpoint_form import LOGIN_HINT, CallForm, names_of_variables
from demur.targets.template import fill

_LOOK_SECONDS = 20.0

_CARRIES_KEY = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)

_SPELLED = {"content-type": "Content-Type", "user-agent": "User-Agent"}
"""Headers that we would send too, spelled alike so that none is sent twice."""


@dataclass(slots=True)
class HttpCalls:
    """Makes the calls of one file.

    Attributes:
        file: The file, as the user named it.
        server: Limits of time and size, and what to hide.
        secrets: By the names of the environment variables.
        digest: Of all that the file says.
    """

    file: str
    server: Server
    secrets: Mapping[str, str] = field(repr=False)
    digest: str = ""
    _http: Http = field(init=False, repr=False)

    @classmethod
    def of(
        cls,
        file: str,
        forms: tuple[CallForm, ...],
        server: Server,
        environment: Mapping[str, str],
    ) -> "HttpCalls":
        """Calls with the keys that their forms name.

        Args:
            file: As the user named it.
            forms: All that the file describes; the first tells the address.
            server: Limits of time and size.
            environment: Where the keys are.

        Raises:
            InputError: If a key is not in the environment, or cannot be sent.
        """
        names = sorted(set().union(*map(names_of_variables, forms)))
        for name in names:
            if not environment.get(name):
                raise MissingKeyError.of(file, name)
        secrets = {name: environment[name] for name in names}
        server = replace(
            server,
            # As it stands in the file: what it may show is what was written there.
            base_url=forms[0].url,
            key_name=f"the headers of {file}",
            secrets=(*secrets.values(), *_logins(forms, secrets)),
        )
        calls = cls(file, server, secrets, _digest(forms))
        for form in forms:
            calls.check(form)
        return calls

    def __post_init__(self) -> None:
        self._http = Http(self.server, {}, look_path=None)

    @property
    def settings(self) -> dict[str, str]:
        """The address as the file has it, and a digest of the file; never a key."""
        return {"url": self.server.address, "form": self.digest}

    def check(self, form: CallForm) -> None:
        """Refuse what the environment makes impossible to send.

        Raises:
            InputError: If a header would hold a line break, or the URL is none.
        """
        for name, value in form.headers.items():
            if not fill(value, _Blank(), self.secrets).isprintable():
                problem = f"the header {name} holds a line break or the like"
                hint = "Set the environment variable again, with nothing around it."
                raise InputError(self.file, problem, hint)
        host = _host(fill(form.url, _Blank(), self.secrets))
        if host is None or "@" in host:
            problem = f"{self.server.address} is no address that can be called"
            raise InputError(self.file, problem, LOGIN_HINT)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        try:
            await self._look()
        except BaseException:
            await self._http.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, form: CallForm, values: Mapping[str, object]) -> Answer:
        """Make a call, with its places filled. Any status is an answer.

        Raises:
            TargetError: If nothing whole comes back.
        """
        headers = {
            _SPELLED.get(name.lower(), name): fill(value, values, self.secrets)
            for name, value in form.headers.items()
        }
        return await self._http.send(
            fill(form.url, values, self.secrets, _in_url),
            fill(form.body, values, self.secrets),
            method=form.method,
            whole=True,
            more=headers,
        )

    def failure(self, answer: Answer) -> DemurError:
        """The exception that a status other than success means."""
        found = failure_of(answer, self.server, self.file)
        if not isinstance(found, TargetDeniedError):
            return found
        hint = f"Check the url in {self.file}." if answer.status == 404 else found.hint
        if answer.status >= 400:
            hint += f" If it means a block: blocked_status: [{answer.status}]"
        return TargetDeniedError(found.where, found.problem, hint)

    def json(self, answer: Answer) -> Any:
        """The reply's JSON value.

        Raises:
            DemurError: If the status is no success, or the reply is not JSON.
        """
        if not 200 <= answer.status < 300:
            raise self.failure(answer)
        try:
            return parse_json(answer.content)
        except ValueError as error:
            said = self.quote(answer)
            raise TargetReplyError(f"the reply is not JSON: {said}") from error

    def quote(self, answer: Answer) -> str:
        """The start of what came, without keys."""
        # Hidden before a cut could leave a part of a key.
        return quote(self.server.hide(answer.content.decode(errors="replace")))

    async def _look(self) -> None:
        """Any answer will do, even an error's: somebody listens."""
        url = fill(self.server.base_url, _Blank(), self.secrets)
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}/"
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._http.send(root, None, method="HEAD", whole=True)
        except (TargetConnectionError, TimeoutError) as error:
            said = f"nobody answers there ({str(error) or 'no answer in time'})"
            hint = f"Start the server, or correct the url in {self.file}."
            unreachable = TargetUnreachableError(self.server.address, said, hint)
        except DemurError:
            return
        else:
            return
        raise unreachable


class _Blank(dict[str, object]):
    """Fills every place with nothing."""

    def __missing__(self, name: str) -> str:
        return ""


def _logins(forms: tuple[CallForm, ...], secrets: Mapping[str, str]) -> Iterator[str]:
    """What stands in headers that carry keys, also where the file holds it plainly."""
    for form in forms:
        for name, value in form.headers.items():
            if _CARRIES_KEY.search(name) and "{{" not in value:
                filled = fill(value, {}, secrets)
                yield filled
                yield filled.split(" ")[-1]


def _digest(forms: tuple[CallForm, ...]) -> str:
    """Of all that the forms say: another text is another target."""
    fields = [msgspec.structs.asdict(form) for form in forms]
    content = json.dumps(fields, default=msgspec.to_builtins)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        found = parts.hostname and parts.netloc
    except ValueError:
        return None
    return found if found and parts.scheme in {"http", "https"} else None


def _in_url(text: str) -> str:
    return spell(text, safe="", errors="surrogatepass")
