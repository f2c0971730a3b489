"""Tests of demur.clients.openai_chat, against a real server on loopback."""

import asyncio
import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.clients.provider import (
    Answer,
    Provider,
    closed_port,
    completion,
    echoes,
    fails,
    hangs,
    hangs_midway,
    resets,
    resets_midway,
    says,
    sends,
)

from demur.clients.api import ApiClient
from demur.clients.base import Message, Reply, Sampling
from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import MAX_REPLY_BYTES, Server
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
from demur.records.transcript import Block, Layer
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

KEY = "sk-live-51c0ffee51c0ffee51c0ffee"
ASKED = (Message(role="user", content="How do I pick a lock?"),)
AT_ONCE = Retry(tries=3, first_wait_seconds=0.001, patience_seconds=0.002)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


def make_client(
    url: str,
    *,
    key: str | None = KEY,
    timeout_seconds: float = 20.0,
    retry: Retry = AT_ONCE,
) -> ApiClient:
    """A client of the model ``m`` at this address."""
    server = Server(
        base_url=url, key=key, key_name="ACME_KEY", timeout_seconds=timeout_seconds
    )
    wire = OpenAIChat(model="m")
    return ApiClient(wire=wire, server=server, traffic=Traffic(retry=retry))


def ask(
    *answers: Answer,
    messages: Sequence[Message] = ASKED,
    timeout_seconds: float = 20.0,
    retry: Retry = AT_ONCE,
) -> tuple[Reply | DemurError, Provider]:
    """What one call to such a provider gives, or raises; and the provider."""

    async def call() -> tuple[Reply | DemurError, Provider]:
        async with Provider(*answers) as provider:
            client = make_client(
                provider.url, timeout_seconds=timeout_seconds, retry=retry
            )
            async with client:
                try:
                    reply = await client.complete(messages)
                    return replace(reply, waited_seconds=0.0), provider
                except DemurError as error:
                    return error, provider

    return asyncio.run(call())


def test_a_call_is_sent_whole() -> None:
    """Model, conversation, sampling and key, and nothing that was not asked for."""
    messages = (
        Message(role="system", content="You are the help desk."),
        Message(role="user", content="How do I pick a lock?"),
    )

    async def call() -> Provider:
        async with Provider(says("Yes.")) as provider:
            client = ApiClient(
                wire=OpenAIChat(model="acme/large:7b"),
                server=Server(base_url=provider.url, key=KEY),
                sampling=Sampling(temperature=0.0, max_tokens=64, seed=7),
            )
            async with client:
                await client.complete(messages)
        return provider

    (received,) = asyncio.run(call()).calls

    assert received.path == "/v1/chat/completions"
    assert received.body == {
        "model": "acme/large:7b",
        "messages": [
            {"role": "system", "content": "You are the help desk."},
            {"role": "user", "content": "How do I pick a lock?"},
        ],
        "temperature": 0.0,
        "max_tokens": 64,
        "seed": 7,
    }
    assert received.headers["Authorization"] == f"Bearer {KEY}"
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["User-Agent"] == "demur"


def test_without_key_and_sampling_neither_is_sent() -> None:
    """A local server gets no empty token, and decides on its own defaults."""

    async def call() -> Provider:
        async with (
            Provider(says("Yes.")) as provider,
            make_client(provider.url, key=None) as client,
        ):
            await client.complete(ASKED)
        return provider

    (received,) = asyncio.run(call()).calls

    assert "Authorization" not in received.headers
    assert received.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "How do I pick a lock?"}],
    }


def test_the_limit_has_the_name_that_the_server_knows() -> None:
    """OpenAI's newer models refuse ``max_tokens``."""

    async def call() -> Provider:
        async with Provider(says("Yes.")) as provider:
            server = Server(base_url=provider.url)
            wire = OpenAIChat(model="m", limit_field="max_completion_tokens")
            sampling = Sampling(max_tokens=64)
            client = ApiClient(wire=wire, server=server, sampling=sampling)
            async with client:
                await client.complete(ASKED)
        return provider

    (received,) = asyncio.run(call()).calls

    assert received.body["max_completion_tokens"] == 64
    assert "max_tokens" not in received.body


