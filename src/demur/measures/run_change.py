"""Run change: the same trials in two runs, paired."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.base import Measured, count_families, family_numbers
from demur.records.outcome import Outcome
from demur.stats.cluster import cluster_paired_difference
from demur.stats.paired import mcnemar_exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The same trial in two runs."""

    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """What changed between two runs.

    Attributes:
        measured: Share not served in the second run minus that in the first.
        p_value: Exact McNemar, two-sided, taking trials as independent; None where no
            trial changed.
        lost: Trials served before and withheld after.
        gained: Trials withheld before and served after.
    """

    measured: Measured
    p_value: float | None
    lost: tuple[Change, ...]
    gained: tuple[Change, ...]


def run_change(
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    *,
    is_legitimate: bool,
    level: float = 0.95,
) -> RunChange:
    """How the share of trials not served changed, over trials that both runs hold.

    Trials are the same if case, context and sample have the same ids and the user
    says the same words; the others are left out, and counted.

    Args:
        before: Outcomes of the first run.
        after: Outcomes of the second run.
        is_legitimate: Whether to compare the trials expected to be served, or those
            expected to be refused.
        level: Confidence level of the interval.
    """
    wanted = [o for o in after if _is_legitimate(o) is is_legitimate]
    pairs = _pairs(before, wanted)
    counted = [
        pair
        for pair in pairs
        if pair.before.missing is None and pair.after.missing is None
    ]
    lost = tuple(c for c in counted if c.before.is_served and not c.after.is_served)
    gained = tuple(c for c in counted if c.after.is_served and not c.before.is_served)
    latter = [pair.after for pair in counted]
    measured = Measured(
        name="change in not served",
        estimate=cluster_paired_difference(
            np.array([not c.before.is_served for c in counted], dtype=np.bool_),
            np.array([not c.after.is_served for c in counted], dtype=np.bool_),
            family_numbers(latter),
            level,
        ),
        trials=len(counted),
        families=count_families(latter),
        left_out={
            "not in both runs": len(wanted) - len(pairs),
            "not decided in both": len(pairs) - len(counted),
        },
    )
    return RunChange(
        measured=measured,
        p_value=mcnemar_exact(len(lost), len(gained)),
        lost=lost,
        gained=gained,
    )


def _is_legitimate(outcome: Outcome) -> bool:
    return outcome.trial.expected.expectation.is_legitimate


def _pairs(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[Change]:
    first = {(o.trial.id, o.trial.user_message): o for o in before}
    return [
        Change(before=first[key], after=outcome)
        for outcome in after
        if (key := (outcome.trial.id, outcome.trial.user_message)) in first
    ]
