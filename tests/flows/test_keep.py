"""Tests of demur.flows.keep."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.flows.places import BeforeAdd, file_in, keeping, run, stored
from tests.makers import make_case, make_header, make_suite, make_transcript
from tests.scripted import ScriptedTarget

from demur.errors import InputError, StoreError
from demur.flows.keep import Keeper, NewRun
from demur.flows.plan import RunPlan
from demur.judges.phrase import PhraseJudge
from demur.stores.base import Record

CASES = [make_case(f"c{number}") for number in range(40)]
SUITE = make_suite(*CASES)
RECORDS = [make_transcript(f"c{number}@general#1") for number in range(40)]
IDS = [record.trial_id for record in RECORDS]


def keeper(
    folder: Path,
    before_add: BeforeAdd | None = None,
    *,
    on_kept: Callable[[Sequence[Record]], None] = lambda _: None,
    most_waiting: int = 100,
) -> Keeper:
    """A keeper of a new run in a folder."""
    new = NewRun(header=make_header(), suite=SUITE)
    return Keeper(keeping(folder, before_add), "r1", new, on_kept, most_waiting)


class Gate:
    """A disk that holds up each batch until it is opened."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.open = threading.Event()

    def __call__(self, batch: Sequence[Record]) -> None:
        self.batches.append(len(batch))
        assert self.open.wait(10)

    async def is_reached(self) -> None:
        """Wait until a batch stands before it."""
        while not self.batches:
            await asyncio.sleep(0.001)


def test_what_is_told_as_kept_is_in_the_file_already(tmp_path: Path) -> None:
    """Progress counts it, so another program must find it at that very moment."""
    told: list[tuple[set[str], set[str]]] = []

    def look(batch: Sequence[Record]) -> None:
        told.append(({record.trial_id for record in batch}, stored(tmp_path)))

    async def keep() -> None:
        async with keeper(tmp_path, on_kept=look) as kept:
            for record in RECORDS[:5]:
                await kept.add(record)
                await asyncio.sleep(0.005)

    asyncio.run(keep())

    assert set().union(*(batch for batch, _ in told)) == set(IDS[:5])
    assert all(batch <= found for batch, found in told)


def test_what_comes_while_the_disk_is_busy_makes_one_batch(tmp_path: Path) -> None:
    """A slow disk costs batches, not time."""
    gate = Gate()

    async def keep() -> None:
        async with keeper(tmp_path, gate) as kept:
            await kept.add(RECORDS[0])
            await gate.is_reached()
            for record in RECORDS[1:8]:
                await kept.add(record)
            gate.open.set()

    asyncio.run(keep())

    assert gate.batches == [1, 7]
    assert stored(tmp_path) == set(IDS[:8])


def test_add_waits_where_enough_records_wait(tmp_path: Path) -> None:
    """Else a sudden death could cost any number of answers."""
    gate = Gate()

    async def keep() -> tuple[bool, bool]:
        async with keeper(tmp_path, gate, most_waiting=2) as kept:
            await kept.add(RECORDS[0])
            await kept.add(RECORDS[1])
            third = asyncio.create_task(kept.add(RECORDS[2]))
            await gate.is_reached()
            await asyncio.sleep(0.01)
            was_done = third.done()
            gate.open.set()
            await third
            return was_done, third.done()

    assert asyncio.run(keep()) == (False, True)
    assert stored(tmp_path) == set(IDS[:3])


def test_whoever_waits_for_a_disk_that_breaks_is_told(tmp_path: Path) -> None:
    """Each of them, and so is whoever comes later; nothing hangs."""
    gate = Gate()

    def breaks(batch: Sequence[Record]) -> None:
        gate(batch)
        raise StoreError("the disk is full")

    async def keep() -> list[BaseException | None]:
        async with keeper(tmp_path, breaks, most_waiting=1) as kept:
            adds = [asyncio.create_task(kept.add(record)) for record in RECORDS[:4]]
            await gate.is_reached()
            gate.open.set()
            told = list(await asyncio.gather(*adds, return_exceptions=True))
            await kept.add(RECORDS[4])
            return told

    async def in_time() -> None:
        async with asyncio.timeout(5):
            await keep()

    with pytest.raises(StoreError, match="the disk is full"):
        asyncio.run(in_time())


