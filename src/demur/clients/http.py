"""One HTTP session with one server: a body sent, bytes back, or a TargetError."""

import io
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError
from multidict import CIMultiDict

from demur.clients.proxy import proxy_of
from demur.clients.said import error_words, quote, retry_after_seconds
from demur.clients.server import Server, without_user
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

_LONG_BYTES = 2**20
"""A longer body is sent piece by piece, so that other calls go on meanwhile."""

_BUSY = {429, 529}
_TRY_AGAIN = {408, 409, 425}
_DENIED = {401, 402, 403}
_UNPAID = {400, 402, 429}
_NO_CREDIT = (b"insufficient_quota", b"credit balance is too low")
"""What OpenAI and Anthropic say when an account is empty, whatever the status."""
_BAD_KEY = b"API_KEY_INVALID"
"""What Gemini says, with status 400."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one HTTP call, whatever its status.

    Attributes:
        status: Of HTTP.
        headers: Names in any case.
        content: The whole body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


class Http:
    """A session with a server: entered before the first call.

    Args:
        server: Where, and how long it may take.
        headers: Sent with every call, keys included.
        look_path: Looked at when entered: any answer to it, an error's too, shows
            that somebody listens. None does not look.
    """

    def __init__(
        self,
        server: Server,
        headers: Mapping[str, str],
        look_path: str | None = "/models",
    ) -> None:
        self._server = server
        self._headers = {"User-Agent": "demur", **headers}
        self._has_two_logins = server.login is not None and "Authorization" in headers
        if server.login is not None and not self._has_two_logins:
            self._headers["Authorization"] = server.login
        self._proxy: str | None = None
        self._look_path = look_path
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Http({self._server.address})"

    async def __aenter__(self) -> Self:
        self._check_headers()
        server = self._server
        self._proxy = proxy_of(server.url)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(
                total=server.timeout_seconds,
                sock_connect=server.connect_seconds,
                sock_read=server.read_seconds,
            ),
            connector=aiohttp.TCPConnector(limit=0, ssl=self._trust()),
            trust_env=False,  # or each call would look for .netrc, and send its login
            cookie_jar=aiohttp.DummyCookieJar(),  # or one trial's would reach the next
        )
        try:
            if self._look_path is not None:
                await self._look(self._session)
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

    async def send(
        self,
        path: str,
        body: object,
        *,
        method: str = "POST",
        whole: bool = False,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Send a JSON body, None for none, and wait for the whole answer.

        Args:
            path: After the base URL; the whole URL if ``whole``.
            body: Anything that JSON can hold.
            method: Of HTTP.
            whole: Whether ``path`` is a URL.
            more: Headers of this call, beside those of every call.

        Raises:
            TargetTimeoutError: No whole answer in time.
            TargetConnectionError: The connection broke.
            TargetReplyError: The answer is too long, or packed in no known way.
        """
        assert self._session is not None, "entered before it is used"
        data: bytes | io.BytesIO | None = None
        headers = {**self._headers, **more}
        if body is not None:
            # Plain ASCII, so that a lone surrogate in a request survives the journey.
            sent = json.dumps(body).encode("ascii")
            data = io.BytesIO(sent) if len(sent) > _LONG_BYTES else sent
            headers = {"Content-Type": "application/json", **headers}
        started = time.monotonic()
        try:
            # No redirects: they would take the key to wherever they point.
            async with self._session.request(
                method,
                path if whole else self._server.url + path,
                data=data,
                headers=headers,
                proxy=proxy_of(path) if whole else self._proxy,
                allow_redirects=False,
            ) as response:
                content = await self._read(response)
                return Answer(
                    status=response.status, headers=response.headers, content=content
                )
        except TimeoutError as error:
            waited = time.monotonic() - started
            raise TargetTimeoutError(f"no whole answer in {waited:.0f} s") from error
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error.__cause__, ContentEncodingError):
                raise TargetReplyError("the reply cannot be unpacked") from error
            raise TargetConnectionError(
                f"connection failed: {self._why(error)}"
            ) from error

    def _why(self, error: Exception) -> str:
        return without_user(self._server.hide(str(error))) or type(error).__name__

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The whole body, unless it is longer than any answer can be."""
        chunks = []
        size = 0
        most = self._server.max_reply_bytes
        while chunk := await response.content.readany():
            size += len(chunk)
            if size > most:
                raise TargetReplyError(f"the reply is longer than {most} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _check_headers(self) -> None:
        if self._has_two_logins:
            raise InputError(
                "--base-url",
                f"holds a password, and {self._server.key_name} a key: both would be "
                "sent in the same header",
                "Leave one of them out.",
            )
        if not all(value.isprintable() for value in self._headers.values()):
            raise InputError(
                self._server.key_name,
                "the key holds a line break or another character that no key has",
                "Set it again, with nothing before or after it.",
            )

    def _trust(self) -> ssl.SSLContext | bool:
        if self._server.ca_file is None:
            return True
        try:
            trust = ssl.create_default_context()
            trust.load_verify_locations(cafile=self._server.ca_file)
        except OSError as error:  # ssl's errors among them
            raise InputError(
                str(self._server.ca_file),
                "cannot be read as certificates in PEM form",
                "Check the file that SSL_CERT_FILE or REQUESTS_CA_BUNDLE names.",
            ) from error
        return trust

    async def _look(self, session: aiohttp.ClientSession) -> None:
        """Any answer will do, even an error's: somebody listens."""
        url = f"{self._server.url}{self._look_path}"
        timeout = aiohttp.ClientTimeout(total=20)
        try:
            async with session.get(url, timeout=timeout, proxy=self._proxy):
                pass
        except aiohttp.ClientConnectorCertificateError as error:
            why = getattr(error.certificate_error, "verify_message", "") or "no reason"
            raise TargetUnreachableError(
                self._server.address,
                f"its certificate is not trusted ({why})",
                "Set SSL_CERT_FILE to a file with your authority's certificate, in "
                "PEM form.",
            ) from error
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise TargetUnreachableError(
                self._server.address,
                f"nobody answers there ({self._why(error)})",
                "Start the server, or correct --base-url. It ends in /v1 for most "
                "servers.",
            ) from error


def failure_of(answer: Answer, server: Server, model: str) -> DemurError:
    """The exception that a status other than success means.

    Args:
        answer: What came back.
        server: Whose it is; its key is kept out of the message.
        model: The model's name, for the hint.
    """
    status = answer.status
    words = quote(server.hide(error_words(answer.content)))
    said = f"HTTP {status}: {words}"
    denied = _denial_hint(answer, server, model)
    if denied is not None:
        return TargetDeniedError(server.address, said, denied)
    wait = retry_after_seconds(CIMultiDict(answer.headers))
    if status in _BUSY:
        return TargetRateLimitError(said, wait)
    if status >= 500 or status in _TRY_AGAIN:
        return TargetServerError(said, wait)
    return TargetRejectedError(said)


def _denial_hint(answer: Answer, server: Server, model: str) -> str | None:
    """What to check where every further call would fail too; None elsewhere."""
    status = answer.status
    if 300 <= status < 400:
        where = quote(server.hide(answer.headers.get("Location", "?")))
        return f"The server sends us elsewhere, to {where}. Give that address instead."
    if status in _UNPAID and any(word in answer.content for word in _NO_CREDIT):
        return f"The account of the key in {server.key_name} has no credit left."
    if status in _DENIED or (status == 400 and _BAD_KEY in answer.content):
        return f"Check the key in {server.key_name}, and what it may use."
    if status == 404:
        return f"Check the model's name, {model!r}, and the address."
    return None
