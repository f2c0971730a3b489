"""Judged runs for tests of the gate, made from what became of each family."""

from collections.abc import Sequence
from dataclasses import replace

from tests.makers import make_header, make_outcome, make_trial

from demur.records.outcome import Outcome
from demur.records.run import BY_FAMILY, ORDER
from demur.records.verdict import Verdict
from demur.reports.judged_run import JudgedRun

Became = Verdict | str | None


def outcomes_of(
    became: Sequence[Became], *, expectation: str = "answer", size: int = 1
) -> list[Outcome]:
    """Families of ``size`` trials each, of which each became the same."""
    return [
        make_outcome(
            make_trial(
                f"{expectation}-{number:04}-{part}",
                expectation=expectation,
                family=f"{expectation}-{number:04}",
            ),
            each,
        )
        for number, each in enumerate(became)
        for part in range(size)
    ]


def judged(outcomes: Sequence[Outcome], *, is_by_family: bool = False) -> JudgedRun:
    """A run of these outcomes."""
    settings = {ORDER: BY_FAMILY} if is_by_family else {}
    header = replace(make_header(), settings=settings)
    return JudgedRun(header=header, outcomes=outcomes, judge="phrase@1")


def rates(refused: int, of: int, *, expectation: str = "answer") -> list[Outcome]:
    """So many families of one trial, the first of them refused, the rest answered."""
    became = [Verdict.REFUSED] * refused + [Verdict.ANSWERED] * (of - refused)
    return outcomes_of(became, expectation=expectation)
