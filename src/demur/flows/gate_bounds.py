"""What a run says about one condition: two bounds, and on which side they lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from demur.flows.condition_measure import measure
from demur.flows.family_order import families_in_order, whole_families
from demur.flows.gate_need import more_by_family, more_for_difference, more_for_rate
from demur.measures.base import Measured
from demur.records.condition import Condition
from demur.records.outcome import Outcome
from demur.reports.gate_result import Answer
from demur.stats.cluster import cluster_clopper_pearson, effective_size
from demur.stats.estimate import Estimate
from demur.stats.limit import decide
from demur.stats.sequential import BettingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a run says about one condition.

    Attributes:
        measured: What was found. Each bound of its estimate by itself is wrong at most
            the share of the time that was asked for.
        answer: Whether both lie on the one side of the limit.
        more: About how many more families would decide; None where it is decided, or
            where no number would.
    """

    measured: Measured
    answer: Answer
    more: int | None


def bounds(
    condition: Condition,
    outcomes: Sequence[Outcome],
    before: Sequence[Outcome],
    share: float,
) -> Bounds:
    """Of a run that was not stopped for what it had found.

    Args:
        condition: What is to hold.
        outcomes: Of the run.
        before: Of the run that a change is counted from.
        share: Chance that one bound is wrong.
    """
    level = 1 - 2 * share
    measured = measure(condition, outcomes, before, level)
    size = 0.0
    if condition.quantity.is_rate and measured.trials:
        hits, clusters = _hits(condition, outcomes)
        exact = cluster_clopper_pearson(hits, clusters, level)
        measured = replace(measured, estimate=exact)
        size = effective_size(hits.astype(np.float64), clusters, level)
    estimate = measured.estimate
    answer = _answer(condition, estimate)
    if answer is not Answer.UNDECIDED or estimate is None:
        return Bounds(measured=measured, answer=answer, more=None)
    if condition.quantity.is_rate:
        growth = more_for_rate(condition.limit, estimate, size)
    else:
        growth = more_for_difference(condition.limit, estimate, measured.families)
    more = None if growth is None else int(np.ceil(growth * measured.families))
    return Bounds(measured=measured, answer=answer, more=more)


def _hits(
    condition: Condition, outcomes: Sequence[Outcome]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Of each counted trial whether it is a hit, and its family's number."""
    found = [measure(condition, family) for family in families_in_order(outcomes, 0)]
    sizes = np.array([each.trials for each in found], dtype=np.int64)
    hits = np.array([_count(each) for each in found], dtype=np.int64)
    clusters = np.repeat(np.arange(sizes.size), sizes)
    # Within a family the hits come first: which trial is which does not matter.
    place = np.arange(clusters.size) - np.repeat(sizes.cumsum() - sizes, sizes)
    return place < hits[clusters], clusters


def _count(measured: Measured) -> int:
    if measured.estimate is None:
        return 0
    return round(measured.estimate.value * measured.trials)


def _answer(condition: Condition, estimate: Estimate | None) -> Answer:
    """On which side of the limit both bounds lie."""
    if estimate is None:
        return Answer.UNDECIDED
    low, high, limit = estimate.low, estimate.high, condition.limit
    is_met, is_broken = high <= limit, low > limit
    if not condition.is_upper:
        is_met, is_broken = low >= limit, high < limit
    if is_met:
        return Answer.PASS
    return Answer.FAIL if is_broken else Answer.UNDECIDED


def bounds_by_family(
    condition: Condition,
    outcomes: Sequence[Outcome],
    before: Sequence[Outcome],
    seed: int,
    share: float,
) -> Bounds:
    """Of a run asked by whole families in random order, whenever it was stopped.

    Every family counts the same, whatever its size. Only families asked to their end
    count, and none beyond the first that is not.

    Args:
        condition: What is to hold.
        outcomes: Of the run.
        before: Of the run that a change is counted from.
        seed: Of the order of families.
        share: Chance that one bound is wrong.
    """
    families = whole_families(outcomes, seed)
    values = family_values(condition, families, before)
    asked = [outcome for family in families for outcome in family]
    measured = replace(
        measure(condition, asked, before),
        estimate=_sequence(condition, values, share),
        families=values.size,
    )
    answer = decided(condition, values, share)
    more = None
    if answer is Answer.UNDECIDED and values.size:
        more = more_by_family(condition, values, share)
    return Bounds(measured=measured, answer=answer, more=more)


def family_values(
    condition: Condition,
    families: Sequence[Sequence[Outcome]],
    before: Sequence[Outcome] = (),
) -> NDArray[np.float64]:
    """Shape (m,). What the condition is on, of each family by itself.

    Families of which no trial counts are passed over.
    """
    past: dict[str, list[Outcome]] = {}
    for outcome in before:
        past.setdefault(outcome.trial.case.family, []).append(outcome)
    found = [
        measure(condition, each, past.get(each[0].trial.case.family, ())).estimate
        for each in families
    ]
    return np.array([each.value for each in found if each is not None])


def decided(condition: Condition, values: NDArray[np.float64], share: float) -> Answer:
    """What families seen one after the other say, however often one looks."""
    side = decide(values, condition.limit, share, condition.quantity.span).side
    if side is None:
        return Answer.UNDECIDED
    is_met = (side == "at most") is condition.is_upper
    return Answer.PASS if is_met else Answer.FAIL


def _sequence(
    condition: Condition, values: NDArray[np.float64], share: float
) -> Estimate | None:
    """The mean over families with bounds that hold whenever one looks.

    The sequence goes by a grid of supposed means; the limit itself is added to it
    here, so that bounds and answer agree.
    """
    sequence = BettingSequence(1 - 2 * share, condition.quantity.span)
    for value in values:
        sequence.add(float(value))
    found, limit = sequence.estimate, condition.limit
    if found is None:
        return None
    side = decide(values, limit, share, condition.quantity.span).side
    low = max(found.low, limit) if side == "above" else found.low
    high = min(found.high, limit) if side == "at most" else found.high
    value = min(max(found.value, low), high)
    return replace(found, value=value, low=min(low, value), high=max(high, value))