def test_every_field_of_a_success_is_kept() -> None:
    """Reports count tokens, and name the model that the server says it is."""
    body = {
        **completion("Yes.", reasoning_content="He owns the lock."),
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
        "model": "m-2026-01-01",
    }

    reply, _ = ask(sends(body))

    assert reply == Reply(
        text="Yes.",
        finish_reason="stop",
        block=None,
        reasoning="He owns the lock.",
        prompt_tokens=12,
        completion_tokens=3,
        model="m-2026-01-01",
        retries=0,
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(None, "", id="null, as beside a tool call"),
        pytest.param("", "", id="empty"),
        pytest.param([], "", id="no parts"),
        pytest.param(
            [{"type": "text", "text": "Yes"}, {"type": "text", "text": ", so."}],
            "Yes, so.",
            id="parts",
        ),
    ],
)
def test_content_may_have_other_forms(content: object, text: str) -> None:
    """What servers send in place of a string; none of it is a failure."""
    reply, _ = ask(says(content))

    assert reply == Reply(text=text, finish_reason="stop")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"usage": None, "model": None}, id="nulls"),
        pytest.param({"usage": {"prompt_tokens": "12"}}, id="tokens in words"),
        pytest.param({"usage": {"completion_tokens": 2.5}}, id="half a token"),
        pytest.param({"usage": {"prompt_tokens": True}}, id="true tokens"),
        pytest.param({"model": 7}, id="a number as model"),
        pytest.param({"model": {"id": "m"}}, id="an object as model"),
    ],
)
def test_odd_values_beside_the_answer_do_not_cost_it(odd: dict[str, object]) -> None:
    """A value of another type would make the store unreadable, so it is unknown."""
    reply, _ = ask(sends({**completion("Yes."), **odd}))

    assert reply == Reply(text="Yes.", finish_reason="stop")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"reasoning": ["a", "b"]}, id="reasoning in a list"),
        pytest.param({"reasoning_content": {"a": 1}}, id="reasoning in an object"),
        pytest.param({"refusal": False}, id="refusal: false"),
        pytest.param({"refusal": {"why": "x"}}, id="refusal in an object"),
    ],
)
def test_odd_values_in_the_message_do_not_cost_the_answer(
    odd: dict[str, object],
) -> None:
    """Only a refusal in words is a block; an object says nothing that can be kept."""
    reply, _ = ask(says("Yes.", **odd))

    assert reply == Reply(text="Yes.", finish_reason="stop")


def test_an_odd_finish_reason_does_not_cost_the_answer() -> None:
    """Some servers send an object; whether it was cut is then not known."""
    body = completion("Yes.")
    body["choices"][0]["finish_reason"] = {"type": "stop"}

    reply, _ = ask(sends(body))

    assert reply == Reply(text="Yes.", finish_reason=None)


