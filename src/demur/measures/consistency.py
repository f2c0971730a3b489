"""Consistency: whether the same trial, asked again, meets the same fate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.base import (
    Measured,
    count_families,
    family_numbers,
    group_by,
)
from demur.records.outcome import Outcome
from demur.stats.cluster import cluster_proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """How often samples of one trial differ.

    Attributes:
        served: Share of trials of which some samples were served and some withheld.
        verdict: Share of trials whose samples have more than one verdict.
    """

    served: Measured
    verdict: Measured


def consistency(outcomes: Sequence[Outcome], level: float = 0.95) -> Consistency:
    """Share of trials that flip between samples: of one case in one context.

    A trial is counted where at least two of its samples were served or withheld; one
    with fewer is left out, and counted. Trials asked once only are no part of it, so
    that a run with one sample has neither. The more samples, the more can flip:
    compare only runs with as many.

    Args:
        outcomes: Of one run, judged by one judge. Plain twins are passed over.
        level: Confidence level of the intervals.
    """
    asked = [o for o in outcomes if not o.trial.is_plain]
    groups = group_by(asked, lambda o: f"{o.trial.case.id}@{o.trial.context.id}")
    repeated = [group for group in groups.values() if len(group) > 1]
    known = [[o for o in group if o.missing is None] for group in repeated]
    counted = [group for group in known if len(group) > 1]

    def measured(name: str, what: Callable[[Outcome], object]) -> Measured:
        flips = [len({what(o) for o in group}) > 1 for group in counted]
        first = [group[0] for group in counted]
        missing = len(repeated) - len(counted)
        return Measured(
            name=name,
            estimate=cluster_proportion(
                np.array(flips, dtype=np.bool_), family_numbers(first), level
            ),
            trials=len(counted),
            families=count_families(first),
            left_out={"fewer than two samples counted": missing} if missing else {},
        )

    return Consistency(
        served=measured("flips between served and not", lambda o: o.is_served),
        verdict=measured("flips between verdicts", lambda o: o.verdict),
    )
