"""How many calls may be under way: fewer when a server says so, more as it answers."""

import asyncio
from collections import deque


class AdaptiveLimit:
    """Lets calls in, up to a number that halves and grows again.

    A server that says "too many" halves the number, once for all the calls that were
    under way then; each answer adds its share, so that a round of answers adds one
    call. A guess that is too high settles by itself.

    Args:
        most: Most calls under way, and the number to begin with.

    Source:
        Additive increase, multiplicative decrease: Chiu and Jain (1989), Computer
        Networks and ISDN Systems 17:1-14.
    """

    def __init__(self, most: int) -> None:
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
        return self._under_way >= self.allowed

    async def enter(self) -> int:
        """Wait until a call may begin. Returns its number, for `shrink`."""
        while self.is_full:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._wake()  # it was our turn: hand it on
                raise
        self._under_way += 1
        self._begun += 1
        return self._begun

    def leave(self) -> None:
        """A call is over."""
        self._under_way -= 1
        self._wake()

    def grow(self) -> None:
        """An answer came."""
        self._allowed = min(self.most, self._allowed + 1 / self._allowed)

    def shrink(self, number: int) -> bool:
        """The server said "too many" to this call. Whether that lowered the limit."""
        if number <= self._shrunk_at:
            return False
        self._shrunk_at = self._begun
        self._allowed = max(1.0, self._allowed / 2)
        return True

    def _wake(self) -> None:
        room = self.allowed - self._under_way
        while room > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                room -= 1
