"""Tests of demur.traffic.traffic."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.errors import (
    TargetConnectionError,
    TargetDeniedError,
    TargetDownError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetStoppedError,
    TargetTimeoutError,
)
from demur.traffic.breaker import Breaker
from demur.traffic.retry import Retry
from demur.traffic.traffic import Sent, Traffic

QUICK = Retry(tries=3, first_wait_seconds=0.001, patience_seconds=5.0)
DOWN = TargetServerError("HTTP 503: down")


class Server:
    """Fails with each of these in turn, then answers. Counts what is under way."""

    def __init__(self, *failures: Exception, seconds: float = 0.0) -> None:
        self.times: list[float] = []
        self.under_way = 0
        self.most_under_way = 0
        self._failures = list(failures)
        self._seconds = seconds

    async def __call__(self) -> str:
        self.times.append(time.monotonic())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self._seconds)
            if self._failures:
                raise self._failures.pop(0)
            return "Yes."
        finally:
            self.under_way -= 1


def run(test: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end, and not for ever."""
    return asyncio.run(asyncio.wait_for(test, 20))


def call(traffic: Traffic, send: Callable[[], Awaitable[str]]) -> Sent[str]:
    """What one call comes to."""
    found: Sent[str] = run(traffic.call(send))
    return found


async def hang() -> str:
    """Never answers."""
    await asyncio.Event().wait()
    return ""


async def is_usable(traffic: Traffic) -> bool:
    """Whether as many calls as allowed still get through at once."""
    server = Server(seconds=0.001)
    calls = (traffic.call(server) for _ in range(traffic.concurrency))
    await asyncio.wait_for(asyncio.gather(*calls), 2)
    return server.most_under_way == traffic.concurrency


def test_a_first_answer_costs_no_retry_and_no_wait() -> None:
    """It is sent once."""
    server = Server()

    sent = call(Traffic(), server)

    assert sent == Sent(value="Yes.", retries=0, waited_seconds=0.0)
    assert len(server.times) == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(TargetConnectionError("reset"), id="connection"),
        pytest.param(TargetTimeoutError("60 s"), id="timeout"),
        pytest.param(TargetRateLimitError("429"), id="rate limit"),
        pytest.param(TargetRateLimitError("429", 0.0), id="rate limit, go on at once"),
        pytest.param(TargetServerError("503"), id="server"),
        pytest.param(TargetServerError("503", 0.002), id="server, in 2 ms"),
    ],
)
def test_what_may_pass_is_tried_again_and_counted(failure: TargetError) -> None:
    """Two failures and an answer are two retries."""
    sent = call(Traffic(retry=QUICK), Server(failure, failure))

    assert (sent.value, sent.retries) == ("Yes.", 2)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(TargetRejectedError("400"), id="rejected"),
        pytest.param(TargetReplyError("not JSON"), id="unreadable reply"),
        pytest.param(TargetDeniedError("https://x", "401", "Check."), id="denied"),
        pytest.param(KeyError("a bug"), id="bug"),
        pytest.param(TargetStoppedError("stopped"), id="stopped further down"),
    ],
)
def test_what_will_not_pass_is_raised_at_once(failure: Exception) -> None:
    """Asking again would cost money or a lock-out, and change nothing."""
    server = Server(failure)

    with pytest.raises(type(failure)) as caught:
        call(Traffic(retry=QUICK), server)

    assert caught.value is failure
    assert len(server.times) == 1


def test_a_rate_limit_costs_patience_and_no_try() -> None:
    """Twenty times "too many" and then an answer, with three tries."""
    storm = [TargetRateLimitError("429", 0.0005)] * 8
    retry = Retry(tries=3, first_wait_seconds=0.0001, patience_seconds=5.0)

    assert call(Traffic(retry=retry), Server(*storm)).retries == 8


def test_a_server_that_asks_for_no_wait_for_ever_is_given_up() -> None:
    """Retry-After: 0 on every answer must end, and must not be a storm of our own."""
    server = Server(*[TargetRateLimitError("429", 0.0)] * 10_000)
    retry = Retry(first_wait_seconds=0.001, patience_seconds=0.05)

    with pytest.raises(TargetRateLimitError):
        call(Traffic(retry=retry), server)

    assert len(server.times) < 15


