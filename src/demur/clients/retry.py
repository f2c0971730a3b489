"""Which failures are tried again, and when. Knows no content."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from demur.errors import TargetError

T = TypeVar("T")

LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and after how long, a transient failure is tried again.

    Attributes:
        tries: Most calls for one answer, the first included.
        first_wait_seconds: Wait before the second call; doubles from call to call.
    """

    tries: int = 4
    first_wait_seconds: float = 0.5

    async def call(
        self, send: Callable[[], Awaitable[T]], rng: np.random.Generator
    ) -> tuple[T, int]:
        """The answer, and how many retries it took.

        Raises:
            TargetError: The last failure, once the tries are used up, or the first
                that is not transient.
        """
        for retries in range(self.tries - 1):
            try:
                return await send(), retries
            except TargetError as error:
                if not error.is_transient:
                    raise
                await asyncio.sleep(self._wait_seconds(retries, error, rng))
        return await send(), self.tries - 1

    def _wait_seconds(
        self, retries: int, error: TargetError, rng: np.random.Generator
    ) -> float:
        """The server's own wish where it has one, else a jittered doubling."""
        if error.retry_after_seconds is not None:
            return min(error.retry_after_seconds, LONGEST_WAIT_SECONDS)
        jitter = float(rng.uniform(0.5, 1.5))
        wait = self.first_wait_seconds * 2.0**retries * jitter
        return min(wait, LONGEST_WAIT_SECONDS)
