"""Judge quality: what a judge says, against what people say of the same responses."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demur.measures.base import Measured
from demur.records.labelled import LabelledJudgement
from demur.records.verdict import Judgement, Verdict
from demur.stats.agreement import cluster_kappa
from demur.stats.cluster import cluster_proportion
from demur.stats.estimate import Estimate

Pairs = Sequence[LabelledJudgement]

_NEITHER = 2
_PARTIAL_OR_WITHHELD = {Verdict.ANSWERED: 0, Verdict.PARTIAL: 1}
_WITHHELD = frozenset({Verdict.DEFLECTED, Verdict.REFUSED, Verdict.BLOCKED})
_THREE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a judge tells *not served* from *served*, over some responses.

    Attributes:
        accuracy: Share of all on which judge and label agree.
        sensitivity: Share of those labelled not served that the judge calls so.
        specificity: Share of those labelled served that the judge calls so.
        kappa: Cohen's; None where it is undefined.
    """

    accuracy: Measured
    sensitivity: Measured
    specificity: Measured
    kappa: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWay:
    """Answered, partial or withheld: how well a judge tells three classes.

    Attributes:
        accuracy: Share of all on which judge and label agree.
        kappa: Cohen's; None where it is undefined.
    """

    accuracy: Measured
    kappa: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeQuality:
    """One judge against people's labels.

    Attributes:
        judge: Its name and version.
        counted: With off-topic and undecided verdicts counted as wrong.
        decided: With those left out.
        three_way: None where the labels have not all three classes. Off-topic and
            undecided verdicts are counted as wrong.
        undecided: Share of all for which the judge could not tell.
        by_verdict: How often each verdict met each label.
        by_model: As ``counted``, of each model that is named.
        by_language: The same of each language, as the file or else the judge says.
    """

    judge: str
    counted: Quality
    decided: Quality
    three_way: ThreeWay | None
    undecided: Measured
    by_verdict: Mapping[str, Mapping[str, int]]
    by_model: Mapping[str, Quality]
    by_language: Mapping[str, Quality]


def judge_quality(
    judge: str,
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    is_off_topic_refusal: bool = False,
    level: float = 0.95,
) -> JudgeQuality:
    """Accuracy, sensitivity, specificity and kappa of a judge, with all its counts.

    Labels that say neither, off topic and undecided, are left out, and counted. So
    that a judge gains nothing by not deciding, its off-topic and undecided verdicts
    count as wrong, as does what it broke on; beside that stands the same without them.

    Args:
        judge: Its name.
        pairs: Labelled responses with its judgements.
        rng: Where the resamples for the intervals of kappa come from.
        is_off_topic_refusal: Whether off topic, as verdict and as label, means not
            served, as some authors have it.
        level: Confidence level of the intervals.
    """

    def quality(some: Pairs, *, is_decided: bool = False) -> Quality:
        reason = _undecided if is_decided else _no_reason
        return _quality(some, is_off_topic_refusal, reason, rng, level)

    return JudgeQuality(
        judge=judge,
        counted=quality(pairs),
        decided=quality(pairs, is_decided=True),
        three_way=_three_way(pairs, rng, level),
        undecided=_undecided_rate(pairs, level),
        by_verdict=_table(pairs),
        by_model=_by(pairs, lambda pair: pair.labelled.exchange.model, quality),
        by_language=_by(pairs, _language, quality),
    )


def label_code(pair: LabelledJudgement, *, is_off_topic_refusal: bool) -> int:
    """0 labelled served, 1 labelled not served, 2 neither."""
    label = pair.labelled.label
    if is_off_topic_refusal and label is Verdict.OFF_TOPIC:
        return 1
    return _code(pair.labelled.is_served)


def verdict_code(judgement: Judgement | None, *, is_off_topic_refusal: bool) -> int:
    """0 judged served, 1 judged not served, 2 neither or not judged."""
    if judgement is None:
        return _NEITHER
    if is_off_topic_refusal and judgement.verdict is Verdict.OFF_TOPIC:
        return 1
    return _code(judgement.verdict.is_served)


def cluster_numbers(pairs: Pairs) -> NDArray[np.int64]:
    """Shape (n,). A number for each pair's cluster; equal within a cluster."""
    numbers: dict[str, int] = {}
    found = [numbers.setdefault(p.labelled.cluster, len(numbers)) for p in pairs]
    return np.array(found, dtype=np.int64)


def _code(is_served: bool | None) -> int:  # noqa: FBT001 # None is a third value
    return _NEITHER if is_served is None else int(not is_served)


def _no_reason(_: Judgement | None) -> str | None:
    return None


def _undecided(judgement: Judgement | None) -> str:
    return "judge failed" if judgement is None else judgement.verdict.value


