"""Do something with each of many items, several at once, and hand it on in order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

_AHEAD = 2
"""Items begun for each that is under way: one slow one must not stop all others."""


async def in_order(
    items: Iterable[Item], make: Callable[[Item], Awaitable[Made]], width: int
) -> AsyncGenerator[Made, None]:
    """What is made of each item, in their order.

    Close it (`contextlib.aclosing`) where it may be left early: what is under way is
    cancelled then. No item is read long before it is wanted.

    Args:
        items: Any number.
        make: Makes something of one; what it raises ends all.
        width: How many at once serve it well, at least 1. With 1, one after the other.
    """
    if width == 1:
        for item in items:
            yield await make(item)
        return
    begun: deque[asyncio.Task[Made]] = deque()
    try:
        for item in items:
            begun.append(asyncio.create_task(_made(make, item)))
            if len(begun) >= _AHEAD * width:
                yield await begun.popleft()
        while begun:
            yield await begun.popleft()
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


async def _made(make: Callable[[Item], Awaitable[Made]], item: Item) -> Made:
    return await make(item)
