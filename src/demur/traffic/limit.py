"""How many calls may be under way: fewer when a server says so, more as it answers."""

import asyncio
from collections import deque


class AdaptiveLimit:
    """Lets calls in, up to a number that halves and grows again.

    A server that says "too many" halves the number, once for all the calls that were
    under way then; each answer adds its share, so that a round of answers adds one
    call. A guess that is too high settles by itself.

    Calls are let in in the order in which they came: a place that falls free belongs
    to the first that waits, also before that one has noticed.

    Args:
        most: Most calls under way, and the number to begin with; at least 1.

    Raises:
        ValueError: If ``most`` is less than 1.

    Source:
        Additive increase, multiplicative decrease: Chiu and Jain (1989), Computer
        Networks and ISDN Systems 17:1-14.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"most must be at least 1, got {most}")
        self.most = most
        self._allowed = float(most)
        self._under_way = 0
        self._begun = 0
        self._shrunk_at = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def allowed(self) -> int:
        """How many calls may be under way now; at least 1."""
        return int(self._allowed)

    @property
    def is_full(self) -> bool:
        """Whether a call would have to wait."""
        return self._under_way >= self.allowed or bool(self._waiting)

    async def enter(self) -> int:
        """Wait until a call may begin. Returns its number, for `shrink`."""
        if self.is_full:
            await self._wait()
        else:
            self._under_way += 1
        return self.begin()

    def begin(self) -> int:
        """A call that is let in is sent, perhaps later. Returns its new number."""
        self._begun += 1
        return self._begun

    def leave(self) -> None:
        """A call is over."""
        self._under_way -= 1
        self._wake()

    def grow(self) -> None:
        """An answer came."""
        self._allowed = min(self.most, self._allowed + 1 / self._allowed)
        self._wake()

    def shrink(self, number: int) -> bool:
        """The server said "too many" to this call. Whether that lowered the limit."""
        if number <= self._shrunk_at:
            return False
        self._shrunk_at = self._begun
        self._allowed = max(1.0, self._allowed / 2)
        return True

    async def _wait(self) -> None:
        """Wait for a place; once this returns it is ours."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._forget(place)
            else:
                self.leave()  # it was ours already: hand it on
            raise

    def _forget(self, place: asyncio.Future[None]) -> None:
        """Given up while it waited; those behind it must not wait for it."""
        if place in self._waiting:
            self._waiting.remove(place)
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._under_way < self.allowed:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)
