"""What every measure gives, and how trials become arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demur.records.outcome import Outcome
from demur.stats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure of a run.

    Attributes:
        name: The measure's name, as the glossary has it.
        estimate: Proportions, not percent; None where nothing could be counted.
        trials: How many trials, or pairs of them, were counted.
        families: How many families these are of.
        left_out: How many were not counted, by the reason why.
        split: How many of the counted trials had each verdict; empty where that
            says nothing.
    """

    name: str
    estimate: Estimate | None
    trials: int
    families: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    split: Mapping[str, int] = field(default_factory=dict)


def family_numbers(outcomes: Iterable[Outcome]) -> NDArray[np.int64]:
    """Shape (n,). A number for each outcome's family; equal within a family."""
    numbers: dict[str, int] = {}
    return np.array(
        [
            numbers.setdefault(outcome.trial.case.family, len(numbers))
            for outcome in outcomes
        ],
        dtype=np.int64,
    )


def count_families(outcomes: Sequence[Outcome]) -> int:
    """How many families the outcomes are of."""
    return len({outcome.trial.case.family for outcome in outcomes})
