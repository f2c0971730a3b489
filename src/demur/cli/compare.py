"""Show what changed between two runs."""

import asyncio

import click

from demur.cli.judge_options import (
    JudgeChoice,
    judge_options,
    make_judging,
)
from demur.cli.options import (
    html_option,
    json_option,
    opened_store,
    store_option,
)
from demur.cli.settings import read_settings
from demur.cli.show import show_report
from demur.flows.report import read_run, report_change
from demur.flows.store_places import find_place


@click.command()
@click.argument("before")
@click.argument("after", default="last")
@judge_options
@store_option
@html_option
@json_option
def command(  # click passes one argument for each option
    before: str,
    after: str,
    store_address: str,
    html_path: str | None,
    json_path: str | None,
    judging: JudgeChoice,
) -> None:
    """Show what changed from run BEFORE to run AFTER, trial by trial.

    Runs are named by id or the start of it, by `last` and `last~1`, or by a target's
    name for its latest run. Trials are the same if case, context and words are.

    \b
    Examples:
      demur compare last~1 last
      demur compare local/smollm2 "local/smollm2 behind keywords" --html change.html
    """
    settings = read_settings()
    by = make_judging(judging, settings)
    place = find_place(store_address)
    with opened_store(place, settings) as store:
        first, second = (
            asyncio.run(read_run(store, name, by.judge, place.shown, by.announce))
            for name in (before, after)
        )
    by.close()
    report = report_change(first, second)
    show_report(report, second, html_path, json_path, first)
