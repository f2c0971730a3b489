"""A rate that may not be exceeded: so many requests or tokens in a minute."""

import math
import time


class Bucket:
    """Fills at a steady rate and says how long to wait for what is taken from it.

    It holds at most what comes in a second, and 1 at least, so that a minute's
    allowance is spread over the minute. What is taken before it is there is owed,
    first come, first served.

    Args:
        per_minute: The rate, above 0.
        now: The time at which it is full, in seconds of any clock.

    Raises:
        ValueError: If the rate is not above 0, or not finite.
    """

    def __init__(self, per_minute: float, now: float | None = None) -> None:
        if not 0 < per_minute < math.inf:
            raise ValueError(f"per_minute must be above 0, got {per_minute}")
        self._per_second = per_minute / 60
        self._most = max(1.0, self._per_second)
        self._level = self._most
        self._at = time.monotonic() if now is None else now

    def take(self, amount: float, now: float) -> float:
        """Take an amount at a time. Returns the seconds until it may be spent."""
        passed = max(0.0, now - self._at)
        self._level = min(self._most, self._level + passed * self._per_second)
        self._at = max(self._at, now)
        self._level -= amount
        return max(0.0, -self._level / self._per_second)

    def give_back(self, amount: float) -> None:
        """Less was spent than taken; more, where the amount is negative."""
        self._level = min(self._most, self._level + amount)
