"""Judge difference: two judges on the same labelled responses, paired."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demur.measures.base import Measured
from demur.measures.judge_quality import cluster_numbers, label_code, verdict_code
from demur.records.labelled import LabelledJudgement
from demur.stats.cluster import cluster_paired_difference
from demur.stats.paired import mcnemar_exact


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDifference:
    """How much oftener the second of two judges is right.

    Attributes:
        first: Name of the one.
        second: Name of the other.
        measured: Accuracy of the second minus that of the first, on the same responses.
        better: Requests on which the second is right of more responses.
        worse: Requests on which the first is.
        p_value: Exact McNemar of these two counts, two-sided. None where there is no
            such request. Responses would be too many: those to one request go together.
    """

    first: str
    second: str
    measured: Measured
    better: int
    worse: int
    p_value: float | None


def judge_difference(
    first: tuple[str, Sequence[LabelledJudgement]],
    second: tuple[str, Sequence[LabelledJudgement]],
    *,
    is_off_topic_refusal: bool = False,
    level: float = 0.95,
) -> JudgeDifference:
    """The difference of two judges' accuracy, with off topic and undecided as wrong.

    Args:
        first: A judge's name, and labelled responses with its judgements.
        second: The same of another judge, in the same order.
        is_off_topic_refusal: As for `judge_quality`.
        level: Confidence level of the interval.
    """
    off = is_off_topic_refusal
    label = np.array([label_code(p, is_off_topic_refusal=off) for p in first[1]])
    counted = label < 2
    right = [
        np.array([verdict_code(p.judgement, is_off_topic_refusal=off) for p in pairs])[
            counted
        ]
        == label[counted]
        for _, pairs in (first, second)
    ]
    clusters = cluster_numbers(first[1])[counted]
    net: Counter[int] = Counter()
    for cluster, before, after in zip(clusters, *right, strict=True):
        net[int(cluster)] += int(after) - int(before)
    better = sum(count > 0 for count in net.values())
    worse = sum(count < 0 for count in net.values())
    neither = int((~counted).sum())
    measured = Measured(
        name="difference in accuracy",
        estimate=cluster_paired_difference(right[0], right[1], clusters, level),
        trials=int(counted.sum()),
        families=len(net),
        left_out={"label says neither": neither} if neither else {},
    )
    return JudgeDifference(
        first=first[0],
        second=second[0],
        measured=measured,
        better=better,
        worse=worse,
        p_value=mcnemar_exact(better, worse),
    )
