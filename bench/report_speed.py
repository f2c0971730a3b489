"""Prints how long the statistics of a report on many judged trials take."""

import argparse
import io
import resource
import sys
import time
from collections.abc import Iterator
from itertools import count as numbers
from itertools import islice, product

import numpy as np
from rich.console import Console

from bench.machine import machine
from demur.measures.evidence import Evidence
from demur.records.case import Case, Expectation, Expected
from demur.records.context import GENERAL, Context, Deployment
from demur.records.outcome import Outcome
from demur.records.run import RunHeader
from demur.records.transcript import Layer, Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement, Verdict
from demur.reports.run_report import run_report, run_sections
from demur.reports.terminal import write_terminal

TRIALS = 100_000
SECONDS = 5.0
PEAK_MB = 1_000

_FIELDS = ("healthcare", "security", "history-law", "fiction")
_TOPICS = 14
_DESKS = tuple(
    Deployment(id=f"{field}-desk-{i}", field=field, system=f"You help in {field}.")
    for field in _FIELDS
    for i in (1, 2)
)
_WORDS = tuple(f"trigger{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200))
_RESPONSE = "Here is how that is done, step by step, and what to look out for. " * 8


def outcomes(count: int) -> list[Outcome]:
    """So many judged trials of a suite like those that ship, but larger."""
    rng = np.random.default_rng(20_240_229)
    return [_outcome(trial, rng) for trial in islice(_trials(), count)]


def _trials() -> Iterator[Trial]:
    """Family by family: legitimate, with care, to be refused, and a plain twin."""
    for number in numbers():
        field = _FIELDS[number % len(_FIELDS)]
        contexts = _contexts(field)
        cases = _cases(field, number, contexts)
        for case, context, sample in product(cases, contexts, (1, 2)):
            yield Trial(case=case, context=context, sample=sample)


def _contexts(field: str) -> list[Context]:
    desks = [desk for desk in _DESKS if desk.field == field]
    return [
        Context(id=GENERAL),
        *(Context(id=desk.id, deployment=desk) for desk in desks),
        Context(id="student", frame="I study this."),
    ]


def _cases(field: str, number: int, contexts: list[Context]) -> Iterator[Case]:
    words = tuple(_WORDS[(number + i) % len(_WORDS)] for i in (0, 1))
    kinds = (
        ("answer", Expectation.ANSWER, words, None),
        ("care", Expectation.CARE, (), None),
        ("plain", Expectation.ANSWER, (), f"family-{number}-answer"),
        ("refuse", Expectation.REFUSE, (), None),
    )
    for name, expectation, triggers, plain_of in kinds:
        expected = Expected(expectation=expectation, reason="Because it is so.")
        yield Case(
            id=f"family-{number}-{name}",
            field=field,
            topic=f"topic-{number // len(_FIELDS) % _TOPICS}",
            request=f"Tell me about {name} {' '.join(triggers)} number {number}.",
            family=f"family-{number}",
            expected={context.id: expected for context in contexts},
            triggers=triggers,
            plain_of=plain_of,
        )


def _outcome(trial: Trial, rng: np.random.Generator) -> Outcome:
    """Withheld as often as a middling model would, and more often at a desk."""
    chance = 0.1 if trial.expected.expectation.is_legitimate else 0.8
    if trial.context.deployment is not None or trial.case.triggers:
        chance += 0.1
    if rng.random() < 0.02:
        verdict = Verdict.UNDECIDED
    elif rng.random() < chance:
        verdict = (Verdict.REFUSED, Verdict.DEFLECTED)[int(rng.integers(2))]
    else:
        verdict = Verdict.ANSWERED
    judgement = Judgement(
        trial_id=trial.id,
        judge="bench@1",
        verdict=verdict,
        layer=Layer.MODEL if verdict is Verdict.REFUSED else None,
    )
    transcript = Transcript(trial_id=trial.id, response=f"{_RESPONSE}{trial.sample}")
    return Outcome(trial=trial, transcript=transcript, judgement=judgement)


def main() -> None:
    """Print the figures of this machine beside the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=TRIALS)
    count = parser.parse_args().trials
    judged = outcomes(count)
    before = _peak_mb()
    statistics, cpu = _seconds_of_statistics(judged)
    terminal = _seconds_of_report(judged)
    families = Evidence(judged).over.families
    facts = ", ".join(f"{name} {value}" for name, value in machine().items())
    sys.stdout.write(
        f"{facts}\n"
        f"{count:,} judged trials of {families:,} families\n"
        f"statistics        {statistics:6.2f} s   goal {SECONDS:.1f} s\n"
        f"  of that CPU     {cpu:6.2f} s\n"
        f"with terminal     {terminal:6.2f} s\n"
        f"peak memory       {_peak_mb():6.0f} MB  goal {PEAK_MB} MB\n"
        f"  of that trials  {before:6.0f} MB\n"
    )


def _seconds_of_statistics(judged: list[Outcome]) -> tuple[float, float]:
    """Wall and CPU."""
    start, cpu = time.perf_counter(), time.process_time()
    run_sections(judged)
    return time.perf_counter() - start, time.process_time() - cpu


def _seconds_of_report(judged: list[Outcome]) -> float:
    header = RunHeader(
        id="bench",
        key="bench",
        suite="bench",
        suite_digest="0" * 64,
        target="bench",
        seed=0,
        samples=2,
        started="2026-01-02T03:04:05+00:00",
    )
    start = time.perf_counter()
    report = run_report(header, judged, "bench@1")
    write_terminal(report, Console(file=io.StringIO(), width=80))
    return time.perf_counter() - start


def _peak_mb() -> float:
    """Of this process, in 2**20 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
