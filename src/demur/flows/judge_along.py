"""Judge answers while others are asked for, in the time that waiting leaves."""

import asyncio
from collections.abc import Iterable, Sequence

from demur.flows.judge import judge_one
from demur.flows.keep import Keeper
from demur.judges.base import Judge
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.stores.base import Record


class JudgingAlong:
    """Judges what is kept, as it is kept.

    What it has not come to when the asking ends stays unjudged: whoever reads the run
    judges that first, in any case.

    Args:
        judge: Whose judgements.
        trials: Those that are asked.
    """

    def __init__(self, judge: Judge, trials: Sequence[Trial]) -> None:
        self._judge = judge
        self._trials = {trial.id: trial for trial in trials}
        self._kept: asyncio.Queue[Transcript] = asyncio.Queue()

    def kept(self, records: Iterable[Record]) -> None:
        """Take note of what may be judged now."""
        for record in records:
            if isinstance(record, Transcript):
                self._kept.put_nowait(record)

    async def judge(self, keeper: Keeper) -> None:
        """Judge until cancelled."""
        while True:
            transcript = await self._kept.get()
            trial = self._trials[transcript.trial_id]
            await keeper.add(await judge_one(self._judge, trial, transcript))
            await asyncio.sleep(0)  # calls that have an answer go first
