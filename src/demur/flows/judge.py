"""Judge stored transcripts, again if wanted."""

from demur.errors import JudgeError
from demur.judges.base import Judge
from demur.judges.protocol import judge_by_protocol
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import FailedJudgement, Judgement
from demur.stores.base import Store

_BATCH = 200
"""Judgements kept in one transaction. They cost nothing to make again."""


async def judge_run(store: Store, run_id: str, judge: Judge) -> int:
    """Judge each transcript of a run that this judge has not judged yet.

    A judge that breaks on a transcript costs that judgement only: it is kept as a
    `FailedJudgement`, and tried again by the next command.

    Returns:
        How many transcripts were judged now, failures included.
    """
    waiting = [
        (outcome.trial, outcome.transcript)
        for outcome in store.outcomes(run_id, judge.name)
        if outcome.transcript is not None and outcome.judgement is None
    ]
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        store.add(run_id, [await judge_one(judge, *pair) for pair in batch])
    return len(waiting)


async def judge_one(
    judge: Judge, trial: Trial, transcript: Transcript
) -> Judgement | FailedJudgement:
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
