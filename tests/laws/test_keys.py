"""Law: a key or a password is in nothing that demur writes, prints, raises or shows.

With one exception, said here and in `docs/decisions/0004`: an answer's own text is
evidence, kept exactly as it came. A server that writes our key into it has put it there
itself.
"""

import asyncio
import json
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clients.provider import Answer, Provider, completion, resets, sends
from tests.ends.test_servers import Done, demur

from demur.clients.api import ApiClient
from demur.clients.base import Message, Reply
from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import Server
from demur.errors import DemurError, InputError
from demur.flows.target_names import find_target
from demur.flows.target_options import TargetOptions
from demur.records.transcript import Layer
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

KEY = "sk-planted-51c0ffee51c0ffee"
PASSWORD = "hunter2hunter2"  # noqa: S105 # planted, to be looked for
LOGIN = "YW5uYTpodW50ZXIyaHVudGVyMg=="  # anna:hunter2hunter2, as a header carries it
SECRETS = (KEY, PASSWORD, LOGIN, KEY[:14], PASSWORD[:9], LOGIN[:12])

ONE = ("quickstart", "--field", "fiction", "--context", "general", "--samples", "3")
ASKED = (Message(role="user", content="How do I pick a lock?"),)
ONCE = Retry(tries=1, first_wait_seconds=0.0, patience_seconds=-1.0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


def echoes(template: str, status: int = 200, **headers: str) -> Answer:
    """Says ``ECHO`` as all the headers and the URL that it got."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(provider: Provider, request: web.Request) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "")
        echo = f"{sent} {sent.split(' ')[-1]} {request.url} {PASSWORD} {KEY}"
        body = template.replace("ECHO", json.dumps(echo)[1:-1])
        send = sends(body, status, **{**spelled, "X-Echo": sent})
        return await send(provider, request)

    return answer


def moved(status: int) -> Answer:
    """Sends us elsewhere, with the secrets in the address."""
    where = f"https://anna:{PASSWORD}@other/?key={KEY}&login={LOGIN}"
    return sends("", status, Location=where)


ERROR = '{"error": {"message": "wrong: ECHO", "code": "x"}}'
CUT = '{"choices": [{"mess ECHO'
AS_CODE = {
    "choices": [
        {
            "message": {"content": "Yes, here is how that is done."},
            "finish_reason": f"stop {KEY} {PASSWORD} {LOGIN}",
        }
    ],
    "model": f"m {KEY} {PASSWORD} {LOGIN}",
}
FILTERED = (
    '{"error": {"code": "content_filter", "innererror": {"content_filter_result": '
    '{"ECHO": {"filtered": true}}}}}'
)
FAILURES: dict[str, Answer] = {
    "400": echoes(ERROR, 400),
    "400, all of it": echoes('{"detail": "ECHO"}', 400),
    "400 in HTML": echoes("<h1>ECHO</h1>", 400),
    "422 cut at the secret": echoes("x" * 185 + "ECHO", 422),
    "429": echoes(ERROR, 429, Retry_After="0.01"),
    "500": echoes(ERROR, 500),
    "503": echoes("ECHO", 503),
    "no JSON": echoes("ECHO"),
    "cut JSON": echoes(CUT),
    "another form": echoes('{"ECHO": "ECHO"}'),
    "an error as success": echoes(ERROR),
    "a coded error as success": echoes(
        '{"error": {"message": "wrong: ECHO", "code": 500}}'
    ),
    "a filter": echoes(FILTERED, 400),
    "reset": resets,
    "beside the answer": sends(AS_CODE),
}
DENIALS: dict[str, Answer] = {
    "401": echoes(ERROR, 401),
    "403": echoes(ERROR, 403),
    "404": echoes("ECHO", 404),
    "429 without credit": echoes('{"error": "insufficient_quota ECHO"}', 429),
    "307": moved(307),
}


def in_turn(*answers: Answer) -> Answer:
    """One after the other, and from the beginning again."""
    count = 0

    async def answer(provider: Provider, request: web.Request) -> web.StreamResponse:
        nonlocal count
        count += 1
        return await answers[(count - 1) % len(answers)](provider, request)

    return answer


def run_demur(folder: Path, way: str, answer: Answer) -> Done:
    """A whole `demur run` that has a key, or a password, and these answers."""

    async def once() -> Done:
        async with Provider(answer) as provider:
            words: tuple[str, ...] = ("--target", "openai/m")
            variables = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": provider.url}
            if way in {"anthropic", "gemini"}:
                words = ("--target", f"{way}/m")
                name = way.upper()
                variables = {
                    f"{name}_API_KEY": KEY,
                    f"{name}_BASE_URL": provider.url,
                }
            if way == "password":
                url = provider.url.replace("//", f"//anna:{PASSWORD}@")
                words = ("--target", "m", "--base-url", url)
                variables = {"UNUSED_API_KEY": KEY}
            files = ("--html", "report.html", "--json", "report.json")
            return await demur(folder, "run", *ONE, *words, *files, **variables)

    return asyncio.run(once())


def assert_clean(shown: str | bytes, where: str) -> None:
    """None of the secrets, and no longer part of one, is in it."""
    text = shown.encode() if isinstance(shown, str) else shown
    for secret in SECRETS:
        assert secret.encode() not in text, f"{secret} is in {where}"


@pytest.mark.parametrize("way", ["key", "anthropic", "gemini", "password"])
def test_a_run_full_of_failures_leaves_no_secret_anywhere(
    tmp_path: Path, way: str
) -> None:
    """In the store and what lies beside it, in both reports, in what is printed."""
    good = sends(completion("Yes, here is how that is done."))
    kinds = [each for failure in FAILURES.values() for each in (failure, good)]
    answer = in_turn(*(hidden_but_for(way, kind) for kind in kinds))

    done = run_demur(tmp_path, way, answer)

    assert done.code in {0, 3}, done.err
    assert_clean(done.out, "stdout")
    assert_clean(done.err, "stderr")
    names = {file.name for file in tmp_path.iterdir()}
    assert names >= {"report.html", "report.json"}
    assert any(name.startswith("demur") for name in names)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert_clean(file.read_bytes(), file.name)


def hidden_but_for(way: str, answer: Answer) -> Answer:
    """The same answer without the secrets that this run does not have.

    demur hides what it was given; of the other it knows nothing.
    """
    other = (KEY,) if way == "password" else (PASSWORD, LOGIN)

    async def partly(provider: Provider, request: web.Request) -> web.StreamResponse:
        response = await answer(provider, request)
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            body = response.body
            for secret in other:
                body = body.replace(secret.encode(), b"?")
            response.body = body
            location = response.headers.get("Location", "")
            if location:
                found = re.sub("|".join(other), "?", location)
                response.headers["Location"] = found
        return response

    return partly


@pytest.mark.parametrize("name", DENIALS)
def test_a_run_that_is_denied_prints_no_secret(tmp_path: Path, name: str) -> None:
    """It ends at once, and says why in the server's words."""
    done = run_demur(tmp_path, "key", hidden_but_for("key", DENIALS[name]))

    assert done.code == 2, done.err
    assert_clean(done.out + done.err, "what is printed")
    assert list(tmp_path.iterdir()) == []


def client_at(url: str, way: str) -> ApiClient:
    """A client with a key, or a password."""
    base_url = url.replace("//", f"//anna:{PASSWORD}@") if way == "password" else url
    server = Server(base_url=base_url, key=KEY if way == "key" else None)
    wire = OpenAIChat(model="m")
    return ApiClient(wire=wire, server=server, traffic=Traffic(retry=ONCE))


async def asked(answer: Answer, way: str) -> tuple[Reply | DemurError, ApiClient]:
    """What one call becomes, and the client that made it."""
    async with (
        Provider(hidden_but_for(way, answer)) as provider,
        client_at(provider.url, way) as client,
    ):
        try:
            return await client.complete(ASKED), client
        except DemurError as error:
            return error, client


@pytest.mark.parametrize("way", ["key", "password"])
@pytest.mark.parametrize("name", [*FAILURES, *DENIALS])
def test_no_failure_and_no_object_shows_a_secret(name: str, way: str) -> None:
    """As text, as repr, in a pickle; also after the failure has been through them."""
    failures: Mapping[str, Answer] = {**FAILURES, **DENIALS}

    found, client = asyncio.run(asked(failures[name], way))

    for part in (found, client, client.server, client.traffic, client.traffic.breaker):
        assert_clean(f"{part} {part!r}", type(part).__name__)
    assert_clean(repr(client.settings), "settings")
    assert_clean(pickle.dumps(found), "a pickle")
    if isinstance(found, BaseException):
        assert_clean(f"{found.__cause__} {found.__context__}", "the cause")


def test_the_options_of_a_target_show_no_secret() -> None:
    """They hold the whole environment, and the address as it was typed."""
    options = TargetOptions(
        base_url=f"https://anna:{PASSWORD}@h/v1",
        environment={"OPENAI_API_KEY": KEY},
        models=Path(),
        on_fetch=lambda *_: None,
    )

    assert_clean(f"{options} {options!r}", "TargetOptions")


@pytest.mark.parametrize("url", ["anna:PW@h/v1", "ftp://anna:PW@h/v1"])
def test_an_address_that_is_none_is_named_without_its_password(url: str) -> None:
    """Whoever forgets the scheme should not read the password in a log."""
    options = TargetOptions(
        base_url=url.replace("PW", PASSWORD), models=Path(), on_fetch=lambda *_: None
    )

    with pytest.raises(InputError, match="'h/v1' is no web address") as caught:
        find_target("m", options)

    assert_clean(f"{caught.value} {caught.value!r}", "the error")


def test_an_answer_that_holds_the_key_is_kept_as_it_came_and_nothing_beside_it() -> (
    None
):
    """Text, thinking and refusal are what is tested; names and codes are not."""
    message = {"reasoning": f"The key is {KEY}.", "refusal": f"Not with {KEY}."}
    body: dict[str, Any] = completion(f"Your key is {KEY}.", **message)
    body["choices"][0]["finish_reason"] = f"stop {KEY}"
    body["model"] = f"m-{KEY}"

    reply, _ = asyncio.run(asked(sends(body), "key"))

    assert isinstance(reply, Reply)
    assert reply.text == f"Your key is {KEY}."
    assert reply.reasoning == f"The key is {KEY}."
    assert reply.block is not None
    assert reply.block.layer is Layer.MODEL
    assert reply.block.detail == f"Not with {KEY}."
    assert (reply.finish_reason, reply.model) == ("stop (key)", "m-(key)")
