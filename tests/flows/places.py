"""Stores for tests of the flows: a plain file, and one with a slow or broken disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from demur.flows.keep import Keeping
from demur.flows.plan import RunPlan
from demur.flows.progress import Progress
from demur.flows.run import RunSummary, run_suite
from demur.judges.base import Judge
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.stores.base import WAIT_SECONDS, Record, Store, StorePlace
from demur.stores.sqlite import SqliteFile

BeforeAdd = Callable[[Sequence[Record]], None]


class OddStore:
    """A store of which each `add` does something else first, in the store's thread."""

    def __init__(self, store: Store, before_add: BeforeAdd) -> None:
        self._store = store
        self._before_add = before_add

    def close(self) -> None:
        self._store.close()

    def check_writable(self) -> None:
        self._store.check_writable()

    def start_run(self, header: RunHeader, suite: Suite) -> None:
        self._store.start_run(header, suite)

    def runs(self) -> Sequence[RunHeader]:
        return self._store.runs()

    def add(self, run_id: str, records: Iterable[Record]) -> None:
        batch = list(records)
        self._before_add(batch)
        self._store.add(run_id, batch)

    def outcomes(self, run_id: str, judge: str) -> Sequence[Outcome]:
        return self._store.outcomes(run_id, judge)


class OddPlace:
    """A file whose store is odd: what is given happens before each batch."""

    def __init__(self, path: Path, before_add: BeforeAdd) -> None:
        self._file = SqliteFile(path)
        self._before_add = before_add

    @property
    def shown(self) -> str:
        return self._file.shown

    def check(self) -> None:
        self._file.check()

    def exists(self) -> bool:
        return self._file.exists()

    def open(
        self,
        version: str,
        *,
        is_new_allowed: bool = True,
        wait_seconds: float = WAIT_SECONDS,
    ) -> OddStore:
        store = self._file.open(
            version, is_new_allowed=is_new_allowed, wait_seconds=wait_seconds
        )
        return OddStore(store, self._before_add)

    def sole_writer(
        self,
        key: str,
        command: str,
        started: str,
        *,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> AbstractContextManager[None]:
        return self._file.sole_writer(
            key, command, started, wait_seconds=wait_seconds, on_wait=on_wait
        )


def file_in(folder: Path) -> Path:
    """Where these tests keep their store."""
    return folder / "demur.sqlite"


def keeping(folder: Path, before_add: BeforeAdd | None = None) -> Keeping:
    """A store in a folder; odd if something is to happen before each batch."""
    path = file_in(folder)
    place: StorePlace = SqliteFile(path)
    if before_add is not None:
        place = OddPlace(path, before_add)
    return Keeping(place=place, version="0", wait_seconds=1, on_wait=lambda _: None)


def stored(folder: Path, table: str = "transcripts") -> set[str]:
    """Ids of the trials that another program finds in a table."""
    with closing(sqlite3.connect(file_in(folder))) as store:
        query = f"SELECT trial_id FROM {table}"  # noqa: S608 # a name of our own
        return {row[0] for row in store.execute(query)}


def run(
    plan: RunPlan,
    folder: Path,
    *,
    before_add: BeforeAdd | None = None,
    judge: Judge | None = None,
    seen: list[Progress] | None = None,
) -> RunSummary:
    """Run a plan once, with nobody there to stop it."""

    async def once() -> RunSummary:
        watch = seen.append if seen is not None else lambda _: None
        kept = keeping(folder, before_add)
        async with asyncio.timeout(10):
            return await run_suite(plan, kept, watch, asyncio.Event(), judge)

    return asyncio.run(once())


def outcomes(folder: Path, run_id: str, judge: str = "") -> list[Outcome]:
    """What the store holds of a run, in the suite's order."""
    store = SqliteFile(file_in(folder)).open("0", is_new_allowed=False)
    try:
        return list(store.outcomes(run_id, judge))
    finally:
        store.close()
