"""Ask a suite of a target, judge the answers and show the rates."""

import asyncio
import signal
from dataclasses import replace
from typing import Any

import click

from demur.cli.bill import confirm
from demur.cli.choice import Choice, run_options
from demur.cli.console import FetchProgress, say
from demur.cli.judge_options import Judging, judge_options_of_run, make_judging
from demur.cli.main import INCOMPLETE
from demur.cli.options import (
    html_option,
    json_option,
    opened_store,
    store_option,
)
from demur.cli.own_plan import make_plan
from demur.cli.settings import Settings, read_settings
from demur.cli.show import show_report
from demur.cli.show_decided import show_decided
from demur.cli.trial_progress import TrialProgress, failures_in_words
from demur.flows.cost import bill
from demur.flows.judge_cost import judge_bill
from demur.flows.keep import Keeping
from demur.flows.plan import RunPlan
from demur.flows.report import read_run, report_run
from demur.flows.run import RunSummary, missing_trials, run_suite
from demur.flows.store_places import find_place
from demur.flows.suite_names import DEFAULT_SUITE
from demur.judges.base import AskingJudge, Judge


@click.command()
@click.argument("suite", default=DEFAULT_SUITE)
@run_options
@judge_options_of_run
@store_option
@html_option
@json_option
def command(**options: Any) -> None:
    """Ask SUITE of a target, judge the answers and show the rates.

    SUITE is the name of a suite that demur ships, or a YAML file or folder.

    The same command again continues where the last one ended: only what has no
    answer yet is asked. Ctrl-C finishes what is under way and keeps it.

    \b
    Exit codes:
      0  every trial has an answer, or all that --until names is decided
      2  usage: an option, a file, a key or an address is wrong; nothing more was asked
      3  incomplete: some trials failed, or the run was stopped or ended early
      4  broken: the store is damaged, the disk is full

    \b
    Examples:
      demur run
      demur run quickstart --target control/keyword-filter
      demur run quickstart --target ollama/llama3.2 --field healthcare
      demur run quickstart --target control/refuses-all --until "over-refusal <= 0.05"
    """
    choice = Choice(**options)
    settings = read_settings()
    by = make_judging(
        replace(choice.judging, confirm_above=choice.confirm_above, yes=choice.yes),
        settings,
    )
    keeping = Keeping(
        place=find_place(choice.store_address),
        version=settings.version,
        wait_seconds=choice.wait,
        on_wait=say,
    )
    summary = _ask(choice, keeping, settings, by)
    if summary.progress.asked == 0 and not summary.is_resumed:
        _leave_with_nothing(summary)
    with opened_store(keeping.place, settings) as store:
        shown, more = keeping.place.shown, by.announce_more
        reading = read_run(store, summary.run_id, by.judge, shown, more)
        run = asyncio.run(reading)
    show_report(report_run(run), run, choice.html_path, choice.json_path)
    by.close()
    is_decided = bool(choice.until) and show_decided(run, choice)
    _say_what_next(summary, is_decided=is_decided)


def _ask(
    choice: Choice, keeping: Keeping, settings: Settings, by: Judging
) -> RunSummary:
    """Ask, showing progress, until done or interrupted."""
    progress = TrialProgress()
    stop = asyncio.Event()
    try:
        with FetchProgress(choice.target) as fetching:
            plan = make_plan(choice, settings, fetching.show, progress.notice, stop)
            _announce(plan, choice, keeping, by)
            asking = _until_stopped(plan, keeping, progress, stop, by.judge)
            return asyncio.run(asking)
    finally:
        progress.close()


def _announce(plan: RunPlan, choice: Choice, keeping: Keeping, by: Judging) -> None:
    """Say what will be asked, and what it takes where that is not nothing."""
    count = len(plan.suite.trials(plan.samples))
    say(
        f"Asking {plan.target_name}: {count} trials of {plan.suite.name}, kept in "
        f"{keeping.place.shown}"
    )
    limits = plan.limits
    is_paid = limits.prices is not None or "api" in plan.target.settings
    if not is_paid and not isinstance(by.judge, AskingJudge):
        return
    missing = missing_trials(plan, keeping)[: limits.trials]
    if missing and is_paid:
        above = choice.confirm_above
        is_sure = choice.yes or (limits.cost or above + 1) <= above
        estimate = bill(missing, limits.longest_answer)
        confirm(estimate, limits.prices, above, is_sure=is_sure)
    by.announce(judge_bill(by.judge, [(trial, None) for trial in missing]))


async def _until_stopped(
    plan: RunPlan,
    keeping: Keeping,
    progress: TrialProgress,
    stop: asyncio.Event,
    judge: Judge,
) -> RunSummary:
    """The first Ctrl-C finishes what is under way; the second ends it at once."""
    asking = asyncio.current_task()
    assert asking is not None
    interrupts = 0

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        stop.set()
        if interrupts > 1:
            asking.cancel()
        else:
            progress.notice("Finishing what is under way. Ctrl-C again ends it now.")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        return await run_suite(plan, keeping, progress.show, stop, judge)
    except asyncio.CancelledError as error:
        message = "demur: ended. The same command continues where this one stopped."
        raise KeyboardInterrupt(message) from error


def _leave_with_nothing(summary: RunSummary) -> None:
    """A new run of which no trial was asked to its end is not kept."""
    why = f" ({summary.ended})" if summary.ended is not None else ""
    say(f"Stopped before the first answer{why}: nothing was kept.")
    click.get_current_context().exit(INCOMPLETE)


def _say_what_next(summary: RunSummary, *, is_decided: bool) -> None:
    """What was asked now, what is missing, and how to go on; sets the exit code."""
    now = summary.progress
    if now.asked == 0 and not now.missing:
        say(
            f"Asked 0 trials: all {now.total} answers of run {summary.run_id} are "
            "stored already. --fresh starts a new run."
        )
    else:
        cost = f", cost {now.cost:.4f}" if now.cost is not None else ""
        say(f"Asked {now.asked} trials{cost}. Run {summary.run_id}.")
    if summary.ended is not None:
        say(f"Ended early: {summary.ended}.")
    if now.missing and not is_decided:
        failed = f", {failures_in_words(now)}" if now.failed else ""
        say(
            f"{now.missing} of {now.total} trials have no answer yet{failed}. "
            "The same command asks just these."
        )
        click.get_current_context().exit(INCOMPLETE)
    say(f"Next: demur report {summary.run_id} --html report.html")
