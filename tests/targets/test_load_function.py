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
