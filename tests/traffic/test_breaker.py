"""Tests of demur.traffic.breaker."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from demur.errors import TargetDownError, TargetServerError
from demur.traffic.breaker import Breaker

DOWN = TargetServerError("HTTP 503: down")


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run to the end, and not for ever."""
    asyncio.run(asyncio.wait_for(test, 10))


def opened(*, pause: float = 0.002, patience: float = 60.0) -> Breaker:
    """One that has just opened."""
    breaker = Breaker(threshold=1, first_seconds=pause, patience_seconds=patience)
    assert breaker.failed(DOWN)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row_and_says_so_once() -> None:
    """An answer between them starts the count anew."""
    breaker = Breaker(threshold=3)

    assert [breaker.failed(DOWN), breaker.failed(DOWN)] == [False, False]
    assert not breaker.succeeded()
    began = [breaker.failed(DOWN) for _ in range(5)]

    assert began == [False, False, True, False, False]
    assert breaker.is_open


def test_while_it_is_closed_nobody_waits_or_tries() -> None:
    """The usual case costs nothing."""

    async def closed() -> None:
        assert not await Breaker().enter()

    run(closed())


def test_one_call_tries_and_the_others_wait_for_what_it_finds() -> None:
    """Ten wait; one is sent; its success lets the nine go."""

    async def ten() -> None:
        breaker = opened()
        calls = [asyncio.create_task(breaker.enter()) for _ in range(10)]
        done, waiting = await asyncio.wait(calls, return_when="FIRST_COMPLETED")
        assert [call.result() for call in done] == [True]
        await asyncio.sleep(0.01)
        assert not any(call.done() for call in waiting)

        assert breaker.succeeded()
        breaker.leave()

        assert await asyncio.gather(*waiting) == [False] * 9

    run(ten())


def test_a_call_that_tried_in_vain_hands_on_after_a_longer_pause() -> None:
    """5 ms, then 10: the second is not sent before those are over."""

    async def twice() -> None:
        loop = asyncio.get_running_loop()
        breaker = opened(pause=0.005)
        assert await breaker.enter()
        breaker.failed(DOWN, is_probe=True)
        breaker.leave()
        begun = loop.time()

        assert await breaker.enter()
        assert loop.time() - begun >= 0.009

    run(twice())


def test_the_pause_has_a_longest() -> None:
    """A server that is away for an hour is asked again soon after it is back."""

    async def often() -> None:
        breaker = opened(pause=0.001)
        breaker.longest_seconds = 0.002
        begun = asyncio.get_running_loop().time()
        for _ in range(12):  # doubling without an end would be 4 s
            assert await breaker.enter()
            breaker.failed(DOWN, is_probe=True)
            breaker.leave()
        assert asyncio.get_running_loop().time() - begun < 1.0

    run(often())


def test_failures_of_calls_sent_before_the_pause_do_not_lengthen_it() -> None:
    """A hundred were under way; they fail while one tries."""

    async def stragglers() -> None:
        breaker = opened(pause=0.002)
        assert await breaker.enter()
        for _ in range(100):
            breaker.failed(DOWN)
        breaker.leave()

        await asyncio.wait_for(breaker.enter(), 1)

    run(stragglers())


def test_a_call_that_tried_and_was_cancelled_leaves_the_way_to_the_next() -> None:
    """Stuck open for ever is the worst that can happen."""

    async def cancelled() -> None:
        breaker = opened()
        assert await breaker.enter()
        waiting = asyncio.create_task(breaker.enter())
        await asyncio.sleep(0.005)
        assert not waiting.done()

        breaker.leave()

        assert await asyncio.wait_for(waiting, 1)

    run(cancelled())


def test_who_waits_may_be_cancelled_without_taking_the_try_along() -> None:
    """Nothing is held while waiting."""

    async def cancelled() -> None:
        breaker = opened(pause=0.005)
        waiting = asyncio.create_task(breaker.enter())
        await asyncio.sleep(0)
        waiting.cancel()

        assert await asyncio.wait_for(breaker.enter(), 1)

    run(cancelled())


def test_a_pause_that_begins_while_a_call_still_tries_has_no_second_one() -> None:
    """Closed by a late answer, opened anew: the first try is still under way."""

    async def again() -> None:
        breaker = opened(pause=0.001)
        assert await breaker.enter()
        breaker.succeeded()
        breaker.failed(DOWN)
        second = asyncio.create_task(breaker.enter())
        await asyncio.sleep(0.01)
        assert not second.done()

        breaker.leave()

        assert await asyncio.wait_for(second, 1)

    run(again())


def test_patience_ends_the_run_for_everybody_who_waits() -> None:
    """With the last failure in the message, so that one knows what to mend."""

    async def impatient() -> None:
        breaker = opened(pause=0.002, patience=0.001)
        found = await asyncio.gather(
            *(breaker.enter() for _ in range(3)), return_exceptions=True
        )
        assert [type(error) for error in found] == [TargetDownError] * 3

        with pytest.raises(TargetDownError, match=r"1 in a row; the last: HTTP 503"):
            await breaker.enter()

    run(impatient())
