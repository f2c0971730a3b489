"""Tests of demur.clients.slots."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.clients.slots import PATIENCE, SlotPool


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def are_all_free(pool: SlotPool) -> bool:
    """Whether every slot of the pool can be had now."""
    taken = [asyncio.create_task(pool.acquire("")) for _ in range(pool.size)]
    await settle()
    done = [task.result() for task in taken if task.done()]
    for task in taken:
        task.cancel()
    return sorted(done) == list(range(pool.size))


def test_free_slots_are_handed_out_at_once_and_once() -> None:
    """Three calls get three slots; the fourth waits until one is given back."""

    async def use() -> tuple[set[int], bool, int]:
        pool = SlotPool(3)
        slots = {await pool.acquire("a") for _ in range(3)}
        fourth = asyncio.create_task(pool.acquire("a"))
        await settle()
        waits = not fourth.done()
        pool.release(1)
        return slots, waits, await fourth

    assert asyncio.run(use()) == ({0, 1, 2}, True, 1)


def test_a_prefix_comes_back_to_the_slot_that_has_it() -> None:
    """Its part of the cache need not be evaluated again."""

    async def use() -> list[int]:
        pool = SlotPool(3)
        slots = [await pool.acquire(prefix) for prefix in "abc"]
        for slot in slots:
            pool.release(slot)
        return [await pool.acquire(prefix) for prefix in "cab"]

    assert asyncio.run(use()) == [2, 0, 1]


def test_a_new_prefix_takes_a_slot_that_nothing_is_lost_with() -> None:
    """Slot 0 has evaluated a prefix, slot 1 only calls without one, slot 2 nothing."""

    async def use() -> list[int]:
        pool = SlotPool(3)
        slots = [await pool.acquire(prefix) for prefix in ("a", "")]
        for slot in slots:
            pool.release(slot)
        return [await pool.acquire(prefix) for prefix in ("b", "c", "d")]

    assert asyncio.run(use()) == [1, 2, 0]


def test_a_freed_slot_goes_to_the_call_of_its_prefix() -> None:
    """Even if a call of another prefix came first: that one is next."""

    async def use() -> list[str]:
        order: list[str] = []
        pool = SlotPool(1)

        async def call(prefix: str) -> None:
            slot = await pool.acquire(prefix)
            order.append(prefix)
            await asyncio.sleep(0)
            pool.release(slot)

        first = await pool.acquire("a")
        calls = [asyncio.create_task(call(prefix)) for prefix in "baba"]
        await settle()
        pool.release(first)
        await asyncio.gather(*calls)
        return order

    assert asyncio.run(use()) == ["a", "a", "b", "b"]


def test_where_no_prefix_fits_the_most_wanted_one_is_next() -> None:
    """One call of b came first, but three of c wait: c is evaluated once for three."""

    async def use() -> list[str]:
        order: list[str] = []
        pool = SlotPool(1)

        async def call(prefix: str) -> None:
            slot = await pool.acquire(prefix)
            order.append(prefix)
            await asyncio.sleep(0)
            pool.release(slot)

        first = await pool.acquire("a")
        calls = [asyncio.create_task(call(prefix)) for prefix in "bccc"]
        await settle()
        pool.release(first)
        await asyncio.gather(*calls)
        return order

    assert asyncio.run(use()) == ["c", "c", "c", "b"]


@pytest.mark.parametrize(("size", "callers"), [(1, 4), (2, 16), (8, 64)])
def test_a_rare_prefix_is_not_passed_over_for_ever(size: int, callers: int) -> None:
    """Calls of another prefix never end, and yet it gets its turn.

    It may be passed over `PATIENCE` rounds of all slots, and then once more.
    """

    async def use() -> int:
        pool = SlotPool(size)
        handed_out = 0
        is_served = asyncio.Event()

        async def busy() -> None:
            nonlocal handed_out
            while not is_served.is_set():
                slot = await pool.acquire("common")
                handed_out += 1
                await asyncio.sleep(0)
                pool.release(slot)
                if handed_out > 100_000:
                    break

        async def rare() -> int:
            came_at = handed_out
            slot = await pool.acquire("rare")
            is_served.set()
            pool.release(slot)
            return handed_out - came_at

        tasks = [asyncio.create_task(busy()) for _ in range(callers)]
        await settle()
        passed_over = await rare()
        await asyncio.gather(*tasks)
        return passed_over

    assert 0 < asyncio.run(use()) <= (PATIENCE + 2) * size


@given(
    size=st.integers(1, 4),
    prefixes=st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=40),
)
@settings(deadline=None)
def test_every_call_is_served_and_no_slot_twice_at_once(
    size: int, prefixes: Sequence[str]
) -> None:
    """Whatever comes in whatever order."""

    async def use() -> tuple[int, int, bool]:
        pool = SlotPool(size)
        held: Counter[int] = Counter()
        most = served = 0

        async def call(prefix: str) -> None:
            nonlocal most, served
            slot = await pool.acquire(prefix)
            held[slot] += 1
            most = max(most, held[slot])
            await asyncio.sleep(0)
            held[slot] -= 1
            served += 1
            pool.release(slot)

        await asyncio.gather(*(call(prefix) for prefix in prefixes))
        return served, most, await are_all_free(pool)

    assert asyncio.run(use()) == (len(prefixes), min(1, len(prefixes)), True)


def test_a_call_cancelled_while_it_waits_takes_no_slot() -> None:
    """The slot that is given back goes to the call behind it."""

    async def use() -> tuple[int, bool]:
        pool = SlotPool(1)
        held = await pool.acquire("a")
        cancelled = asyncio.create_task(pool.acquire("a"))
        behind = asyncio.create_task(pool.acquire("a"))
        await settle()
        cancelled.cancel()
        await settle()
        pool.release(held)
        slot = await asyncio.wait_for(behind, 5)
        pool.release(slot)
        return slot, await are_all_free(pool)

    assert asyncio.run(use()) == (0, True)


def test_a_call_cancelled_with_a_slot_in_hand_gives_it_back() -> None:
    """It was handed the slot, and cancelled before it could run on."""

    async def use() -> tuple[bool, int]:
        pool = SlotPool(1)
        held = await pool.acquire("a")
        cancelled = asyncio.create_task(pool.acquire("a"))
        behind = asyncio.create_task(pool.acquire("b"))
        await settle()
        pool.release(held)
        cancelled.cancel()
        slot = await asyncio.wait_for(behind, 5)
        return cancelled.cancelled(), slot

    assert asyncio.run(use()) == (True, 0)


@given(
    size=st.integers(1, 3),
    calls=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), max_size=24),
)
@settings(deadline=None)
def test_no_slot_is_lost_to_cancelled_calls(
    size: int, calls: Sequence[tuple[str, int]]
) -> None:
    """Each call with an odd number is cancelled after so many turns of the loop."""

    async def use() -> tuple[bool, bool]:
        pool = SlotPool(size)

        async def call(prefix: str) -> str:
            slot = await pool.acquire(prefix)
            try:
                await asyncio.sleep(0)
            finally:
                pool.release(slot)
            return prefix

        async def cancel(task: asyncio.Task[str], turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()

        tasks = [asyncio.create_task(call(prefix)) for prefix, _ in calls]
        turns = [turn for _, turn in calls]
        await asyncio.gather(
            *(cancel(t, n) for t, n in zip(tasks, turns, strict=True) if n % 2)
        )
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        kept = [end for end, turn in zip(ends, turns, strict=True) if not turn % 2]
        wanted = [prefix for prefix, turn in calls if not turn % 2]
        return kept == wanted, await are_all_free(pool)

    assert asyncio.run(use()) == (True, True)
