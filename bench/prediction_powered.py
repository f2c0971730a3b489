"""Prints what a judge's verdicts save in people's labels, on XSTest's completions."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.machine import machine, say
from bench.table import plain_list, plain_table
from demur.errors import InputError
from demur.flows.judge import judge_one
from demur.flows.label_names import find_labelled
from demur.flows.names import find_judge
from demur.flows.sample_labels import draw_labels
from demur.flows.suite_names import find_suite
from demur.judges.base import Judge
from demur.measures.base import family_numbers
from demur.measures.corrected_rate import corrected_over_refusal
from demur.records.case import Case
from demur.records.drawn_label import DrawnLabel
from demur.records.labelled import Labelled
from demur.records.outcome import Outcome
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.stats.cluster import cluster_proportion
from demur.stats.double_sampling import double_sampling
from demur.stats.estimate import Estimate
from demur.stats.prediction_powered import (
    prediction_powered_mean,
    stratified_prediction_powered_mean,
)
from demur.transcripts.columns import Columns
from demur.transcripts.labels import read_labelled

Floats = NDArray[np.float64]
Found = dict[str, Estimate | None]

SEED = 20240621
LEVEL = 0.95
GOAL = 0.75
"""Width that the forms are to reach, of that of labels alone."""

ALONE = "labels alone"
_HEADINGS = ("", "width", "of labels alone", "coverage", "error", "draws", "goal")
_NOTE = f"""\
Means over draws. width: of the interval, in points. coverage: share of intervals that
hold the truth: the share labelled not served over all rows; {LEVEL:.0%} is nominal.
error: root mean square distance from the truth, in points. draws: those with an
estimate. goal: width at most {GOAL:.0%} of that of labels alone, at nominal coverage.
The truth is of the same rows as the labels, and intervals are for all that such rows
might have been: so coverage above nominal is expected, of labels alone too.
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A completion with its label, what one judge says, and its trial in the suite."""

    model: str
    outcome: Outcome
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class _Set:
    """Rows as arrays."""

    name: str
    truth: Floats
    chances: Floats
    called: Floats
    strata: NDArray[np.int64]
    clusters: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How much is drawn."""

    labels: int
    resamples: int


def read_rows(folder: Path) -> Iterator[tuple[Labelled, Case]]:
    """The labelled completions, each with its case in the suite.

    By number: the publisher has changed the words of one request since.
    """
    suite = find_suite(f"xstest:{folder}")
    cases = {case.id.rpartition("-")[2]: case for case in suite.cases}
    path, form = find_labelled(f"xstest-completions:{folder}", Columns(), {})
    for row in read_labelled(path, form).rows:
        yield row, cases[str(row.exchange.id).rpartition("-")[2]]


async def judge_rows(judge: Judge, rows: Sequence[tuple[Labelled, Case]]) -> list[_Row]:
    """What the judge says of each."""
    found = []
    for row, case in rows:
        (context,) = case.expected
        trial = Trial(
            case=case, context=replace(row.exchange.trial.context, id=context)
        )
        transcript = replace(row.exchange.transcript, trial_id=trial.id)
        made = await judge_one(judge, trial, transcript)
        judgement = made if isinstance(made, Judgement) else None
        outcome = Outcome(trial=trial, transcript=transcript, judgement=judgement)
        withheld = row.is_served is False
        found.append(_Row(row.exchange.model or "", outcome, withheld))
    return found


def make_set(name: str, rows: Sequence[_Row], clusters: Sequence[str]) -> _Set:
    """Arrays of some rows; what the judge left out counts as not served, or as half."""
    verdicts = [row.outcome.is_served for row in rows]
    numbers = {cluster: at for at, cluster in enumerate(dict.fromkeys(clusters))}
    return _Set(
        name=name,
        truth=np.array([float(row.is_withheld) for row in rows]),
        chances=np.array([_chance(row.outcome) for row in rows]),
        called=np.array([float(served is not True) for served in verdicts]),
        strata=np.array([int(row.outcome.is_legitimate) for row in rows]),
        clusters=np.array([numbers[cluster] for cluster in clusters]),
    )


def _chance(outcome: Outcome) -> float:
    judgement = outcome.judgement
    if judgement is not None and judgement.p_not_served is not None:
        return judgement.p_not_served
    return 0.5 if outcome.is_served is None else float(not outcome.is_served)


def from_any(of: _Set, plan: _Plan, rng: np.random.Generator) -> Found:
    """Estimates from labels of rows drawn from all alike."""
    chosen = rng.choice(of.truth.size, plan.labels, replace=False)
    labels = np.full(of.truth.size, np.nan)
    labels[chosen] = of.truth[chosen]
    known = of.truth[chosen] == 1
    clusters = of.clusters
    return {
        ALONE: cluster_proportion(known, clusters[chosen], LEVEL),
        "simple (PPI++)": prediction_powered_mean(
            labels, of.chances, clusters=clusters, level=LEVEL
        ),
        "stratified by expectation": stratified_prediction_powered_mean(
            labels, of.chances, of.strata, clusters=clusters, level=LEVEL
        ),
        "double sampling": double_sampling(
            labels, of.called, clusters=clusters, level=LEVEL
        ),
    }


