"""The table of model APIs: from a target's name to where and how it is asked."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import InputError, MissingKeyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A model API that is called by its name.

    Attributes:
        title: What it is.
        module: Of `demur.clients`, where its protocol is.
        wire: Name of the protocol's class there.
        fields: Of the protocol, beside the model.
        keys: Environment variables that may hold the key, the usual one first; none
            where it needs none.
        url: Base URL; None where the environment must say.
        url_variable: Environment variable with another base URL.
        url_end: What belongs behind that, if it is not there yet.
    """

    title: str
    module: str = "openai_chat"
    wire: str = "OpenAIChat"
    fields: Mapping[str, str] | None = None
    keys: tuple[str, ...] = ()
    url: str
    url_variable: str | None = None
    url_end: str = ""


# OpenAI's newer models refuse the older name of the limit; others know only that.
_OPENAI = {"limit_field": "max_completion_tokens"}

APIS = {
    "openai": Api(
        title="OpenAI's chat API",
        fields=_OPENAI,
        keys=("OPENAI_API_KEY",),
        url="https://api.openai.com/v1",
        url_variable="OPENAI_BASE_URL",
    ),
    "openai-responses": Api(
        title="OpenAI's responses API",
        module="openai_responses",
        wire="OpenAIResponses",
        keys=("OPENAI_API_KEY",),
        url="https://api.openai.com/v1",
        url_variable="OPENAI_BASE_URL",
    ),
    "anthropic": Api(
        title="Anthropic's messages API",
        module="anthropic_messages",
        wire="AnthropicMessages",
        keys=("ANTHROPIC_API_KEY",),
        url="https://api.anthropic.com/v1",
        url_variable="ANTHROPIC_BASE_URL",
        url_end="/v1",
    ),
    "gemini": Api(
        title="Google's Gemini API",
        module="gemini",
        wire="Gemini",
        keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        url="https://generativelanguage.googleapis.com/v1beta",
        url_variable="GEMINI_BASE_URL",
        url_end="/v1beta",
    ),
    "openrouter": Api(
        title="OpenRouter",
        keys=("OPENROUTER_API_KEY",),
        url="https://openrouter.ai/api/v1",
        url_variable="OPENROUTER_BASE_URL",
    ),
    "ollama": Api(
        title="a model of an Ollama server",
        url="http://localhost:11434/v1",
        url_variable="OLLAMA_HOST",
        url_end="/v1",
    ),
    "lmstudio": Api(title="LM Studio's server", url="http://localhost:1234/v1"),
    "vllm": Api(title="a vLLM server", url="http://localhost:8000/v1"),
}
"""Model APIs, by the part of a target's name before the slash."""

AZURE = "azure"
_AZURE_KEY = "AZURE_OPENAI_API_KEY"
_AZURE_URL = "AZURE_OPENAI_ENDPOINT"
_AZURE_VERSIONS = ("AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION")

MakeServer = Callable[[str, str | None, str], Server]
"""From base URL, key and the key's name to a server."""


def api_target(
    kind: str, model: str, environment: Mapping[str, str], server: MakeServer
) -> tuple[Wire, Server] | None:
    """The protocol and the server of ``KIND/MODEL``; None if there is no such kind.

    Raises:
        MissingKeyError: If it needs a key that is not in the environment.
        InputError: If Azure's address or version is not.
    """
    if kind == AZURE:
        return _azure(model, environment, server)
    api = APIS.get(kind)
    if api is None:
        return None
    key, key_name = _key(api, f"--target {kind}/{model}", environment)
    wire: Wire = getattr(_module(api.module), api.wire)(
        model=model, **(api.fields or {})
    )
    return wire, server(_url(api, environment), key, key_name)


def _module(name: str) -> object:
    return importlib.import_module(f"demur.clients.{name}")


def _key(
    api: Api, where: str, environment: Mapping[str, str]
) -> tuple[str | None, str]:
    """The key and the variable that it came from."""
    for variable in api.keys:
        if environment.get(variable):
            return environment[variable], variable
    if api.keys:
        raise MissingKeyError.of(where, api.keys[0])
    return None, "--api-key-env"


def _url(api: Api, environment: Mapping[str, str]) -> str:
    given = environment.get(api.url_variable or "")
    if not given:
        return api.url
    if api.keys:
        _check_scheme(api.url_variable, given)
    elif "://" not in given:
        port = "" if ":" in given else f":{urlsplit(api.url).port}"
        given = f"http://{given}{port}"
    url = given.rstrip("/")
    return url if url.endswith(api.url_end) else url + api.url_end


def _check_scheme(variable: str | None, url: str) -> None:
    """A key is not sent in clear because nobody wrote https."""
    if not url.startswith(("http://", "https://")):
        hint = "Write it with its scheme, such as https://llm.example.com/v1"
        shown = url.rpartition("@")[2]  # before it may stand a password
        raise InputError(str(variable), f"{shown!r} is no web address", hint)


def _azure(
    deployment: str, environment: Mapping[str, str], server: MakeServer
) -> tuple[Wire, Server]:
    where = f"--target {AZURE}/{deployment}"
    key = environment.get(_AZURE_KEY)
    if not key:
        raise MissingKeyError.of(where, _AZURE_KEY)
    url = environment.get(_AZURE_URL)
    if not url:
        raise _unset(where, _AZURE_URL, "https://NAME.openai.azure.com")
    _check_scheme(_AZURE_URL, url)
    found = [environment[name] for name in _AZURE_VERSIONS if environment.get(name)]
    if not found:
        raise _unset(where, _AZURE_VERSIONS[0], "2024-10-21")
    wire: Wire = _module("openai_chat").OpenAIChat.azure(deployment, found[0])  # type: ignore[attr-defined] # loaded by name
    return wire, server(url.rstrip("/"), key, _AZURE_KEY)


def _unset(where: str, variable: str, example: str) -> InputError:
    problem = f"the environment variable {variable} is not set"
    return InputError(where, problem, f"Run: export {variable}={example}")
