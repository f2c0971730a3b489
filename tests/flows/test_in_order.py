"""Tests of demur.flows.in_order."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from demur.flows.in_order import in_order


def run_through(count: int, width: int) -> tuple[list[int], int]:
    """What is made of numbers, the later ones faster; and the most at once."""
    under_way: set[int] = set()
    most = 0

    async def make(number: int) -> int:
        nonlocal most
        under_way.add(number)
        most = max(most, len(under_way))
        for _ in range(count - number):
            await asyncio.sleep(0)
        under_way.remove(number)
        return number

    async def collect() -> list[int]:
        return [made async for made in in_order(range(count), make, width)]

    return asyncio.run(collect()), most


@pytest.mark.parametrize(
    ("width", "most"),
    [pytest.param(1, 1, id="one by one"), pytest.param(4, 8, id="several at once")],
)
def test_what_is_made_comes_in_the_order_of_the_items(width: int, most: int) -> None:
    """However long each takes; and no more are begun than that."""
    assert run_through(20, width) == (list(range(20)), most)


def test_nothing_is_made_of_nothing() -> None:
    """No items, no tasks."""
    assert run_through(0, 4) == ([], 0)


def test_no_item_is_read_long_before_it_is_wanted() -> None:
    """They may come from a file without an end."""
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            read.append(number)
            yield number

    async def make(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def first() -> int:
        async with aclosing(in_order(items(), make, 3)) as made:
            return await anext(made)

    assert asyncio.run(first()) == 0
    assert len(read) == 6


def test_an_error_ends_all_and_leaves_nothing_under_way() -> None:
    """What was begun is cancelled, and the error is the one that was raised."""
    cancelled: list[int] = []

    async def make(number: int) -> int:
        if number == 0:
            raise ZeroDivisionError
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async def collect() -> list[int]:
        return [made async for made in in_order(range(9), make, 2)]

    with pytest.raises(ZeroDivisionError):
        asyncio.run(collect())
    assert cancelled == [1, 2, 3]
