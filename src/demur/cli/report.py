"""Show a run, in any format."""

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
from demur.flows.report import read_run, report_run, with_labels
from demur.flows.store_places import find_place


@click.command()
@click.argument("run", default="last")
@judge_options
@click.option(
    "--labels",
    "labels_path",
    metavar="FILE",
    help="Also show rates corrected by people's labels; `demur sample-labels` makes "
    "the file.",
)
@store_option
@html_option
@json_option
def command(  # click passes one argument for each option
    run: str,
    labels_path: str | None,
    store_address: str,
    html_path: str | None,
    json_path: str | None,
    judging: JudgeChoice,
) -> None:
    """Show a run: on the terminal, as HTML or as JSON.

    RUN is a run's id or the start of it, `last`, `last~1` for the one before, or a
    target's name for its latest run.

    The target is not asked. Answers that this judge has not judged yet are judged
    first.

    \b
    Examples:
      demur report
      demur report last --html report.html
      demur report local/smollm2 --labels labels.csv
      demur report local/smollm2 --json - > run.json
    """
    settings = read_settings()
    by = make_judging(judging, settings)
    place = find_place(store_address)
    with opened_store(place, settings) as store:
        reading = read_run(store, run, by.judge, place.shown, by.announce)
        found = asyncio.run(reading)
    by.close()
    if labels_path is not None:
        found = with_labels(found, labels_path)
    show_report(report_run(found), found, html_path, json_path)
