"""Tests of demur.flows.judge_along."""

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.flows.places import outcomes, run, stored
from tests.makers import make_case, make_suite
from tests.scripted import ScriptedTarget

from demur.errors import JudgeError, StoreError
from demur.flows.judge import judge_one
from demur.flows.plan import RunPlan
from demur.judges.phrase import PhraseJudge
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.records.verdict import Judgement
from demur.stores.base import Record

CASES = [make_case(f"c{number}") for number in range(30)]


class BreakingJudge:
    """Breaks on each transcript, in one way."""

    name = "breaks@1"

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def judge(self, trial: Trial, transcript: Transcript) -> Judgement:
        raise self._error


def make_plan() -> RunPlan:
    """Thirty trials, all of them answered."""
    target = ScriptedTarget({case.id: "Yes, like this." for case in CASES})
    suite = make_suite(*CASES)
    return RunPlan(suite=suite, target_name="t", target=target, versions={})


def test_what_is_judged_along_is_what_judging_later_would_give(tmp_path: Path) -> None:
    """Most of it is there when the asking ends, under the judge's name."""
    judge = PhraseJudge()

    summary = run(make_plan(), tmp_path, judge=judge)

    found = outcomes(tmp_path, summary.run_id, judge.name)
    judged = [each for each in found if each.judgement is not None]
    assert len(judged) > len(CASES) / 2
    for each in judged:
        assert each.transcript is not None
        later = asyncio.run(judge_one(judge, each.trial, each.transcript))
        assert each.judgement == later


def test_without_a_judge_nothing_is_judged(tmp_path: Path) -> None:
    """Asking and judging are separate steps."""
    summary = run(make_plan(), tmp_path)

    found = outcomes(tmp_path, summary.run_id, "phrase@1")
    assert [each.missing for each in found] == ["not judged"] * len(CASES)


def test_a_judge_that_gives_no_verdict_costs_that_judgement_only(
    tmp_path: Path,
) -> None:
    """It is kept as a failure, and every answer is there."""
    judge = BreakingJudge(JudgeError("no verdict in the reply"))

    summary = run(make_plan(), tmp_path, judge=judge)

    assert summary.progress.missing == 0
    assert len(stored(tmp_path, "failed_judgements")) > len(CASES) / 2
    assert stored(tmp_path, "judgements") == set()


def test_a_bug_in_a_judge_costs_no_answer_and_is_raised(tmp_path: Path) -> None:
    """The answers cost money and the bug does not: first these, then that."""
    plan = make_plan()

    with pytest.raises(ZeroDivisionError):
        run(plan, tmp_path, judge=BreakingJudge(ZeroDivisionError()))

    assert stored(tmp_path) == {trial.id for trial in plan.suite.trials()}


def test_a_store_that_breaks_is_said_before_a_judge_that_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One error is raised, and nothing is left for the loop to complain of."""
    batches: list[Sequence[Record]] = []

    def breaks(batch: Sequence[Record]) -> None:
        batches.append(batch)
        if len(batches) == 3:
            raise StoreError("the disk is full")

    judge = BreakingJudge(ZeroDivisionError())
    said = ""
    try:
        run(make_plan(), tmp_path, before_add=breaks, judge=judge)
    except StoreError as error:
        said = str(error)
    gc.collect()  # a task whose error nobody took complains when it goes

    assert said == "the disk is full"
    assert caplog.messages == []
