"""Tests of the client of an API against a provider that misbehaves."""

import asyncio
from collections import Counter

import pytest
from tests.clients.misbehaving import (
    GOOD,
    LASTING,
    PASSING,
    SLOW,
    Fault,
    Misbehaving,
    answer_to,
)

from demur.clients.api import ApiClient
from demur.clients.base import Message, Reply
from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import Server
from demur.errors import (
    TargetConnectionError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
)
from demur.traffic.breaker import Breaker
from demur.traffic.retry import Retry
from demur.traffic.traffic import Traffic

ONCE = Retry(tries=1, first_wait_seconds=0.0, patience_seconds=-1.0)
PATIENT = Retry(tries=6, first_wait_seconds=0.001, patience_seconds=5.0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, also where the machine has a proxy."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")


def client_of(
    provider: Misbehaving, retry: Retry, timeout_seconds: float, concurrency: int = 64
) -> ApiClient:
    """A client that waits hardly at all."""
    breaker = Breaker(first_seconds=0.01, longest_seconds=0.02, patience_seconds=5.0)
    return ApiClient(
        wire=OpenAIChat(model="m"),
        server=Server(base_url=provider.url, timeout_seconds=timeout_seconds),
        traffic=Traffic(concurrency=concurrency, retry=retry, breaker=breaker),
    )


async def complete(client: ApiClient, words: str) -> Reply | TargetError:
    """What one call becomes; anything but these two is a bug."""
    try:
        return await client.complete((Message(role="user", content=words),))
    except TargetError as error:
        return error


def met(fault: Fault, *, timeout_seconds: float) -> Reply | TargetError:
    """What one call becomes that meets this fault and is not sent again."""

    async def call() -> Reply | TargetError:
        async with (
            Misbehaving(1.0, {"fault": fault}) as provider,
            client_of(provider, ONCE, timeout_seconds) as client,
        ):
            return await complete(client, "trial 7")

    return asyncio.run(call())


@pytest.mark.parametrize("name", GOOD)
def test_a_good_answer_is_read_exactly_however_it_is_put(name: str) -> None:
    """It was paid for; what is odd about it hurts nobody."""
    reply = met(GOOD[name], timeout_seconds=5.0)

    assert isinstance(reply, Reply)
    assert reply.text == answer_to("trial 7")
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("429", TargetRateLimitError, "HTTP 429: busy"),
        ("429 for 5 ms", TargetRateLimitError, "HTTP 429: busy"),
        ("429 for 3 ms", TargetRateLimitError, "HTTP 429: busy"),
        ("429 until a date", TargetRateLimitError, "HTTP 429: {}"),
        ("500", TargetServerError, "HTTP 500: busy"),
        ("502 of a proxy", TargetServerError, "HTTP 502: <html><h1>Bad gateway</h1>"),
        ("503 for 5 ms", TargetServerError, "HTTP 503: busy"),
        ("529", TargetRateLimitError, "HTTP 529: busy"),
        ("reset before", TargetConnectionError, "connection failed: "),
        ("reset midway", TargetConnectionError, "connection failed: "),
        ("hang", TargetTimeoutError, "no whole answer in 0 s"),
        ("drip", TargetTimeoutError, "no whole answer in 0 s"),
        ("400", TargetRejectedError, "HTTP 400: no"),
        ("cut JSON", TargetReplyError, 'the reply is not JSON: {"choices": [{"mess'),
        ("empty", TargetReplyError, "the reply is not JSON: (empty)"),
        ("rubbish", TargetReplyError, "the reply is not JSON: "),
        ("not packed", TargetReplyError, "the reply cannot be unpacked"),
        ("50 MB", TargetReplyError, "the reply is longer than 8388608 bytes"),
    ],
)
def test_a_fault_becomes_the_failure_that_it_is(
    name: str, kind: type[TargetError], said: str
) -> None:
    """Never an answer that could be judged."""
    faults = {**PASSING, **SLOW, **LASTING}
    timeout = 0.1 if name in SLOW else 5.0

    error = met(faults[name], timeout_seconds=timeout)

    assert type(error) is kind
    assert str(error).startswith(said)
    assert isinstance(error, kind)
    assert error.is_transient == (name not in LASTING)


def test_every_fault_has_a_row_above() -> None:
    """A fault that is only in the mix would hide there."""
    assert len({**PASSING, **SLOW, **LASTING}) == 18


def test_in_a_mix_of_faults_each_call_ends_once_and_no_good_answer_is_asked_twice() -> (
    None
):
    """400 calls, 64 at once, 30 % faults: a reply to the words asked, or a failure."""
    faults = {**GOOD, **PASSING, **LASTING, **SLOW}
    names = [f"trial {number}" for number in range(400)]

    async def mix() -> tuple[dict[str, Reply | TargetError], Misbehaving]:
        found: dict[str, Reply | TargetError] = {}

        async def one(client: ApiClient, words: str) -> None:
            reply = await complete(client, words)
            assert words not in found
            found[words] = reply

        async with (
            Misbehaving(0.3, faults, seed=3) as provider,
            client_of(provider, PATIENT, 0.8) as client,
        ):
            calls = (one(client, words) for words in names)
            await asyncio.wait_for(asyncio.gather(*calls), 60)
        return found, provider

    found, provider = asyncio.run(mix())

    replies = {words for words, got in found.items() if isinstance(got, Reply)}
    assert sorted(found) == sorted(names)
    assert all(
        got.text == answer_to(words)
        for words, got in found.items()
        if isinstance(got, Reply)
    )
    assert provider.served == Counter(replies)
    assert set(provider.drawn) == set(faults)
    assert len(replies) > 350
