"""Show what changed between runs, and which of several is best."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import click

from demur.cli.judge_options import (
    JudgeChoice,
    Judging,
    judge_options_beside,
    make_judging,
)
from demur.cli.options import html_option, json_option, opened_store, store_option
from demur.cli.settings import read_settings
from demur.cli.show import show_report
from demur.flows.compare import compare_runs, read_runs
from demur.flows.cost import Bill
from demur.flows.names import DEFAULT_JUDGE
from demur.flows.store_places import find_place
from demur.judges.base import Judge
from demur.reports.judged_run import JudgedRun
from demur.stores.base import Store


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="BEFORE [AFTER] [RUN]...")
@click.option(
    "--judge",
    "judge_names",
    metavar="NAME",
    multiple=True,
    default=(DEFAULT_JUDGE,),
    show_default=True,
    help="Who tells the verdicts; `demur list judges` shows them. Once for all runs, "
    "or once for each: then judges are compared too.",
)
@judge_options_beside
@store_option
@html_option
@json_option
def command(
    runs: tuple[str, ...],
    judge_names: tuple[str, ...],
    judging: JudgeChoice,
    store_address: str,
    html_path: str | None,
    json_path: str | None,
) -> None:
    """Show what changed from run BEFORE to run AFTER, trial by trial.

    Runs are named by id or the start of it, by `last` and `last~1`, or by a target's
    name for its latest run. Trials are the same if case, context and words are; target,
    judge, system prompts and dates may differ, and what does is said.

    With three runs or more: over- and under-refusal of each on the same trials, which
    runs are dominated by another, and what changed from the first to each.

    \b
    Examples:
      demur compare last~1 last
      demur compare local/smollm2 "local/smollm2 behind keywords" --html change.html
      demur compare openai/gpt-5-mini ollama/llama3.2 last --html frontier.html
    """
    settings = read_settings()
    by = [
        make_judging(replace(judging, judge_name=name), settings)
        for name in judge_names
    ]
    place = find_place(store_address)
    with opened_store(place, settings) as store:
        found = asyncio.run(_read(store, runs, by, place.shown))
    for each in by:
        each.close()
    show_report(compare_runs(found), found[-1], html_path, json_path, found[:-1])


async def _read(
    store: Store, runs: Sequence[str], by: Sequence[Judging], shown: str
) -> list[JudgedRun]:
    """The runs, judged; what asking each judge's model takes is announced."""

    def announce(judge: Judge, bill: Bill) -> None:
        next(each for each in by if each.judge is judge).announce(bill)

    judges = [each.judge for each in by]
    return await read_runs(store, runs, judges, shown, announce)