def test_a_wish_to_wait_holds_for_all_calls() -> None:
    """One is turned away for 30 ms; the others, not yet sent, wait as long."""

    async def ten() -> Server:
        server = Server(TargetRateLimitError("429", 0.03))
        traffic = Traffic(concurrency=1, retry=QUICK)
        await asyncio.gather(*(traffic.call(server) for _ in range(10)))
        return server

    times = run(ten()).times

    assert len(times) == 11
    assert times[1] - times[0] >= 0.029


def test_too_many_is_said_once_and_slows_all_down() -> None:
    """The user is told, not flooded; later the number grows back."""
    said: list[str] = []

    async def storm() -> int:
        server = Server(*[TargetRateLimitError("HTTP 429")] * 8, seconds=0.001)
        traffic = Traffic(concurrency=8, retry=QUICK, notice=said.append)
        await asyncio.gather(*(traffic.call(server) for _ in range(8)))
        slowed = traffic.allowed
        for _ in range(60):
            await traffic.call(server)
        assert traffic.allowed == 8
        return slowed

    assert run(storm()) < 8
    assert said == [
        "The server limits the rate (HTTP 429): going slower, with 4 calls at once "
        "instead of 8."
    ]


def test_while_everything_fails_one_call_tries_and_no_try_is_spent() -> None:
    """Forty failures, three tries each: all five calls are answered in the end."""
    said: list[str] = []

    async def outage() -> list[Sent[str]]:
        server = Server(*[DOWN] * 40)
        breaker = Breaker(threshold=5, first_seconds=0.0005, longest_seconds=0.001)
        traffic = Traffic(retry=QUICK, breaker=breaker, notice=said.append)
        sent = await asyncio.gather(*(traffic.call(server) for _ in range(5)))
        assert await is_usable(traffic)
        return list(sent)

    sent = run(outage())

    assert [each.value for each in sent] == ["Yes."] * 5
    assert said == [
        "Paused: every call fails. The last: HTTP 503: down",
        "The server answers again: going on.",
    ]


def test_during_a_pause_the_server_sees_one_call_at_a_time() -> None:
    """Also from those that stood in the queue before it began."""

    async def outage() -> int:
        server = Server(*[DOWN] * 20, seconds=0.001)
        breaker = Breaker(threshold=4, first_seconds=0.002, longest_seconds=0.002)
        traffic = Traffic(concurrency=4, retry=QUICK, breaker=breaker)
        calls = [asyncio.create_task(traffic.call(server)) for _ in range(12)]
        while not breaker.is_open:
            await asyncio.sleep(0)
        while server.under_way:
            await asyncio.sleep(0)
        server.most_under_way = 0
        while breaker.is_open:
            most = server.most_under_way
            await asyncio.sleep(0)
        await asyncio.gather(*calls)
        return most

    assert run(outage()) == 1


def test_too_many_shows_that_the_server_is_there() -> None:
    """A pause ends with it: what follows is a matter of rates."""

    async def turned_away() -> bool:
        failures = [DOWN, TargetRateLimitError("429", 0.0)]
        breaker = Breaker(threshold=1, first_seconds=0.001)
        traffic = Traffic(retry=QUICK, breaker=breaker)
        await traffic.call(Server(*failures))
        return breaker.is_open

    assert not run(turned_away())


def test_a_server_that_stays_down_ends_the_run_for_every_call() -> None:
    """None hangs, and none is recorded as its own failure."""

    async def outage() -> list[Any]:
        breaker = Breaker(threshold=3, first_seconds=0.001, patience_seconds=0.01)
        traffic = Traffic(concurrency=4, retry=QUICK, breaker=breaker)
        server = Server(*[DOWN] * 10_000)
        calls = (traffic.call(server) for _ in range(12))
        return await asyncio.gather(*calls, return_exceptions=True)

    assert {type(found) for found in run(outage())} == {TargetDownError}


HOLDS = [
    pytest.param({"concurrency": 1}, id="a place"),
    pytest.param({"requests_per_minute": 1.0}, id="the rate of requests"),
    pytest.param({"tokens_per_minute": 1.0}, id="the rate of tokens"),
]