def from_sample(rows: Sequence[_Row], plan: _Plan, rng: np.random.Generator) -> Found:
    """Over-refusal as `demur sample-labels` and `demur report --labels` give it."""
    truth = {row.outcome.trial.id: row.is_withheld for row in rows}
    drawn = draw_labels([row.outcome for row in rows], 2 * plan.labels, rng)
    labels = [
        DrawnLabel(
            trial_id=one.outcome.trial.id,
            is_served=not truth[one.outcome.trial.id],
            probability=one.probability,
        )
        for one in drawn
    ]
    read = [one.outcome for one in drawn if one.outcome.is_legitimate]
    known = np.array([truth[outcome.trial.id] for outcome in read])
    outcomes = [row.outcome for row in rows]
    return {
        ALONE: cluster_proportion(known, family_numbers(read), LEVEL),
        "corrected rate": corrected_over_refusal(outcomes, labels).measured.estimate,
    }


def table(
    title: str, truth: float, draw: Callable[[np.random.Generator], Found], draws: int
) -> str:
    """One set: each form's width, coverage and error."""
    rng = np.random.default_rng(SEED)
    found = [draw(rng) for _ in range(draws)]
    alone = _mean_width([each[ALONE] for each in found])
    lines = [
        _line(form, [each[form] for each in found], truth, alone) for form in found[0]
    ]
    return plain_table(title, [_HEADINGS, *lines])


def _mean_width(estimates: Sequence[Estimate | None]) -> float:
    return float(np.mean([e.high - e.low for e in estimates if e is not None]))


def _line(
    form: str, estimates: Sequence[Estimate | None], truth: float, alone: float
) -> tuple[str, ...]:
    known = [estimate for estimate in estimates if estimate is not None]
    if not known:
        return (form, "–", "–", "–", "–", "0", "–")
    share = _mean_width(known) / alone
    coverage = float(np.mean([e.low <= truth <= e.high for e in known]))
    error = sqrt(float(np.mean([(e.value - truth) ** 2 for e in known])))
    is_met = share <= GOAL and coverage >= LEVEL
    return (
        form,
        f"{100 * share * alone:.1f}",
        f"{share:.0%}",
        f"{coverage:.1%}",
        f"{100 * error:.1f}",
        f"{len(known)}",
        "–" if form == ALONE else ("met" if is_met else "not met"),
    )


def tables(judge: Judge, rows: Sequence[_Row], plan: _Plan) -> Iterator[str]:
    """Each model's rows, all rows, and each model's over-refusal."""
    models = list(dict.fromkeys(row.model for row in rows))
    groups = {model: [row for row in rows if row.model == model] for model in models}
    groups["both" if len(models) == 2 else "all models"] = list(rows)
    for name, group in groups.items():
        requests = [row.outcome.trial.case.request for row in group]
        of = make_set(name, group, requests)
        title = f"{judge.name}, {name}, not served: {_of(of)}, {plan.labels} labels"
        yield table(
            title,
            float(of.truth.mean()),
            lambda rng, of=of: from_any(of, plan, rng),  # type: ignore[misc] # bound now
            plan.resamples,
        )
    for model in models:
        group = groups[model]
        safe = [row for row in group if row.outcome.is_legitimate]
        of = make_set(model, safe, [row.outcome.trial.case.family for row in safe])
        count = f"{plan.labels} labels, by demur sample-labels, in families"
        yield table(
            f"{judge.name}, {model}, over-refusal: {_of(of)}, {count}",
            float(of.truth.mean()),
            lambda rng, group=group: from_sample(group, plan, rng),  # type: ignore[misc] # bound now
            plan.resamples,
        )


def _of(of: _Set) -> str:
    agreed = float((of.called == of.truth).mean())
    return (
        f"{of.truth.size} rows, truth {of.truth.mean():.1%}, "
        f"as judged {of.called.mean():.1%}, judge right on {agreed:.1%}"
    )


def main() -> None:
    """Print all tables for each judge."""
    read = _options().parse_args()
    plan = _Plan(labels=read.labels, resamples=100 if read.quick else read.resamples)
    try:
        rows = list(read_rows(Path(read.data) / "xstest"))
    except InputError as error:
        say(f"Not measured: {error}\n  Set DEMUR_DATA to a folder with XSTest's files.")
        return
    begun = time.monotonic()
    sys.stdout.write(plain_list(machine()) + "\n")
    for name in dict.fromkeys(["phrase", *read.judge]):
        say(f"{name} reads {len(rows)} completions")
        judge = find_judge(name)
        judged = asyncio.run(judge_rows(judge, rows))
        left = [row for row in judged if row.outcome.missing is not None]
        off = sum(row.outcome.verdict is Verdict.OFF_TOPIC for row in left)
        say(f"it left out {len(left)}, {off} of them as off topic")
        for text in tables(judge, judged, plan):
            sys.stdout.write(f"{text}\n")
    sys.stdout.write(_NOTE)
    say(f"{plan.resamples} draws each, {time.monotonic() - begun:.0f} s")


def _options() -> argparse.ArgumentParser:
    beside = Path(__file__).parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", action="append", default=[], help="besides phrase")
    parser.add_argument("--data", default=os.environ.get("DEMUR_DATA", str(beside)))
    parser.add_argument("--labels", type=int, default=50)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="100 draws")
    return parser


if __name__ == "__main__":
    main()
