"""Tests of demur.clients.retry, on a loop whose time jumps over every wait."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import numpy as np
import pytest
from demur.clients.retry import LONGEST_WAIT_SECONDS, Retry

from demur.errors import (
    TargetConnectionError,
    TargetDeniedError,
    TargetError,
    TargetRateLimitError,
    TargetRejectedError,
    TargetReplyError,
    TargetServerError,
    TargetTimeoutError,
)


class JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing, and says how long it would have waited."""

    now = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes only where somebody waits for it."""

    def __init__(self) -> None:
        self.jumps = JumpingSelector()
        super().__init__(self.jumps)

    def time(self) -> float:
        return self.jumps.now


class Sender:
    """Fails with each of these in turn, then answers. Remembers when it was called."""

    def __init__(self, *failures: Exception) -> None:
        self.times: list[float] = []
        self._failures = list(failures)

    async def __call__(self) -> str:
        self.times.append(asyncio.get_running_loop().time())
        if self._failures:
            raise self._failures.pop(0)
        return "Yes."

    @property
    def waits(self) -> list[float]:
        """Seconds between one call and the next."""
        pairs = zip(self.times, self.times[1:], strict=False)
        return [later - earlier for earlier, later in pairs]


def call(
    retry: Retry, send: Callable[[], Awaitable[str]], seed: int = 0
) -> tuple[str, int]:
    """The answer and the number of retries."""

    async def calling() -> tuple[str, int]:
        return await retry.call(send, np.random.default_rng(seed))

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(calling())


def test_a_first_answer_costs_no_retry() -> None:
    """It is sent once, and nothing waits."""
    send = Sender()

    assert call(Retry(), send) == ("Yes.", 0)
    assert len(send.times) == 1


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(TargetConnectionError("reset"), id="connection"),
        pytest.param(TargetTimeoutError("60 s"), id="timeout"),
        pytest.param(TargetRateLimitError("429"), id="rate limit"),
        pytest.param(TargetServerError("503"), id="server"),
    ],
)
def test_what_may_pass_is_tried_again_and_counted(failure: TargetError) -> None:
    """Two failures and an answer are two retries."""
    send = Sender(failure, failure)

    assert call(Retry(), send) == ("Yes.", 2)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(TargetRejectedError("400"), id="rejected"),
        pytest.param(TargetReplyError("not JSON"), id="unreadable reply"),
        pytest.param(TargetDeniedError("https://x", "401", "Check."), id="denied"),
        pytest.param(KeyError("a bug"), id="bug"),
    ],
)
def test_what_will_not_pass_is_raised_at_once(failure: Exception) -> None:
    """Asking again would cost money or a lock-out, and change nothing."""
    send = Sender(failure)

    with pytest.raises(type(failure)) as caught:
        call(Retry(), send)

    assert caught.value is failure
    assert len(send.times) == 1


def test_the_last_of_the_failures_is_raised() -> None:
    """Three tries are three calls; the record says why it failed in the end."""
    send = Sender(*(TargetServerError(f"failure {number}") for number in range(1, 9)))

    with pytest.raises(TargetServerError, match=r"^failure 3$"):
        call(Retry(tries=3), send)

    assert len(send.times) == 3


def test_a_failure_that_will_not_pass_ends_the_retries() -> None:
    """A 503 is tried again; the 400 that comes then is final."""
    send = Sender(TargetServerError("503"), TargetRejectedError("400"))

    with pytest.raises(TargetRejectedError, match="400"):
        call(Retry(tries=4), send)

    assert len(send.times) == 2


def test_one_try_is_one_call() -> None:
    """Nothing is retried where nobody asked for it."""
    send = Sender(TargetServerError("503"))

    with pytest.raises(TargetServerError, match="503"):
        call(Retry(tries=1), send)

    assert len(send.times) == 1


def test_waits_double_and_are_jittered() -> None:
    """From 2 s on: 2, 4, 8, 16 and 32 s, each times 0.5 to 1.5."""
    send = Sender(*[TargetServerError("503")] * 5)

    call(Retry(tries=6, first_wait_seconds=2.0), send)

    shares = [wait / 2.0**n for n, wait in enumerate(send.waits, start=1)]
    assert len(shares) == 5
    assert all(0.5 <= share <= 1.5 for share in shares)
    assert len({round(share, 6) for share in shares}) == 5


def test_the_generator_decides_the_jitter() -> None:
    """Two runs of one seed wait alike; two clients of a server do not."""
    waits: Mapping[int, list[list[float]]] = {1: [], 2: []}
    for seed in (1, 1, 2):
        send = Sender(*[TargetServerError("503")] * 3)
        call(Retry(), send, seed)
        waits[seed].append(send.waits)

    assert waits[1][0] == waits[1][1]
    assert waits[1][0] != waits[2][0]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        pytest.param(0.0, 0.0, id="at once"),
        pytest.param(7.25, 7.25, id="as asked, without jitter"),
        pytest.param(86_400.0, LONGEST_WAIT_SECONDS, id="a day is cut to a minute"),
    ],
)
def test_the_servers_own_wish_decides_the_wait(asked: float, waited: float) -> None:
    """Whatever the client's own first wait is."""
    send = Sender(TargetRateLimitError("429", asked))

    call(Retry(first_wait_seconds=1000.0), send)

    assert send.waits == [pytest.approx(waited, abs=1e-6)]


def test_no_wait_is_longer_than_a_minute() -> None:
    """Ten failures do not become hours: 0.5 × 2⁹ = 256 s is cut to 60 s."""
    send = Sender(*[TargetServerError("503")] * 10)

    call(Retry(tries=11), send)

    assert max(send.waits) == pytest.approx(LONGEST_WAIT_SECONDS)


def test_a_cancelled_wait_sends_nothing_more() -> None:
    """Ctrl-C during a wait ends it; the call is not made after all."""
    send = Sender(TargetServerError("503"))

    async def cancelled() -> Any:
        rng = np.random.default_rng(0)
        task = asyncio.create_task(Retry(first_wait_seconds=30.0).call(send, rng))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.sleep(100)
        return task.cancelled()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(cancelled())

    assert len(send.times) == 1
