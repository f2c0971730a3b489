"""The table of a user's own targets: an endpoint, a program, a function, a run."""

import importlib
from pathlib import Path

from demur.errors import InputError
from demur.flows.target_options import TargetOptions
from demur.targets.base import Target
from demur.targets.command import CommandTarget
from demur.targets.function import FunctionTarget
from demur.targets.load_function import load_function

OWN_TARGETS = {
    "http:FILE.yaml": "a product's own endpoint, described by the file",
    "command:PROGRAM": "a program: trials in, answers out, as lines of JSON",
    "python:MODULE:FUNCTION": "a Python function, sync or async",
    "replay:RUN": "the answers of an earlier run in the same store",
}
"""Forms of a target's name, with what each means."""


def own_target(name: str, options: TargetOptions) -> Target | None:
    """The target that a name such as ``command:./bot --quiet`` means.

    None if the name has none of these forms.

    Raises:
        InputError: If there is no such function or run.
    """
    kind, _, rest = name.partition(":")
    if kind == "http" and not rest.startswith("//"):
        return _endpoint(Path(rest), options)
    if kind == "command":
        return CommandTarget(rest, options.timeout_seconds, options.traffic())
    if kind == "python":
        function = load_function(rest, f"--target {name}")
        return FunctionTarget(
            rest, function, options.timeout_seconds, options.traffic()
        )
    if kind == "replay":
        return _replay(rest, options)
    return None


def _endpoint(file: Path, options: TargetOptions) -> Target:
    """A product's own endpoint; its libraries are loaded only here."""
    module = importlib.import_module("demur.targets.endpoint")
    target: Target = module.find_endpoint(
        file, options.server("", None, ""), options.traffic(), options.environment
    )
    return target


def _replay(run: str, options: TargetOptions) -> Target:
    if options.replay is None:
        hint = "Name the store that holds the run: --store"
        raise InputError(f"--target replay:{run}", "there is no store here", hint)
    return options.replay(run)
