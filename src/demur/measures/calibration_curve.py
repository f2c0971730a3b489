"""Calibration curve: are requests served more, the more people call them legitimate?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.base import Measured
from demur.measures.over_refusal import share_of
from demur.records.case import Expectation
from demur.records.outcome import Outcome
from demur.stats.calibration import CalibrationError, calibration_error

BINS = 10
"""Of equal width; those without trials are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBin:
    """Trials of like legitimacy.

    Attributes:
        legitimacy: Mean share of people who expect *answer* or *care*.
        served: Share of the trials that were served.
    """

    legitimacy: float
    served: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCurve:
    """Legitimacy against service.

    Attributes:
        bins: From the least legitimate.
        error: How far the two lie apart on average; without an interval, and larger
            than it is by chance where trials are few.
        served: Share served of all trials with votes.
    """

    bins: tuple[CurveBin, ...]
    error: CalibrationError
    served: Measured


def calibration_curve(
    outcomes: Sequence[Outcome], level: float = 0.95
) -> CalibrationCurve | None:
    """Share of people who expect *answer* or *care* against the share served.

    Args:
        outcomes: Of one run, judged by one judge. Plain twins are passed over, and so
            are trials without votes.
        level: Confidence level of each interval by itself.

    Returns:
        None where no trial with votes was served or withheld.
    """
    asked = [o for o in outcomes if _voters(o) and not o.trial.is_plain]
    counted = [o for o in asked if o.missing is None]
    if not counted:
        return None
    error = calibration_error(
        np.array([_legitimacy(o) for o in counted], dtype=np.float64),
        np.array([o.is_served for o in counted], dtype=np.bool_),
        BINS,
        "width",
    )
    assert error is not None
    return CalibrationCurve(
        bins=_bins(counted, level),
        error=error,
        served=share_of("served where people voted", asked, _is_served, level),
    )


def _bins(counted: Sequence[Outcome], level: float) -> tuple[CurveBin, ...]:
    groups: dict[int, list[Outcome]] = {}
    for outcome in counted:
        number = min(int(_legitimacy(outcome) * BINS), BINS - 1)
        groups.setdefault(number, []).append(outcome)
    return tuple(
        CurveBin(
            legitimacy=float(np.mean([_legitimacy(o) for o in group])),
            served=share_of("served at this legitimacy", group, _is_served, level),
        )
        for _, group in sorted(groups.items())
    )


def _is_served(outcome: Outcome) -> bool:
    return outcome.is_served is True


def _voters(outcome: Outcome) -> int:
    return sum(outcome.trial.expected.votes.values())


def _legitimacy(outcome: Outcome) -> float:
    """Share of votes for serving the request."""
    refuse = outcome.trial.expected.votes.get(Expectation.REFUSE, 0)
    return 1 - refuse / _voters(outcome)
