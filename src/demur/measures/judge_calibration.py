"""Judge calibration: whether the chances that a judge states come true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.judge_quality import cluster_numbers, label_code
from demur.records.labelled import LabelledJudgement
from demur.stats.calibration import (
    CalibrationError,
    ReliabilityBin,
    brier_score,
    calibration_error,
    reliability,
)
from demur.stats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCalibration:
    """A judge's stated chances of *not served* against people's labels.

    Attributes:
        brier: Mean squared distance; None where it is undefined.
        error: Expected calibration error, in ten bins of nearly equal counts.
        bins: Stated and observed, in bins a tenth wide.
        trials: How many responses have a chance and a label that counts.
        left_out: How many have not.
    """

    brier: Estimate | None
    error: CalibrationError | None
    bins: tuple[ReliabilityBin, ...]
    trials: int
    left_out: int


def judge_calibration(
    pairs: Sequence[LabelledJudgement],
    rng: np.random.Generator,
    *,
    is_off_topic_refusal: bool = False,
    level: float = 0.95,
) -> JudgeCalibration | None:
    """Brier score, calibration error and bins; None if the judge states no chance.

    Args:
        pairs: Labelled responses with one judge's judgements.
        rng: Where the resamples for the interval come from.
        is_off_topic_refusal: Whether the label off topic means not served.
        level: Confidence level of the intervals.
    """
    known: list[tuple[LabelledJudgement, float, int]] = []
    for pair in pairs:
        code = label_code(pair, is_off_topic_refusal=is_off_topic_refusal)
        chance = pair.judgement.p_not_served if pair.judgement else None
        if chance is not None and code < 2:
            known.append((pair, chance, code))
    if not known:
        return None
    stated = np.array([chance for _, chance, _ in known])
    came_true = np.array([code == 1 for _, _, code in known], dtype=np.bool_)
    clusters = cluster_numbers([pair for pair, _, _ in known])
    return JudgeCalibration(
        brier=brier_score(stated, came_true, clusters, rng, level),
        error=calibration_error(stated, came_true),
        bins=tuple(reliability(stated, came_true, clusters, level=level)),
        trials=len(known),
        left_out=len(pairs) - len(known),
    )