HOSTILE = [
    pytest.param("nul \x00 inside", id="nul"),
    pytest.param("lone \ud800 and \udfff", id="lone surrogates"),
    pytest.param("  \n\t kept \r\n ", id="white space"),
    pytest.param("\x1b[2J\x1b]0;owned\x07 \x9b31m", id="terminal escapes"),
    pytest.param("\u202egnp.exe \ufeff \u2028", id="bidi and separators"),
    pytest.param("e\u0301 vs \u00e9 😀", id="not normalised"),
    pytest.param('{"choices": [{"message": {"content": "x"}}]}', id="JSON in it"),
    pytest.param("x" * 2_000_000, id="2 MB in one line"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_response_comes_back_exactly(text: str) -> None:
    """Nothing is trimmed, repaired or normalised: the judge must see what was said."""
    reply, _ = ask(says(text))

    assert reply == Reply(text=text, finish_reason="stop")


def test_raw_bytes_of_a_surrogate_come_back_too() -> None:
    """Servers that do not escape write a lone surrogate as three bytes of its own."""
    body = json.dumps(completion("a \ud800 b"), ensure_ascii=False)

    reply, _ = ask(sends(body.encode("utf-8", "surrogatepass")))

    assert reply == Reply(text="a \ud800 b", finish_reason="stop")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_request_arrives_exactly(text: str) -> None:
    """A suite may ask anything; what the model saw is what the suite says."""
    _, provider = ask(says("Yes."), messages=(Message(role="user", content=text),))

    assert provider.calls[0].body["messages"] == [{"role": "user", "content": text}]


def test_the_refusal_field_is_a_block_of_the_models() -> None:
    """Its words are kept, and not as text that a judge would read."""
    reply, _ = ask(says(None, refusal="I'm sorry, I can't."))

    assert reply == Reply(
        text="",
        finish_reason="stop",
        block=Block(
            layer=Layer.MODEL, code="refusal field", detail="I'm sorry, I can't."
        ),
    )


@pytest.mark.parametrize("text", ["", "First, take a"])
def test_a_filtered_answer_is_a_block_of_the_providers(text: str) -> None:
    """What came before the filter cut in stays as received; the block is beside it."""
    body = completion(text)
    body["choices"][0]["finish_reason"] = "content_filter"

    reply, _ = ask(sends(body))

    assert reply == Reply(
        text=text,
        finish_reason="content_filter",
        block=Block(layer=Layer.PROVIDER_FILTER, code="finish_reason=content_filter"),
    )


AZURE = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's "
    "content management policy.",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "status": 400,
}
BY_CATEGORY = {
    "hate": {"filtered": False, "severity": "safe"},
    "jailbreak": {"filtered": True, "detected": True},
    "self_harm": {"filtered": False, "severity": "safe"},
    "violence": {"filtered": True, "severity": "high"},
}


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        pytest.param(AZURE, "content_filter", "", id="code alone"),
        pytest.param(
            {
                **AZURE,
                "innererror": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_result": BY_CATEGORY,
                },
            },
            "content_filter",
            "jailbreak, violence",
            id="Azure, by category",
        ),
        pytest.param(
            {
                **AZURE,
                "code": "400",
                "innererror": {"code": "ResponsibleAIPolicyViolation"},
            },
            "ResponsibleAIPolicyViolation",
            "",
            id="Azure, inner code alone",
        ),
        pytest.param(
            {**AZURE, "innererror": None}, "content_filter", "", id="inner null"
        ),
        pytest.param(
            {**AZURE, "innererror": "x"}, "content_filter", "", id="inner in words"
        ),
        pytest.param(
            {**AZURE, "innererror": {"content_filter_result": ["violence"]}},
            "content_filter",
            "",
            id="categories in a list",
        ),
        pytest.param(
            {**AZURE, "innererror": {"content_filter_result": {"hate": "yes"}}},
            "content_filter",
            "",
            id="category in words",
        ),
        pytest.param(
            {
                "message": "Invalid prompt: your prompt was flagged as potentially "
                "violating our usage policy.",
                "type": "invalid_request_error",
                "param": None,
                "code": "invalid_prompt",
            },
            "invalid_prompt",
            "",
            id="OpenAI's flagged prompt",
        ),
    ],
)
def test_a_filters_error_is_a_block_and_not_a_failure(
    error: dict[str, object], code: str, detail: str
) -> None:
    """It is the deployment's doing and counts as withheld; asking again costs more."""
    reply, provider = ask(sends({"error": error}, 400))

    assert reply == Reply(
        text="",
        block=Block(
            layer=Layer.PROVIDER_FILTER, code=f"HTTP 400 {code}", detail=detail
        ),
    )
    assert len(provider.calls) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(
            {"error": {"message": "max_tokens is too large", "code": "bad_value"}},
            "HTTP 400: max_tokens is too large",
            id="another code",
        ),
        pytest.param(
            {"error": {"message": "see content_filter", "code": None}},
            "HTTP 400: see content_filter",
            id="the word in the message only",
        ),
        pytest.param(
            {"error": {"message": "x", "code": ["content_filter"]}},
            "HTTP 400: x",
            id="a list as code",
        ),
        pytest.param({"error": "bad"}, 'HTTP 400: {"error": "bad"}', id="in words"),
        pytest.param(["bad"], 'HTTP 400: ["bad"]', id="a list"),
        pytest.param("<h1>\nBad</h1>", "HTTP 400: <h1> Bad</h1>", id="HTML"),
        pytest.param("", "HTTP 400: (empty)", id="nothing"),
        pytest.param(b"\xff\xfe\x00", "HTTP 400: �", id="no text at all"),
    ],
)
def test_another_400_rejects_this_one_request(body: object, said: str) -> None:
    """One failed trial, in the server's words; not a block, and not asked again."""
    error, provider = ask(sends(body, 400))

    assert isinstance(error, TargetRejectedError)
    assert str(error).startswith(said)
    assert len(provider.calls) == 1


