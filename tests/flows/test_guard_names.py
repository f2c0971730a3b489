"""Tests of demur.flows.guard_names."""

from pathlib import Path

import pytest
from tests.scripted import ScriptedTarget

from demur.errors import InputError, MissingKeyError
from demur.flows.guard_names import find_guard, find_guards
from demur.flows.target_options import TargetOptions
from demur.targets.function_guard import FunctionGuard
from demur.targets.keyword_guard import KeywordGuard
from demur.targets.keywords import CARELESS_WORDS

OPTIONS = TargetOptions(
    models=Path(), on_fetch=lambda *_: None, environment={}, timeout_seconds=7.0
)


@pytest.mark.parametrize(
    ("before", "behind", "name"),
    [
        pytest.param(None, None, "m", id="none"),
        pytest.param("keywords", None, "m behind keywords", id="in front"),
        pytest.param(None, "keywords", "m checked by keywords", id="behind"),
        pytest.param(
            "keywords",
            "keywords",
            "m behind keywords, checked by keywords",
            id="on both sides",
        ),
    ],
)
def test_a_target_is_called_after_its_guards(
    before: str | None, behind: str | None, name: str
) -> None:
    """So that runs are told apart in a list; alone it stays what it is."""
    target = ScriptedTarget({})

    guards = find_guards(before, behind, OPTIONS)

    assert guards.name("m") == name
    assert (guards.around(target) is target) == (name == "m")


def test_a_file_of_words_is_a_guard_of_its_own(tmp_path: Path) -> None:
    """Blank lines count for nothing."""
    file = tmp_path / "words.txt"
    file.write_text("  lethal dose \n\nmurder\n", encoding="utf-8")

    found = find_guard(f"keywords:{file}", "--input-guard", OPTIONS)

    assert found == KeywordGuard(("lethal dose", "murder"), name=f"keywords:{file}")
    assert find_guard("keywords", "--x", OPTIONS) == KeywordGuard(CARELESS_WORDS)


@pytest.mark.parametrize(
    ("name", "threshold"),
    [
        pytest.param("python:builtins:len", 0.5, id="not said"),
        pytest.param("python:builtins:len@12", 12.0, id="said"),
    ],
)
def test_a_function_is_a_guard_with_its_threshold(name: str, threshold: float) -> None:
    """And with the time that a call may take."""
    found = find_guard(name, "--input-guard", OPTIONS)

    assert found == FunctionGuard(len, name, threshold, 7.0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("keyword", "Did you mean 'keywords'?", id="near"),
        pytest.param("keywords:", "unknown guard", id="no file"),
        pytest.param("python:", "unknown guard", id="no function"),
        pytest.param("http:", "unknown guard", id="no endpoint"),
        pytest.param("keywords:none.txt", "no such file", id="file not there"),
        pytest.param("http:none.yaml", "no such file", id="endpoint not there"),
        pytest.param("python:builtins:len@x", "'x' is no threshold", id="threshold"),
        pytest.param("python:builtins:len@nan", "is no threshold", id="NaN"),
        pytest.param("python:len", "names no module and function", id="half a name"),
    ],
)
def test_a_wrong_name_is_explained(name: str, said: str) -> None:
    """Before anything is asked, with the option that it came by."""
    with pytest.raises(InputError, match=said.replace("?", r"\?")) as caught:
        find_guard(name, "--output-guard", OPTIONS)

    assert caught.value.where.startswith("--output-guard")


def test_a_guards_missing_key_is_named(tmp_path: Path) -> None:
    """As one of a target is."""
    file = tmp_path / "g.yaml"
    file.write_text(
        "format: 1\nurl: https://h\nheaders: {X-Key: '${NO_SUCH}'}\n"
        "body: '{{text}}'\nresponse: {flagged: f}\n",
        encoding="utf-8",
    )

    with pytest.raises(MissingKeyError, match="NO_SUCH"):
        find_guard(f"http:{file}", "--output-guard", OPTIONS)
