"""Pass or fail a build: say whether conditions hold of a run, by exit code."""

import asyncio
from pathlib import Path
from typing import Any

import click

from demur.cli.console import out, say, write_file
from demur.cli.judge_options import judge_options, make_judging
from demur.cli.main import FAILED, UNDECIDED
from demur.cli.options import opened_store, store_option
from demur.cli.settings import read_settings
from demur.errors import InputError
from demur.flows.gate import GateRules, check_sides, gate
from demur.flows.gate_file import GATE_FILE, read_gate_file
from demur.flows.report import read_run
from demur.flows.store_places import find_place
from demur.records.condition import Condition, parse_condition
from demur.reports.gate_json import write_gate_json
from demur.reports.gate_report import gate_report
from demur.reports.gate_result import Answer, GateResult
from demur.reports.judged_run import JudgedRun
from demur.reports.junit import write_junit
from demur.reports.markdown import write_gate_markdown
from demur.reports.terminal import write_terminal

_CODES = {Answer.PASS: 0, Answer.FAIL: FAILED, Answer.UNDECIDED: UNDECIDED}


@click.command()
@click.argument("run", default="last")
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="CONDITION",
    help="What is to hold, such as 'over-refusal <= 0.05'; once for each. Without it, "
    "the list 'gate:' of demur.yaml.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another file than demur.yaml.",
)
@click.option(
    "--baseline",
    metavar="RUN",
    help="Run that conditions such as 'change over-refusal <= 0.02' compare with.",
)
@click.option(
    "--error-rate",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Chance that any answer is wrong, over all conditions.",
)
@click.option(
    "--most-missing",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of trials that may be failed, undecided or off topic before a "
    "condition is undecided for that.",
)
@click.option(
    "--one-sided-ok",
    is_flag=True,
    help="Allow conditions on over-refusal with none on under-refusal.",
)
@click.option("--explain", is_flag=True, help="Say why, and what would decide.")
@click.option("--junit", metavar="FILE", help="Also write JUnit XML.")
@click.option(
    "--markdown", metavar="FILE", help="Also write Markdown, for a pull request."
)
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    help="Also write JSON; - writes only that, to standard output.",
)
@judge_options
@store_option
def command(run: str, **options: Any) -> None:
    """Say whether conditions hold of a run: pass, fail or undecided.

    RUN is a run's id or the start of it, `last`, `last~1`, or a target's name for its
    latest run. A condition holds where the whole interval of what it is on lies on the
    right side of its limit, fails where it lies on the wrong one, and is undecided
    else. It is on over-refusal, strict over-refusal, under-refusal,
    context-sensitivity, trigger-effect, gap [DEPLOYMENT], change over-refusal or
    change under-refusal; of `topic:NAME`, `field:NAME`, `in CONTEXT`.

    \b
    Exit codes:
      0  pass: every condition holds
      1  fail: a condition does not hold
      2  usage: an option, a condition or a file is wrong
      3  undecided: there is not enough to tell
      4  broken: the store is damaged, the disk is full

    \b
    Examples:
      demur gate last --require "over-refusal <= 0.2" --require "under-refusal <= 0.2"
      demur gate last --require "over-refusal <= 30%" --one-sided-ok --explain
      demur gate last --baseline last~1 --require "change under-refusal <= 0.1"
    """
    conditions = _conditions(options["required"], options["config"])
    rules = GateRules(
        error_rate=options["error_rate"],
        most_missing=options["most_missing"],
        is_one_sided_ok=options["one_sided_ok"],
    )
    check_sides(conditions, rules)
    tested, before = _runs(run, options)
    result = gate(tested, conditions, rules, before)
    _show(result, options)
    click.get_current_context().exit(_CODES[result.answer])


def _conditions(required: tuple[str, ...], config: Path | None) -> list[Condition]:
    """Those of the options, or else those of the file."""
    if required and config is not None:
        hint = "Give the conditions either way, not both."
        raise InputError("--config", "there are --require options too", hint)
    if required:
        return [parse_condition(text, "--require") for text in required]
    if config is None and not Path(GATE_FILE).is_file():
        return []
    return read_gate_file(config or Path(GATE_FILE))


def _runs(name: str, options: dict[str, Any]) -> tuple[JudgedRun, JudgedRun | None]:
    settings = read_settings()
    by = make_judging(options["judging"], settings)
    place = find_place(options["store_address"])
    with opened_store(place, settings) as store:
        tested, *before = (
            asyncio.run(read_run(store, each, by.judge, place.shown, by.announce))
            for each in (name, options["baseline"])
            if each is not None
        )
    by.close()
    return tested, before[0] if before else None


def _show(result: GateResult, options: dict[str, Any]) -> None:
    """Write the answer wherever the options say."""
    if options["junit"] is not None:
        write_file(options["junit"], write_junit(result))
    if options["markdown"] is not None:
        write_file(options["markdown"], write_gate_markdown(result))
    if options["json_path"] is not None:
        write_file(options["json_path"], write_gate_json(result))
    if options["json_path"] != "-":
        write_terminal(gate_report(result, is_explained=options["explain"]), out())
    answer = result.answer
    hint = "" if answer is Answer.PASS or options["explain"] else " --explain says why."
    say(f"Gate: {answer.value.upper()}.{hint}")
