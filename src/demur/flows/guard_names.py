"""The table of guards: from a name to the thing it means."""

import importlib
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from demur.errors import InputError, UnknownNameError, reason
from demur.flows.target_options import TargetOptions
from demur.targets.base import Target
from demur.targets.function_guard import FunctionGuard
from demur.targets.guard import Guard
from demur.targets.guarded import GuardedTarget
from demur.targets.keyword_guard import KeywordGuard
from demur.targets.keywords import CARELESS_WORDS
from demur.targets.load_function import load_function
from demur.targets.score import DEFAULT_THRESHOLD

GUARDS = {
    "keywords": "what holds a word of demur's list of careless keywords",
    "keywords:FILE": "what holds a word or phrase of your own list, one to a line",
    "http:FILE.yaml": "what a scorer behind an endpoint flags, as the file describes",
    "python:MODULE:FUNCTION": "what your own Python function flags",
    "python:MODULE:FUNCTION@0.8": "what it scores at 0.8 or above",
}
"""Forms of a guard's name, with what each stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """The guards of a run, on either side of its target; None where there is none."""

    before: Guard | None = None
    behind: Guard | None = None

    def name(self, target: str) -> str:
        """What the run's target is called with these guards around it."""
        name = target
        if self.before is not None:
            name += f" behind {self.before.name}"
        if self.behind is not None:
            name += f"{', ' if self.before else ' '}checked by {self.behind.name}"
        return name

    def around(self, target: Target) -> Target:
        """The target, with those guards that there are."""
        if self.before is None and self.behind is None:
            return target
        return GuardedTarget(target, self.before, self.behind)


def find_guards(
    before: str | None, behind: str | None, options: TargetOptions
) -> Guards:
    """The guards that ``--input-guard`` and ``--output-guard`` name.

    Raises:
        InputError: As `find_guard`.
    """
    return Guards(
        before=find_guard(before, "--input-guard", options) if before else None,
        behind=find_guard(behind, "--output-guard", options) if behind else None,
    )


def find_guard(name: str, option: str, options: TargetOptions) -> Guard:
    """The guard that a name such as ``keywords`` means.

    Args:
        name: One of the forms in `GUARDS`.
        option: Where it was named, for messages.
        options: What the name does not say.

    Raises:
        UnknownNameError: If the name has no known form.
        InputError: If its file or function cannot be had.
    """
    kind, _, place = name.partition(":")
    if name == "keywords":
        return KeywordGuard(CARELESS_WORDS)
    if kind == "keywords" and place:
        return KeywordGuard(_words(Path(place), f"{option} {name}"), name=name)
    if kind == "python" and place:
        return _function(name, place, f"{option} {name}", options)
    if kind == "http" and place:
        return _endpoint(Path(place), option, options)
    raise UnknownNameError.of(option, "guard", name, list(GUARDS))


def _words(file: Path, where: str) -> tuple[str, ...]:
    hint = "Name a text file with one word or phrase on each line."
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(where, f"cannot read it ({reason(error)})", hint) from error
    words = tuple(line.strip() for line in lines if line.strip())
    if not words:
        hint = "Write one word or phrase on each line."
        raise InputError(str(file), "holds no word", hint)
    return words


def _function(
    name: str, spec: str, where: str, options: TargetOptions
) -> FunctionGuard:
    spec, at, number = spec.partition("@")
    threshold = _threshold(number, where) if at else DEFAULT_THRESHOLD
    return FunctionGuard(
        function=load_function(spec, where),
        name=name,
        threshold=threshold,
        timeout_seconds=options.timeout_seconds,
    )


def _endpoint(file: Path, option: str, options: TargetOptions) -> Guard:
    """A scorer behind an endpoint; its libraries are loaded only here."""
    module = importlib.import_module("demur.targets.endpoint_guard")
    guard: Guard = module.find_endpoint_guard(
        file,
        option,
        options.server("", None, ""),
        options.traffic(),
        options.environment,
    )
    return guard


def _threshold(number: str, where: str) -> float:
    try:
        found = float(number)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        hint = "Write it as python:module:function@0.8"
        raise InputError(where, f"{number!r} is no threshold", hint)
    return found
