"""Slots of an in-process model, handed out so that prompt prefixes are reused."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

PATIENCE = 16
"""Rounds of all slots that may pass a call over because of its prefix."""


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call that waits for a slot.

    Attributes:
        prefix: Of its prompt.
        slot: Will be the slot it gets.
        since: How many slots had been handed out when it came.
    """

    prefix: str
    slot: asyncio.Future[int]
    since: int


@dataclass(slots=True)
class SlotPool:
    """A fixed number of slots, each remembering the prefix that it last evaluated.

    A free slot goes to a waiting call of the same prefix. Where none waits, it goes
    to the prefix that most calls per slot wait for, so that each prefix is evaluated
    in few slots. A call that others have passed over for too long goes first.

    Attributes:
        size: Number of slots.
    """

    size: int
    _free: set[int] = field(init=False)
    _prefixes: list[str | None] = field(init=False)
    _waiting: list[_Call] = field(default_factory=list)
    _handed_out: int = 0

    def __post_init__(self) -> None:
        self._free = set(range(self.size))
        self._prefixes = [None] * self.size

    async def acquire(self, prefix: str) -> int:
        """A slot for a call with this prefix; waits until there is one."""
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(prefix, waiter, self._handed_out))
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
        self._waiting = [call for call in self._waiting if not call.slot.done()]
        while self._free and self._waiting:
            slot, call = self._best()
            self._waiting.remove(call)
            self._free.remove(slot)
            self._prefixes[slot] = call.prefix
            self._handed_out += 1
            call.slot.set_result(slot)

    def _best(self) -> tuple[int, _Call]:
        oldest = self._waiting[0]
        is_overdue = self._handed_out - oldest.since > PATIENCE * self.size
        waiting = [oldest] if is_overdue else self._waiting
        for call in waiting:
            for slot in self._free:
                if self._prefixes[slot] == call.prefix:
                    return slot, call
        wanted = Counter(call.prefix for call in waiting)
        held = Counter(self._prefixes)
        prefix = max(wanted, key=lambda name: wanted[name] / (1 + held[name]))
        chosen = next(call for call in waiting if call.prefix == prefix)
        return min(self._free, key=self._cost), chosen

    def _cost(self, slot: int) -> tuple[bool, int]:
        """What is lost if the slot takes another prefix: an unused one first."""
        return self._prefixes[slot] not in {None, ""}, slot
