"""Two judges in a row: a cheap one first, a better one where that is not sure."""

from dataclasses import replace

from demur.judges.base import Judge
from demur.judges.members import Members
from demur.judges.usage import JudgeUsage
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement

THRESHOLD = 0.9
"""How sure the first judge must be, where nobody has measured how sure is enough."""


class CascadeJudge(Members):
    """The first judge's verdict where it is sure of its side, else the better's.

    The sides are served and not served.

    A first judge that states no chances is never sure, unless the threshold is 0: then
    all that it decided stands, and only what it left open is passed on.

    Args:
        first: The cheap judge.
        better: The judge that decides the rest.
        threshold: How sure the first must be, in [0, 1]; see `sureness`.
        usage: Where it is counted what was passed on.
    """

    def __init__(
        self,
        first: Judge,
        better: Judge,
        threshold: float = THRESHOLD,
        usage: JudgeUsage | None = None,
    ) -> None:
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be in [0, 1], got {threshold}")
        super().__init__((first, better))
        self.name = f"cascade({first.name},{better.name})@{threshold:g}"
        self.usage = usage if usage is not None else JudgeUsage()
        self._first = first
        self._better = better
        self._threshold = threshold

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        """The first's judgement or the better's, under the cascade's name.

        Raises:
            JudgeError: If the one that has to decide breaks.
        """
        self.usage.first += 1
        judgement = await self._first.judge(trial, transcript)
        sure = sureness(judgement)
        if sure is None or sure < self._threshold:
            self.usage.passed_on += 1
            judgement = await self._better.judge(trial, transcript)
        return replace(judgement, judge=self.name)


def sureness(judgement: Judgement) -> float | None:
    """The judge's chance that its side, served or not served, is right, in [0, 1].

    None where it takes no side; 0 where it takes one and states no chance.
    """
    is_served = judgement.verdict.is_served
    if is_served is None:
        return None
    chance = judgement.p_not_served
    if chance is None:
        return 0.0
    return 1 - chance if is_served else chance
