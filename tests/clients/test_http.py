"""Tests of demur.clients.http, against real servers on loopback."""

import asyncio
import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.clients.provider import (
    Answer,
    Provider,
    closed_port,
    hangs,
    hangs_midway,
    sends,
)

from demur.clients.http import Answer as Got
from demur.clients.http import Http, failure_of
from demur.clients.server import Server
from demur.errors import (
    DemurError,
    InputError,
    TargetConnectionError,
    TargetDeniedError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)

KEY = "sk-live-51c0ffee51c0ffee"
SERVER = Server(base_url="http://h/v1", key=KEY, key_name="ACME_KEY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def got(status: int, content: bytes = b"", **headers: str) -> Got:
    """An answer as it came."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return Got(status=status, headers=spelled, content=content)


def send(server: Server, *answers: Answer) -> tuple[Got | DemurError, Provider]:
    """What one call to such a provider gives, or raises; and the provider."""

    async def call() -> tuple[Got | DemurError, Provider]:
        async with Provider(*answers) as provider:
            return await posted(replace(server, base_url=provider.url)), provider

    return asyncio.run(call())


async def posted(server: Server) -> Got | DemurError:
    """What one call gives, or raises."""
    try:
        async with Http(server, {}, look_path=None) as http:
            return await http.send("/chat/completions", {"a": 1})
    except DemurError as error:
        return error


@pytest.mark.parametrize(
    ("status", "kind", "is_transient"),
    [
        *[(status, TargetRateLimitError, True) for status in (429, 529)],
        *[
            (status, TargetServerError, True)
            for status in (408, 409, 425, 500, 502, 503, 504, 520, 599)
        ],
        *[
            (status, TargetRejectedError, False)
            for status in (201, 204, 400, 405, 410, 413, 415, 418, 422, 451)
        ],
    ],
)
def test_a_status_is_a_failure_of_one_trial(
    status: int,
    kind: type[TargetError],
    is_transient: bool,  # noqa: FBT001 # a column
) -> None:
    """In the server's words, with the wait that it asks for where one may help."""
    answer = got(status, b'{"error": {"message": "no"}}', Retry_After="7")

    failure = failure_of(answer, SERVER, "m")

    assert type(failure) is kind
    assert isinstance(failure, TargetError)
    assert failure.is_transient == is_transient
    assert str(failure) == f"HTTP {status}: no"
    assert failure.retry_after_seconds == (7.0 if is_transient else None)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        pytest.param(got(401), "Check the key in ACME_KEY", id="401"),
        pytest.param(got(402), "Check the key in ACME_KEY", id="402"),
        pytest.param(got(403), "Check the key in ACME_KEY", id="403"),
        pytest.param(got(404), "Check the model's name, 'm'", id="404"),
        pytest.param(
            got(429, b'{"error": {"code": "insufficient_quota"}}'),
            "The account of the key in ACME_KEY has no credit left.",
            id="429 that no waiting mends",
        ),
        *[
            pytest.param(
                got(status, Location="https://other/v1"),
                "The server sends us elsewhere, to https://other/v1.",
                id=str(status),
            )
            for status in (301, 302, 303, 307, 308)
        ],
        pytest.param(got(304), "sends us elsewhere, to ?.", id="304, to nowhere"),
    ],
)
def test_what_every_call_would_meet_ends_the_run_and_says_what_to_do(
    answer: Got, hint: str
) -> None:
    """It is no failed trial."""
    failure = failure_of(answer, SERVER, "m")

    assert isinstance(failure, TargetDeniedError)
    assert hint in failure.hint
    assert failure.where == "http://h/v1"


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500])
def test_an_echoed_key_is_not_in_the_failure(status: int) -> None:
    """Neither in the server's words nor in the place it sends us to."""
    answer = got(status, f"Bearer {KEY}".encode(), Location=f"https://x/?k={KEY}")

    failure = failure_of(answer, SERVER, "m")

    assert "51c0ffee" not in f"{failure} {failure!r}"


def test_a_redirect_is_not_followed() -> None:
    """It would take the key to wherever it points."""
    answer, provider = send(SERVER, sends("", 307, Location="/v1/elsewhere"))

    assert isinstance(answer, Got)
    assert answer.status == 307
    assert len(provider.calls) == 1
    assert provider.looks == []


def test_a_password_in_the_address_is_sent_as_a_header() -> None:
    """As a browser does: anna and hunter2, unquoted, in base64."""

    async def call() -> Provider:
        async with Provider(sends({})) as provider:
            url = provider.url.replace("//", "//anna:hunter%32@")
            assert isinstance(await posted(Server(base_url=url)), Got)
        return provider

    (received,) = asyncio.run(call()).calls

    assert received.headers["Authorization"] == "Basic YW5uYTpodW50ZXIy"


