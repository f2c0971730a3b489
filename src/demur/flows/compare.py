"""Two or more stored runs → Report."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat

from demur.errors import InputError
from demur.flows.cost import Bill
from demur.flows.report import read_run
from demur.judges.base import Judge
from demur.reports.compare_report import compare_report
from demur.reports.document import Report
from demur.reports.frontier_report import frontier_report
from demur.reports.judged_run import JudgedRun
from demur.stores.base import Store


async def read_runs(
    store: Store,
    names: Sequence[str],
    judges: Sequence[Judge],
    where: str,
    announce: Callable[[Judge, Bill], None] = lambda *_: None,
) -> list[JudgedRun]:
    """The runs to be compared, each judged by its judge.

    Args:
        store: Where they are.
        names: What the user calls them. One alone is compared with the last run or,
            under several judges, with itself.
        judges: One for all runs, or one for each.
        where: What to call the store in a message.
        announce: Told what asking a judge's models will take, before any is asked.

    Raises:
        UnknownNameError: If no run has a name.
        InputError: If judges and runs do not match, or a run is compared with itself
            under one judge.
    """
    if len(names) == 1:
        names = [*names, "last"] if len(judges) == 1 else list(names) * len(judges)
    if len(judges) not in {1, len(names)}:
        hint = "Give one judge for all runs, or one for each of them, in their order."
        raise InputError(
            "--judge", f"names {len(judges)} judges for {len(names)} runs", hint
        )
    each = repeat(judges[0]) if len(judges) == 1 else iter(judges)
    runs = [
        await read_run(store, name, judge, where, partial(announce, judge))
        for name, judge in zip(names, each, strict=False)
    ]
    _check_distinct(names, runs)
    return runs


def compare_runs(runs: Sequence[JudgedRun]) -> Report:
    """What changed between two runs; where several stand to one another."""
    return compare_report(*runs) if len(runs) == 2 else frontier_report(runs)


def _check_distinct(names: Sequence[str], runs: Sequence[JudgedRun]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for name, run in zip(names, runs, strict=True):
        key = run.header.id, run.judge
        if key in seen:
            hint = "Name different runs, or different judges; see `demur list runs`."
            raise InputError(name, f"is the same run as {seen[key]!r}", hint)
        seen[key] = name
