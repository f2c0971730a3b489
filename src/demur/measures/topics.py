"""Topics: over-refusal, under-refusal and the gap of each, and what chance allows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from demur.measures.base import (
    Measured,
    adjusted,
    family_numbers,
    group_by,
)
from demur.measures.calibration_gap import calibration_gap, gap_test
from demur.measures.over_refusal import over_refusal
from demur.measures.under_refusal import under_refusal
from demur.records.outcome import Outcome
from demur.stats.estimate import Estimate
from demur.stats.shrinkage import partial_pooling


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic's rates.

    Attributes:
        over: Over-refusal, from this topic's trials alone.
        over_pooled: The same drawn towards the rate of all topics; None where the
            topic has no such trials.
        under: Under-refusal, from this topic's trials alone.
        under_pooled: The same drawn towards the rate of all topics.
        gap: Calibration gap over all deployments; its p-value is that families are
            lost as often as gained.
    """

    over: Measured
    over_pooled: Estimate | None
    under: Measured
    under_pooled: Estimate | None
    gap: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """All topics of a run.

    Attributes:
        by_topic: By name, in the order of the suite; with the field before it where
            the suite has several.
        tests: How many gaps were tested, for which the p-values allow.
    """

    by_topic: Mapping[str, Topic]
    tests: int


def topics(outcomes: Sequence[Outcome], level: float = 0.95) -> Topics:
    """Raw and partially pooled rates of each topic, and its gap with Holm's p-value.

    Raw rates of small topics differ by chance; the pooled ones differ by what more
    than chance there is. The tests are exact McNemar tests over families.

    Args:
        outcomes: Of one run, judged by one judge. Plain twins are passed over.
        level: Confidence level of the intervals, each on its own.
    """
    asked = [o for o in outcomes if not o.trial.is_plain]
    groups = group_by(asked, _namer(asked))
    gaps = {name: calibration_gap(group, level=level) for name, group in groups.items()}
    p_values = adjusted({name: gap_test(gap) for name, gap in gaps.items()})
    over = _pooled(groups, lambda o: o.is_legitimate, is_served=False, level=level)
    under = _pooled(groups, lambda o: not o.is_legitimate, is_served=True, level=level)
    return Topics(
        by_topic={
            name: Topic(
                over=over_refusal(group, level),
                over_pooled=over.get(name),
                under=under_refusal(group, level),
                under_pooled=under.get(name),
                gap=replace(gaps[name].measured, p_value=p_values.get(name)),
            )
            for name, group in groups.items()
        },
        tests=len(p_values),
    )


def by_topic(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each topic, under the names that `topics` gives them."""
    known = list(outcomes)
    return group_by(known, _namer(known))


def _namer(outcomes: Iterable[Outcome]) -> Callable[[Outcome], str]:
    """How topics are called: alone, or with their field where there are several."""
    if len({o.trial.case.field for o in outcomes}) < 2:
        return lambda o: o.trial.case.topic
    return lambda o: f"{o.trial.case.field}: {o.trial.case.topic}"


def _pooled(
    groups: Mapping[str, Sequence[Outcome]],
    is_asked: Callable[[Outcome], bool],
    *,
    is_served: bool,
    level: float,
) -> dict[str, Estimate]:
    """Share of the trials asked about that came out so, pooled over all groups."""
    names = list(groups)
    counted = [
        (number, outcome)
        for number, name in enumerate(names)
        for outcome in groups[name]
        if is_asked(outcome) and outcome.missing is None
    ]
    hits = np.array([o.is_served is is_served for _, o in counted], dtype=np.bool_)
    numbers = np.array([number for number, _ in counted], dtype=np.int64)
    clusters = family_numbers([outcome for _, outcome in counted])
    found = partial_pooling(hits, numbers, clusters, level)
    return {names[number]: estimate for number, estimate in found.items()}
