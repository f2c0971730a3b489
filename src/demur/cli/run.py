"""Ask a suite of a target, judge the answers and show the rates."""

import asyncio
import platform
import signal
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from demur.cli.console import FetchProgress, TrialProgress, say
from demur.cli.options import (
    html_option,
    json_option,
    judge_option,
    opened_store,
    store_option,
)
from demur.cli.settings import Settings, read_settings
from demur.cli.show import show_report
from demur.clients.base import Sampling
from demur.errors import InputError, reason
from demur.flows.names import DEFAULT_SUITE, find_judge, find_suite
from demur.flows.report import read_run, report_run
from demur.flows.run import (
    Keeping,
    Progress,
    RunPlan,
    RunSummary,
    run_suite,
)
from demur.flows.store_places import find_place
from demur.flows.target_names import (
    DEFAULT_TARGET,
    TargetOptions,
    find_guard,
    find_target,
    guarded,
)
from demur.records.context import Deployment
from demur.records.suite import Suite
from demur.stores.base import StorePlace
from demur.suites.narrow import only_contexts, only_fields, under_system

INCOMPLETE = 3

OWN_PROMPT = "own-prompt"
"""Context in which cases are asked under the user's own system prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The options of one call, as they were typed."""

    suite: str
    target: str
    base_url: str | None
    api_key_env: str | None
    system: Path | None
    guard: str | None
    fields: tuple[str, ...]
    contexts: tuple[str, ...]
    samples: int
    seed: int
    temperature: float | None
    max_tokens: int | None
    concurrency: int | None
    timeout: float
    wait: float
    fresh: bool
    store_address: str
    judge_name: str
    html_path: str | None
    json_path: str | None


