"""Judge stored transcripts, again if wanted."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing

from demur.errors import JudgeError
from demur.flows.cost import Bill
from demur.flows.in_order import in_order
from demur.flows.judge_cost import judge_bill
from demur.judges.base import AskingJudge, Judge, entered, width
from demur.judges.panel import PanelJudge
from demur.judges.protocol import judge_by_protocol
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import FailedJudgement, Judgement
from demur.stores.base import Store

Pair = tuple[Trial, Transcript]
Made = Judgement | FailedJudgement

_BATCH = 200
"""Judgements kept in one transaction. They cost nothing to make again."""

_PAID_BATCH = 20
"""The same, of a judge that asks models."""


def unannounced(_: Bill) -> None:
    """Nobody wants to know what it costs."""


async def judge_run(
    store: Store,
    run_id: str,
    judge: Judge,
    announce: Callable[[Bill], None] = unannounced,
) -> int:
    """Judge each transcript of a run that this judge has not judged yet.

    A judge that breaks on a transcript costs that judgement only: it is kept as a
    `FailedJudgement`, and tried again by the next command.

    Args:
        store: Where the run is.
        run_id: The run.
        judge: Whose judgements are wanted.
        announce: Told what asking the judge's models will take, before any is asked;
            what it raises stops it.

    Returns:
        How many transcripts were judged now, failures included.
    """
    waiting = [
        (outcome.trial, outcome.transcript)
        for outcome in store.outcomes(run_id, judge.name)
        if outcome.transcript is not None and outcome.judgement is None
    ]
    announce(judge_bill(judge, waiting))
    if waiting:
        async with entered(judge):
            await _judge_waiting(store, run_id, judge, waiting)
    return len(waiting)


async def _judge_waiting(
    store: Store, run_id: str, judge: Judge, waiting: Sequence[Pair]
) -> None:
    batch = _Batch(
        store, run_id, _PAID_BATCH if isinstance(judge, AskingJudge) else _BATCH
    )
    making = in_order(
        waiting, lambda pair: judge_with_members(judge, *pair), width(judge)
    )
    try:
        async with aclosing(making) as made:
            async for records in made:
                batch.add(records)
    finally:  # what was judged, and paid for, before something went wrong
        batch.write()


class _Batch:
    """Judgements of a run on their way to the store."""

    def __init__(self, store: Store, run_id: str, most: int) -> None:
        self._store = store
        self._run_id = run_id
        self._most = most
        self._records: list[Made] = []

    def add(self, records: Iterable[Made]) -> None:
        """Keep these, at the latest with the next few."""
        self._records += records
        if len(self._records) >= self._most:
            self.write()

    def write(self) -> None:
        """Keep what waits, all or none of it."""
        records, self._records = self._records, []
        if records:
            self._store.add(self._run_id, records)


async def judge_all(judge: Judge, pairs: Iterable[Pair]) -> list[Made]:
    """Judge each, several at once where that serves the judge, in their order."""
    making = in_order(pairs, lambda pair: judge_one(judge, *pair), width(judge))
    async with entered(judge), aclosing(making) as made:
        return [each async for each in made]


async def judge_one(judge: Judge, trial: Trial, transcript: Transcript) -> Made:
    """Judge one; the only place where a judge's failure becomes a record."""
    settled = judge_by_protocol(transcript, judge.name)
    if settled is not None:
        return settled
    try:
        return await judge.judge(trial, transcript)
    except JudgeError as error:
        return FailedJudgement(
            trial_id=trial.id,
            judge=judge.name,
            error=type(error).__name__,
            message=str(error),
        )


async def judge_with_members(
    judge: Judge, trial: Trial, transcript: Transcript
) -> tuple[Made, ...]:
    """What is to be kept of judging one: a panel's members first, each by its name.

    A panel of which a member broke has broken too: the next command asks again.
    """
    if not isinstance(judge, PanelJudge):
        return (await judge_one(judge, trial, transcript),)
    members = await asyncio.gather(
        *(judge_one(member, trial, transcript) for member in judge.judges)
    )
    return (*members, _of_panel(judge, transcript, members))


def _of_panel(
    panel: PanelJudge, transcript: Transcript, members: Sequence[Made]
) -> Made:
    settled = judge_by_protocol(transcript, panel.name)
    if settled is not None:
        return settled
    said = [each for each in members if isinstance(each, Judgement)]
    broken = [each for each in members if isinstance(each, FailedJudgement)]
    if not broken:
        return panel.combine(said)
    return FailedJudgement(
        trial_id=transcript.trial_id,
        judge=panel.name,
        error=broken[0].error,
        message=f"{broken[0].judge}: {broken[0].message}",
    )