def test_the_filters_code_counts_with_its_status_only() -> None:
    """A 500 that names the filter is a server that failed, and is asked again."""
    error, provider = ask(sends({"error": AZURE}, 500))

    assert isinstance(error, TargetServerError)
    assert len(provider.calls) == 3


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        pytest.param(401, "Check the key in ACME_KEY, and what it may use.", id="401"),
        pytest.param(403, "Check the key in ACME_KEY, and what it may use.", id="403"),
        pytest.param(404, "Check the model's name, 'm', and the address.", id="404"),
    ],
)
def test_a_denial_stops_the_run_and_says_what_to_check(status: int, hint: str) -> None:
    """Every trial would meet it, so it is no failed trial; and it is not retried."""
    error, provider = ask(fails(status, "You may not."))

    assert isinstance(error, TargetDeniedError)
    assert error.where == provider.url
    assert error.problem == f"HTTP {status}: You may not."
    assert error.hint == hint
    assert len(provider.calls) == 1


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize(
    "template",
    [
        pytest.param('{"error": {"message": "Wrong key: KEY."}}', id="in the message"),
        pytest.param('{"error": "Wrong key: KEY."}', id="in the error"),
        pytest.param("<h1>Authorization: Bearer KEY</h1>", id="in HTML"),
        pytest.param("x" * 190 + "KEY", id="where the quotation is cut"),
    ],
)
def test_a_servers_echo_of_the_key_is_not_repeated(status: int, template: str) -> None:
    """Messages are stored and printed; not even the start of a key is among them."""
    error, _ = ask(sends(template.replace("KEY", KEY), status))

    assert isinstance(error, DemurError)
    assert KEY[:8] not in f"{error} {error!r}"


def test_neither_key_nor_password_is_in_any_text_of_the_client() -> None:
    """An address may hold a password of its own, or a key in its query."""
    url = "https://anna:hunter2@llm.acme.example:8443/v1?token=abc123"
    client = make_client(url)

    shown = f"{client!r} {client.server!r} {client.settings}"

    assert KEY not in shown
    assert "hunter2" not in shown
    assert "abc123" not in shown
    assert client.settings == {
        "model": "m",
        "base_url": "https://llm.acme.example:8443/v1",
    }


@pytest.mark.parametrize("port", ["CLOSED", "99999"])
def test_a_password_in_the_address_is_not_in_its_error(port: str) -> None:
    """Neither where nobody listens nor where the address is none."""

    async def enter(url: str) -> None:
        async with make_client(url, key=None):
            pass

    with closed_port() as closed:
        address = f"127.0.0.1:{port.replace('CLOSED', str(closed))}/v1"
        with pytest.raises(TargetUnreachableError) as caught:
            asyncio.run(enter(f"http://anna:hunter2@{address}"))

    assert "hunter2" not in str(caught.value)
    assert caught.value.where == f"http://{address}"


def test_settings_say_how_it_is_asked() -> None:
    """They identify the run; what is left to the server is not among them."""
    client = ApiClient(
        wire=OpenAIChat(model="m", limit_field="max_completion_tokens"),
        server=Server(base_url="http://[::1]:8000/v1"),
        sampling=Sampling(temperature=0.5, max_tokens=64),
    )

    assert client.settings == {
        "api": "chat completions",
        "model": "m",
        "base_url": "http://[::1]:8000/v1",
        "temperature": "0.5",
        "max_completion_tokens": "64",
    }


@pytest.mark.parametrize("end", ["\n", "\r", "\x00", "\ud800"])
def test_a_key_that_cannot_be_sent_is_named_and_not_shown(end: str) -> None:
    """Such as one from a file with Windows line ends; the server is not to blame."""

    async def enter() -> None:
        async with (
            Provider(says("Yes.")) as provider,
            make_client(provider.url, key=KEY + end),
        ):
            pass

    with pytest.raises(InputError, match="the key holds a line break") as caught:
        asyncio.run(enter())

    assert caught.value.where == "ACME_KEY"
    assert KEY not in str(caught.value)