def test_a_key_and_a_password_for_one_header_are_the_users_to_sort_out() -> None:
    """Sending one of them would be a guess, and a crash is no message."""
    server = Server(base_url="http://anna:hunter2@h/v1", key=KEY, key_name="ACME_KEY")

    async def enter() -> None:
        async with Http(server, {"Authorization": f"Bearer {KEY}"}):
            pass

    with pytest.raises(InputError, match="ACME_KEY a key: both") as caught:
        asyncio.run(enter())

    assert caught.value.where == "--base-url"
    assert "hunter2" not in str(caught.value)


def test_a_login_that_lies_in_the_home_folder_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`.netrc` is for other programs: nobody said that this server may have it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login bob password s3cret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))

    answer, provider = send(SERVER, sends({}))

    assert isinstance(answer, Got)
    assert "Authorization" not in provider.calls[0].headers


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(("size", "is_read"), [(1000, True), (1001, False)])
def test_a_body_longer_than_the_cap_is_not_read(
    size: int,
    is_read: bool,  # noqa: FBT001 # a column
    is_packed: bool,  # noqa: FBT001 # a column
) -> None:
    """The cap itself is allowed; packed bodies count as they unpack."""
    body = b" " * size
    packed = sends(gzip.compress(body), Content_Encoding="gzip")

    answer, _ = send(
        replace(SERVER, max_reply_bytes=1000), packed if is_packed else sends(body)
    )

    if is_read:
        assert isinstance(answer, Got)
        assert answer.content == body
    else:
        assert isinstance(answer, TargetReplyError)
        assert str(answer) == "the reply is longer than 1000 bytes"


@pytest.mark.parametrize("fault", [hangs, hangs_midway])
@pytest.mark.parametrize(
    "limit",
    [
        pytest.param({"timeout_seconds": 0.05}, id="in all"),
        pytest.param({"read_seconds": 0.05}, id="of silence"),
    ],
)
def test_time_without_a_whole_answer_is_limited(
    fault: Answer, limit: dict[str, float]
) -> None:
    """Before its first byte and after it."""
    server = Server(base_url="", **limit)  # type: ignore[arg-type] # floats, all of them

    error, _ = send(server, fault)

    assert isinstance(error, TargetTimeoutError)
    assert str(error) == "no whole answer in 0 s"


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port that completes no connection: its queue is full, and nobody accepts."""
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)  # noqa: FBT003 # as socket has it
            filler.connect_ex(deaf.getsockname())
        yield int(deaf.getsockname()[1])


def test_time_for_connecting_is_limited() -> None:
    """A firewall that drops packets must not cost the whole time of a call."""
    with deaf_port() as port:
        server = Server(base_url=f"http://127.0.0.1:{port}/v1", connect_seconds=0.05)
        error = asyncio.run(posted(server))

    assert isinstance(error, TargetTimeoutError)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxys_password_is_in_no_error(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Neither when nobody listens there, nor is ours when it does."""
    with closed_port() as port:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://bob:s3cret@127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.delenv("NO_PROXY", raising=False)
        server = Server(base_url=f"{scheme}://anna:hunter2@h.example/v1")
        failure = asyncio.run(posted(server))
        with pytest.raises(TargetUnreachableError) as caught:
            asyncio.run(enter(server))

    assert isinstance(failure, TargetConnectionError)
    for error in (failure, caught.value):
        shown = f"{error} {error!r} {error.__cause__} {error.__cause__!r}"
        assert "s3cret" not in shown
        assert "hunter2" not in shown


def test_a_proxy_that_wants_another_password_is_not_told_to_the_world(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It refuses the tunnel; the message names it without the password."""

    async def call() -> Got | DemurError:
        proxy = await asyncio.start_server(refuse_the_tunnel, "127.0.0.1", 0)
        async with proxy:
            port = proxy.sockets[0].getsockname()[1]
            monkeypatch.setenv("https_proxy", f"http://bob:s3cret@127.0.0.1:{port}")
            return await posted(Server(base_url="https://h.example/v1"))

    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("NO_PROXY", raising=False)

    error = asyncio.run(call())

    assert isinstance(error, TargetConnectionError)
    assert "407" in str(error)
    assert "s3cret" not in f"{error} {error!r}"


async def refuse_the_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """A proxy that lets nobody through."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


async def enter(server: Server) -> None:
    """Only look whether somebody is there."""
    async with Http(server, {}):
        pass


def test_where_nobody_listens_entering_says_so() -> None:
    """Before a trial is asked."""
    with closed_port() as port, pytest.raises(TargetUnreachableError, match="nobody"):
        asyncio.run(enter(Server(base_url=f"http://127.0.0.1:{port}/v1")))


def test_certificates_that_are_none_are_the_users_to_correct(tmp_path: Path) -> None:
    """With the file's name."""
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("none", encoding="utf-8")

    with pytest.raises(InputError, match="certificates in PEM form"):
        asyncio.run(enter(Server(base_url="https://h/v1", ca_file=ca_file)))
