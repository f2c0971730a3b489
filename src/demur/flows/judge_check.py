"""Measure judges against people's labels."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from demur.flows.judge_file import Judged, judge_exchanges
from demur.judges.base import Judge
from demur.measures.judge_calibration import judge_calibration
from demur.measures.judge_difference import judge_difference
from demur.measures.judge_quality import judge_quality
from demur.records.labelled import Labelled, LabelledJudgement
from demur.reports.judge_check import CheckedJudge, JudgeCheck

_SEED = 0
"""Of the resamples: the same file gives the same intervals."""


async def judge_check(
    source: str,
    rows: Sequence[Labelled],
    left_out: Mapping[str, int],
    judges: Sequence[Judge],
    on_judged: Callable[[Judged], None],
    *,
    is_off_topic_refusal: bool,
) -> JudgeCheck:
    """Ask each judge about each response, and measure all of them.

    Args:
        source: What the user calls the file.
        rows: Its labelled responses, at least one.
        left_out: How many others it holds, by the reason why they do not count.
        judges: At least one, no two of the same name.
        on_judged: Told of every response that a judge has judged, or broken on.
        is_off_topic_refusal: Whether off topic counts as not served.
    """
    off = is_off_topic_refusal
    checked = []
    for judge in judges:
        pairs = await _judged(judge, rows, on_judged)
        checked.append(_checked(judge.name, pairs, is_off_topic_refusal=off))
    named = [(one.quality.judge, one.pairs) for one in checked]
    return JudgeCheck(
        source=source,
        judges=tuple(checked),
        differences=tuple(
            judge_difference(second, first, is_off_topic_refusal=off)
            for first, second in combinations(named, 2)
        ),
        left_out=left_out,
        is_off_topic_refusal=off,
    )


async def _judged(
    judge: Judge, rows: Sequence[Labelled], on_judged: Callable[[Judged], None]
) -> list[LabelledJudgement]:
    found = []
    waiting = iter(rows)
    async for judged in judge_exchanges((row.exchange for row in rows), judge):
        on_judged(judged)
        labelled = next(waiting)
        found.append(LabelledJudgement(labelled=labelled, judgement=judged.judgement))
    return found


def _checked(
    name: str, pairs: Sequence[LabelledJudgement], *, is_off_topic_refusal: bool
) -> CheckedJudge:
    rng, off = np.random.default_rng(_SEED), is_off_topic_refusal
    return CheckedJudge(
        quality=judge_quality(name, pairs, rng, is_off_topic_refusal=off),
        calibration=judge_calibration(pairs, rng, is_off_topic_refusal=off),
        pairs=tuple(pairs),
    )
