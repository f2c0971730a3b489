"""Tests of demur.traffic.waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from demur.errors import TargetStoppedError
from demur.traffic.waits import Waits


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run to the end, and not for ever."""
    asyncio.run(asyncio.wait_for(test, 10))


async def wait_for_ever(waits: Waits) -> None:
    """Until the run is stopped."""
    async with waits.until_halt():
        await asyncio.Event().wait()


def test_a_sleep_lasts_as_long_as_it_should() -> None:
    """And no time at all where there is nothing to wait for."""

    async def sleeping() -> None:
        loop, waits = asyncio.get_running_loop(), Waits(asyncio.Event())
        begun = loop.time()
        await waits.sleep(-1.0)
        await waits.sleep(0.005)
        assert loop.time() - begun >= 0.004

    run(sleeping())


def test_a_stop_ends_every_wait_at_once() -> None:
    """Sleeps of an hour and waits without end."""

    async def stopping() -> None:
        halt = asyncio.Event()
        waits = Waits(halt)
        tasks = [asyncio.create_task(waits.sleep(3600)) for _ in range(3)]
        tasks += [asyncio.create_task(wait_for_ever(waits)) for _ in range(3)]
        await asyncio.sleep(0.001)

        halt.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)

        assert [type(error) for error in found] == [TargetStoppedError] * 6

    run(stopping())


def test_after_a_stop_no_wait_begins() -> None:
    """Not even one that would have been over at once."""

    async def stopped() -> None:
        halt = asyncio.Event()
        halt.set()
        with pytest.raises(TargetStoppedError, match="stopped while this call waited"):
            await wait_for_ever(Waits(halt))
        with pytest.raises(TargetStoppedError, match="stopped"):
            Waits(halt).check()

    run(stopped())


def test_a_cancelled_wait_is_cancelled_and_not_stopped() -> None:
    """Ctrl-C twice is no TargetError, which would become a record."""

    async def cancelled() -> None:
        task = asyncio.create_task(wait_for_ever(Waits(asyncio.Event())))
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(cancelled())


def test_a_timeout_of_what_is_waited_for_is_not_mistaken_for_a_stop() -> None:
    """It is somebody else's failure, and has to be seen."""

    async def timing_out() -> None:
        with pytest.raises(TimeoutError, match="theirs"):
            async with Waits(asyncio.Event()).until_halt():
                raise TimeoutError("theirs")

    run(timing_out())


def test_nothing_watches_when_nobody_waits() -> None:
    """The task that watched is over with the last wait."""

    async def watching() -> None:
        before = len(asyncio.all_tasks())
        waits = Waits(asyncio.Event())
        tasks = [asyncio.create_task(wait_for_ever(waits)) for _ in range(2)]
        await asyncio.sleep(0.001)
        assert len(asyncio.all_tasks()) == before + 3  # the two and their watcher

        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

        assert len(asyncio.all_tasks()) == before

    run(watching())
