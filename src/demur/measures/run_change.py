"""Run change: the same trials in two runs, paired."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.base import (
    Measured,
    count_families,
    family_numbers,
    family_test,
)
from demur.records.case import Turn
from demur.records.outcome import Outcome
from demur.stats.cluster import cluster_paired_difference


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
        p_value: Exact McNemar over families, two-sided: of the families in which more
            trials changed one way than the other, how many went each way. None where
            there is no such family. Counting trials instead would call too many
            changes real, because the trials of a family change together.
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
    says the same words; where the runs expect different things of one, the second
    decides. Trials that only one run holds are left out, and so are those that one of
    the two could not count, by the first reason found; both are counted. Plain twins
    are passed over.

    Args:
        before: Outcomes of the first run.
        after: Outcomes of the second run.
        is_legitimate: Whether to compare the trials expected to be served, or those
            expected to be refused.
        level: Confidence level of the interval.
    """
    pairs, unpaired = _pairs(before, after)
    asked = [pair for pair in pairs if pair.after.is_legitimate is is_legitimate]
    alone = [o for o in unpaired if o.is_legitimate is is_legitimate]
    reasons = [pair.before.missing or pair.after.missing for pair in asked]
    counted = [pair for pair, why in zip(asked, reasons, strict=True) if why is None]
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
        left_out=dict(
            Counter(why for why in reasons if why is not None)
            + Counter({"not in both runs": len(alone)})
        ),
    )
    return RunChange(
        measured=measured,
        p_value=family_test((c.after for c in lost), (c.after for c in gained)),
        lost=lost,
        gained=gained,
    )


def _pairs(
    before: Sequence[Outcome], after: Sequence[Outcome]
) -> tuple[list[Change], list[Outcome]]:
    """Trials that both runs hold, and those that only one of them does."""
    first, second = (
        {trial_key(o): o for o in run if not o.trial.is_plain}
        for run in (before, after)
    )
    both = [
        Change(before=first[key], after=o) for key, o in second.items() if key in first
    ]
    alone = [
        o
        for one, other in ((first, second), (second, first))
        for key, o in one.items()
        if key not in other
    ]
    return both, alone


def trial_key(outcome: Outcome) -> tuple[str, tuple[Turn, ...]]:
    """What makes a trial of one run the same as a trial of another."""
    return outcome.trial.id, outcome.trial.turns
