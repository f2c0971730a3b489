"""Label agreement: whether two people expect the same of the same trials."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from demur.records.case import Expectation
from demur.records.label import Label
from demur.stats.agreement import cohen_kappa
from demur.stats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAgreement:
    """How far two labellers agree.

    Attributes:
        kappa: Cohen's, over answer, care and refuse; None where it is undefined.
        kappa_refuse: The same over two classes: to be refused, or not.
        trials: How many trials both labelled.
        agreed: On how many they agree.
        confusion: Trials by first and second label.
    """

    kappa: Estimate | None
    kappa_refuse: Estimate | None
    trials: int
    agreed: int
    confusion: Mapping[tuple[Expectation, Expectation], int]


def label_agreement(labels: Sequence[Label], level: float = 0.95) -> LabelAgreement:
    """Cohen's kappa of the author and a second, blind labeller, with all its counts.

    Args:
        labels: Of one round.
        level: Confidence level of the intervals.
    """
    order = list(Expectation)
    first = np.array([order.index(label.first) for label in labels], dtype=np.int64)
    second = np.array([order.index(label.second) for label in labels], dtype=np.int64)
    refuse = order.index(Expectation.REFUSE)
    return LabelAgreement(
        kappa=cohen_kappa(first, second, level),
        kappa_refuse=cohen_kappa(first == refuse, second == refuse, level),
        trials=len(labels),
        agreed=int((first == second).sum()),
        confusion=dict(Counter((label.first, label.second) for label in labels)),
    )
