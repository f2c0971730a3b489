"""The table of a user's own targets: an endpoint, a program, a function, a run."""

from pathlib import Path

from demur.errors import InputError
from demur.flows.target_options import TargetOptions
from demur.targets.base import Target
from demur.targets.command import CommandTarget
from demur.targets.endpoint import EndpointTarget
from demur.targets.endpoint_file import load_endpoint
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


def _endpoint(path: Path, options: TargetOptions) -> Target:
    endpoint = load_endpoint(path, options.environment)
    if endpoint.file.response.text is None:
        hint = "Say where the answer is: response: {text: …}"
        raise InputError(str(path), "does not say where the answer's text is", hint)
    servers = options.servers(endpoint.secrets)
    return EndpointTarget(endpoint, servers, options.traffic())


def _replay(run: str, options: TargetOptions) -> Target:
    if options.replay is None:
        hint = "Name the store that holds the run: --store"
        raise InputError(f"--target replay:{run}", "there is no store here", hint)
    return options.replay(run)
