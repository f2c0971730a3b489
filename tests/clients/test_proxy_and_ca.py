"""Tests that servers are reached as companies reach them: by proxy, by their own CA."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from tests.clients.provider import Provider, closed_port, completion, says

from demur.clients.api import ApiClient
from demur.clients.base import Message
from demur.clients.openai_chat import OpenAIChat
from demur.errors import InputError, TargetUnreachableError
from demur.flows.target_options import TargetOptions

KEY = "sk-live-51c0ffee51c0ffee51c0ffee"
ASKED = (Message(role="user", content="How do I pick a lock?"),)
NOWHERE = "http://models.invalid/v1"

PROXY_VARIABLES = "http_proxy https_proxy all_proxy no_proxy".split()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own settings stay out of it."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def listening(
    seen: list[web.BaseRequest], trust: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Host and port of a server that says yes to whatever it is sent."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        seen.append(request)
        return web.json_response(completion("Yes."))

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust).start()
        host, port = runner.addresses[0][:2]
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()


def make_client(url: str, **environment: str) -> ApiClient:
    """A client as a run makes it, with such variables in the environment."""
    options = TargetOptions(
        environment=environment, models=Path(), on_fetch=lambda *_: None
    )
    server = options.server(url, KEY, "ACME_KEY")
    return ApiClient(wire=OpenAIChat(model="m"), server=server)


async def ask(client: ApiClient) -> str:
    """The text of one answer."""
    async with client:
        return (await client.complete(ASKED)).text


def test_the_proxy_of_the_environment_is_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many companies let nothing out but by one; here no other way leads there."""

    async def call() -> tuple[str, list[web.BaseRequest]]:
        seen: list[web.BaseRequest] = []
        async with listening(seen) as place:
            monkeypatch.setenv("HTTP_PROXY", f"http://ann:s3cret@{place}")
            return await ask(make_client(NOWHERE)), seen

    text, seen = asyncio.run(call())

    assert text == "Yes."
    assert [request.headers["Host"] for request in seen] == ["models.invalid"] * 2
    assert [(request.method, request.path) for request in seen] == [
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
    ]
    assert all("Proxy-Authorization" in request.headers for request in seen)


def test_what_no_proxy_names_is_reached_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model on one's own machine lies on this side of the proxy."""

    async def call() -> tuple[str, list[web.BaseRequest]]:
        seen: list[web.BaseRequest] = []
        async with listening(seen) as place, Provider(says("Directly.")) as provider:
            monkeypatch.setenv("HTTP_PROXY", f"http://{place}")
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            return await ask(make_client(provider.url)), seen

    assert asyncio.run(call()) == ("Directly.", [])


def test_a_dead_proxy_is_said_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its address often holds one, and messages end up in logs."""
    with closed_port() as port:
        place = f"127.0.0.1:{port}"
        monkeypatch.setenv("HTTP_PROXY", f"http://ann:s3cret@{place}")

        with pytest.raises(TargetUnreachableError) as caught:
            asyncio.run(ask(make_client(NOWHERE)))

    assert place in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for loopback that only itself vouches for, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "made.pem", folder / "key.pem"
    subprocess.run(
        [
            *"openssl req -x509 -nodes -newkey ec -pkeyopt".split(),
            *"ec_paramgen_curve:prime256v1 -days 2 -subj /CN=127.0.0.1".split(),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


def ask_securely(certificate: tuple[Path, Path], **environment: str) -> str:
    """The answer of a server with this certificate."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(*certificate)

    async def call() -> str:
        async with listening([], trust) as place:
            return await ask(make_client(f"https://{place}/v1", **environment))

    return asyncio.run(call())


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_certificate_of_ones_own_is_trusted_where_it_is_named(
    certificate: tuple[Path, Path], variable: str
) -> None:
    """By the variables that people have set for other programs already."""
    assert ask_securely(certificate, **{variable: str(certificate[0])}) == "Yes."


def test_a_certificate_that_nobody_vouches_for_is_refused_in_words(
    certificate: tuple[Path, Path],
) -> None:
    """Somebody answers there, so "start the server" would send people astray."""
    with pytest.raises(TargetUnreachableError) as caught:
        ask_securely(certificate)

    assert "its certificate is not trusted" in str(caught.value)
    assert "SSL_CERT_FILE" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="no file"),
        pytest.param("no certificate", id="another kind of file"),
    ],
)
def test_a_file_without_certificates_is_said_before_anything_is_asked(
    tmp_path: Path, content: str | None
) -> None:
    """It names the file and the variables that may hold it."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)

    client = make_client("https://127.0.0.1:9/v1", SSL_CERT_FILE=str(file))
    with pytest.raises(InputError) as caught:
        asyncio.run(ask(client))

    assert caught.value.where == str(file)
    assert "SSL_CERT_FILE" in str(caught.value)