@dataclass(frozen=True, slots=True)
class _Codes:
    """Labels and verdicts of the pairs that count, as numbers."""

    label: NDArray[np.int64]
    verdict: NDArray[np.int64]
    clusters: NDArray[np.int64]
    left_out: Mapping[str, int]
    level: float

    def share(self, name: str, of: NDArray[np.bool_]) -> Measured:
        """Share of these on which judge and label agree."""
        right = (self.label == self.verdict)[of]
        return Measured(
            name=name,
            estimate=cluster_proportion(right, self.clusters[of], self.level),
            trials=int(of.sum()),
            families=int(np.unique(self.clusters[of]).size),
            left_out=self.left_out,
        )

    def kappa(self, rng: np.random.Generator) -> Estimate | None:
        """Cohen's kappa over all; from a copy, so that equal data give equal ends."""
        draws = deepcopy(rng)
        return cluster_kappa(self.label, self.verdict, self.clusters, draws, self.level)


def _quality(
    pairs: Pairs,
    is_off_topic_refusal: bool,  # noqa: FBT001 # handed through
    why_left_out: Callable[[Judgement | None], str | None],
    rng: np.random.Generator,
    level: float,
) -> Quality:
    off = is_off_topic_refusal
    label = [label_code(pair, is_off_topic_refusal=off) for pair in pairs]
    verdict = [verdict_code(p.judgement, is_off_topic_refusal=off) for p in pairs]
    reasons = [
        "label says neither"
        if one == _NEITHER
        else (why_left_out(pair.judgement) if other == _NEITHER else None)
        for pair, one, other in zip(pairs, label, verdict, strict=True)
    ]
    codes = _kept(pairs, label, verdict, reasons, level)
    every = np.ones(codes.label.size, dtype=np.bool_)
    return Quality(
        accuracy=codes.share("accuracy", every),
        sensitivity=codes.share("sensitivity", codes.label == 1),
        specificity=codes.share("specificity", codes.label == 0),
        kappa=codes.kappa(rng),
    )


def _kept(
    pairs: Pairs,
    label: Sequence[int],
    verdict: Sequence[int],
    reasons: Sequence[str | None],
    level: float,
) -> _Codes:
    kept = np.array([why is None for why in reasons], dtype=np.bool_)
    return _Codes(
        label=np.array(label, dtype=np.int64)[kept],
        verdict=np.array(verdict, dtype=np.int64)[kept],
        clusters=cluster_numbers(pairs)[kept],
        left_out=dict(Counter(why for why in reasons if why is not None)),
        level=level,
    )


def _three_way(pairs: Pairs, rng: np.random.Generator, level: float) -> ThreeWay | None:
    label = [_class(pair.labelled.label) for pair in pairs]
    if not {0, 1, 2} <= set(label):
        return None
    verdict = [_class(p.judgement.verdict if p.judgement else None) for p in pairs]
    reasons = ["label says neither" if c == _THREE else None for c in label]
    codes = _kept(pairs, label, verdict, reasons, level)
    every = np.ones(codes.label.size, dtype=np.bool_)
    accuracy = codes.share("accuracy, three ways", every)
    return ThreeWay(accuracy=accuracy, kappa=codes.kappa(rng))


def _class(label: object) -> int:
    """0 answered, 1 partial, 2 withheld, 3 none of these."""
    if not isinstance(label, Verdict):
        return _THREE
    return 2 if label in _WITHHELD else _PARTIAL_OR_WITHHELD.get(label, _THREE)


def _undecided_rate(pairs: Pairs, level: float) -> Measured:
    judged = [pair for pair in pairs if pair.judgement is not None]
    hits = [p.judgement.verdict is Verdict.UNDECIDED for p in judged if p.judgement]
    clusters = cluster_numbers(judged)
    broken = len(pairs) - len(judged)
    return Measured(
        name="undecided",
        estimate=cluster_proportion(np.array(hits, dtype=np.bool_), clusters, level),
        trials=len(judged),
        families=int(np.unique(clusters).size),
        left_out={"judge failed": broken} if broken else {},
    )


def _table(pairs: Pairs) -> dict[str, dict[str, int]]:
    """Counts by verdict, in their order, and label."""
    counts = Counter(
        (p.judgement.verdict.value if p.judgement else "judge failed", p.labelled.label)
        for p in pairs
    )
    verdicts = [*(verdict.value for verdict in Verdict), "judge failed"]
    return {
        verdict: {label.value: n for (of, label), n in counts.items() if of == verdict}
        for verdict in verdicts
        if any(of == verdict for of, _ in counts)
    }


def _language(pair: LabelledJudgement) -> str | None:
    said = pair.judgement.language if pair.judgement else None
    return pair.labelled.language or said


def _by(
    pairs: Pairs,
    name_of: Callable[[LabelledJudgement], str | None],
    quality: Callable[[Pairs], Quality],
) -> dict[str, Quality]:
    """The quality over the pairs of each name; empty where nothing is named."""
    groups: dict[str, list[LabelledJudgement]] = {}
    for pair in pairs:
        groups.setdefault(name_of(pair) or "not known", []).append(pair)
    if set(groups) == {"not known"}:
        return {}
    return {name: quality(groups[name]) for name in sorted(groups)}
