"""Ask a suite of a target and keep what came back."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from demur.errors import InputError, TargetError
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial
from demur.stores.base import Store
from demur.stores.sql import SqlStore
from demur.stores.writer import sole_writer, this_command
from demur.suites.digest import suite_digest
from demur.targets.base import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """All that decides a run.

    Attributes:
        suite: What to ask.
        target_name: Whom to ask, as the user named it.
        target: Whom to ask.
        samples: How often to ask each trial.
        seed: Of the order of asking.
        concurrency: Trials under way at once; the target's own number if None.
        is_fresh: Whether to start a new run where there is one of the same plan.
        versions: Of what is at work, for the record.
    """

    suite: Suite
    target_name: str
    target: Target
    samples: int = 1
    seed: int = 0
    concurrency: int | None = None
    is_fresh: bool = False
    versions: dict[str, str]

    @property
    def key(self) -> str:
        """Hash of what decides the answers: 64 hexadecimal digits."""
        decides = {
            "suite": suite_digest(self.suite),
            "target": self.target_name,
            "settings": self.target.settings,
            "samples": self.samples,
            "seed": self.seed,
        }
        return hashlib.sha256(msgspec.json.encode(decides, order="sorted")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """Where a run is kept.

    Attributes:
        path: The store's file.
        version: Of demur, noted in a new store.
        wait_seconds: How long to wait for another process that writes to it.
        on_wait: Told who that is.
    """

    path: Path
    version: str
    wait_seconds: float
    on_wait: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come.

    Attributes:
        total: Trials of the run.
        stored: Trials that had a transcript before this command.
        asked: Trials asked by this command so far.
        failed: Those of them that failed.
    """

    total: int
    stored: int
    asked: int = 0
    failed: int = 0


Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What one command did for a run.

    Attributes:
        run_id: The run.
        progress: How far it has come.
        is_resumed: Whether the run was there before.
    """

    run_id: str
    progress: Progress
    is_resumed: bool


async def run_suite(
    plan: RunPlan, place: StorePlace, watch: Watch, stop: asyncio.Event
) -> RunSummary:
    """Ask what a run still lacks, and add one record for each trial asked.

    The same plan as an earlier run's continues that run: only trials without a
    transcript are asked. Nothing is written until the target is known to answer.

    A target that fails on a trial costs that trial only: the failure is kept as a
    `FailedTrial`, and the next command asks it again. Any other exception is a bug, a
    full disk or a target that refuses us altogether, and stops the run at once.
    Records already added stay.

    Args:
        plan: What to ask of whom.
        place: Where to keep it.
        watch: Called at the start and after each trial.
        stop: Once set, no further trial is begun; those under way are finished.
    """
    _check_folder(place.path)
    kept = _kept_run(plan, place)
    if kept is not None and not kept.missing:
        progress = Progress(total=kept.total, stored=kept.total)
        return RunSummary(run_id=kept.run_id, progress=progress, is_resumed=True)
    async with plan.target as target:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        with sole_writer(
            place.path,
            this_command(),
            started,
            wait_seconds=place.wait_seconds,
            on_wait=place.on_wait,
        ):
            store = SqlStore(place.path, place.version, wait_seconds=place.wait_seconds)
            try:
                kept = _find_run(plan, store)
                run = kept or _start_run(plan, store, started)
                progress = await _Asking(plan, target, store, run, watch, stop).ask()
            finally:
                store.close()
    return RunSummary(run_id=run.run_id, progress=progress, is_resumed=kept is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A run in the store, and what it still lacks, in the order of asking."""

    run_id: str
    total: int
    missing: Sequence[Trial]


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        hint = f"Make it first: mkdir -p {path.parent}"
        raise InputError(str(path), "its folder is not there", hint)


def _kept_run(plan: RunPlan, place: StorePlace) -> _Kept | None:
    """The run of this plan in a store that may not exist yet. Writes nothing."""
    if not place.path.exists():
        return None
    store = SqlStore(
        place.path,
        place.version,
        is_new_allowed=False,
        wait_seconds=place.wait_seconds,
    )
    try:
        return _find_run(plan, store)
    finally:
        store.close()


def _find_run(plan: RunPlan, store: Store) -> _Kept | None:
    if plan.is_fresh:
        return None
    found = [header for header in store.runs() if header.key == plan.key]
    if not found:
        return None
    outcomes = store.outcomes(found[-1].id, judge="")
    return _Kept(
        run_id=found[-1].id,
        total=len(outcomes),
        missing=_in_order(plan, [o.trial for o in outcomes if o.transcript is None]),
    )


def _start_run(plan: RunPlan, store: Store, started: str) -> _Kept:
    trials = plan.suite.trials(plan.samples)
    header = RunHeader(
        id=f"{started[2:10].replace('-', '')}-{secrets.token_hex(3)}",
        key=plan.key,
        suite=plan.suite.name,
        suite_digest=suite_digest(plan.suite),
        target=plan.target_name,
        settings=plan.target.settings,
        seed=plan.seed,
        samples=plan.samples,
        started=started,
        versions=plan.versions,
    )
    store.start_run(header, plan.suite)
    return _Kept(run_id=header.id, total=len(trials), missing=_in_order(plan, trials))


def _in_order(plan: RunPlan, trials: Sequence[Trial]) -> list[Trial]:
    """Seeded random order, so that a run stopped early is still a random sample."""
    rng = np.random.default_rng(plan.seed)
    return [trials[index] for index in rng.permutation(len(trials))]


class _Asking:
    """The workers that ask a run's missing trials."""

    def __init__(  # made in one place, from what that has
        self,
        plan: RunPlan,
        target: Target,
        store: Store,
        run: _Kept,
        watch: Watch,
        stop: asyncio.Event,
    ) -> None:
        self._target = target
        self._store = store
        self._run_id = run.run_id
        self._watch = watch
        self._stop = stop
        self._trials: Iterator[Trial] = iter(run.missing)
        self._workers = min(plan.concurrency or target.concurrency, len(run.missing))
        self._progress = Progress(total=run.total, stored=run.total - len(run.missing))

    async def ask(self) -> Progress:
        """Ask until nothing is missing or we are told to stop."""
        self._watch(self._progress)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._workers):
                    tasks.create_task(self._work())
        except ExceptionGroup as group:
            # The first failure cancels the rest, so it is the cause: raise it plain.
            raise group.exceptions[0] from group
        return self._progress

    async def _work(self) -> None:
        for trial in self._trials:
            if self._stop.is_set():
                return
            record = await _ask(self._target, trial)
            # Committed first, counted after: what is counted survives anything.
            self._store.add(self._run_id, [record])
            self._count(record)
            # A target that never waits must not keep Ctrl-C from being heard.
            await asyncio.sleep(0)

    def _count(self, record: Transcript | FailedTrial) -> None:
        before = self._progress
        self._progress = Progress(
            total=before.total,
            stored=before.stored,
            asked=before.asked + 1,
            failed=before.failed + isinstance(record, FailedTrial),
        )
        self._watch(self._progress)


async def _ask(target: Target, trial: Trial) -> Transcript | FailedTrial:
    """Ask one trial; the only place where a target's failure becomes a record."""
    try:
        return await target.ask(trial)
    except TargetError as error:
        return FailedTrial(
            trial_id=trial.id, error=type(error).__name__, message=str(error)
        )