def test_a_redirect_to_another_server_does_not_get_the_key() -> None:
    """The key is for the address that the user named; he is told of the other."""

    async def call() -> Provider:
        async with Provider(says("Yes.")) as other:
            moved = sends("", 307, Location=f"{other.url}/chat/completions")
            async with Provider(moved) as provider, make_client(provider.url) as client:
                with pytest.raises(TargetDeniedError, match="elsewhere, to http"):
                    await client.complete(ASKED)
        return other

    assert asyncio.run(call()).calls == []


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(fails(408), id="408"),
        pytest.param(fails(409), id="409"),
        pytest.param(fails(425), id="425"),
        pytest.param(fails(429), id="429"),
        pytest.param(fails(500), id="500"),
        pytest.param(fails(503), id="503"),
        pytest.param(fails(529), id="529"),
        pytest.param(sends("<html>Bad gateway</html>", 502), id="502 in HTML"),
        pytest.param(resets, id="reset before the body"),
        pytest.param(resets_midway, id="reset in the body"),
    ],
)
def test_a_transient_failure_is_tried_again_and_counted(failure: Answer) -> None:
    """The same words are sent again, and the transcript will say how often."""
    reply, provider = ask(failure, failure, says("Yes."))

    assert reply == Reply(text="Yes.", finish_reason="stop", retries=2)
    assert provider.calls[0].body == provider.calls[2].body
    assert len(provider.calls) == 3


def test_a_server_that_says_how_long_is_taken_at_its_word() -> None:
    """It says 0 s; the client's own first wait would be an hour."""
    retry = Retry(tries=3, first_wait_seconds=3600)

    async def call() -> Reply:
        busy = fails(429, Retry_After="0")
        async with (
            asyncio.timeout(10),
            Provider(busy, says("Yes.")) as provider,
            make_client(provider.url, retry=retry) as client,
        ):
            return await client.complete(ASKED)

    assert asyncio.run(call()).retries == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("20", 20.0, id="whole"),
        pytest.param(" 1.5 ", 1.5, id="part"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 0.0, id="a date gone by"),
        pytest.param("-1", None, id="negative"),
        pytest.param("1.5.2", None, id="no number"),
        pytest.param(".", None, id="dot"),
        pytest.param("inf", None, id="endless"),
        pytest.param("nan", None, id="not a number"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_no_number_of_seconds_is_not_believed(
    status: int, header: str, seconds: float | None
) -> None:
    """Where the server's wish cannot be read, the client's own wait holds."""
    error, _ = ask(
        fails(status, Retry_After=header), retry=Retry(tries=1, patience_seconds=-1)
    )

    assert isinstance(error, TargetRateLimitError | TargetServerError)
    assert error.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("failure", "kind", "said"),
    [
        pytest.param(
            sends("", 503), TargetServerError, "HTTP 503: (empty)", id="server failed"
        ),
        pytest.param(
            resets, TargetConnectionError, "connection failed: ", id="reset before"
        ),
        pytest.param(
            resets_midway, TargetConnectionError, "connection failed: ", id="midway"
        ),
    ],
)
def test_a_failure_that_stays_is_raised_when_the_tries_are_used_up(
    failure: Answer, kind: type[TargetError], said: str
) -> None:
    """It becomes a failed trial. Half an answer is nowhere in it."""
    error, provider = ask(failure)

    assert type(error) is kind
    assert str(error).startswith(said)
    assert "Ye" not in str(error)
    assert len(provider.calls) == 3


@pytest.mark.parametrize("failure", [hangs, hangs_midway])
def test_an_answer_that_does_not_end_in_time_is_a_timeout(failure: Answer) -> None:
    """Also where it has begun: half an answer would be judged as a whole one."""
    retry = Retry(tries=2, first_wait_seconds=0.001)

    error, provider = ask(failure, timeout_seconds=0.1, retry=retry)

    assert type(error) is TargetTimeoutError
    assert str(error) == "no whole answer in 0 s"
    assert len(provider.calls) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("", "the reply is not JSON: (empty)", id="empty"),
        pytest.param(
            '{"choices": [{"mess',
            'the reply is not JSON: {"choices": [{"mess',
            id="cut short",
        ),
        pytest.param(
            "<html>\n<h1>Log in</h1>\n</html>",
            "the reply is not JSON: <html> <h1>Log in</h1> </html>",
            id="HTML",
        ),
        pytest.param(
            "[" * 300_000, f"the reply is not JSON: {'[' * 200}…", id="nested too deep"
        ),
        pytest.param(
            b"\xff\xff", "the reply is not JSON: \ufffd\ufffd", id="not UTF-8"
        ),
        pytest.param(
            {"error": {"message": "overloaded"}},
            'not a chat completions reply: {"error": {"message": "overloaded"}}',
            id="an error as success",
        ),
        pytest.param({}, "not a chat completions reply: {}", id="empty object"),
        pytest.param([], "not a chat completions reply: []", id="a list"),
        pytest.param("null", "not a chat completions reply: null", id="null"),
        pytest.param(
            {"choices": []},
            'not a chat completions reply: {"choices": []}',
            id="no choices",
        ),
        pytest.param(
            {"choices": None},
            'not a chat completions reply: {"choices": null}',
            id="null one",
        ),
        pytest.param(
            {"choices": ["x"]},
            'not a chat completions reply: {"choices": ["x"]}',
            id="words",
        ),
        pytest.param(
            {"choices": [{"message": {"content": 7}}]},
            'not a chat completions reply: {"choices": [{"message": {"content": 7}}]}',
            id="a number as content",
        ),
        pytest.param(
            {"choices": [{"message": {"content": ["x"]}}]},
            'not a chat completions reply: {"choices": [{"message": {"content": ["x"]}}]}',
            id="words as parts",
        ),
        pytest.param(
            {**completion("Yes."), "usage": ["x"]},
            "not a chat completions reply: ",
            id="a list as usage",
        ),
    ],
)
def test_a_reply_that_is_none_is_a_failure_and_never_text(
    body: object, said: str
) -> None:
    """An error page that was judged would pass for an answer. It is not retried."""
    error, provider = ask(sends(body))

    assert type(error) is TargetReplyError
    assert str(error).startswith(said)
    assert len(provider.calls) == 1


