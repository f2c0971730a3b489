"""Pauses all calls while everything fails, and sends one now and then to see."""

import asyncio
import time
from dataclasses import dataclass, field

from demur.errors import TargetDownError, TargetError


@dataclass(slots=True)
class Breaker:
    """Open while a server fails on everything: then one call at a time may try.

    Attributes:
        threshold: Calls in a row that fail before it opens.
        first_seconds: Pause before the first trial call; doubles with each.
        longest_seconds: Longest pause between two.
        patience_seconds: How long it stays open before the run is given up.
    """

    threshold: int = 10
    first_seconds: float = 1.0
    longest_seconds: float = 30.0
    patience_seconds: float = 300.0
    _in_a_row: int = 0
    _last: TargetError | None = None
    _opened_at: float | None = None
    _next_at: float = 0.0
    _pause: float = 0.0
    _is_probing: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether calls have to wait."""
        return self._opened_at is not None

    async def enter(self) -> bool:
        """Wait until a call may be sent. Returns whether it is the one that tries.

        Raises:
            TargetDownError: If nothing has succeeded for longer than the patience.
        """
        while self._opened_at is not None:
            now = time.monotonic()
            if self._is_probing:
                await self._changed.wait()
            elif now < self._next_at:
                await self._wait(self._next_at - now)
            else:
                self._check_patience(now - self._opened_at)
                self._is_probing = True
                self._changed.clear()
                return True
        return False

    def leave(self) -> None:
        """The call that tried is over, however it ended."""
        self._is_probing = False
        self._wake()

    def succeeded(self) -> bool:
        """The server did something with a call. Whether that ended a pause."""
        self._in_a_row = 0
        was_open = self.is_open
        if was_open:
            self._opened_at = None
            self._wake()
        return was_open

    def failed(self, error: TargetError, *, is_probe: bool = False) -> bool:
        """The server failed on a call. Whether that began a pause.

        Args:
            error: How.
            is_probe: Whether `enter` said of this call that it is the one that tries.
                Only that one puts off the next: others were sent before the pause.
        """
        self._in_a_row += 1
        self._last = error
        now = time.monotonic()
        if self._opened_at is not None:
            if is_probe:
                self._pause = min(2 * self._pause, self.longest_seconds)
                self._next_at = now + self._pause
            return False
        if self._in_a_row < self.threshold:
            return False
        self._opened_at = now
        self._pause = self.first_seconds
        self._next_at = now + self._pause
        self._changed.clear()
        return True

    def _check_patience(self, open_seconds: float) -> None:
        if open_seconds > self.patience_seconds:
            raise TargetDownError(
                f"every call has failed for {open_seconds:.0f} s, {self._in_a_row} "
                f"in a row; the last: {self._last}"
            )

    def _wake(self) -> None:
        """Let all that wait look again; who comes later waits for the next change."""
        self._changed.set()
        self._changed.clear()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
