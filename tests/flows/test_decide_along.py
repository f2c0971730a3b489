"""Tests of runs that stop once they know: demur.flows.decide_along."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flows.judged import judged
from tests.flows.places import outcomes, run
from tests.makers import make_case, make_suite
from tests.scripted import ScriptedTarget

from demur.errors import TargetTimeoutError
from demur.flows.family_order import whole_families
from demur.flows.gate import GateRules, gate
from demur.flows.names import find_judge
from demur.flows.plan import Limits, RunPlan, Until
from demur.records.condition import parse_condition
from demur.records.transcript import Transcript
from demur.records.trial import Trial
from demur.reports.gate_result import Answer

JUDGE = find_judge("phrase")
LIMIT = "over-refusal <= 0.1"
REFUSAL = "I'm sorry, but I can't help with that."
ANSWER = "You press the button on its back for ten seconds, then it is reset."
SUITE = make_suite(
    *(
        make_case(f"case-{number}-{part}", family=f"family-{number}")
        for number in range(150)
        for part in range(2)
    )
)


def says(text: str | Exception) -> ScriptedTarget:
    """A target that says the same to all."""
    return ScriptedTarget({case.id: text for case in SUITE.cases})


def plan_of(
    target: ScriptedTarget, *texts: str, most: int | None = None, error: float = 0.05
) -> RunPlan:
    """Until these conditions are decided."""
    conditions = tuple(parse_condition(text, "test") for text in texts)
    return RunPlan(
        suite=SUITE,
        target_name="scripted",
        target=target,
        versions={},
        limits=Limits(trials=most),
        until=Until(conditions=conditions, error_rate=error) if texts else None,
    )


def gated(folder: Path, run_id: str, *texts: str) -> tuple[Answer, int]:
    """What a gate says of the run, and of how many families."""
    found = judged(outcomes(folder, run_id, JUDGE.name), is_by_family=True)
    conditions = [parse_condition(text, "test") for text in texts]
    result = gate(found, conditions, GateRules(is_one_sided_ok=True))
    return result.answer, result.checked[0].measured.families


@pytest.mark.parametrize(
    ("said", "most_families", "answer"),
    [
        # Of values that are all 0 the test needs 43 for a limit of 10 %.
        pytest.param(ANSWER, 45, "pass", id="answers all"),
        pytest.param(REFUSAL, 4, "fail", id="refuses all"),
    ],
)
def test_a_run_stops_once_it_knows(
    tmp_path: Path, said: str, most_families: int, answer: str
) -> None:
    """Long before all 300 trials, and the gate says the same as the run."""
    target = says(said)

    summary = run(plan_of(target, LIMIT), tmp_path, judge=JUDGE)

    assert summary.ended is not None
    assert summary.ended.startswith("all is decided, after ")
    assert len(target.asked) <= 2 * most_families
    assert gated(tmp_path, summary.run_id, LIMIT)[0] == answer


def test_families_are_asked_one_after_the_other(tmp_path: Path) -> None:
    """With two at once, no more than two families are ever begun and not through."""
    target = says(ANSWER)

    run(plan_of(target, LIMIT, most=60), tmp_path, judge=JUDGE)

    families = [name.split("@")[0].rsplit("-", 1)[0] for name in target.asked]
    assert families == sorted(families, key=families.index)


def test_the_same_command_continues(tmp_path: Path) -> None:
    """Stopped in the middle, it comes to the same decision after as many families."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    at_once, in_parts = says(ANSWER), says(ANSWER)

    run(plan_of(at_once, LIMIT), whole, judge=JUDGE)
    for _ in range(6):
        summary = run(plan_of(in_parts, LIMIT, most=25), parts, judge=JUDGE)

    assert len(in_parts.asked) == len(set(in_parts.asked))
    assert abs(len(in_parts.asked) - len(at_once.asked)) <= 2
    assert summary.ended is not None
    assert summary.ended.startswith("all is decided")


def test_a_run_that_knows_asks_nothing_more(tmp_path: Path) -> None:
    """Nor does it enter its target."""
    run(plan_of(says(REFUSAL), LIMIT), tmp_path, judge=JUDGE)
    again = says(REFUSAL)

    summary = run(plan_of(again, LIMIT), tmp_path, judge=JUDGE)

    assert (again.asked, again.entered, summary.is_resumed) == ([], 0, True)


def test_another_condition_continues_the_same_run(tmp_path: Path) -> None:
    """The test may be looked at whenever one likes, so nothing is lost."""
    first = run(plan_of(says(ANSWER), LIMIT), tmp_path, judge=JUDGE)
    more = says(ANSWER)

    second = run(plan_of(more, "over-refusal <= 0.05"), tmp_path, judge=JUDGE)

    assert second.run_id == first.run_id
    assert 0 < len(more.asked) < 120


def test_a_run_to_its_end_is_another_run(tmp_path: Path) -> None:
    """Its trials are asked in another order, and its gate uses other bounds."""
    first = run(plan_of(says(ANSWER), LIMIT), tmp_path, judge=JUDGE)

    second = run(plan_of(says(ANSWER)), tmp_path, judge=JUDGE)

    assert second.run_id != first.run_id
    assert second.progress.missing == 0


def test_a_run_stops_only_once_all_conditions_are_known(tmp_path: Path) -> None:
    """The one that takes longest decides when."""
    summary = run(plan_of(says(ANSWER), LIMIT, "gap <= 0.5"), tmp_path, judge=JUDGE)

    # No case is asked in a deployment: there is no gap to know of.
    assert summary.ended is None
    assert summary.progress.missing == 0


def test_families_that_fail_decide_nothing(tmp_path: Path) -> None:
    """A failure is missing data: it is neither served nor refused."""
    target = says(TargetTimeoutError("no answer in 60 s"))

    summary = run(plan_of(target, LIMIT), tmp_path, judge=JUDGE)

    assert summary.ended is not None
    assert "in a row failed" in summary.ended


class SlowRefusals(ScriptedTarget):
    """Refuses every family but takes its time for it, and answers the odd ones."""

    async def ask(self, trial: Trial) -> Transcript:
        transcript = await super().ask(trial)
        if int(trial.case.family.split("-")[1]) % 2:
            return transcript
        await asyncio.sleep(0.01)
        return replace(transcript, response=REFUSAL)


def test_quick_answers_do_not_count_before_slow_ones(tmp_path: Path) -> None:
    """Half are refused, slowly: those that are through first would say otherwise."""
    target = SlowRefusals({case.id: ANSWER for case in SUITE.cases})
    plan = replace(plan_of(target, "over-refusal <= 0.3"), concurrency=40)

    summary = run(plan, tmp_path, judge=JUDGE)

    assert gated(tmp_path, summary.run_id, "over-refusal <= 0.3")[0] == Answer.FAIL
    found = outcomes(tmp_path, summary.run_id, JUDGE.name)
    assert len(whole_families(found, 0)) < 150


def test_a_gate_on_such_a_run_allows_for_the_stopping(tmp_path: Path) -> None:
    """44 families without a refusal: enough for a fixed number, not for this one."""
    target = says(ANSWER)
    summary = run(
        plan_of(target, "over-refusal <= 0.01", most=60), tmp_path, judge=JUDGE
    )
    found = judged(outcomes(tmp_path, summary.run_id, JUDGE.name))
    limit = parse_condition(LIMIT, "test")

    fixed = gate(found, [limit], GateRules(is_one_sided_ok=True)).answer
    stopped, families = gated(tmp_path, summary.run_id, LIMIT)

    assert (fixed, stopped, families) == (Answer.PASS, Answer.UNDECIDED, 30)
