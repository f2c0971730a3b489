"""Tests of demur.traffic.limit."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demur.traffic.limit import AdaptiveLimit


async def settle() -> None:
    """Let every task that can go on go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def enter_in_order(limit: AdaptiveLimit, name: str, order: list[str]) -> None:
    """Enter, say so, and stay."""
    await limit.enter()
    order.append(name)


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run to the end, and not for ever."""
    asyncio.run(asyncio.wait_for(test, 10))


def test_no_more_are_let_in_than_allowed_and_the_next_comes_when_one_leaves() -> None:
    """Two places, three calls: the third waits for a leaver."""

    async def three() -> None:
        limit, order = AdaptiveLimit(2), list[str]()
        tasks = [
            asyncio.create_task(enter_in_order(limit, name, order)) for name in "abc"
        ]
        await settle()
        assert order == ["a", "b"]
        limit.leave()
        await asyncio.gather(*tasks)
        assert order == ["a", "b", "c"]

    run(three())


def test_who_waits_is_not_overtaken_by_who_comes_later() -> None:
    """The place was freed, its heir has not run yet, and a newcomer is already here."""

    async def overtaking() -> None:
        limit, order = AdaptiveLimit(1), list[str]()
        await limit.enter()
        heir = asyncio.create_task(enter_in_order(limit, "heir", order))
        await settle()

        limit.leave()
        newcomer = asyncio.create_task(enter_in_order(limit, "newcomer", order))
        assert limit.is_full
        await settle()
        limit.leave()
        await asyncio.gather(heir, newcomer)

        assert order == ["heir", "newcomer"]

    run(overtaking())


@pytest.mark.parametrize(
    "is_freed_first",
    [
        pytest.param(False, id="while it still waits"),
        pytest.param(True, id="when the place is its own already"),
    ],
)
def test_a_place_is_not_lost_with_a_call_that_was_cancelled(
    is_freed_first: bool,  # noqa: FBT001 # a table's column
) -> None:
    """The one behind it is let in instead."""

    async def cancelling() -> None:
        limit, order = AdaptiveLimit(1), list[str]()
        await limit.enter()
        first = asyncio.create_task(enter_in_order(limit, "first", order))
        second = asyncio.create_task(enter_in_order(limit, "second", order))
        await settle()

        if is_freed_first:
            limit.leave()
        first.cancel()
        await settle()
        if not is_freed_first:
            limit.leave()
        await second

        assert order == ["second"]
        assert first.cancelled()

    run(cancelling())


def test_who_gave_up_leaves_nobody_waiting_for_it() -> None:
    """With nobody in the queue a free place is free at once."""

    async def alone() -> None:
        limit = AdaptiveLimit(2)
        await limit.enter()
        await limit.enter()
        waiting = asyncio.create_task(limit.enter())
        await settle()
        waiting.cancel()
        await settle()
        limit.leave()

        assert not limit.is_full

    run(alone())


def test_too_many_halves_once_for_all_calls_under_way() -> None:
    """Sixteen calls that are turned away together say one thing, not sixteen."""

    async def storm() -> None:
        limit = AdaptiveLimit(16)
        numbers = [await limit.enter() for _ in range(16)]

        assert [limit.shrink(number) for number in numbers] == [True] + 15 * [False]
        assert limit.allowed == 8

        for _ in numbers:
            limit.leave()
        assert limit.shrink(await limit.enter())
        assert limit.allowed == 4

    run(storm())


def test_it_never_shrinks_below_one_and_grows_back_to_the_most() -> None:
    """From 1 to 16 takes about 16² / 2 answers; beyond that nothing is added."""
    limit = AdaptiveLimit(16)
    for _ in range(10):
        limit.shrink(limit.begin())
    assert limit.allowed == 1

    answers = 0
    while limit.allowed < 16:
        limit.grow()
        answers += 1

    assert 100 < answers < 160
    for _ in range(100):
        limit.grow()
    assert limit.allowed == 16


def test_growth_lets_in_who_waits() -> None:
    """Nobody has to leave for that."""

    async def growing() -> None:
        limit, order = AdaptiveLimit(2), list[str]()
        limit.shrink(await limit.enter())
        waiting = asyncio.create_task(enter_in_order(limit, "b", order))
        await settle()
        assert order == []

        limit.grow()
        await waiting

    run(growing())


def test_no_place_at_all_is_refused() -> None:
    """Every call would wait for ever."""
    with pytest.raises(ValueError, match="at least 1, got 0"):
        AdaptiveLimit(0)


class Crowd:
    """Calls that enter a limit and stay until they are sent away."""

    def __init__(self, most: int) -> None:
        self.limit = AdaptiveLimit(most)
        self.inside = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.steps: dict[str, Callable[[], object]] = {
            "enter": lambda: self.tasks.append(asyncio.create_task(self._enter())),
            "leave": self.leave,
            "cancel": lambda: self.tasks and self.tasks.pop(0).cancel(),
            "shrink": lambda: self.limit.shrink(self.limit.begin()),
            "grow": self.limit.grow,
        }

    async def _enter(self) -> None:
        await self.limit.enter()
        self.inside += 1
        assert self.inside <= self.limit.most

    def leave(self) -> None:
        """One of those inside goes, if there is any."""
        if self.inside:
            self.inside -= 1
            self.limit.leave()

    async def go_home(self) -> None:
        """All get in, and out again."""
        while self.inside or not all(task.done() for task in self.tasks):
            assert self.inside, "somebody waits although nobody is inside"
            self.leave()
            await settle()


@settings(max_examples=150, deadline=None)
@given(
    most=st.integers(1, 5),
    steps=st.lists(
        st.sampled_from(["enter", "leave", "cancel", "shrink", "grow", "run"]),
        max_size=60,
    ),
)
def test_whatever_happens_in_whatever_order_no_place_is_lost_or_lent_twice(
    most: int, steps: list[str]
) -> None:
    """Never more inside than there may be; in the end all get in."""

    async def happen() -> None:
        crowd = Crowd(most)
        for step in steps:
            if step == "run":
                await settle()
            else:
                crowd.steps[step]()
        await settle()
        await crowd.go_home()
        assert not crowd.limit.is_full
        await asyncio.gather(*crowd.tasks)

    run(happen())