@click.command()
@click.argument("suite", default=DEFAULT_SUITE)
@click.option(
    "--target",
    metavar="NAME",
    default=DEFAULT_TARGET,
    show_default=True,
    help="What to test; `demur list targets` shows the forms.",
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Address of an OpenAI-compatible server, such as http://localhost:8000/v1; "
    "--target is then the model's name there.",
)
@click.option(
    "--api-key-env",
    metavar="VARIABLE",
    help="Environment variable with the key for --base-url. None is sent without it.",
)
@click.option(
    "--system",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with your own system prompt: the cases are asked under it beside "
    "general, in a context called own-prompt, instead of the suite's deployments.",
)
@click.option(
    "--guard",
    metavar="NAME",
    help="Put a guardrail in front: keywords, or keywords:FILE for your own words.",
)
@click.option("--field", "fields", multiple=True, help="Only cases of this field.")
@click.option("--context", "contexts", multiple=True, help="Only this context.")
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How often to ask each trial.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the order of asking."
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0),
    help="Default: greedy on the embedded model, a server's own elsewhere.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    help="Longest answer. Default: 96 on the embedded model, 2048 elsewhere.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    help="Trials under way at once. Default: 8, or what suits the embedded model.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="Seconds that a server has for one answer.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    help="Seconds to wait for another process that writes to the store.",
)
@click.option("--fresh", is_flag=True, help="Start a new run, whatever is stored.")
@judge_option
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
      0  every trial has an answer
      2  usage: an option, a file, a key or an address is wrong; nothing was written
      3  incomplete: some trials failed, or the run was stopped
      4  broken: the store is damaged, the disk is full

    \b
    Examples:
      demur run
      demur run quickstart --target control/keyword-filter
      demur run quickstart --target ollama/llama3.2 --field healthcare
    """
    choice = _Choice(**options)
    settings = read_settings()
    judge = find_judge(choice.judge_name)
    place = find_place(choice.store_address)
    with FetchProgress(choice.target) as fetching:
        plan = _plan(choice, settings, fetching)
        summary = _ask(plan, choice, place, settings)
    if summary.progress.asked == 0 and not summary.is_resumed:
        say("Stopped before the first answer: nothing was kept.")
        click.get_current_context().exit(INCOMPLETE)
    with opened_store(place, settings) as store:
        run = asyncio.run(read_run(store, summary.run_id, judge, place.shown))
    show_report(report_run(run), run, choice.html_path, choice.json_path)
    _say_what_next(summary)


def _plan(choice: _Choice, settings: Settings, fetching: FetchProgress) -> RunPlan:
    """Everything is looked up before anything is asked or written."""
    suite = _suite(choice)
    options = TargetOptions(
        base_url=choice.base_url,
        key_variable=choice.api_key_env,
        sampling=Sampling(temperature=choice.temperature, max_tokens=choice.max_tokens),
        timeout_seconds=choice.timeout,
        environment=settings.environment,
        models=settings.models,
        on_fetch=fetching.show,
    )
    guard = find_guard(choice.guard) if choice.guard else None
    name = choice.target if guard is None else f"{choice.target} behind {guard.name}"
    return RunPlan(
        suite=suite,
        target_name=name,
        target=guarded(find_target(choice.target, options), guard),
        samples=choice.samples,
        seed=choice.seed,
        concurrency=choice.concurrency,
        is_fresh=choice.fresh,
        notes={"system prompt": str(choice.system)} if choice.system else {},
        versions=_versions(settings),
    )


def _suite(choice: _Choice) -> Suite:
    suite = find_suite(choice.suite)
    if choice.fields:
        suite = only_fields(suite, choice.fields)
    if choice.system is not None:
        suite = under_system(suite, _deployment(choice.system))
    if choice.contexts:
        suite = only_contexts(suite, choice.contexts)
    return suite


def _deployment(path: Path) -> Deployment:
    """The user's own system prompt as a deployment.

    It has one name whatever the file's, so that runs under two versions of a prompt
    are compared trial by trial.
    """
    where = f"--system {path}"
    try:
        system = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        hint = "Name a UTF-8 text file that holds the system prompt."
        raise InputError(where, f"cannot read it ({reason(error)})", hint) from error
    if not system:
        raise InputError(where, "is empty", "Put the system prompt into it.")
    return Deployment(id=OWN_PROMPT, field="own", system=system)


def _versions(settings: Settings) -> dict[str, str]:
    found = {"demur": settings.version, "python": platform.python_version()}
    for library in ("aiohttp", "xllamacpp"):
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _ask(
    plan: RunPlan, choice: _Choice, place: StorePlace, settings: Settings
) -> RunSummary:
    """Ask, showing progress, until done or interrupted."""
    keeping = Keeping(
        place=place,
        version=settings.version,
        wait_seconds=choice.wait,
        on_wait=say,
    )
    progress = TrialProgress()
    count = len(plan.suite.trials(plan.samples))
    say(
        f"Asking {plan.target_name}: {count} trials of {plan.suite.name}, kept in "
        f"{place.shown}"
    )

    def watch(now: Progress) -> None:
        progress.show(now.stored + now.asked, now.total, now.failed)

    try:
        return asyncio.run(_until_stopped(plan, keeping, watch))
    finally:
        progress.close()


async def _until_stopped(plan: RunPlan, keeping: Keeping, watch: Any) -> RunSummary:
    """The first Ctrl-C finishes what is under way; the second ends it at once."""
    stop = asyncio.Event()
    asking = asyncio.current_task()
    assert asking is not None

    def interrupt() -> None:
        if stop.is_set():
            asking.cancel()
            return
        stop.set()
        say("\nFinishing what is under way. Press Ctrl-C again to end now.")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        return await run_suite(plan, keeping, watch, stop)
    except asyncio.CancelledError as error:
        message = "demur: ended. The same command continues where this one stopped."
        raise KeyboardInterrupt(message) from error


def _say_what_next(summary: RunSummary) -> None:
    """What was asked now, what is missing, and how to go on; sets the exit code."""
    now = summary.progress
    missing = now.total - now.stored - now.asked + now.failed
    if now.asked == 0 and not missing:
        say(
            f"Asked 0 trials: all {now.total} answers of run {summary.run_id} are "
            "stored already. --fresh starts a new run."
        )
    else:
        say(f"Asked {now.asked} trials. Run {summary.run_id}.")
    if missing:
        failed = f", {now.failed} of them failed" if now.failed else ""
        say(
            f"{missing} of {now.total} trials have no answer yet{failed}. "
            "The same command asks just these."
        )
        click.get_current_context().exit(INCOMPLETE)
    say(f"Next: demur report {summary.run_id} --html report.html")
