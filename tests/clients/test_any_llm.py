"""Tests of demur.clients.any_llm, through the real library to a server on loopback."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.clients.provider import (
    Answer,
    Provider,
    completion,
    fails,
    hangs,
    resets,
    sends,
)

from demur.clients.base import Message, Reply, Sampling
from demur.errors import (
    DemurError,
    InputError,
    MissingKeyError,
    TargetConnectionError,
    TargetDeniedError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
    UnknownNameError,
)
from demur.records.transcript import Block, Layer, Side
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

pytest.importorskip("any_llm")
from demur.clients.any_llm import AnyLlmClient

KEY = "sk-live-51c0ffee51c0ffee51c0ffee"
OTHER = "another-password-0123456789"
ASKED = (Message(role="user", content="How do I pick a lock?"),)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, and no key of the machine's is sent."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


def body_of(text: object, **message: object) -> dict[str, object]:
    """A completion with the fields that OpenAI's own library insists on."""
    plain = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m-2"}
    return {**plain, **completion(text, **message)}


def make_client(
    url: str, *, timeout_seconds: float = 20.0, tries: int = 1
) -> AnyLlmClient:
    """A client of the model ``m`` at this address, by the library's OpenAI provider."""
    retry = Retry(tries=tries, first_wait_seconds=0.001, patience_seconds=0.002)
    return AnyLlmClient(
        provider="openai",
        model="m",
        environment={
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": url,
            "DB_PASSWORD": OTHER,
        },
        sampling=Sampling(temperature=0.0, max_tokens=64, seed=7),
        timeout_seconds=timeout_seconds,
        traffic=Traffic(retry=retry),
    )


def ask(
    *answers: Answer,
    text: str = "How do I pick a lock?",
    timeout_seconds: float = 20.0,
    tries: int = 1,
) -> tuple[Reply | DemurError, Provider]:
    """What one call to such a provider gives, or raises; and the provider."""

    async def call() -> tuple[Reply | DemurError, Provider]:
        async with Provider(*answers) as provider:
            client = make_client(
                provider.url, timeout_seconds=timeout_seconds, tries=tries
            )
            async with client:
                try:
                    said = await client.complete([Message(role="user", content=text)])
                    return replace(said, waited_seconds=0.0), provider
                except DemurError as error:
                    return error, provider

    return asyncio.run(call())


def test_a_call_is_sent_whole() -> None:
    """Model, conversation, sampling and key, and nothing that was not asked for."""
    _, provider = ask(sends(body_of("Yes.")))

    (received,) = provider.calls
    assert received.headers["Authorization"] == f"Bearer {KEY}"
    assert received.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "How do I pick a lock?"}],
        "temperature": 0.0,
        "max_completion_tokens": 64,
        "seed": 7,
    }


def test_every_field_of_a_success_is_kept() -> None:
    """The library's own form of a reply loses nothing that a record holds."""
    body = {
        **body_of("Yes.", reasoning_content="He owns the lock."),
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
    }

    reply, _ = ask(sends(body))

    assert reply == Reply(
        text="Yes.",
        finish_reason="stop",
        reasoning="He owns the lock.",
        prompt_tokens=12,
        completion_tokens=3,
        model="m-2",
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("nul \x00 inside", id="nul"),
        pytest.param("  \n\t kept \r\n ", id="white space"),
        pytest.param("\x1b[2J\x1b]0;owned\x07", id="terminal escapes"),
        pytest.param("x" * 2_000_000, id="2 MB in one line"),
    ],
)
def test_a_response_comes_back_exactly(text: str) -> None:
    """Nothing is trimmed, repaired or normalised on the way through the library."""
    reply, _ = ask(sends(body_of(text)))

    assert isinstance(reply, Reply)
    assert reply.text == text


def test_a_lone_surrogate_in_a_request_costs_only_itself() -> None:
    """The libraries cannot send one; the rest of the question is still asked."""
    _, provider = ask(sends(body_of("Yes.")), text="a \ud800 b")

    assert provider.calls[0].body["messages"][0]["content"] == "a ? b"


def test_a_cut_answer_says_that_it_was_cut() -> None:
    """In the word that a transcript knows."""
    body = completion("Yes, first")
    body["choices"][0]["finish_reason"] = "length"

    reply, _ = ask(sends({**body_of(""), **body}))

    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish_reason) == ("Yes, first", "length")


AZURE = {
    "error": {
        "message": "flagged",
        "code": "content_filter",
        "innererror": {
            "content_filter_result": {
                "violence": {"filtered": True, "severity": "high"},
                "hate": {"filtered": False, "severity": "safe"},
            }
        },
    }
}
MODERATED = {
    "error": {"message": "no", "code": 403, "metadata": {"reasons": ["violence"]}}
}


@pytest.mark.parametrize(
    ("answer", "block"),
    [
        pytest.param(
            sends(body_of(None, refusal="I will not.")),
            Block(layer=Layer.MODEL, code="refusal field", detail="I will not."),
            id="the model's refusal",
        ),
        pytest.param(
            sends(AZURE, 400),
            Block(
                layer=Layer.PROVIDER_FILTER,
                code="HTTP 400 content_filter",
                detail="violence",
                side=Side.PROMPT,
            ),
            id="a filter's code in an error",
        ),
        pytest.param(
            sends(MODERATED, 403),
            Block(
                layer=Layer.PROVIDER_FILTER,
                code="HTTP 403 moderation",
                detail="violence",
                side=Side.PROMPT,
            ),
            id="a moderation in an error",
        ),
    ],
)
def test_a_block_is_read_from_the_fields(answer: Answer, block: Block) -> None:
    """As our own client of the protocol reads it."""
    reply, _ = ask(answer)

    assert isinstance(reply, Reply)
    assert (reply.text, reply.block) == ("", block)