@pytest.mark.parametrize(
    "judge", [pytest.param(None, id="alone"), pytest.param(PhraseJudge(), id="judged")]
)
def test_a_store_that_breaks_stops_the_asking(
    tmp_path: Path, judge: PhraseJudge | None, caplog: pytest.LogCaptureFixture
) -> None:
    """With the store's own error, once; what was kept before stays."""
    target = ScriptedTarget({case.id: "Yes." for case in CASES})
    plan = RunPlan(suite=SUITE, target_name="t", target=target, versions={})
    batches: list[int] = []

    def breaks(batch: Sequence[Record]) -> None:
        batches.append(len(batch))
        if len(batches) == 3:
            raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="the disk is full"):
        run(plan, tmp_path, before_add=breaks, judge=judge)

    assert len(batches) == 3
    kept = stored(tmp_path) | stored(tmp_path, "judgements")
    assert 0 < len(kept) <= sum(batches[:2])
    assert len(target.asked) < len(CASES)
    assert caplog.messages == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(asyncio.CancelledError, id="cancelled"),
        pytest.param(KeyError, id="a bug"),
    ],
)
def test_leaving_writes_what_waits_whatever_the_reason(
    tmp_path: Path, error: type[BaseException]
) -> None:
    """It was paid for."""

    async def keep() -> None:
        async with keeper(tmp_path) as kept:
            for record in RECORDS[:3]:
                await kept.add(record)
            raise error

    with pytest.raises(error):
        asyncio.run(keep())

    assert stored(tmp_path) == set(IDS[:3])


def test_who_is_cancelled_while_leaving_writes_all_the_same(tmp_path: Path) -> None:
    """Ctrl-C while the last records are written: they are, and then it ends."""
    gate = Gate()
    told: list[Record] = []

    async def keep() -> None:
        async with keeper(tmp_path, gate, on_kept=told.extend) as kept:
            await kept.add(RECORDS[0])
            await gate.is_reached()
            await kept.add(RECORDS[1])

    async def cancel_twice() -> bool:
        keeping_task = asyncio.create_task(keep())
        await gate.is_reached()
        for _ in range(2):
            await asyncio.sleep(0.01)
            keeping_task.cancel()
        await asyncio.sleep(0.01)
        gate.open.set()
        await asyncio.wait({keeping_task})
        return keeping_task.cancelled()

    was_cancelled = asyncio.run(cancel_twice())

    assert was_cancelled
    assert stored(tmp_path) == set(IDS[:2])
    assert told == RECORDS[:2]


def test_nothing_is_made_before_the_first_record(tmp_path: Path) -> None:
    """A run that got no answer leaves no trace, not even an empty store."""

    def left() -> list[str]:
        return [path.name for path in tmp_path.iterdir()]

    async def keep() -> list[str]:
        async with keeper(tmp_path):
            await asyncio.sleep(0.01)
            return left()

    while_it_waits = asyncio.run(keep())

    assert (while_it_waits, left()) == ([], [])


def test_a_file_that_is_no_store_is_said_before_asking(tmp_path: Path) -> None:
    """An answer is paid for only where it can be kept."""
    file_in(tmp_path).write_text("my diary, which is longer than a header\n" * 20)
    target = ScriptedTarget({case.id: "Yes." for case in CASES})
    plan = RunPlan(suite=SUITE, target_name="t", target=target, versions={})

    with pytest.raises(InputError, match="is not a store"):
        run(plan, tmp_path)

    assert target.asked == []


def test_who_is_told_and_breaks_ends_the_keeping(tmp_path: Path) -> None:
    """A bug in what shows the progress is not kept quiet."""

    def breaks(_: Sequence[Record]) -> None:
        raise KeyError("a bug")

    async def keep() -> None:
        async with keeper(tmp_path, on_kept=breaks) as kept:
            await kept.add(RECORDS[0])

    with pytest.raises(KeyError, match="a bug"):
        asyncio.run(keep())

    assert stored(tmp_path) == set(IDS[:1])
