"""Tests of demur.flows.api_names."""

import pytest

from demur.clients.openai_chat import OpenAIChat
from demur.clients.server import Server
from demur.clients.wire import Wire
from demur.errors import InputError, MissingKeyError
from demur.flows.api_names import APIS, api_target

AZURE = {
    "AZURE_OPENAI_API_KEY": "k",
    "AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com/",
    "OPENAI_API_VERSION": "2024-10-21",
}


def make_server(url: str, key: str | None, key_name: str) -> Server:
    """A server with nothing but what the name said."""
    return Server(base_url=url, key=key, key_name=key_name)


def find(name: str, **environment: str) -> tuple[Wire, Server]:
    """What such a name means; it is known to mean something."""
    kind, _, model = name.partition("/")
    found = api_target(kind, model, environment, make_server)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "environment", "wire", "url", "key"),
    [
        pytest.param(
            "openai/gpt",
            {"OPENAI_API_KEY": "k"},
            "chat completions",
            "https://api.openai.com/v1",
            "k",
            id="openai",
        ),
        pytest.param(
            "openai-responses/gpt",
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://eu.example/v1/"},
            "OpenAI responses",
            "https://eu.example/v1",
            "k",
            id="openai-responses, elsewhere",
        ),
        pytest.param(
            "anthropic/claude",
            {"ANTHROPIC_API_KEY": "k"},
            "Anthropic messages",
            "https://api.anthropic.com/v1",
            "k",
            id="anthropic",
        ),
        pytest.param(
            "anthropic/claude",
            {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "https://x.example"},
            "Anthropic messages",
            "https://x.example/v1",
            "k",
            id="anthropic, elsewhere, as its own tools write it",
        ),
        pytest.param(
            "gemini/gemini-pro",
            {"GEMINI_API_KEY": "k", "GOOGLE_API_KEY": "other"},
            "Gemini generateContent",
            "https://generativelanguage.googleapis.com/v1beta",
            "k",
            id="gemini",
        ),
        pytest.param(
            "gemini/gemini-pro",
            {"GOOGLE_API_KEY": "k"},
            "Gemini generateContent",
            "https://generativelanguage.googleapis.com/v1beta",
            "k",
            id="gemini, under the older variable",
        ),
        pytest.param(
            "openrouter/acme/large:free",
            {"OPENROUTER_API_KEY": "k", "OPENAI_API_KEY": "other"},
            "chat completions",
            "https://openrouter.ai/api/v1",
            "k",
            id="openrouter",
        ),
        pytest.param(
            "ollama/m",
            {"OPENAI_API_KEY": "other"},
            "chat completions",
            "http://localhost:11434/v1",
            None,
            id="ollama",
        ),
        pytest.param(
            "ollama/m",
            {"OLLAMA_HOST": "10.0.0.7"},
            "chat completions",
            "http://10.0.0.7:11434/v1",
            None,
            id="ollama, a host without its port",
        ),
        pytest.param(
            "ollama/m",
            {"OLLAMA_HOST": "https://gpu.example"},
            "chat completions",
            "https://gpu.example/v1",
            None,
            id="ollama, an address",
        ),
        pytest.param(
            "lmstudio/m",
            {},
            "chat completions",
            "http://localhost:1234/v1",
            None,
            id="lmstudio",
        ),
        pytest.param(
            "vllm/m",
            {},
            "chat completions",
            "http://localhost:8000/v1",
            None,
            id="vllm",
        ),
        pytest.param(
            "azure/prod",
            AZURE,
            "chat completions",
            "https://acme.openai.azure.com",
            "k",
            id="azure",
        ),
    ],
)
def test_a_name_means_a_protocol_at_an_address(
    name: str, environment: dict[str, str], wire: str, url: str, key: str | None
) -> None:
    """The model is all that follows the first slash; a key goes to its owner only."""
    spoken, server = find(name, **environment)

    assert spoken.model == name.partition("/")[2]
    assert (spoken.name, server.base_url, server.key) == (wire, url, key)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        pytest.param("openai/m", "OPENAI_API_KEY", id="openai"),
        pytest.param("openai-responses/m", "OPENAI_API_KEY", id="openai-responses"),
        pytest.param("anthropic/m", "ANTHROPIC_API_KEY", id="anthropic"),
        pytest.param("gemini/m", "GEMINI_API_KEY", id="gemini"),
        pytest.param("openrouter/m", "OPENROUTER_API_KEY", id="openrouter"),
        pytest.param("azure/m", "AZURE_OPENAI_API_KEY", id="azure"),
    ],
)
def test_a_missing_key_says_which_variable(name: str, variable: str) -> None:
    """Set to nothing is not set."""
    with pytest.raises(MissingKeyError, match=variable) as caught:
        find(name, **{variable: ""})

    assert caught.value.where == f"--target {name}"


@pytest.mark.parametrize("name", ["AZURE_OPENAI_ENDPOINT", "OPENAI_API_VERSION"])
def test_azure_says_what_it_lacks(name: str) -> None:
    """An address and a version have no default that would be right."""
    known = {key: value for key, value in AZURE.items() if key != name}

    with pytest.raises(InputError, match=name) as caught:
        find("azure/prod", **known)

    assert caught.value.hint.startswith("Run: export AZURE_OPENAI_")


def test_azure_has_its_deployment_and_version_in_the_path() -> None:
    """Whatever characters they have; its own variable for the version goes first."""
    spoken, _ = find("azure/a b/c", **AZURE, AZURE_OPENAI_API_VERSION="2025-01-01")

    assert spoken.path == (
        "/openai/deployments/a%20b%2Fc/chat/completions?api-version=2025-01-01"
    )
    assert dict(spoken.headers("k")) == {"api-key": "k"}


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        pytest.param("openai/m", "OPENAI_BASE_URL", id="openai"),
        pytest.param("anthropic/m", "ANTHROPIC_BASE_URL", id="anthropic"),
        pytest.param("azure/m", "AZURE_OPENAI_ENDPOINT", id="azure"),
    ],
)
def test_a_key_is_sent_in_clear_only_where_the_address_says_so(
    name: str, variable: str
) -> None:
    """An address without a scheme is no reason to take http; a password stays out."""
    keys = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}

    with pytest.raises(InputError, match=variable) as caught:
        find(name, **{**AZURE, **keys, variable: "anna:hunter2@llm.example"})

    assert "hunter2" not in str(caught.value)


def test_newer_openai_models_get_the_limit_under_its_newer_name() -> None:
    """Others know only the older one."""
    wires = {
        kind: find(f"{kind}/m", OPENAI_API_KEY="k", OPENROUTER_API_KEY="k")[0]
        for kind, api in APIS.items()
        if api.wire == "OpenAIChat"
    }

    limits = {
        kind: wire.limit_field
        for kind, wire in wires.items()
        if isinstance(wire, OpenAIChat)
    }
    assert limits == {
        "openai": "max_completion_tokens",
        "openrouter": "max_tokens",
        "ollama": "max_tokens",
        "lmstudio": "max_tokens",
        "vllm": "max_tokens",
    }


def test_a_name_of_no_api_means_nothing_here() -> None:
    """It may mean another kind of target."""
    assert api_target("control", "answers-all", {}, make_server) is None