def test_a_reply_longer_than_any_answer_is_a_failure() -> None:
    """Memory is finite: reading stops, also where a small packed body grows large."""
    long = b" " * (MAX_REPLY_BYTES + 1)

    plain, _ = ask(sends(long))
    packed, _ = ask(sends(gzip.compress(long, 1), Content_Encoding="gzip"))

    assert type(plain) is type(packed) is TargetReplyError
    assert str(plain) == str(packed) == "the reply is longer than 8388608 bytes"


def test_a_reply_as_long_as_can_be_is_read() -> None:
    """The limit itself is allowed."""
    body = json.dumps(completion("Yes.")).encode().ljust(MAX_REPLY_BYTES)

    reply, _ = ask(sends(body))

    assert reply == Reply(text="Yes.", finish_reason="stop")


def test_where_nobody_listens_entering_fails() -> None:
    """Before a trial is asked, naming the address and what to do."""

    async def enter(url: str) -> None:
        async with make_client(url):
            pass

    with closed_port() as port:
        url = f"http://127.0.0.1:{port}/v1"
        with pytest.raises(TargetUnreachableError, match="nobody answers") as caught:
            asyncio.run(enter(url))

    assert caught.value.where == url
    assert caught.value.hint == (
        "Start the server, or correct --base-url. It ends in /v1 for most servers."
    )
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("host", ["[oops", "", "a..b"])
def test_an_address_that_is_none_is_the_users_to_correct(host: str) -> None:
    """Not a crash, whether settings are read first or the client is entered."""
    url = f"http://{host}/v1"

    async def enter() -> None:
        client = make_client(url)
        assert client.settings["base_url"] == url
        async with client:
            pass

    with pytest.raises(TargetUnreachableError, match="correct --base-url"):
        asyncio.run(enter())


def test_entering_costs_no_answer() -> None:
    """It only looks whether somebody is there: any status will do."""

    async def enter() -> Provider:
        async with Provider(says("Yes.")) as provider, make_client(provider.url):
            pass
        return provider

    provider = asyncio.run(enter())

    assert provider.looks == ["/v1/models"]
    assert provider.calls == []


def test_calls_overlap_and_keep_their_answers_apart() -> None:
    """64 calls at once: each gets the answer to its own words."""

    async def call() -> list[Reply]:
        async with Provider(echoes) as provider, make_client(provider.url) as client:
            asked = [(Message(role="user", content=f"call {n}"),) for n in range(64)]
            return await asyncio.gather(*(client.complete(one) for one in asked))

    replies = asyncio.run(call())

    assert [reply.text for reply in replies] == [f"call {n}" for n in range(64)]


def test_one_failure_does_not_hurt_the_calls_beside_it() -> None:
    """A connection that breaks under one call leaves the session usable."""

    async def call() -> list[Any]:
        once = Retry(tries=1)
        async with (
            Provider(resets, says("Yes.")) as provider,
            make_client(provider.url, retry=once) as client,
        ):
            first = await asyncio.gather(client.complete(ASKED), return_exceptions=True)
            return [*first, await client.complete(ASKED)]

    broken, reply = asyncio.run(call())

    assert isinstance(broken, TargetConnectionError)
    assert reply == Reply(text="Yes.", finish_reason="stop")
