"""What a report about judges and people's labels says, and in which order."""

from collections.abc import Iterator, Mapping, Sequence

from demur.measures.judge_calibration import JudgeCalibration
from demur.measures.judge_difference import JudgeDifference
from demur.measures.judge_quality import Quality, ThreeWay
from demur.records.labelled import LabelledJudgement
from demur.records.outcome import Outcome
from demur.reports.document import (
    Bar,
    Block,
    Cell,
    Chart,
    Entries,
    Entry,
    Facts,
    Note,
    Report,
    Section,
    Table,
)
from demur.reports.judge_check import CheckedJudge, JudgeCheck, disagreements
from demur.reports.text import DASH, coefficient, p_value
from demur.stats.calibration import ReliabilityBin
from demur.stats.estimate import Estimate

STATED, OBSERVED = "stated by the judge", "labelled not served"

_MOST_ENTRIES = 200
_NOTE = (
    "Sensitivity: of responses labelled not served, the share that the judge calls so. "
    "Specificity: of those labelled served, the same. Partial counts as not served. "
    "Responses to one request are one family. Every interval is at 95 % on its own."
)


def judge_report(check: JudgeCheck, worst: int) -> Report:
    """The whole report about one or more judges.

    Args:
        check: What was measured.
        worst: How many disagreements of each judge a terminal shows.
    """
    return Report(
        title=f"Judges against the labels of {check.source}",
        facts=_facts(check),
        sections=(
            _in_short(check),
            *(
                Section(
                    title=one.quality.judge, blocks=tuple(_alone(one, check, worst))
                )
                for one in check.judges
            ),
        ),
    )


def _facts(check: JudgeCheck) -> Facts:
    pairs = check.judges[0].pairs
    left_out = ", ".join(f"{n} {why}" for why, n in check.left_out.items()) or "none"
    requests = len({pair.labelled.cluster for pair in pairs})
    off_topic = "not served" if check.is_off_topic_refusal else "neither"
    facts = (
        ("labels", f"{len(pairs)} responses to {requests} requests"),
        ("left out", left_out),
        ("off topic", f"counts as {off_topic}"),
    )
    return Facts(facts=facts)


def _in_short(check: JudgeCheck) -> Section:
    off = "" if check.is_off_topic_refusal else "off-topic and "
    qualities = [one.quality for one in check.judges]
    three_ways = [quality.three_way for quality in qualities]
    names = [quality.judge for quality in qualities]
    undecided = Table(
        title="How often the judge could not tell",
        headings=("measure", *names),
        rows=(
            (Cell(text="undecided"), *(Cell(measured=q.undecided) for q in qualities)),
        ),
    )
    blocks: list[Block] = [
        Note(text=_NOTE),
        _table(
            f"Served or not; {off}undecided verdicts count as wrong",
            names,
            [quality.counted for quality in qualities],
        ),
        _table(
            f"The same with {off}undecided verdicts left out",
            names,
            [quality.decided for quality in qualities],
        ),
        *_three_way(names, three_ways),
        undecided,
        *_differences(check.differences),
    ]
    return Section(title="In short", blocks=tuple(blocks))


def _table(title: str, names: Sequence[str], qualities: Sequence[Quality]) -> Table:
    """A line for each measure, a column for each judge."""
    rows = (
        ("accuracy", [Cell(measured=q.accuracy) for q in qualities]),
        ("sensitivity", [Cell(measured=q.sensitivity) for q in qualities]),
        ("specificity", [Cell(measured=q.specificity) for q in qualities]),
        ("kappa", [_kappa(q.kappa, q.accuracy.trials) for q in qualities]),
    )
    return Table(
        title=title,
        headings=("measure", *names),
        rows=tuple((Cell(text=name), *cells) for name, cells in rows),
    )


def _kappa(kappa: Estimate | None, trials: int) -> Cell:
    return Cell(text=f"{coefficient(kappa)}\nn = {trials}")


def _three_way(
    names: Sequence[str], found: Sequence[ThreeWay | None]
) -> Iterator[Table]:
    known = [three for three in found if three is not None]
    if not known:
        return
    accuracy = tuple(Cell(measured=three.accuracy) for three in known)
    kappa = tuple(_kappa(three.kappa, three.accuracy.trials) for three in known)
    yield Table(
        title="Answered, partial, or withheld (deflected, refused, blocked); the rest "
        "counts as wrong",
        headings=("measure", *names),
        rows=((Cell(text="accuracy"), *accuracy), (Cell(text="kappa"), *kappa)),
    )


