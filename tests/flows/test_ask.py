"""Tests of demur.flows.ask."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flows.asked import ByNumberTarget, CountingTarget, yes
from tests.flows.places import file_in, keeping, outcomes, run
from tests.makers import make_case, make_suite
from tests.scripted import ScriptedTarget

from demur.errors import (
    TargetDownError,
    TargetRejectedError,
    TargetStoppedError,
    TargetTimeoutError,
)
from demur.flows.ask import HOPELESS
from demur.flows.plan import Limits, RunPlan
from demur.flows.run import RunSummary, run_suite
from demur.records.prices import Prices
from demur.records.suite import Suite

PRICES = Prices(read=1.0, written=1.0)
REQUEST = "x" * 88  # with what a protocol puts around it, 100 tokens at most
LONGEST = 900  # so that a trial costs a thousandth at most


def make_cases(count: int, request: str = REQUEST) -> Suite:
    """So many cases, each asked once."""
    return make_suite(*(make_case(f"c{n}", request=request) for n in range(count)))


def make_plan(
    target: ScriptedTarget,
    suite: Suite,
    limits: Limits | None = None,
    concurrency: int = 1,
) -> RunPlan:
    """A plan that asks one trial after another, unless told otherwise."""
    return RunPlan(
        suite=suite,
        target_name="t",
        target=target,
        versions={},
        concurrency=concurrency,
        limits=limits or Limits(),
    )


@pytest.mark.parametrize("concurrency", [1, 4, 64])
def test_no_more_trials_are_asked_than_allowed(
    tmp_path: Path, concurrency: int
) -> None:
    """The summary says why it ended, and the next command asks others."""
    suite = make_cases(20)
    target = ScriptedTarget(yes(suite))
    plan = make_plan(target, suite, Limits(trials=7), concurrency)

    first = run(plan, tmp_path)
    second = run(plan, tmp_path)
    third = run(plan, tmp_path)

    assert [each.progress.asked for each in (first, second, third)] == [7, 7, 6]
    assert first.ended == second.ended == "the limit of 7 trials is reached"
    assert third.ended is None
    assert len(set(target.asked)) == len(target.asked) == 20


def test_a_limit_that_is_just_met_ends_nothing_early(tmp_path: Path) -> None:
    """All is asked, so there is nothing to say."""
    suite = make_cases(5)
    plan = make_plan(ScriptedTarget(yes(suite)), suite, Limits(trials=5))

    summary = run(plan, tmp_path)

    assert (summary.ended, summary.progress.missing) == (None, 0)


@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_the_cost_stays_in_its_limit_in_the_worst_case(
    tmp_path: Path, concurrency: int
) -> None:
    """Each answer as long as it may be: what fits is asked, and not one more."""
    suite = make_cases(20)
    limits = Limits(cost=0.0075, prices=PRICES, longest_answer=LONGEST)
    target = CountingTarget(suite, LONGEST)

    summary = run(make_plan(target, suite, limits, concurrency), tmp_path)

    assert summary.progress.asked == len(target.asked) == 7
    assert summary.progress.cost == pytest.approx(0.007)
    assert summary.ended == (
        "the next trial could take the cost above the limit of 0.0075; "
        "so far it is 0.0070"
    )


@pytest.mark.parametrize(
    "written",
    [pytest.param(0, id="counted"), pytest.param(None, id="estimated: one token")],
)
@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_answers_cheaper_than_feared_leave_money_for_more(
    tmp_path: Path, concurrency: int, written: int | None
) -> None:
    """About 0.0001 each: asked until what is left is less than the worst case."""
    suite = make_cases(60)
    limits = Limits(cost=0.0045, prices=PRICES, longest_answer=LONGEST)
    target = CountingTarget(suite, written)

    summary = run(make_plan(target, suite, limits, concurrency), tmp_path)

    each = 101 if written is None else 100
    assert summary.progress.asked == (4500 - 1000) // each + 1
    assert summary.progress.cost == pytest.approx(summary.progress.asked * each / 1e6)
    assert summary.ended is not None


def test_as_many_are_under_way_as_the_money_would_pay_for(tmp_path: Path) -> None:
    """Five at worst, although sixteen may be."""
    suite = make_cases(20)
    limits = Limits(cost=0.0055, prices=PRICES, longest_answer=LONGEST)
    target = CountingTarget(suite, 0)

    run(make_plan(target, suite, limits, 16), tmp_path)

    assert target.most_under_way == 5


@pytest.mark.parametrize("seed", range(8))
def test_money_that_ends_is_always_said(tmp_path: Path, seed: int) -> None:
    """Whatever the sums of prompts of all lengths are rounded to."""
    cases = [make_case(f"c{n}", request="x" * (n * n % 97 * 40)) for n in range(40)]
    suite = make_suite(*cases)
    prices = Prices(read=0.7, written=1.3)
    limits = Limits(cost=0.01, prices=prices, longest_answer=500)
    plan = make_plan(CountingTarget(suite, 250), suite, limits, 8)

    summary = run(replace(plan, seed=seed), tmp_path)

    assert summary.progress.missing > 0
    assert (summary.progress.cost or 0) <= 0.01
    assert summary.ended is not None


def test_a_limit_below_one_trial_asks_nothing_and_says_so(tmp_path: Path) -> None:
    """And leaves no store behind."""
    suite = make_cases(3)
    limits = Limits(cost=0.0005, prices=PRICES, longest_answer=LONGEST)
    target = CountingTarget(suite, 0)

    summary = run(make_plan(target, suite, limits, 3), tmp_path)

    assert target.asked == []
    assert summary.ended is not None
    assert "so far it is 0.0000" in summary.ended
    assert list(tmp_path.iterdir()) == []


def test_without_prices_no_cost_is_counted(tmp_path: Path) -> None:
    """It is unknown, which is not zero."""
    suite = make_cases(3)

    summary = run(make_plan(CountingTarget(suite, 10), suite), tmp_path)

    assert summary.progress.cost is None
    assert summary.progress.written == 30
    assert summary.ended is None


def test_what_fails_again_and_again_ends_the_run(tmp_path: Path) -> None:
    """With the last failure's words; each failure is kept, the rest not asked."""
    suite = make_cases(HOPELESS + 10)
    failures = {n: TargetRejectedError(f"no {n}") for n in range(1, 100)}
    target = ByNumberTarget(suite, failures)

    summary = run(make_plan(target, suite), tmp_path)

    assert summary.ended == (
        f"{HOPELESS} trials in a row failed, the last with: no {HOPELESS}"
    )
    assert summary.progress.failures == {"TargetRejectedError": HOPELESS}
    assert len(target.asked) == HOPELESS
    found = outcomes(tmp_path, summary.run_id)
    assert sum(each.failure is not None for each in found) == HOPELESS


