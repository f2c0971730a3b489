"""Judge answers while others are asked for, in the time that waiting leaves."""

import asyncio
from collections.abc import Iterable, Sequence

from demur.flows.judge import judge_with_members
from demur.flows.keep import Keeper
from demur.judges.base import Judge, width
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.stores.base import Record


class JudgingAlong:
    """Judges what is kept, as it is kept.

    What it has not come to when the asking ends stays unjudged: whoever reads the run
    judges that first, in any case.

    Args:
        judge: Whose judgements. Entered, if it asks models.
        trials: Those that are asked.
    """

    def __init__(self, judge: Judge, trials: Sequence[Trial]) -> None:
        self._judge = judge
        self._trials = {trial.id: trial for trial in trials}
        self._kept: asyncio.Queue[Transcript | None] = asyncio.Queue()
        self._is_stopping = False

    def kept(self, records: Iterable[Record]) -> None:
        """Take note of what may be judged now."""
        for record in records:
            if isinstance(record, Transcript):
                self._kept.put_nowait(record)

    def stop(self) -> None:
        """Begin nothing more: `judge` ends with what is under way, and paid for."""
        self._is_stopping = True
        for _ in range(width(self._judge)):
            self._kept.put_nowait(None)

    async def judge(self, keeper: Keeper) -> None:
        """Judge until stopped."""
        workers = width(self._judge)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(workers):
                    tasks.create_task(self._work(keeper))
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    async def _work(self, keeper: Keeper) -> None:
        while (transcript := await self._kept.get()) is not None:
            if self._is_stopping:
                return
            trial = self._trials[transcript.trial_id]
            for record in await judge_with_members(self._judge, trial, transcript):
                await keeper.add(record)
            await asyncio.sleep(0)  # calls that have an answer go first
