"""Waits that end early once a run is stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demur.errors import TargetStoppedError


class Waits:
    """Waits that are given up once a run is stopped.

    Whatever is waited for runs in the caller's own task, so that what it got cannot be
    lost between two tasks. One task watches for the stop, while anybody waits.

    Args:
        halt: Set when the run is stopped.
    """

    def __init__(self, halt: asyncio.Event) -> None:
        self._halt = halt
        self._open: set[asyncio.Timeout] = set()
        self._watcher: asyncio.Task[None] | None = None

    async def sleep(self, seconds: float) -> None:
        """Wait so long; not at all for 0 or less.

        Raises:
            TargetStoppedError: If the run is stopped.
        """
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._halt.wait()
        except TimeoutError:
            return
        raise _stopped()

    def check(self) -> None:
        """Begin nothing new once the run is stopped.

        Raises:
            TargetStoppedError: If it is.
        """
        if self._halt.is_set():
            raise _stopped()

    @asynccontextmanager
    async def until_halt(self) -> AsyncIterator[None]:
        """Whatever is awaited inside is given up once the run is stopped.

        Raises:
            TargetStoppedError: If it is.
        """
        self.check()
        try:
            async with asyncio.timeout(None) as wait:
                self._join(wait)
                try:
                    yield
                finally:
                    self._part(wait)
        except TimeoutError as error:
            if wait.expired():
                raise _stopped() from error
            raise

    def _join(self, wait: asyncio.Timeout) -> None:
        self._open.add(wait)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())

    def _part(self, wait: asyncio.Timeout) -> None:
        self._open.discard(wait)
        if not self._open and self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def _watch(self) -> None:
        await self._halt.wait()
        now = asyncio.get_running_loop().time()
        for wait in self._open:
            wait.reschedule(now)
        self._watcher = None


def _stopped() -> TargetStoppedError:
    return TargetStoppedError("the run was stopped while this call waited")