def test_one_answer_in_between_gives_new_hope(tmp_path: Path) -> None:
    """One fewer than hopeless, an answer, one fewer again: all is asked."""
    suite = make_cases(2 * HOPELESS - 1)
    late = TargetTimeoutError("late")
    failures = {n: late for n in range(1, 2 * HOPELESS) if n != HOPELESS}
    target = ByNumberTarget(suite, failures)

    summary = run(make_plan(target, suite), tmp_path)

    assert summary.ended is None
    assert len(target.asked) == 2 * HOPELESS - 1
    assert summary.progress.missing == 2 * HOPELESS - 2


def test_what_failed_before_is_asked_last(tmp_path: Path) -> None:
    """So that what always fails keeps nothing else from being asked."""
    suite = make_cases(HOPELESS + 10)
    failures = {n: TargetRejectedError("no") for n in range(1, 100)}
    broken = ByNumberTarget(suite, failures)
    run(make_plan(broken, suite), tmp_path)
    mended = ScriptedTarget(yes(suite))

    summary = run(make_plan(mended, suite), tmp_path)

    assert summary.progress.missing == 0
    assert set(mended.asked[:10]).isdisjoint(broken.asked)
    assert set(mended.asked[10:]) == set(broken.asked)


def test_a_trial_that_was_given_up_is_missing_without_a_record(tmp_path: Path) -> None:
    """It was never sent, so it has not failed."""
    suite = make_cases(3)
    target = ByNumberTarget(suite, {2: TargetStoppedError("stopped")})

    summary = run(make_plan(target, suite), tmp_path)

    assert (summary.progress.asked, summary.progress.failed) == (2, 0)
    assert summary.progress.missing == 1
    found = outcomes(tmp_path, summary.run_id)
    assert [each.missing for each in found].count("not asked") == 1


def run_with_stop(plan: RunPlan, folder: Path, stop: asyncio.Event) -> RunSummary:
    """Run once, with an event that the test looks at."""
    flow = run_suite(plan, keeping(folder), lambda _: None, stop)
    return asyncio.run(flow)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_target_that_is_down_ends_the_run(tmp_path: Path, concurrency: int) -> None:
    """With its message; what came is kept, and who waits is told to stop."""
    suite = make_cases(30)
    down = TargetDownError("every call has failed for 300 s")
    target = ByNumberTarget(suite, dict.fromkeys(range(6, 100), down))
    stop = asyncio.Event()

    summary = run_with_stop(make_plan(target, suite, None, concurrency), tmp_path, stop)

    assert summary.ended == "every call has failed for 300 s"
    assert stop.is_set()
    assert (summary.progress.asked, summary.progress.failed) == (5, 0)
    assert len(target.asked) <= 5 + concurrency


def test_a_target_that_is_down_at_once_leaves_no_store(tmp_path: Path) -> None:
    """Nothing came, so nothing is kept."""
    suite = make_cases(5)
    target = ByNumberTarget(suite, {n: TargetDownError("down") for n in range(1, 9)})

    summary = run(make_plan(target, suite, None, 4), tmp_path)

    assert (summary.ended, summary.progress.asked) == ("down", 0)
    assert not summary.is_resumed
    assert not file_in(tmp_path).exists()


def test_a_run_that_is_stopped_before_it_begins_asks_nothing(tmp_path: Path) -> None:
    """As by Ctrl-C while it waited for the store; the user's wish is no early end."""
    suite = make_cases(5)
    target = ScriptedTarget(yes(suite))
    stop = asyncio.Event()
    stop.set()

    summary = run_with_stop(make_plan(target, suite), tmp_path, stop)

    assert (target.asked, summary.ended) == ([], None)
    assert list(tmp_path.iterdir()) == []
