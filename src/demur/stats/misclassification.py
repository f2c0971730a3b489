"""A rate counted by a classifier that errs, corrected for how it erred on labels."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np

from demur.stats.estimate import Estimate
from demur.stats.proportion import wilson
from demur.stats.youden import Validation, youden

ADDED = 2.0
"""Trials that Lang and Reiczigel add to either validation set, half of them right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A corrected rate, or why there is none.

    Attributes:
        estimate: The rate, in [0, 1]; None where a correction is not to be had.
        is_clamped: Whether the formula gave a value outside of [0, 1], and the nearer
            of these is shown: the classifier's errors were more than what it counted.
        reason: Why there is no estimate; empty where there is one.

    Assumes:
        What its method assumes.

    Source:
        None: a record.

    Checked:
        By the tests of the functions that make it.
    """

    estimate: Estimate | None
    is_clamped: bool = False
    reason: str = ""


def rogan_gladen(
    called: float,
    trials: float,
    validation: Validation,
    *,
    level: float = 0.95,
    method: Literal["lang-reiczigel", "delta"] = "lang-reiczigel",
) -> Corrected:
    """True rate behind a classifier's, with the doubt of all three counts.

    (share called positive + specificity - 1) / (sensitivity + specificity - 1).

    Args:
        called: Trials called positive. A fraction where scaled to an effective number.
        trials: All trials. May be 0.
        validation: What the classifier said of other trials whose truth is known.
        level: Confidence level, in (0, 1).
        method: ``delta`` is the normal interval of Rogan and Gladen: too narrow where
            a share is near 0 or 1, and kept to compare with.

    Returns:
        The rate, clamped to [0, 1]. No estimate, but a reason: without trials, or
        positives, or negatives; where sensitivity + specificity - 1 may be 0, as its
        interval at the same level reaches down to that; where the whole interval lies
        outside of [0, 1], so that the counts contradict each other; where ``delta``
        sees no variance.

    Raises:
        ValueError: If the counts or the level are outside the ranges above.

    Assumes:
        The classifier errs on these trials as often as on those it was validated on,
        and errors depend on nothing but the truth: not so where a deployment makes
        answers look otherwise. Trials and validation are separate and independent; if
        labels are of a random part of the trials, use `demur.stats.prediction_powered`.

    Source:
        Rogan and Gladen (1978), Am. J. Epidemiol. 107:71-76; Lang and Reiczigel (2014),
        Prev. Vet. Med. 113:13-22, for the interval.

    Checked:
        Both intervals worked by hand; coverage at 95 % by simulation (tests/slow), for
        500 trials at rates of 1 to 30 %, sensitivity and specificity of 70 to 98 %, 30
        to 300 validated of either kind, where there was an estimate: Lang and Reiczigel
        at least 94.0 %, and to 99.9 % with 30; ``delta`` falls to 51.8 % with 30 and to
        86.8 % with 100.

    Example:
        >>> validation = Validation(
        ...     true_positives=90, positives=100, true_negatives=190, negatives=200
        ... )
        >>> rate = rogan_gladen(60, 400, validation).estimate
        >>> round(rate.value, 3), round(rate.low, 3), round(rate.high, 3)
        (0.118, 0.063, 0.171)
    """
    reason = _refusal(called, trials, validation, level)
    if reason:
        return Corrected(estimate=None, reason=reason)
    z = NormalDist().inv_cdf((1 + level) / 2)
    raw = _rate(_Shares.of(called, trials, validation, (0, 0)))
    added = (z**2, ADDED) if method == "lang-reiczigel" else (0.0, 0.0)
    shares = _Shares.of(called, trials, validation, added)
    if shares.variance == 0:
        return Corrected(estimate=None, reason="the delta method sees no variance")
    centre, half = _rate(shares), z * sqrt(shares.variance)
    if method == "lang-reiczigel":
        centre += 2 * z**2 * shares.shift
    return _corrected(raw, (centre - half, centre + half), level, method)


def rogan_gladen_bootstrap(
    called: float,
    trials: float,
    validation: Validation,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    level: float = 0.95,
) -> Corrected:
    """The same rate, its interval from counts drawn anew.

    All three counts are drawn from binomials at the shares found, each with half a
    trial added on either side, so that 0 of n does not stay 0; and corrected, with
    the same halves. A draw without sensitivity + specificity > 1 is taken as 0 or 1,
    whichever side it points to.

    Args:
        called: As in `rogan_gladen`, but a whole number, as are the other counts.
        trials: As there.
        validation: As there.
        rng: Where the draws come from.
        resamples: How many, at least 100.
        level: Confidence level, in (0, 1).

    Returns:
        As `rogan_gladen`.

    Raises:
        ValueError: As there, or if a count is no whole number, or the resamples are too
            few.

    Assumes:
        As there.

    Source:
        Davison and Hinkley (1997), Bootstrap methods and their application, section
        5.3.1, percentiles of a parametric bootstrap; the halves are ours.

    Checked:
        Coverage at 95 % by simulation (tests/slow), in the cells of `rogan_gladen`: at
        least 92.7 %.
    """
    if resamples < 100:
        raise ValueError(f"resamples must be at least 100, got {resamples}")
    pairs = (
        (called, trials),
        (validation.true_positives, validation.positives),
        (validation.true_negatives, validation.negatives),
    )
    if any(count != int(count) for pair in pairs for count in pair):
        raise ValueError("counts must be whole numbers to be drawn anew")
    reason = _refusal(called, trials, validation, level)
    if reason:
        return Corrected(estimate=None, reason=reason)
    p, se, sp = (
        (rng.binomial(int(n), (k + 0.5) / (n + 1), resamples) + 0.5) / (n + 1)
        for k, n in pairs
    )
    index, excess = se + sp - 1, p + sp - 1
    drawn = np.where(index > 0, excess / np.where(index > 0, index, 1.0), excess > 0)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    raw = _rate(_Shares.of(called, trials, validation, (0, 0)))
    return _corrected(raw, (float(low), float(high)), level, "parametric bootstrap")


@dataclass(frozen=True, slots=True)
class _Shares:
    """Share called positive, sensitivity, specificity; and the variance of each."""

    p: float
    se: float
    sp: float
    of_p: float
    of_se: float
    of_sp: float

    @classmethod
    def of(
        cls,
        called: float,
        trials: float,
        validation: Validation,
        added: tuple[float, float],
    ) -> "_Shares":
        """Shares after so many trials are added, half of them on either side."""
        v = validation
        n = (trials + added[0], v.positives + added[1], v.negatives + added[1])
        p = (called + added[0] / 2) / n[0]
        se = (v.true_positives + added[1] / 2) / n[1]
        sp = (v.true_negatives + added[1] / 2) / n[2]
        variances = (x * (1 - x) / m for x, m in zip((p, se, sp), n, strict=True))
        return cls(p, se, sp, *variances)

    @property
    def variance(self) -> float:
        """Variance of the corrected rate, by the delta method."""
        rate, index = _rate(self), self.se + self.sp - 1
        spread = self.of_p + rate**2 * self.of_se + (1 - rate) ** 2 * self.of_sp
        return spread / index**2

    @property
    def shift(self) -> float:
        """What Lang and Reiczigel move the centre by, for each 2 z²."""
        rate = _rate(self)
        return rate * self.of_se - (1 - rate) * self.of_sp


def _rate(shares: _Shares) -> float:
    return (shares.p + shares.sp - 1) / (shares.se + shares.sp - 1)


def _refusal(called: float, trials: float, validation: Validation, level: float) -> str:
    """Why there can be no correction; empty if there can."""
    if wilson(called, trials, level) is None:
        return "no trials"
    index = youden(validation, level)
    if index is None:
        kind = "negatives" if validation.positives else "positives"
        return f"no true {kind} to validate with"
    if index.low <= 0:
        return (
            "sensitivity + specificity - 1 may be 0: "
            f"{index.value:.2f}, from {index.low:.2f} to {index.high:.2f}"
        )
    return ""


def _corrected(
    raw: float, bounds: tuple[float, float], level: float, method: str
) -> Corrected:
    low, high = (min(1.0, max(0.0, bound)) for bound in bounds)
    if high <= 0 or low >= 1:
        return Corrected(
            estimate=None,
            is_clamped=True,
            reason="the counts contradict the validation: "
            f"the rate would be from {bounds[0]:.2f} to {bounds[1]:.2f}",
        )
    value = min(1.0, max(0.0, raw))
    return Corrected(
        estimate=Estimate(
            value=value,
            low=min(low, value),
            high=max(high, value),
            level=level,
            method=method,
        ),
        is_clamped=value != raw,
    )
