"""What asking judge models takes: before, as an estimate, and after, as counted."""

from collections.abc import Iterable

from demur.flows.cost import Bill
from demur.judges.base import AskingJudge, Judge
from demur.judges.usage import JudgeUsage
from demur.records.prices import Prices
from demur.records.transcript import Transcript
from demur.records.trial import Trial

JUDGE_TOKENS = 2048
"""Longest answer of a judge model: room for thinking before a few words."""

_USUAL_ANSWER = 80
"""Tokens of a judge model's usual answer, without thinking, about."""


def judge_bill(judge: Judge, pairs: Iterable[tuple[Trial, Transcript | None]]) -> Bill:
    """The estimate for judging these once each; of none, where no model is asked.

    Its trials are calls. A transcript of None is one that is still to come.
    """
    calls: list[int] = []
    if isinstance(judge, AskingJudge):
        for trial, transcript in pairs:
            calls.extend(judge.tokens_to_read(trial, transcript))
    return Bill(
        trials=len(calls),
        read=sum(calls),
        written=len(calls) * _USUAL_ANSWER,
        most_written=len(calls) * JUDGE_TOKENS,
    )


def cost_of_judging(usage: JudgeUsage, prices: Prices | None) -> float | None:
    """What was spent, as the server counted; None where there are no prices."""
    return None if prices is None else prices.cost(usage.read, usage.written)
