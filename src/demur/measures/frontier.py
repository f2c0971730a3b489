"""Frontier: which of several runs no other beats on both over- and under-refusal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from demur.measures.base import Measured
from demur.measures.over_refusal import over_refusal
from demur.measures.run_change import RunChange, run_change, trial_key
from demur.measures.under_refusal import under_refusal
from demur.records.outcome import Outcome
from demur.stats.multiplicity import holm


@dataclass(frozen=True, slots=True, kw_only=True)
class Better:
    """A run that dominates another.

    Attributes:
        run: Its number among the runs, from 0.
        p_value: The smaller of the p-values of the two differences, as far as they are
            in its favour; adjusted by Holm for all that were tested. None where none
            could be.
    """

    run: int
    p_value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run stands among several.

    Attributes:
        over: Over-refusal, on the trials that all runs can count.
        under: Under-refusal, on the trials that all runs can count.
        dominated_by: Runs that are no worse on both rates and better on one.
    """

    over: Measured
    under: Measured
    dominated_by: tuple[Better, ...]

    @property
    def is_on_frontier(self) -> bool | None:
        """Whether no other run dominates it; None where a rate is not known."""
        if self.over.estimate is None or self.under.estimate is None:
            return None
        return not self.dominated_by


def frontier(
    runs: Sequence[Sequence[Outcome]], level: float = 0.95
) -> tuple[Standing, ...]:
    """How each run stands on the same trials, in the order given.

    Only trials that all runs hold, expect the same side of and can count are counted;
    the others are left out by the first reason found. A run dominates another if its
    over-refusal and its under-refusal are no higher and one of them is lower. Whether
    that may be chance is tested for each pair of runs and each rate, over families.

    Args:
        runs: Each run's outcomes under its judge.
        level: Confidence level of the intervals.
    """
    shared, left_out = _shared(runs)
    rates = [
        (
            _measured(over_refusal(run, level), left_out[True]),
            _measured(under_refusal(run, level), left_out[False]),
        )
        for run in shared
    ]
    p_values = _p_values(shared)
    return tuple(
        Standing(
            over=over,
            under=under,
            dominated_by=tuple(
                Better(run=other, p_value=_least(p_values, rates, number, other))
                for other in range(len(runs))
                if _dominates(rates[other], rates[number])
            ),
        )
        for number, (over, under) in enumerate(rates)
    )


def _shared(
    runs: Sequence[Sequence[Outcome]],
) -> tuple[list[list[Outcome]], dict[bool, Counter[str]]]:
    """Each run's outcomes of what all can count; what is left out, by side."""
    by_key = [{trial_key(o): o for o in run if not o.trial.is_plain} for run in runs]
    left_out: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    shared: list[list[Outcome]] = [[] for _ in runs]
    for key in dict.fromkeys(key for run in by_key for key in run):
        found = [run[key] for run in by_key if key in run]
        why = _why_not(found, len(runs))
        if why is None:
            for outcomes, outcome in zip(shared, found, strict=True):
                outcomes.append(outcome)
        else:
            left_out[found[-1].is_legitimate][why] += 1
    return shared, left_out


def _why_not(found: Sequence[Outcome], runs: int) -> str | None:
    """Why a trial is not counted; None if it is."""
    if len(found) < runs:
        return "not in all runs"
    if len({outcome.is_legitimate for outcome in found}) > 1:
        return "expected otherwise in one"
    return next((o.missing for o in found if o.missing is not None), None)


def _measured(measured: Measured, left_out: Counter[str]) -> Measured:
    return replace(measured, left_out=dict(left_out))


def _dominates(
    one: tuple[Measured, Measured], other: tuple[Measured, Measured]
) -> bool:
    pairs = [
        (mine.estimate.value, theirs.estimate.value)
        for mine, theirs in zip(one, other, strict=True)
        if mine.estimate is not None and theirs.estimate is not None
    ]
    is_known = len(pairs) == len(one)
    is_better = any(mine < theirs for mine, theirs in pairs)
    return is_known and is_better and all(mine <= theirs for mine, theirs in pairs)


_Tests = dict[tuple[int, int, int], float]
"""Adjusted p-value, by two runs in ascending order and by side."""


def _p_values(shared: Sequence[Sequence[Outcome]]) -> _Tests:
    changes: dict[tuple[int, int, int], RunChange] = {
        (one, other, side): run_change(
            shared[one], shared[other], is_legitimate=side == 0
        )
        for one, other in combinations(range(len(shared)), 2)
        for side in (0, 1)
    }
    found = {key: c.p_value for key, c in changes.items() if c.p_value is not None}
    adjusted = holm(np.array(list(found.values()), dtype=np.float64))
    return dict(zip(found, map(float, adjusted), strict=True))


def _least(
    p_values: _Tests,
    rates: Sequence[tuple[Measured, Measured]],
    worse: int,
    better: int,
) -> float | None:
    """The least p-value of the rates on which the one is better."""
    low, high = sorted((worse, better))
    found = [
        p_values[low, high, side]
        for side in (0, 1)
        if (low, high, side) in p_values
        and _value(rates[better][side]) < _value(rates[worse][side])
    ]
    return min(found, default=None)


def _value(measured: Measured) -> float:
    assert measured.estimate is not None
    return measured.estimate.value
