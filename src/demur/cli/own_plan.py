"""From the options of `demur run` to a plan: everything is looked up before asking."""

import asyncio
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from demur.cli.bill import check_max_cost, prices_of
from demur.cli.choice import Choice
from demur.cli.options import opened_store
from demur.cli.settings import Settings
from demur.cli.suite_options import mapped_of
from demur.clients.base import Sampling
from demur.clients.model_file import Progress as OnFetch
from demur.errors import InputError, reason
from demur.flows.condition_measure import check_names
from demur.flows.find_run import find_run
from demur.flows.guard_names import find_guards
from demur.flows.plan import Limits, RunPlan, Until
from demur.flows.store_places import find_place
from demur.flows.suite_names import find_suite
from demur.flows.target_names import (
    REMOTE_TOKENS,
    find_target,
)
from demur.flows.target_options import TargetOptions
from demur.records.condition import parse_condition
from demur.records.context import Deployment
from demur.records.outcome import Outcome
from demur.records.run import BY_FAMILY, ORDER
from demur.records.suite import Suite
from demur.suites.narrow import (
    also_under,
    only_contexts,
    only_fields,
    under_system,
)
from demur.targets.hushed import HushedTarget
from demur.targets.replay import ReplayTarget

OWN_PROMPT = "own-prompt"
"""Context in which cases are asked under the user's own system prompt."""


def make_plan(
    choice: Choice,
    settings: Settings,
    on_fetch: OnFetch,
    notice: Callable[[str], None],
    stop: asyncio.Event,
) -> RunPlan:
    """The plan that the options describe.

    Args:
        choice: The options.
        settings: The environment.
        on_fetch: Told as a model's file comes.
        notice: Told when calls are slowed or paused.
        stop: Once set, calls that wait are given up.

    Raises:
        InputError: If an option, a name, a file or a key is wrong.
    """
    suite = _suite(choice)
    until = _until(choice, suite)
    limits = _limits(choice)
    options = TargetOptions(
        base_url=choice.base_url,
        key_variable=choice.api_key_env,
        sampling=Sampling(temperature=choice.temperature, max_tokens=choice.max_tokens),
        timeout_seconds=choice.timeout,
        connect_seconds=choice.connect_timeout,
        concurrency=choice.concurrency,
        requests_per_minute=choice.rpm,
        tokens_per_minute=choice.tpm,
        patience_seconds=choice.patience,
        halt=stop,
        notice=notice,
        environment=settings.environment,
        models=settings.models,
        on_fetch=on_fetch,
        replay=lambda run: _replay(run, choice, settings),
    )
    guards = find_guards(choice.input_guard, choice.output_guard, options)
    target = HushedTarget(
        guards.around(find_target(choice.target, options)), options.hide
    )
    return RunPlan(
        suite=suite,
        target_name=guards.name(choice.target),
        target=target,
        samples=choice.samples,
        seed=choice.seed,
        concurrency=choice.concurrency,
        until=until,
        is_fresh=choice.fresh,
        limits=limits,
        notes=_notes(choice, limits, target.concurrency),
        versions=_versions(settings),
    )


def _replay(run: str, choice: Choice, settings: Settings) -> ReplayTarget:
    place = find_place(choice.store_address)
    with opened_store(place, settings) as store:
        header = find_run(store, run, place.shown)
        return ReplayTarget.of(header, store.outcomes(header.id, judge=""))


def _limits(choice: Choice) -> Limits:
    prices = prices_of(choice.price_in, choice.price_out)
    check_max_cost(choice.max_cost, prices)
    return Limits(
        trials=choice.max_trials,
        cost=choice.max_cost,
        prices=prices,
        longest_answer=choice.max_tokens or REMOTE_TOKENS,
    )


def _notes(choice: Choice, limits: Limits, usual: int) -> dict[str, str]:
    """What the record should say beside what decides the answers."""
    notes = {
        "system prompt": choice.system,
        "concurrency": choice.concurrency or usual,
        "timeout": f"{choice.timeout:g} s",
        "connect_timeout": f"{choice.connect_timeout:g} s",
        "patience": f"{choice.patience:g} s",
        **_notes_on_until(choice),
        "rpm": choice.rpm,
        "tpm": choice.tpm,
        "price_in": limits.prices and limits.prices.read,
        "price_out": limits.prices and limits.prices.written,
    }
    return {name: str(value) for name, value in notes.items() if value is not None}


def _notes_on_until(choice: Choice) -> dict[str, str]:
    if not choice.until:
        return {}
    conditions = "; ".join(choice.until)
    said = f"{conditions} (error rate {choice.error_rate:g})"
    return {ORDER: BY_FAMILY, "until": said}


def _until(choice: Choice, suite: Suite) -> Until | None:
    """When to stop; None where nothing is said.

    Raises:
        InputError: If a condition is none, or is on what no trial of the suite is.
    """
    if not choice.until:
        return None
    outcomes = [Outcome(trial=trial) for trial in suite.trials()]
    conditions = [parse_condition(text, "--until") for text in choice.until]
    for condition in conditions:
        where = f"--until {str(condition)!r}"
        if condition.quantity.is_of_two_runs:
            hint = "Give it to `demur gate`, with --baseline."
            raise InputError(where, "compares with another run", hint)
        check_names(condition, outcomes, where)
    return Until(conditions=tuple(conditions), error_rate=choice.error_rate)


def _suite(choice: Choice) -> Suite:
    suite = find_suite(choice.suite, mapped_of(choice.columns, choice.expects))
    if choice.fields:
        suite = only_fields(suite, choice.fields)
    if choice.system is not None:
        suite = under_system(suite, _deployment("--system", choice.system))
    return _in_contexts(suite, choice.contexts)


def _in_contexts(suite: Suite, contexts: tuple[str, ...]) -> Suite:
    """The trials in the contexts named; a file among them is one's own prompt."""
    known = {name for case in suite.cases for name in case.expected}
    files = [name for name in contexts if name not in known and _is_path(name)]
    if len(files) > 1:
        hint = "Run each by itself, and compare the runs."
        raise InputError(f"--context {files[1]}", "is a second file", hint)
    for file in files:
        suite = also_under(suite, _deployment("--context", Path(file)))
    names = [OWN_PROMPT if name in files else name for name in contexts]
    return only_contexts(suite, names) if set(names) - {OWN_PROMPT} else suite


def _is_path(name: str) -> bool:
    return Path(name).is_file() or "/" in name or bool(Path(name).suffix)


def _deployment(option: str, path: Path) -> Deployment:
    """The user's own system prompt as a deployment.

    It has one name whatever the file's, so that runs under two versions of a prompt
    are compared trial by trial.
    """
    where = f"{option} {path}"
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
