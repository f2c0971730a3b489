"""Ask a suite of a target and keep what came back."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from demur.flows.ask import Asking
from demur.flows.decide_along import DecidingAlong
from demur.flows.family_order import by_family
from demur.flows.judge import judge_run
from demur.flows.judge_along import JudgingAlong
from demur.flows.keep import Keeper, Keeping, NewRun
from demur.flows.plan import RunPlan
from demur.flows.progress import Progress, Watch
from demur.judges.base import Judge, entered
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.trial import Trial
from demur.stores.base import Record, Store
from demur.stores.writer import this_command
from demur.suites.digest import suite_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What one command did for a run.

    Attributes:
        run_id: The run.
        progress: How far it has come.
        is_resumed: Whether the run was there before.
        ended: What ended it early, in words; None where nothing or the user did.
    """

    run_id: str
    progress: Progress
    is_resumed: bool
    ended: str | None = None


async def run_suite(
    plan: RunPlan,
    keeping: Keeping,
    watch: Watch,
    stop: asyncio.Event,
    judge: Judge | None = None,
) -> RunSummary:
    """Ask what a run still lacks, and add one record for each trial asked.

    The same plan as an earlier run's continues that run: only trials without a
    transcript are asked. Nothing is written before the first answer or failure.

    A target that fails on a trial costs that trial only: the failure is kept as a
    `FailedTrial`, and the next command asks it again. A target that is down, or fails
    on one trial after another, ends the run early; what came is kept. Any other
    exception is a bug, a full disk or a target that refuses us altogether, and stops
    the run at once. Records already added stay.

    Args:
        plan: What to ask of whom.
        keeping: Where and how to keep it.
        watch: Called at the start and with each batch of records that is safe.
        stop: Once set, no further trial is begun; those under way are finished. Set
            by the run itself where it ends early.
        judge: Judges what it finds time for meanwhile, or each answer at once where
            the plan has an `until`, which needs one; None: nobody does.
    """
    keeping.place.check()
    kept = _kept_run(plan, keeping)
    if kept is not None:
        deciding = await _deciding(plan, keeping, kept, judge)
        ended = None if deciding is None else deciding.why
        if ended is not None or not kept.missing:
            return _nothing_to_ask(kept, ended)
    async with plan.target:
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
            deciding = await _deciding(plan, keeping, run, judge)
            asking = _asking(plan, run, watch, stop, deciding)
            # Who decides along judges along.
            judging = None if deciding is not None else judge
            async with entered(judge if deciding is not None else None):
                await _ask(plan, keeping, run, asking, judging)
    return RunSummary(
        run_id=run.header.id,
        progress=asking.progress,
        is_resumed=not run.is_new,
        ended=asking.ended,
    )


def missing_trials(plan: RunPlan, keeping: Keeping) -> Sequence[Trial]:
    """What the plan's run still lacks, in the order of asking. Writes nothing."""
    run = _kept_run(plan, keeping) or _new_run(plan, "")
    return run.missing


def _nothing_to_ask(run: "_Run", ended: str | None) -> RunSummary:
    progress = Progress(total=run.total, stored=run.total - len(run.missing))
    return RunSummary(
        run_id=run.header.id, progress=progress, is_resumed=True, ended=ended
    )


async def _deciding(
    plan: RunPlan, keeping: Keeping, run: "_Run", judge: Judge | None
) -> DecidingAlong | None:
    """What is known of the run so far; None where it is to be asked to its end."""
    if plan.until is None or judge is None:
        return None
    outcomes: Sequence[Outcome] = [Outcome(trial=trial) for trial in run.missing]
    if not run.is_new:
        store = keeping.open()
        try:
            await judge_run(store, run.header.id, judge)
            outcomes = store.outcomes(run.header.id, judge.name)
        finally:
            store.close()
    return DecidingAlong(plan.until, judge, outcomes, plan.seed)


def _asking(
    plan: RunPlan,
    run: "_Run",
    watch: Watch,
    stop: asyncio.Event,
    deciding: DecidingAlong | None,
) -> Asking:
    progress = Progress(total=run.total, stored=run.total - len(run.missing))
    follow = None if deciding is None else deciding.follow
    return Asking(plan.target, plan.limits, progress, watch, stop, follow)


async def _ask(
    plan: RunPlan, keeping: Keeping, run: "_Run", asking: Asking, judge: Judge | None
) -> None:
    """Ask what a run lacks, keeping and judging as it comes."""
    new = NewRun(header=run.header, suite=plan.suite) if run.is_new else None
    concurrency = plan.concurrency or plan.target.concurrency
    along = None if judge is None else JudgingAlong(judge, run.missing)

    def kept(records: Sequence[Record]) -> None:
        asking.kept(records)
        if along is not None:
            along.kept(records)

    async with (
        entered(judge),  # before anything is paid for
        Keeper(keeping, run.header.id, new, kept, concurrency) as keeper,
    ):
        judging = asyncio.create_task(along.judge(keeper)) if along else None
        try:
            await asking.ask(run.missing, keeper, concurrency)
            if along is not None and judging is not None:
                along.stop()
                await asyncio.wait({judging})
        finally:
            if judging is not None:
                judging.cancel()
                await asyncio.wait({judging})
    if judging is not None and not judging.cancelled():
        judging.result()  # a bug in a judge is not kept quiet


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
    store = keeping.open()
    try:
        return _find_run(plan, store)
    finally:
        store.close()


def _find_run(plan: RunPlan, store: Store) -> _Run | None:
    if plan.is_fresh:
        return None
    key = plan.key
    found = [header for header in store.runs() if header.key == key]
    if not found:
        return None
    outcomes = store.outcomes(found[-1].id, judge="")
    failed = {o.trial.id for o in outcomes if o.failure is not None}
    missing = _in_order(plan, [o.trial for o in outcomes if o.transcript is None])
    # What failed before comes last, and in another order each time, so that what always
    # fails cannot keep the rest from being asked.
    turns = np.random.default_rng().permutation(len(missing))
    turn = {trial.id: int(turns[n]) for n, trial in enumerate(missing)}
    missing.sort(key=lambda trial: turn[trial.id] if trial.id in failed else -1)
    return _Run(header=found[-1], is_new=False, total=len(outcomes), missing=missing)


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
    """Seeded random order, so that a run stopped early is still a random sample.

    Of trials; or of families, where it may stop for what it has found.
    """
    if plan.until is not None:
        return by_family(trials, plan.seed)
    rng = np.random.default_rng(plan.seed)
    return [trials[index] for index in rng.permutation(len(trials))]
