"""Show what changed between runs, and which of several is best."""

import asyncio

import click

from demur.cli.options import html_option, json_option, opened_store, store_option
from demur.cli.settings import read_settings
from demur.cli.show import show_report
from demur.flows.compare import compare_runs, read_runs
from demur.flows.names import DEFAULT_JUDGE, find_judge
from demur.flows.store_places import find_place


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
@store_option
@html_option
@json_option
def command(
    runs: tuple[str, ...],
    judge_names: tuple[str, ...],
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
    judges = [find_judge(name) for name in judge_names]
    place = find_place(store_address)
    with opened_store(place, settings) as store:
        found = asyncio.run(read_runs(store, runs, judges, place.shown))
    show_report(compare_runs(found), found[-1], html_path, json_path, found[:-1])
