"""What a report about judges and people's labels is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demur.measures.judge_calibration import JudgeCalibration
from demur.measures.judge_difference import JudgeDifference
from demur.measures.judge_quality import JudgeQuality, label_code, verdict_code
from demur.records.labelled import LabelledJudgement


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedJudge:
    """One judge on all labelled responses.

    Attributes:
        quality: How well it agrees with the labels.
        calibration: How good its stated chances are; None where it states none.
        pairs: The responses with labels and judgements.
    """

    quality: JudgeQuality
    calibration: JudgeCalibration | None
    pairs: tuple[LabelledJudgement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCheck:
    """Judges on the same labelled responses.

    Attributes:
        source: The file or data set, as the user named it.
        judges: In the order asked for, the baseline last unless it was asked for.
        differences: Each pair of judges.
        left_out: Rows of the file that are not counted, by the reason why.
        is_off_topic_refusal: Whether off topic counted as not served.
    """

    source: str
    judges: tuple[CheckedJudge, ...]
    differences: tuple[JudgeDifference, ...]
    left_out: Mapping[str, int]
    is_off_topic_refusal: bool


def disagreements(
    pairs: Sequence[LabelledJudgement], *, is_off_topic_refusal: bool
) -> list[LabelledJudgement]:
    """Where judge and label disagree: the surest of the judge first.

    Where it states no chance, in the order of the file, after those with one.
    """
    off = is_off_topic_refusal
    found = []
    for pair in pairs:
        label = label_code(pair, is_off_topic_refusal=off)
        verdict = verdict_code(pair.judgement, is_off_topic_refusal=off)
        if label < 2 and verdict != label:
            chance = pair.judgement.p_not_served if pair.judgement else None
            found.append((-1.0 if chance is None else abs(chance - label), pair))
    return [pair for _, pair in sorted(found, key=lambda item: -item[0])]
