"""Tests of demur.targets.load_function."""

import sys
from pathlib import Path

import pytest

from demur.errors import InputError
from demur.targets.load_function import load_function

WHERE = "--target python:x"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; what is imported from it is forgotten again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def test_a_function_of_the_current_folder_is_found(folder: Path) -> None:
    """As by `python -m`, also where demur itself is installed elsewhere."""
    (folder / "shop_bot.py").write_text("def answer(messages):\n    return 'Yes.'\n")

    assert load_function("shop_bot:answer", WHERE)([]) == "Yes."


@pytest.mark.parametrize(
    ("spec", "problem", "hint"),
    [
        pytest.param(
            "shop", "names no module and function", "module:function", id="short"
        ),
        pytest.param(
            ":f", "names no module and function", "module:function", id="no name"
        ),
        pytest.param(
            "no_such_shop:f",
            "there is no module 'no_such_shop'",
            "no_such_shop.py",
            id="missing",
        ),
        pytest.param(
            "broken_bot:f", "ZeroDivisionError", "python -c", id="fails to import"
        ),
        pytest.param(
            "named_bot:reply",
            "holds no 'reply'",
            "Check the function's name.",
            id="wrong name",
        ),
        pytest.param(
            "named_bot:limit", "cannot be called", "Name a function.", id="a number"
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_next(
    folder: Path, spec: str, problem: str, hint: str
) -> None:
    """The user's own error is named, and no traceback of ours is shown."""
    (folder / "broken_bot.py").write_text("1 / 0\n")
    (folder / "named_bot.py").write_text("limit = 3\ndef answer(m):\n    return ''\n")

    with pytest.raises(InputError) as caught:
        load_function(spec, WHERE)

    assert problem in caught.value.problem
    assert hint in caught.value.hint
    assert caught.value.where == WHERE


def test_a_function_is_found_in_the_folder_one_is_in(folder: Path) -> None:
    """Also inside a class."""
    code = "def one(text): return 1\nclass Two:\n    two = staticmethod(one)\n"
    (folder / "demur_found.py").write_text(code, encoding="utf-8")

    assert load_function("demur_found:one", "--x")("a") == 1
    assert load_function("demur_found:Two.two", "--x")("a") == 1


@pytest.mark.parametrize(
    ("spec", "code", "said"),
    [
        pytest.param("demur_a", "", "names no module and function", id="no function"),
        pytest.param(":f", "", "names no module", id="no module"),
        pytest.param(
            "demur_b:scor", "score = print", "Did you mean 'score'", id="near"
        ),
        pytest.param("demur_c:x", "x = 7", "cannot be called", id="no callable"),
        pytest.param(
            "demur_d:x", "1/0", r"cannot be imported \(ZeroDivisionError", id="broken"
        ),
        pytest.param(
            "demur_e:x", "import no_such_thing", "No module named", id="needs another"
        ),
        pytest.param("demur_f:x", "def (", "SyntaxError", id="no Python"),
        pytest.param("demur_g:x", "raise SystemExit(3)", "SystemExit", id="leaves"),
        pytest.param("demur_none.y:x", "", "there is no module", id="not there"),
    ],
)
def test_what_cannot_be_loaded_is_explained(
    folder: Path, spec: str, code: str, said: str
) -> None:
    """Before anything is asked, with the option that named it."""
    name = spec.partition(":")[0]
    if code:
        (folder / f"{name}.py").write_text(code, encoding="utf-8")

    with pytest.raises(InputError, match=said) as caught:
        load_function(spec, "--input-guard")

    assert caught.value.where == "--input-guard"
