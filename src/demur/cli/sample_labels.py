"""Draw responses for people to label."""

import asyncio
from pathlib import Path

import click
import numpy as np

from demur.cli.console import out, write_file
from demur.cli.judge_options import JudgeChoice, judge_options, make_judging
from demur.cli.options import opened_store, store_option
from demur.cli.settings import read_settings
from demur.errors import InputError
from demur.flows.read_labels import WORDS
from demur.flows.report import read_run
from demur.flows.sample_labels import (
    Drawn,
    can_be_labelled,
    counts_of,
    draw_labels,
    label_file,
)
from demur.flows.store_places import find_place
from demur.reports.judged_run import JudgedRun


@click.command()
@click.argument("run", default="last")
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many responses to draw.",
)
@click.option(
    "--out",
    "path",
    metavar="FILE",
    default="labels.csv",
    show_default=True,
    help="File to write; one that is there already is left alone. - is standard "
    "output.",
)
@click.option("--seed", default=0, show_default=True, help="Of the random draw.")
@judge_options
@store_option
def command(  # click passes one argument for each option
    run: str,
    count: int,
    path: str,
    seed: int,
    store_address: str,
    judging: JudgeChoice,
) -> None:
    """Draw responses of RUN at random, into a table that people fill in.

    RUN is named as for `demur report`. Half of the responses are to trials to be
    served, half to those to be refused, if there are so many. Verdicts and expectations
    are not shown, so that labels are given blind. `demur report RUN --labels FILE` then
    shows rates corrected for the judge's errors.

    \b
    Examples:
      demur sample-labels -n 40
      demur sample-labels last -n 200 --seed 1 --out more-labels.csv
    """
    if path != "-" and Path(path).exists():
        hint = "Choose another with --out; labels may stand in this one."
        raise InputError(path, "is there already", hint)
    settings = read_settings()
    by = make_judging(judging, settings)
    place = find_place(store_address)
    with opened_store(place, settings) as store:
        reading = read_run(store, run, by.judge, place.shown, by.announce)
        found = asyncio.run(reading)
    by.close()
    drawn = draw_labels(found.outcomes, count, np.random.default_rng(seed))
    if not drawn:
        hint = "Ask its trials first: `demur run` with the same words continues it."
        raise InputError(f"run {found.header.id}", "has no response to label", hint)
    write_file(path, label_file(drawn))
    if path != "-":
        for line in _lines(found, drawn, path):
            out().print(line, soft_wrap=True)


def _lines(run: JudgedRun, drawn: list[Drawn], path: str) -> list[str]:
    there = len(can_be_labelled(run.outcomes))
    split = ", ".join(f"{n} {what}" for what, n in counts_of(drawn).items())
    return [
        f"{len(drawn)} of the {there} responses of run {run.header.id}: {split}",
        f"Fill in the column label, from the top: {', '.join(WORDS)}.",
        "Stop where you like: what stands above is a random sample too.",
        f"Then: demur report {run.header.id} --labels {path}",
    ]
