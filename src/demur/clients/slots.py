"""Slots of an in-process model, handed out so that prompt prefixes are reused."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class SlotPool:
    """A fixed number of slots, each remembering the prefix that it last evaluated.

    A free slot goes to a waiting call of the same prefix. Where none waits, it goes
    to the prefix that most calls per slot wait for, so that each prefix is evaluated
    in few slots.

    Attributes:
        size: Number of slots.
    """

    size: int
    _free: set[int] = field(init=False)
    _prefixes: list[str | None] = field(init=False)
    _waiting: list[tuple[str, asyncio.Future[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._free = set(range(self.size))
        self._prefixes = [None] * self.size

    async def acquire(self, prefix: str) -> int:
        """A slot for a call with this prefix; waits until there is one."""
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((prefix, waiter))
        self._match()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.release(waiter.result())
            raise

    def release(self, slot: int) -> None:
        """Give a slot back."""
        self._free.add(slot)
        self._match()

    def _match(self) -> None:
        self._waiting = [pair for pair in self._waiting if not pair[1].done()]
        while self._free and self._waiting:
            slot, pair = self._best()
            self._waiting.remove(pair)
            self._free.remove(slot)
            self._prefixes[slot] = pair[0]
            pair[1].set_result(slot)

    def _best(self) -> tuple[int, tuple[str, asyncio.Future[int]]]:
        for pair in self._waiting:
            for slot in self._free:
                if self._prefixes[slot] == pair[0]:
                    return slot, pair
        wanted = Counter(prefix for prefix, _ in self._waiting)
        held = Counter(self._prefixes)
        prefix = max(wanted, key=lambda name: wanted[name] / (1 + held[name]))
        pair = next(pair for pair in self._waiting if pair[0] == prefix)
        return min(self._free, key=self._cost), pair

    def _cost(self, slot: int) -> tuple[bool, int]:
        """What is lost if the slot takes another prefix: an unused one first."""
        return self._prefixes[slot] not in {None, ""}, slot
