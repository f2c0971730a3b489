"""`demur run` on a program, a function and an earlier run, as the page shows them."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from tests.ends.commands import demur, run_to_json

PAGE = Path(__file__).parents[2] / "docs" / "targets.md"
ONE = ("quickstart", "--field", "fiction")
PYTHON = shlex.quote(sys.executable)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the page's files, as they stand there."""
    files = r"`([\w-]+\.py)`:\n\n```python\n(.*?)```"
    for name, text in re.findall(files, PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("target", [f"command:{PYTHON} bot.py", "python:shop:answer"])
def test_the_pages_examples_work_as_typed(folder: Path, target: str) -> None:
    """Every trial is answered: none fails, none is left out."""
    done = demur(folder, "run", *ONE, "--target", target)

    assert done.returncode == 0, done.stderr
    assert "Left out of the rates: 0" in done.stdout


def test_a_replay_measures_what_the_run_measured(folder: Path) -> None:
    """Blocks and answers alike, without asking anything."""
    first = run_to_json(folder, *ONE, "--target", "control/keyword-filter")

    again = run_to_json(folder, *ONE, "--target", "replay:control/keyword-filter")

    assert again["measures"] == first["measures"]


def test_trials_that_the_run_lacks_fail_and_are_counted(folder: Path) -> None:
    """A narrower run is replayed over the whole field: the rest is missing data."""
    demur(
        folder, "run", *ONE, "--context", "general", "--target", "control/answers-all"
    )

    done = demur(folder, "run", *ONE, "--target", "replay:last")

    assert done.returncode == 3, done.stderr
    assert "23 of 37 trials have no answer yet, 23 failed (23 rejected)" in done.stderr
    assert "Left out of the rates: 23" in done.stdout


def test_a_function_that_hangs_does_not_keep_the_command_from_ending(
    folder: Path,
) -> None:
    """Its threads would sleep for minutes; the command ends long before."""
    code = "import time\ndef answer(messages):\n    time.sleep(600)\n"
    (folder / "slow.py").write_text(code, encoding="utf-8")

    done = demur(
        folder,
        *("run", *ONE, "--target", "python:slow:answer"),
        *("--timeout", "1", "--patience", "1"),
    )

    assert done.returncode == 3, done.stderr
    assert "no answer in 1 s" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param("command:no-such-program", "cannot start", id="program"),
        pytest.param("python:no_such:answer", "no module 'no_such'", id="module"),
        pytest.param("python:shop:reply", "holds no 'reply'", id="function"),
        pytest.param("replay:nothing", "no such store", id="run"),
    ],
)
def test_what_is_not_there_is_said_before_anything_is_asked(
    folder: Path, target: str, said: str
) -> None:
    """And nothing is stored."""
    done = demur(folder, "run", *ONE, "--target", target)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "demur.sqlite").exists()


def test_a_key_in_a_functions_error_is_kept_nowhere(tmp_path: Path) -> None:
    """Neither in the store nor in what is printed: its variable is named like a key."""
    (tmp_path / "leaky.py").write_text(
        "import os\n\ndef answer(_):\n    raise ValueError(os.environ['SHOP_KEY'])\n",
        encoding="utf-8",
    )
    words = ("--field", "fiction", "--target", "python:leaky:answer", "--json", "-")

    done = demur(tmp_path, "run", *words, SHOP_KEY="planted-51c0ffee")

    assert done.returncode == 3
    assert "raised ValueError: (key)" in done.stdout
    assert "planted" not in done.stdout + done.stderr
    for file in tmp_path.glob("demur.sqlite*"):
        assert b"planted" not in file.read_bytes()
