"""Judge a file of transcripts, or a stored run again."""

import sys
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import Path

import click

from demur.cli.console import say
from demur.cli.interrupts import run_to_end
from demur.cli.judge_options import (
    JudgeChoice,
    Judging,
    judge_options,
    make_judging,
)
from demur.cli.judging_progress import JudgingProgress
from demur.cli.options import opened_store, store_option
from demur.cli.settings import read_settings
from demur.cli.transcript_options import columns_of, transcript_columns
from demur.cli.verdict_lines import opened_lines, write_line
from demur.errors import InputError
from demur.flows.judge_cost import judge_bill
from demur.flows.judge_file import (
    Judged,
    Tally,
    exchange_pairs,
    judge_again,
    judge_exchanges,
)
from demur.flows.store_places import find_place
from demur.judges.base import AskingJudge, Judge
from demur.records.exchange import BadExchange, Exchange
from demur.records.verdict import Verdict
from demur.reports.text import percent
from demur.stats.proportion import wilson
from demur.transcripts.columns import Columns
from demur.transcripts.read import SUFFIXES, read_lines, read_transcripts

UNREAD = 1
"""Exit code where something has no verdict."""


@click.command()
@click.argument("file", metavar="FILE|RUN")
@judge_options
@click.option(
    "--out",
    "out_path",
    metavar="FILE",
    help="Where the verdicts go, instead of standard output.",
)
@transcript_columns("request", "response", "id", "finish_reason", "model")
@store_option
def command(
    file: str,
    out_path: str | None,
    columns: tuple[str, ...],
    store_address: str,
    judging: JudgeChoice,
) -> None:
    """Judge FILE, a file of transcripts, or RUN, a stored run: a JSON line for each.

    FILE is a table (.csv, .tsv, .parquet, .jsonl, .json) with a column for the request
    and one for the response; OpenAI's conversations or batch output (.jsonl); an
    Inspect log (.eval, .json); promptfoo's results (.json); or - for JSON lines from
    standard input. A name that is no file is a run, named as for `demur report`.

    Lines come in the order of FILE, each as soon as it is judged:
    {"id", "verdict", "p_not_served", "evidence", "language", "judge"}. What cannot be
    read or judged has {"id", "line", "error"} instead, and the rest goes on.

    \b
    Exit codes:
      0  everything has a verdict
      1  something has none: the closing line says how many
      2  usage: the file or an option is wrong, or there is no room for the output
      4  broken: the store is damaged

    \b
    Examples:
      demur judge answers.jsonl
      demur judge answers.csv --column response=bot_said --out verdicts.jsonl
      demur judge last
    """
    by = make_judging(judging, read_settings())
    said = columns_of(columns)
    path = _path(file)
    if path is None and file != "-":
        work = _judge_stored(store_address, file, by, out_path)
    else:
        judged = _judged_file(_found(path, said), by)
        work = _write(judged, by.judge, out_path, path)
    tally = run_to_end(work)
    by.close()
    if tally.failed:
        click.get_current_context().exit(UNREAD)


def _path(file: str) -> Path | None:
    """The file of that name; None if it is no file, so that it may be a run."""
    path = Path(file)
    if path.is_dir():
        raise InputError(file, "is a folder", "Name a file in it.")
    if path.exists():
        return path
    if path.suffix.lower() in SUFFIXES:
        raise InputError(file, "no such file", "Check the path.")
    return None


def _found(path: Path | None, said: Columns) -> Iterable[Exchange | BadExchange]:
    if path is None:
        return read_lines(sys.stdin.buffer, said)
    return read_transcripts(path, said)


def _judged_file(
    found: Iterable[Exchange | BadExchange], by: Judging
) -> AsyncGenerator[Judged, None]:
    """Each exchange, judged; a file is read to its end first where judging costs."""
    if isinstance(by.judge, AskingJudge):
        found = list(found)
        by.announce(judge_bill(by.judge, exchange_pairs(found)))
    return judge_exchanges(found, by.judge)


async def _judge_stored(
    store_address: str, name: str, by: Judging, out_path: str | None
) -> Tally:
    """Judge a stored run, say what there was to do, and write all its verdicts."""
    place = find_place(store_address)
    with opened_store(place, read_settings()) as store:
        run = await judge_again(store, name, by.judge, place.shown, by.announce)
    say(
        f"Run {run.header.id}, {run.header.suite} asked of {run.header.target}: "
        f"{run.now} judged now, {len(run.judged) - run.now} before, "
        f"{run.unanswered} without a transcript"
    )
    return await _write(_each(run.judged), by.judge, out_path, None)


async def _each(judged: Iterable[Judged]) -> AsyncGenerator[Judged, None]:
    for one in judged:
        yield one


async def _write(
    found: AsyncGenerator[Judged, None],
    judge: Judge,
    out_path: str | None,
    source: Path | None,
) -> Tally:
    """Judge and write each; say at the end what came out."""
    started = time.monotonic()
    with (
        opened_lines(out_path, None if source is None else str(source)) as file,
        JudgingProgress(is_output_shown=out_path in {None, "-"}) as progress,
    ):
        async with aclosing(found):
            async for judged in found:
                write_line(file, judged)
                progress.add(judged)
    _close(progress.tally, judge, time.monotonic() - started)
    return progress.tally


def _close(tally: Tally, judge: Judge, seconds: float) -> None:
    """The closing summary."""
    counts = [f"{tally.verdicts[v]} {v.value}" for v in Verdict if tally.verdicts[v]]
    undecided = tally.verdicts[Verdict.UNDECIDED]
    rate = percent(wilson(undecided, tally.judged))
    said = f": {', '.join(counts)}" if counts else ""
    say(f"{tally.judged} judged by {judge.name} in {seconds:.1f} s{said}")
    say(f"Undecided: {rate}, n = {tally.judged}")
    if tally.failed:
        say(f"{tally.failed} without a verdict: see the lines with an error")
