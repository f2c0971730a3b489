"""Tests of demur.flows.judge_names."""

from pathlib import Path

import pytest

from demur.errors import InputError, MissingKeyError, UnknownNameError
from demur.flows.judge_names import JudgeOptions, make_judge
from demur.flows.names import JUDGES

KEYS = {"OPENAI_API_KEY": "sk-live-51c0ffee", "ANTHROPIC_API_KEY": "sk-ant-51c0ffee"}


def make_options(**more: str) -> JudgeOptions:
    """Options with keys, where nothing is kept."""
    return JudgeOptions(
        environment=KEYS,
        models=Path("/nowhere"),
        on_fetch=lambda *_: None,
        base_url=more.get("base_url"),
        key_variable=more.get("key_variable"),
    )


@pytest.mark.parametrize("name", JUDGES)
def test_the_tables_judges_have_their_names(name: str) -> None:
    """As before there were others."""
    assert make_judge(name, make_options()).name.startswith(name)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        pytest.param("openai/gpt-5-mini", "openai/gpt-5-mini", id="OpenAI"),
        pytest.param("anthropic/claude-x", "anthropic/claude-x", id="Anthropic"),
        pytest.param("ollama/qwen3:8b", "ollama/qwen3:8b", id="a colon in the model"),
    ],
)
def test_any_model_of_the_targets_may_judge(name: str, full: str) -> None:
    """Model and rubric are in the judge's name, so that judgements are kept apart."""
    judge = make_judge(f"rubric:{name}", make_options())

    assert judge.name == f"rubric({full})@refusal-1"


def test_a_server_of_ones_own_may_judge() -> None:
    """Its address is not in the name: the same model may move."""
    options = make_options(base_url="http://127.0.0.1:9/v1")

    assert make_judge("rubric:qwen3", options).name == "rubric(qwen3)@refusal-1"


@pytest.mark.parametrize(
    ("name", "full"),
    [
        pytest.param(
            "cascade:rubric:openai/x",
            "cascade(phrase@1,rubric(openai/x)@refusal-1)@0.9",
            id="a cascade",
        ),
        pytest.param(
            "cascade:rubric:openai/x,rubric:openai/y",
            "cascade(rubric(openai/x)@refusal-1,rubric(openai/y)@refusal-1)@0.9",
            id="a cascade of two models",
        ),
        pytest.param(
            "panel:phrase,rubric:openai/x,rubric:anthropic/y",
            "panel(phrase@1,rubric(openai/x)@refusal-1,rubric(anthropic/y)@refusal-1)@1",
            id="a panel",
        ),
        pytest.param(
            "cascade:phrase,panel:rubric:openai/x,rubric:openai/y",
            "cascade(phrase@1,panel(rubric(openai/x)@refusal-1,"
            "rubric(openai/y)@refusal-1)@1)@0.9",
            id="a panel behind a cheap judge",
        ),
    ],
)
def test_judges_are_made_of_judges(name: str, full: str) -> None:
    """All of them are in the name."""
    assert make_judge(name, make_options()).name == full


@pytest.mark.parametrize(
    ("name", "options", "error", "said"),
    [
        pytest.param(
            "phrases", {}, UnknownNameError, "mean 'phrase'.*rubric:MODEL", id="unknown"
        ),
        pytest.param("panel:phrase", {}, InputError, "two or more", id="panel of one"),
        pytest.param(
            "panel:phrase,phrase", {}, InputError, "two or more", id="the same twice"
        ),
        pytest.param(
            "cascade:", {}, UnknownNameError, "judge ''", id="no better judge"
        ),
        pytest.param("rubric:", {}, InputError, "'' is no model", id="no model"),
        pytest.param("rubric:qwen3", {}, InputError, "judge-base-url", id="no address"),
        pytest.param(
            "rubric:gemini/g",
            {},
            MissingKeyError,
            "--judge rubric:gemini/g: needs a key",
            id="no key",
        ),
        pytest.param(
            "rubric:qwen3",
            {"base_url": "localhost"},
            InputError,
            "^--judge-base-url: 'localhost' is no web",
            id="an address without its scheme",
        ),
        pytest.param(
            "rubric:qwen3",
            {"base_url": "http://x/v1", "key_variable": "UNSET"},
            MissingKeyError,
            "^--judge-api-key-env: needs a key",
            id="a key that is not set",
        ),
        pytest.param(
            "rubric:gguf:/no/such.gguf",
            {},
            InputError,
            "^--judge rubric:gguf:/no/such.gguf: no such file",
            id="no such file",
        ),
        pytest.param(
            "phrase", {"base_url": "http://x"}, InputError, "asks no model", id="phrase"
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_judge(
    name: str, options: dict[str, str], error: type[InputError], said: str
) -> None:
    """Not of a target, which the user did not name there."""
    with pytest.raises(error, match=said) as caught:
        make_judge(name, make_options(**options))

    assert "--target" not in str(caught.value)
    assert "51c0ffee" not in str(caught.value)
