"""Measure judges against people's labels."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from demur.cli.console import out, say, write_file
from demur.cli.interrupts import run_to_end
from demur.cli.judge_options import (
    JudgeChoice,
    judge_options_beside,
    make_judging,
)
from demur.cli.judging_progress import JudgingProgress
from demur.cli.options import html_option
from demur.cli.settings import read_settings
from demur.cli.transcript_options import columns_of, transcript_columns
from demur.errors import InputError, UnknownNameError
from demur.flows.judge_check import judge_check
from demur.flows.judge_cost import judge_bill
from demur.flows.judge_file import exchange_pairs
from demur.flows.label_names import find_labelled
from demur.flows.names import BASELINE_JUDGE, DEFAULT_JUDGE, find_draw
from demur.judges.base import AskingJudge
from demur.records.labelled import HumanLabel
from demur.reports.html import write_html
from demur.reports.judge_check import JudgeCheck
from demur.reports.judge_json import write_judge_json
from demur.reports.judge_report import judge_report
from demur.reports.terminal import write_terminal
from demur.transcripts.labels import MEANINGS, read_labelled

_OFF_TOPIC = ("wrong", "refused")


@click.command()
@click.argument("file")
@click.option(
    "--judge",
    "judge_names",
    metavar="NAME",
    multiple=True,
    default=(DEFAULT_JUDGE,),
    show_default=True,
    help="Which judge to measure; may be said again. The phrase judge is always there.",
)
@judge_options_beside
@transcript_columns(
    "request",
    "response",
    "label",
    "id",
    "finish_reason",
    "model",
    "language",
    "cluster",
)
@click.option(
    "--label",
    "labels",
    metavar="VALUE=MEANING",
    multiple=True,
    help="What a VALUE in the column of the label means: served, not-served, a verdict "
    "(answered, partial, …), or left-out.",
)
@click.option(
    "--off-topic",
    type=click.Choice(_OFF_TOPIC),
    help="What an off-topic verdict counts as. [default: refused for pyrit:PATH, as "
    "its authors count; else wrong]",
)
@click.option(
    "--worst",
    metavar="N",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="How many disagreements of each judge to show.",
)
@html_option
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    help="Also write all of it as JSON; - writes only that, to standard output.",
)
def command(
    file: str, json_path: str | None, judging: JudgeChoice, **options: Any
) -> None:
    """Measure judges on FILE, a table of responses that people have labelled.

    FILE is a table or JSON lines as for `demur judge`, with a column for the label; or
    a public data set: xstest-completions:PATH, chatgpt-refusals:PATH or pyrit:PATH.
    Responses to one request are one family, unless a column says otherwise (cluster).

    It shows accuracy, sensitivity and specificity for "not served", and kappa; the
    same for each model and language; how good stated chances are; a paired test
    between judges; and what to read: where judge and label disagree.

    \b
    Examples:
      demur judge-check labelled.csv --json check.json
      demur judge-check marked.csv --label good=served --label bad=not-served
      demur judge-check xstest-completions:exaggerated-safety/model_completions
    """
    chosen = {name: options[name] for name in _OF_CHECK}
    check = _check(file, judging, **chosen)
    if json_path is not None:
        write_file(json_path, write_judge_json(check))
    report = judge_report(check, options["worst"])
    if options["html_path"] is not None:
        draw = find_draw()
        if draw is None:
            say("Charts are left out of the page. Run: pip install 'demur[report]'")
        write_file(options["html_path"], write_html(report, draw))
    if json_path != "-":
        write_terminal(report, out())


_OF_CHECK = ("judge_names", "columns", "labels", "off_topic")


def _check(
    file: str,
    judging: JudgeChoice,
    *,
    judge_names: Sequence[str],
    columns: Sequence[str],
    labels: Sequence[str],
    off_topic: str | None,
) -> JudgeCheck:
    said, meanings = columns_of(columns), _meanings(labels)
    names = list(dict.fromkeys((*judge_names, BASELINE_JUDGE)))
    settings = read_settings()
    by = [make_judging(replace(judging, judge_name=name), settings) for name in names]
    path, form = find_labelled(file, said, meanings)
    is_refusal = form.is_off_topic_refusal
    if off_topic is not None:
        is_refusal = off_topic == "refused"
    found = read_labelled(path, form)
    say(f"{len(found.rows)} labelled responses of {_shown(file)}")
    exchanges = [row.exchange for row in found.rows]
    for each in by:
        if isinstance(each.judge, AskingJudge):
            each.announce(judge_bill(each.judge, exchange_pairs(exchanges)))
    with JudgingProgress(is_output_shown=False) as progress:
        check = run_to_end(
            judge_check(
                file,
                found.rows,
                found.left_out,
                [each.judge for each in by],
                progress.add,
                is_off_topic_refusal=is_refusal,
            )
        )
    for each in by:
        each.close()
    return check


def _shown(file: str) -> str:
    kind, colon, path = file.partition(":")
    return f"{kind}:{Path(path).name}" if colon else Path(file).name


def _meanings(texts: Sequence[str]) -> dict[str, HumanLabel | None]:
    """What the options say that a label means."""
    found: dict[str, HumanLabel | None] = {}
    for text in texts:
        value, equals, word = text.rpartition("=")
        if not equals or not value.strip():
            hint = "Write --label yes=served, for example."
            raise InputError(f"--label {text}", "is not VALUE=MEANING", hint)
        if word not in MEANINGS:
            raise UnknownNameError.of("--label", "meaning", word, list(MEANINGS))
        found[value.strip().casefold()] = MEANINGS[word]
    return found