@pytest.mark.parametrize("kind", HOLDS)
def test_a_stop_gives_up_what_waits_and_not_what_is_under_way(
    kind: dict[str, Any],
) -> None:
    """The first is answered although the run was stopped; the rest is still to ask."""

    async def stopping() -> list[Any]:
        server = Server(seconds=0.01)
        halt = asyncio.Event()
        traffic = Traffic(halt=halt, **kind)
        calls = [asyncio.create_task(traffic.call(server, 1.0)) for _ in range(4)]
        await asyncio.sleep(0.003)
        halt.set()
        return await asyncio.gather(*calls, return_exceptions=True)

    found = run(stopping())

    assert found[0].value == "Yes."
    assert [type(error) for error in found[1:]] == [TargetStoppedError] * 3


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(TargetServerError("503", 3600.0), id="before a retry"),
        pytest.param(TargetRateLimitError("429", 3600.0), id="as the server wishes"),
        pytest.param(TargetRateLimitError("429"), id="our own wait"),
    ],
)
def test_a_stop_ends_the_longest_wait(failure: TargetError) -> None:
    """Ctrl-C is heard at once."""

    async def stopping() -> None:
        halt = asyncio.Event()
        retry = Retry(first_wait_seconds=60.0, patience_seconds=9999.0)
        traffic = Traffic(halt=halt, retry=retry)
        waiting = asyncio.create_task(traffic.call(Server(failure)))
        await asyncio.sleep(0.003)
        halt.set()
        with pytest.raises(TargetStoppedError):
            await asyncio.wait_for(waiting, 1)

    run(stopping())


def test_a_stop_ends_a_pause_and_does_not_count_as_an_answer() -> None:
    """The breaker stays open: nothing was heard of the server."""

    async def stopping() -> bool:
        halt = asyncio.Event()
        breaker = Breaker(threshold=1, first_seconds=60.0)
        traffic = Traffic(halt=halt, breaker=breaker, retry=QUICK)
        waiting = asyncio.create_task(traffic.call(Server(DOWN)))
        await asyncio.sleep(0.003)
        halt.set()
        with pytest.raises(TargetStoppedError):
            await asyncio.wait_for(waiting, 1)
        return breaker.is_open

    assert run(stopping())


def test_nothing_is_sent_again_after_a_stop() -> None:
    """Not even where no wait lies between."""

    async def stopping() -> int:
        halt = asyncio.Event()
        server = Server(TargetRateLimitError("429", 0.0), seconds=0.003)
        traffic = Traffic(halt=halt, retry=QUICK)
        sending = asyncio.create_task(traffic.call(server))
        await asyncio.sleep(0.001)
        halt.set()
        with pytest.raises(TargetStoppedError):
            await sending
        return len(server.times)

    assert run(stopping()) == 1


def test_calls_cancelled_anywhere_hold_nothing_afterwards() -> None:
    """Under way, in the queue, in a pause: as many get through as before."""

    async def cancelling() -> None:
        traffic = Traffic(concurrency=3, retry=QUICK)
        calls = [asyncio.create_task(traffic.call(hang)) for _ in range(9)]
        await asyncio.sleep(0.001)
        for each in calls:
            each.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert await is_usable(traffic)

    run(cancelling())


def test_a_call_cancelled_in_the_moment_it_was_let_in_holds_nothing() -> None:
    """Its place fell free and Ctrl-C came before it could take it."""

    async def cancelling() -> None:
        for moments in range(6):
            traffic = Traffic(concurrency=1, retry=QUICK)
            first = asyncio.create_task(traffic.call(Server()))
            second = asyncio.create_task(traffic.call(hang))
            await first
            for _ in range(moments):
                await asyncio.sleep(0)
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            assert await is_usable(traffic)

    run(cancelling())


def test_a_stop_while_a_call_waits_for_the_rate_is_no_answer_of_the_servers() -> None:
    """It says nothing about whether the server is there."""

    async def stopping() -> bool:
        halt = asyncio.Event()
        breaker = Breaker(threshold=1)
        traffic = Traffic(halt=halt, breaker=breaker, requests_per_minute=1.0)
        await traffic.call(Server())
        waiting = asyncio.create_task(traffic.call(Server()))
        await asyncio.sleep(0.001)
        breaker.failed(DOWN)
        halt.set()
        with pytest.raises(TargetStoppedError):
            await waiting
        return breaker.is_open

    assert run(stopping())


