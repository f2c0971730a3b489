"""Tests of demur.targets.load_function."""

from pathlib import Path

import pytest

from demur.errors import InputError
from demur.targets.load_function import load_function


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run in, found first as by `python -m`, and forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


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