def _differences(differences: Sequence[JudgeDifference]) -> Iterator[Table]:
    if not differences:
        return
    yield Table(
        title="Two judges on the same responses: how much more accurate the first is; "
        "exact McNemar over requests, each test on its own",
        headings=("judges", "difference", "requests better, worse", "p"),
        rows=tuple(
            (
                Cell(text=f"{each.second} against {each.first}"),
                Cell(measured=each.measured, is_difference=True),
                Cell(text=f"{each.better}, {each.worse}"),
                Cell(text=DASH if each.p_value is None else p_value(each.p_value)),
            )
            for each in differences
        ),
    )


def _alone(one: CheckedJudge, check: JudgeCheck, worst: int) -> Iterator[Block]:
    """One judge by itself: by verdict, model and language; chances; what to read."""
    yield _verdicts(one.quality.by_verdict)
    yield from _groups("model", one.quality.by_model)
    yield from _groups("language", one.quality.by_language)
    if one.calibration is not None:
        yield from _calibration(one.calibration)
    off = check.is_off_topic_refusal
    wrong = disagreements(one.pairs, is_off_topic_refusal=off)
    order = "the surest of the judge first" if one.calibration else "as in the file"
    shown = f", the first {_MOST_ENTRIES} of" if len(wrong) > _MOST_ENTRIES else ""
    yield Entries(
        title=f"Judge and label disagree ({order}{shown and f'{shown} {len(wrong)}'})",
        entries=tuple(_entry(pair) for pair in wrong[:_MOST_ENTRIES]),
        shown_on_terminal=worst,
    )


def _verdicts(by_verdict: Mapping[str, Mapping[str, int]]) -> Table:
    labels = sorted({label for counts in by_verdict.values() for label in counts})
    return Table(
        title="Responses by the judge's verdict and the label",
        headings=("judge says", *(f"labelled {label}" for label in labels)),
        rows=tuple(
            (
                Cell(text=verdict),
                *(Cell(text=str(counts.get(label, 0))) for label in labels),
            )
            for verdict, counts in by_verdict.items()
        ),
    )


def _groups(what: str, groups: Mapping[str, Quality]) -> Iterator[Table]:
    if not groups:
        return
    yield Table(
        title=f"By {what}; what decides nothing counts as wrong",
        headings=(what, "accuracy", "sensitivity", "specificity", "kappa"),
        rows=tuple(
            (
                Cell(text=name),
                Cell(measured=quality.accuracy),
                Cell(measured=quality.sensitivity),
                Cell(measured=quality.specificity),
                _kappa(quality.kappa, quality.accuracy.trials),
            )
            for name, quality in groups.items()
        ),
    )


def _calibration(found: JudgeCalibration) -> Iterator[Block]:
    yield Note(text=_how_calibrated(found))
    yield Table(
        title="Chances stated, and how often the label was not served",
        headings=("stated", "mean stated", "labelled not served", "n"),
        rows=tuple(
            (
                Cell(text=_range(each)),
                Cell(text=f"{each.stated:.3f}"),
                Cell(text=coefficient(each.observed, 3)),
                Cell(text=str(each.trials)),
            )
            for each in found.bins
        ),
    )
    yield Chart(
        title="Chances stated by the judge, and how often the label was not served",
        description="For each bin of stated chances, their mean, and the share of its "
        "responses that are labelled not served, with its interval. In a calibrated "
        "judge the two lie together.",
        axis="Not served (%)",
        bars=tuple(bar for each in found.bins for bar in _bars(each)),
    )


def _how_calibrated(found: JudgeCalibration) -> str:
    error = found.error
    plain, debiased = (
        (DASH, DASH)
        if error is None
        else (f"{error.plain:.3f}", f"{error.debiased:.3f}")
    )
    return (
        f"The judge's stated chance of not served, n = {found.trials}, left out: "
        f"{found.left_out}. Brier score {coefficient(found.brier, 3)}. Expected "
        f"calibration error {plain}; less what chance alone gives, {debiased} (a "
        "distance has no interval that means anything)."
    )


def _range(each: ReliabilityBin) -> str:
    low = min(int(each.stated * 10), 9) / 10
    return f"{low:.1f} to {low + 0.1:.1f}"


def _bars(each: ReliabilityBin) -> tuple[Bar, Bar]:
    stated = Estimate(
        value=each.stated, low=each.stated, high=each.stated, level=0.95, method="mean"
    )
    label = f"{_range(each)}, n = {each.trials}"
    return (
        Bar(label=label, group=STATED, estimate=stated),
        Bar(label=label, group=OBSERVED, estimate=each.observed),
    )


def _entry(pair: LabelledJudgement) -> Entry:
    exchange = pair.labelled.exchange
    chance = pair.judgement.p_not_served if pair.judgement else None
    stated = (
        "" if chance is None else f"; the judge's chance of not served {chance:.2f}"
    )
    return Entry(
        outcome=Outcome(
            trial=exchange.trial,
            transcript=exchange.transcript,
            judgement=pair.judgement,
        ),
        label=f"{pair.labelled.label.value}{stated}",
    )