def test_a_probe_cancelled_on_its_way_lets_another_try() -> None:
    """It was let through to try, and then waited for the rate."""

    async def cancelling() -> None:
        breaker = Breaker(threshold=1, first_seconds=0.001)
        traffic = Traffic(retry=QUICK, breaker=breaker, requests_per_minute=6000.0)
        breaker.failed(DOWN)
        await asyncio.sleep(0.002)
        traffic._resume_at = time.monotonic() + 60  # noqa: SLF001 # no server in between
        probe = asyncio.create_task(traffic.call(Server()))
        await asyncio.sleep(0.002)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        traffic._resume_at = 0.0  # noqa: SLF001 # no server in between

        assert (await asyncio.wait_for(traffic.call(Server()), 1)).value == "Yes."

    run(cancelling())


def test_a_rate_is_kept_and_what_was_given_up_is_not_spent() -> None:
    """6,000 a minute are 100 a second, 10 ms each; ten cancelled cost nothing."""

    async def paced() -> list[float]:
        server = Server()
        traffic = Traffic(concurrency=64, requests_per_minute=6000.0)
        await asyncio.gather(*(traffic.call(server) for _ in range(100)))
        given_up = [asyncio.create_task(traffic.call(server)) for _ in range(10)]
        await asyncio.sleep(0)
        for each in given_up:
            each.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        begun = time.monotonic()
        await asyncio.gather(*(traffic.call(server) for _ in range(3)))
        return [at - begun for at in server.times[-3:]]

    waits = run(paced())

    assert 0.015 < waits[-1] < 0.09


def test_tokens_are_paid_as_estimated_and_settled_as_spent() -> None:
    """Of 200 estimated none was spent, so the next need not wait the two seconds."""

    async def settled() -> float:
        traffic = Traffic(tokens_per_minute=6000.0)
        await traffic.call(Server(), 100.0)
        traffic.settle(100.0, 0.0)
        return (await traffic.call(Server(), 100.0)).waited_seconds

    assert run(settled()) == 0.0


@pytest.mark.parametrize("field", ["requests_per_minute", "tokens_per_minute"])
def test_a_rate_of_nothing_is_refused(field: str) -> None:
    """It is not "no limit", which is None."""
    rates: dict[str, Any] = {field: 0.0}

    with pytest.raises(ValueError, match="above 0"):
        Traffic(**rates)


FAULTS: list[TargetError | None] = [
    None,
    TargetServerError("503"),
    TargetServerError("503", 0.0005),
    TargetConnectionError("reset"),
    TargetTimeoutError("late"),
    TargetRateLimitError("429"),
    TargetRateLimitError("429", 0.0),
    TargetRateLimitError("429", 0.0005),
    TargetRejectedError("400"),
    TargetReplyError("rubbish"),
]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    concurrency=st.integers(1, 8),
    share=st.sampled_from([0.1, 0.5, 0.9]),
)
def test_every_call_ends_exactly_once_whatever_the_server_does(
    seed: int, concurrency: int, share: float
) -> None:
    """With an answer or one TargetError; never more under way; none sent again."""
    rng = np.random.default_rng(seed)
    answered: Counter[int] = Counter()
    under_way = Counter[str]()
    retry = Retry(tries=3, first_wait_seconds=0.0002, patience_seconds=0.01)
    breaker = Breaker(threshold=4, first_seconds=0.0005, longest_seconds=0.001)

    async def one(traffic: Traffic, number: int) -> str:
        async def send() -> str:
            under_way["now"] += 1
            assert under_way["now"] <= traffic.concurrency
            try:
                await asyncio.sleep(0.0001 * rng.random())
                fault = FAULTS[rng.integers(len(FAULTS))]
                if fault is not None and rng.random() < share:
                    raise fault
                answered[number] += 1
                return str(number)
            finally:
                under_way["now"] -= 1

        return (await traffic.call(send)).value

    async def many() -> list[Any]:
        traffic = Traffic(
            concurrency=concurrency, retry=retry, breaker=breaker, rng=rng
        )
        calls = (one(traffic, number) for number in range(40))
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert await is_usable_again(traffic)
        return found

    for number, found in enumerate(run(many())):
        if answered[number]:
            assert (found, answered[number]) == (str(number), 1)
        else:
            assert isinstance(found, TargetError)


async def is_usable_again(traffic: Traffic) -> bool:
    """Whether calls get through after all that, with the server in good health."""
    calls = (traffic.call(Server()) for _ in range(20))
    await asyncio.wait_for(asyncio.gather(*calls), 5)
    return not traffic.breaker.is_open