def test_a_filtered_answer_is_a_block() -> None:
    """The library calls every provider's filter by this one word."""
    body = body_of("Yes, first")
    body["choices"] = [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Yes, first"},
            "finish_reason": "content_filter",
        }
    ]

    reply, _ = ask(sends(body))

    assert isinstance(reply, Reply)
    assert reply.text == "Yes, first"
    assert reply.block is not None
    assert (reply.block.layer, reply.block.side) == (Layer.PROVIDER_FILTER, Side.ANSWER)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(fails(401, f"bad key {KEY}"), TargetDeniedError, "401", id="401"),
        pytest.param(fails(402), TargetDeniedError, "402", id="402"),
        pytest.param(fails(404), TargetDeniedError, "404", id="404"),
        pytest.param(fails(429), TargetRateLimitError, "429", id="429"),
        pytest.param(fails(529), TargetRateLimitError, "529", id="529"),
        pytest.param(fails(500), TargetServerError, "500", id="500"),
        pytest.param(fails(408), TargetServerError, "408", id="408"),
        pytest.param(fails(400), TargetRejectedError, "400", id="400"),
        pytest.param(
            fails(400, "messages[0]: no author, blocked by safety policy"),
            TargetRejectedError,
            "no author",
            id="400 in words that the library takes for a key or a filter",
        ),
        pytest.param(
            sends(
                {
                    **body_of("Yes."),
                    "choices": [
                        {
                            **completion("Yes.")["choices"][0],
                            "error": {"code": 502, "message": f"lost {KEY}"},
                        }
                    ],
                }
            ),
            TargetServerError,
            "502 lost (key)",
            id="an error within a reply",
        ),
        pytest.param(resets, TargetConnectionError, "onnection", id="a reset"),
        pytest.param(
            sends("<html>", 200), TargetReplyError, "not be read", id="no JSON"
        ),
        pytest.param(
            sends({"id": "c1"}), TargetReplyError, "not be read", id="no choices"
        ),
    ],
)
def test_a_failure_is_the_one_that_its_status_says(
    answer: Answer, kind: type[DemurError], said: str
) -> None:
    """Never the one that the words of a message happen to match."""
    error, _ = ask(answer)

    assert type(error) is kind
    assert said in str(error)
    assert KEY not in str(error)


def test_only_our_own_retries_are_made() -> None:
    """Two layers of retries would multiply, and hide how often it was asked."""
    reply, provider = ask(fails(500), fails(503), sends(body_of("Yes.")), tries=3)

    assert isinstance(reply, Reply)
    assert reply.retries == 2
    assert len(provider.calls) == 3


def test_the_servers_wish_to_wait_is_kept() -> None:
    """It stands in a header that the library would swallow."""
    error, _ = ask(fails(503, Retry_After="7"))

    assert isinstance(error, TargetServerError)
    assert error.retry_after_seconds == 7.0


def test_a_call_ends_when_its_time_is_over() -> None:
    """Whatever the provider's library thinks of timeouts."""
    error, _ = ask(hangs, timeout_seconds=0.2)

    assert type(error) is TargetTimeoutError


def test_no_secret_of_the_environment_is_said() -> None:
    """A gateway may repeat any of them; and a representation never shows one."""
    error, provider = ask(fails(400, f"no: {KEY} {OTHER}"))

    assert str(error).endswith("no: (key) (key)")
    client = make_client(provider.url)
    assert not [text for text in (KEY, OTHER) if text in repr(client)]
    assert not [text for text in (KEY, OTHER) if text in str(client.settings)]


@pytest.mark.parametrize(
    ("provider", "kind", "said"),
    [
        pytest.param("openai", MissingKeyError, "OPENAI_API_KEY", id="no key"),
        pytest.param(
            "azureopenai",
            InputError,
            "cannot be set up .*AZURE_OPENAI_ENDPOINT",
            id="no address",
        ),
        pytest.param("opnai", UnknownNameError, "Did you mean 'openai'", id="unknown"),
    ],
)
def test_a_client_that_cannot_ask_is_not_entered(
    provider: str, kind: type[InputError], said: str
) -> None:
    """Before anything is asked or written."""
    environment: Mapping[str, str] = {"AZURE_OPENAI_API_KEY": KEY}
    client = AnyLlmClient(provider=provider, model="m", environment=environment)

    async def enter() -> None:
        async with client:
            pass

    with pytest.raises(kind, match=said) as caught:
        asyncio.run(enter())

    assert KEY not in str(caught.value)


def test_calls_overlap_in_one_client() -> None:
    """One connection pool for a run, not one for each question."""

    async def call() -> list[str]:
        provider = Provider(sends(body_of("Yes.")))
        async with provider, make_client(provider.url) as client:
            calls = [client.complete(ASKED) for _ in range(20)]
            return [reply.text for reply in await asyncio.gather(*calls)]

    assert asyncio.run(call()) == ["Yes."] * 20
