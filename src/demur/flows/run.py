"""Ask a suite of a target and keep what came back."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import numpy as np

from demur.errors import TargetError
from demur.records.run import RunHeader
from demur.records.suite import Suite
from demur.records.transcript import FailedTrial, Transcript
from demur.records.trial import Trial
from demur.stores.base import Store, StorePlace
from demur.stores.writer import this_command
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
        notes: What else the record should say; decides nothing.
    """

    suite: Suite
    target_name: str
    target: Target
    samples: int = 1
    seed: int = 0
    concurrency: int | None = None
    is_fresh: bool = False
    versions: dict[str, str]
    notes: dict[str, str] = field(default_factory=dict)

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
    plan: RunPlan, keeping: Keeping, watch: Watch, stop: asyncio.Event
) -> RunSummary:
    """Ask what a run still lacks, and add one record for each trial asked.

    The same plan as an earlier run's continues that run: only trials without a
    transcript are asked. Nothing is written before the first answer or failure.

    A target that fails on a trial costs that trial only: the failure is kept as a
    `FailedTrial`, and the next command asks it again. Any other exception is a bug, a
    full disk or a target that refuses us altogether, and stops the run at once.
    Records already added stay.

    Args:
        plan: What to ask of whom.
        keeping: Where and how to keep it.
        watch: Called at the start and after each trial.
        stop: Once set, no further trial is begun; those under way are finished.
    """
    keeping.place.check()
    kept = _kept_run(plan, keeping)
    if kept is not None and not kept.missing:
        progress = Progress(total=kept.total, stored=kept.total)
        return RunSummary(run_id=kept.header.id, progress=progress, is_resumed=True)
    async with plan.target as target:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        with keeping.place.sole_writer(
            plan.key,
            this_command(),
            started,
            wait_seconds=keeping.wait_seconds,
            on_wait=keeping.on_wait,
        ):
            # Looked up again: whoever held the store before us may have added to it.
            run = _kept_run(plan, keeping) or _new_run(plan, started)
            with closing(_Keeper(plan, keeping, run)) as keeper:
                progress = await _Asking(plan, target, keeper, run, watch, stop).ask()
    return RunSummary(
        run_id=run.header.id, progress=progress, is_resumed=not run.is_new
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run and what it still lacks.

    Attributes:
        header: The run's.
        is_new: Whether the store does not hold it yet.
        total: Number of its trials.
        missing: Trials without a transcript, in the order of asking.
    """

    header: RunHeader
    is_new: bool
    total: int
    missing: Sequence[Trial]


def _kept_run(plan: RunPlan, keeping: Keeping) -> _Run | None:
    """The run of this plan in a store that may not exist yet. Writes nothing."""
    if not keeping.place.exists():
        return None
    store = _open(keeping)
    try:
        return _find_run(plan, store)
    finally:
        store.close()


def _open(keeping: Keeping) -> Store:
    return keeping.place.open(keeping.version, wait_seconds=keeping.wait_seconds)


def _find_run(plan: RunPlan, store: Store) -> _Run | None:
    if plan.is_fresh:
        return None
    key = plan.key
    found = [header for header in store.runs() if header.key == key]
    if not found:
        return None
    outcomes = store.outcomes(found[-1].id, judge="")
    return _Run(
        header=found[-1],
        is_new=False,
        total=len(outcomes),
        missing=_in_order(plan, [o.trial for o in outcomes if o.transcript is None]),
    )


def _new_run(plan: RunPlan, started: str) -> _Run:
    trials = plan.suite.trials(plan.samples)
    header = RunHeader(
        id=f"{started[2:10].replace('-', '')}-{secrets.token_hex(3)}",
        key=plan.key,
        suite=plan.suite.name,
        suite_digest=suite_digest(plan.suite),
        target=plan.target_name,
        settings={**plan.target.settings, **plan.notes},
        seed=plan.seed,
        samples=plan.samples,
        started=started,
        versions=plan.versions,
    )
    missing = _in_order(plan, trials)
    return _Run(header=header, is_new=True, total=len(trials), missing=missing)


def _in_order(plan: RunPlan, trials: Sequence[Trial]) -> list[Trial]:
    """Seeded random order, so that a run stopped early is still a random sample."""
    rng = np.random.default_rng(plan.seed)
    return [trials[index] for index in rng.permutation(len(trials))]


class _Keeper:
    """Adds records to a run. A new run, and a new store, are made with the first."""

    def __init__(self, plan: RunPlan, keeping: Keeping, run: _Run) -> None:
        self._plan = plan
        self._keeping = keeping
        self._run = run
        self._is_started = not run.is_new
        self._store = _open(keeping) if keeping.place.exists() else None
        if self._store is not None:
            self._store.check_writable()  # before anything is asked, and paid for

    def add(self, record: Transcript | FailedTrial) -> None:
        """Add a record; once this returns, it survives anything."""
        self._store = self._store or _open(self._keeping)
        if not self._is_started:
            self._store.start_run(self._run.header, self._plan.suite)
            self._is_started = True
        self._store.add(self._run.header.id, [record])

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()


class _Asking:
    """The workers that ask a run's missing trials."""

    def __init__(  # made in one place, from what that has
        self,
        plan: RunPlan,
        target: Target,
        keeper: _Keeper,
        run: _Run,
        watch: Watch,
        stop: asyncio.Event,
    ) -> None:
        self._target = target
        self._keeper = keeper
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
            self._keeper.add(record)
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
