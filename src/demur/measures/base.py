"""What every measure gives, and how trials become arrays."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from demur.records.context import GENERAL, ContextKind
from demur.records.outcome import Outcome
from demur.stats.estimate import Estimate
from demur.stats.multiplicity import holm
from demur.stats.paired import mcnemar_exact

_FAMILY: Callable[[Outcome], str] = attrgetter("trial.case.family")
_MISSING: Callable[[Outcome], str | None] = attrgetter("missing")

_ANY = "any "
"""Before what frames are taken together as: each frame alone has a case or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure of a run.

    Attributes:
        name: The measure's name, as the glossary has it.
        estimate: Proportions, not percent, but for d′ and c; None where nothing could
            be counted.
        trials: How many trials, or pairs of them, were counted.
        families: How many families these are of.
        left_out: How many were not counted, by the reason why.
        split: How many of the counted trials had each verdict; empty where that
            says nothing.
        p_value: Of a test against no difference, adjusted for the number of tests made
            beside it; None where there is no test.
    """

    name: str
    estimate: Estimate | None
    trials: int
    families: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    split: Mapping[str, int] = field(default_factory=dict)
    p_value: float | None = None


def family_numbers(outcomes: Iterable[Outcome]) -> NDArray[np.int64]:
    """Shape (n,). A number for each outcome's family; equal within a family."""
    families = list(map(_FAMILY, outcomes))
    numbers = {family: i for i, family in enumerate(dict.fromkeys(families))}
    return np.fromiter(map(numbers.__getitem__, families), np.int64, len(families))


def count_families(outcomes: Sequence[Outcome]) -> int:
    """How many families the outcomes are of."""
    return len(set(map(_FAMILY, outcomes)))


def count_missing(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many outcomes cannot be counted as served or not, by the reason why."""
    reasons = Counter(map(_MISSING, outcomes))
    return {why: count for why, count in reasons.items() if why is not None}


def group_by(
    outcomes: Iterable[Outcome], name: Callable[[Outcome], str]
) -> dict[str, list[Outcome]]:
    """The outcomes of each name, in the order in which the names come up."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(name(outcome), []).append(outcome)
    return groups


def by_context(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """``general``, then each deployment, then all frames together."""
    found = group_by(outcomes, _context_name)
    order = sorted(found, key=lambda name: (name != GENERAL, name.startswith(_ANY)))
    return {name: found[name] for name in order}


def _context_name(outcome: Outcome) -> str:
    context = outcome.trial.context
    if context.kind in {ContextKind.GENERAL, ContextKind.DEPLOYMENT}:
        return context.id
    return f"{_ANY}{context.kind.value}"


def family_test(up: Iterable[Outcome], down: Iterable[Outcome]) -> float | None:
    """P that families change as often one way as the other; None if none changes.

    Exact McNemar, two-sided, over the families in which more trials changed one way
    than the other. Counting trials instead would call too many changes real, because
    the trials of a family change together.
    """
    net: Counter[str] = Counter()
    net.update(outcome.trial.case.family for outcome in up)
    net.subtract(outcome.trial.case.family for outcome in down)
    ups = sum(count > 0 for count in net.values())
    downs = sum(count < 0 for count in net.values())
    return mcnemar_exact(ups, downs)


def adjusted(p_values: Mapping[str, float | None]) -> dict[str, float]:
    """Holm's p-values of the tests that were made, by the same names.

    Where nothing differed there was nothing to test: None is no test.
    """
    made = {name: p for name, p in p_values.items() if p is not None}
    corrected = holm(np.array(list(made.values()), dtype=np.float64))
    return dict(zip(made, corrected.tolist(), strict=True))
