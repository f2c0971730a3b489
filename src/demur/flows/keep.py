"""Keep what comes back: in batches, beside the asking, counted only once it is safe."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.stores.base import Record, Store, StorePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where and how a run is kept.

    Attributes:
        place: Of the store.
        version: Of demur, noted in a new store.
        wait_seconds: How long to wait for another process that is in our way there.
        on_wait: Told who that is.
    """

    place: StorePlace
    version: str
    wait_seconds: float
    on_wait: Callable[[str], None]

    def open(self) -> Store:
        """The store; made if it is not there."""
        return self.place.open(self.version, wait_seconds=self.wait_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that the store does not hold yet."""

    header: RunHeader
    suite: Suite


class Keeper:
    """Adds records to a run while others are asked for.

    Whatever has come while one batch was written makes the next, so that a slow disk
    costs batches and not time. A new run, and a new store, are made with the first.

    Entered before the first record; leaving writes what still waits. All use of the
    store is in one thread of its own.

    Args:
        keeping: Where and how.
        run_id: The run.
        new: The run's header and suite, if the store does not hold it yet.
        on_kept: Told of the records of each batch, once they survive anything.
        most_waiting: Records that may wait for the disk; then the asking waits. With
            what is under way, all that a sudden death can cost.
    """

    def __init__(
        self,
        keeping: Keeping,
        run_id: str,
        new: NewRun | None,
        on_kept: Callable[[Sequence[Record]], None],
        most_waiting: int,
    ) -> None:
        self._keeping = keeping
        self._run_id = run_id
        self._new = new
        self._on_kept = on_kept
        self._most_waiting = most_waiting
        self._store: Store | None = None
        self._waiting: list[Record] = []
        self._on_the_way = 0
        self._has_work = asyncio.Event()
        self._has_room = asyncio.Event()
        self._is_closing = False
        self._thread = ThreadPoolExecutor(1, "store")

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._prepare)
        except BaseException:
            await self._close()
            raise
        self._writing = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closing = True
        self._has_work.set()
        try:
            await _to_its_end(self._writing)
        finally:
            await self._close()

    async def add(self, record: Record) -> None:
        """Hand a record over; waits where many wait already.

        Raises:
            DemurError: What has kept an earlier record from being written.
        """
        self._waiting.append(record)
        self._has_work.set()
        while self._is_full() and not self._writing.done():
            self._has_room.clear()
            await self._has_room.wait()
        if self._writing.done():
            self._writing.result()

    def _is_full(self) -> bool:
        return len(self._waiting) + self._on_the_way > self._most_waiting

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting or not self._is_closing:
                await self._has_work.wait()
                self._has_work.clear()
                batch, self._waiting = self._waiting, []
                self._on_the_way = len(batch)
                if batch:
                    await loop.run_in_executor(self._thread, self._add, batch)
                    self._on_kept(batch)
                self._on_the_way = 0
                self._has_room.set()
        finally:
            self._has_room.set()

    def _prepare(self) -> None:
        """Find out before anything is asked, and paid for, whether it can be kept."""
        if self._keeping.place.exists():
            self._store = self._keeping.open()
            self._store.check_writable()

    def _add(self, batch: Sequence[Record]) -> None:
        self._store = self._store or self._keeping.open()
        if self._new is not None:
            self._store.start_run(self._new.header, self._new.suite)
            self._new = None
        self._store.add(self._run_id, batch)

    async def _close(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._let_go)
        finally:
            self._thread.shutdown()

    def _let_go(self) -> None:
        # In the thread, so that a store that is just being opened is closed too.
        if self._store is not None:
            self._store.close()


async def _to_its_end(task: asyncio.Task[None]) -> None:
    """Wait for a task even if we are cancelled meanwhile, and be cancelled then."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
