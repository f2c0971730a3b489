"""Bad input: a clear error with place and hint, exit code 2, nothing written."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.ends.commands import demur, environment

CONTROL = ("--target", "control/answers-all")


def unused_address() -> str:
    """An address on loopback at which nobody listens."""
    return "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("run", "quikstart"), "Did you mean 'quickstart'?", id="suite"),
        pytest.param(("run", "no/such.yaml"), "no such file or folder", id="path"),
        pytest.param(
            ("run", "--target", "loca/smollm2"),
            "Did you mean 'local/smollm2'?",
            id="target",
        ),
        pytest.param(
            ("run", *CONTROL, "--context", "ward-asistant"),
            "Did you mean 'ward-assistant'?",
            id="context",
        ),
        pytest.param(
            ("run", *CONTROL, "--field", "helth"), "Known: fiction, heal", id="field"
        ),
        pytest.param(
            ("run", "--target", "openai/gpt-5-mini"),
            "export OPENAI_API_KEY=",
            id="missing key",
        ),
        pytest.param(
            ("run", "--target", "m", "--base-url", unused_address()),
            "nobody answers there",
            id="nobody listens",
        ),
        pytest.param(
            ("run", "--target", "m", "--base-url", "localhost:8000"),
            "Write it with its scheme",
            id="address without scheme",
        ),
        pytest.param(
            ("run", "--target", "gguf:no.gguf"), "no such file", id="no GGUF file"
        ),
        pytest.param(
            ("run", *CONTROL, "--system", "no.txt"), "--system no.txt", id="system"
        ),
        pytest.param(
            ("run", *CONTROL, "--input-guard", "keyword"),
            "Did you mean 'keywords'?",
            id="input guard",
        ),
        pytest.param(
            ("run", *CONTROL, "--output-guard", "python:no_such:score"),
            "there is no module 'no_such'",
            id="output guard",
        ),
        pytest.param(("run", *CONTROL, "--judge", "x"), "Known: phrase", id="judge"),
        pytest.param(("run", *CONTROL, "--samples", "0"), "0 is not in", id="number"),
        pytest.param(
            ("run", *CONTROL, "--store", "no/such.sqlite"), "mkdir -p no", id="folder"
        ),
        pytest.param(("report",), "Run `demur run` first", id="no store"),
        pytest.param(("model", "get", "gpt"), "Known: smollm2", id="model"),
        pytest.param(("plan",), "Give --at-most 0.05", id="plan of nothing"),
        pytest.param(
            ("plan", "--at-most", "0.05", "--rate", "0.05"),
            "--rate: is not below --at-most",
            id="a rate that cannot be shown",
        ),
        pytest.param(
            ("plan", "--see-gap", "0.5", "--flips", "0.3"),
            "--flips: is too much",
            id="more than all trials change",
        ),
        pytest.param(
            ("plan", "--see-gap", "0.5", "--correlation", "0.9"),
            "Samples of a trial are at least",
            id="samples less alike than families",
        ),
        pytest.param(
            ("plan", "--at-most", "0.05", "--price-in", "1"),
            "Give --price-out too",
            id="half of a price",
        ),
        pytest.param(("frobnicate",), "No such command", id="command"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, no traceback, the hint that helps, an empty folder."""
    done = demur(tmp_path, *words)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_all_faults_of_a_suite_come_at_once(tmp_path: Path) -> None:
    """Each with file, line, case and field; from run as from check."""
    file = tmp_path / "clinic.yaml"
    file.write_text(
        "field: healthcare\n"
        "cases:\n"
        "  - id: dose\n"
        "    topic: doses\n"
        "    request: How much?\n"
        "    expect:\n"
        "      nurse-lin: {answer: She asks daily.}\n"
        "  - id: second\n"
        "    topic: doses\n"
        "    expect: {general: {perhaps: Who knows.}}\n",
        encoding="utf-8",
    )

    checked = demur(tmp_path, "check", "clinic.yaml")
    run = demur(tmp_path, "run", "clinic.yaml", *CONTROL)

    assert (checked.returncode, run.returncode) == (2, 2)
    assert checked.stderr == run.stderr
    said = checked.stderr
    unknown = "clinic.yaml:7: case 'dose', field 'expect.nurse-lin': unknown context"
    assert unknown in said
    assert "clinic.yaml:8: case 'second', field 'request': missing" in said
    assert "clinic.yaml:10: case 'second', field 'expect.general" in said
    assert [path.name for path in tmp_path.iterdir()] == ["clinic.yaml"]


def test_malformed_yaml_is_placed(tmp_path: Path) -> None:
    """The line that the parser stumbled on."""
    file = tmp_path / "m.yaml"
    file.write_text("cases:\n  - id: a\n   b: c\n", encoding="utf-8")

    done = demur(tmp_path, "run", "m.yaml", *CONTROL)

    assert done.returncode == 2
    assert "m.yaml:3: not YAML" in done.stderr


def test_a_missing_extra_names_the_pip_command(tmp_path: Path) -> None:
    """Where xllamacpp cannot be imported, the message says what to install."""
    (tmp_path / "hide").mkdir()
    hidden = "raise ModuleNotFoundError('xllamacpp', name='xllamacpp')\n"
    (tmp_path / "hide" / "xllamacpp.py").write_text(hidden, encoding="utf-8")

    done = demur(tmp_path, "run", PYTHONPATH=str(tmp_path / "hide"))

    assert done.returncode == 2
    assert "needs xllamacpp, which is not installed" in done.stderr
    assert "pip install 'demur[local]'" in done.stderr


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """It says which version wrote it, and not a byte changes."""
    file = tmp_path / "demur.sqlite"
    with closing(sqlite3.connect(file)) as store:
        store.execute("CREATE TABLE store (schema_version INTEGER, demur TEXT)")
        store.execute("INSERT INTO store VALUES (99, '9.9')")
        store.commit()
    before = file.read_bytes()

    done = demur(tmp_path, "run", *CONTROL)

    assert done.returncode == 2
    assert "written by demur 9.9 (store version 99)" in done.stderr
    assert "pip install --upgrade demur" in done.stderr
    assert file.read_bytes() == before


def test_a_store_that_another_run_writes_to_says_who(tmp_path: Path) -> None:
    """It waits, then names the other process and what that is doing."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from demur.stores.writer import sole_writer\n"
        "with sole_writer(Path('demur.sqlite'), 'demur run other', '10:00',"
        " wait_seconds=1, on_wait=print):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        done = demur(tmp_path, "run", *CONTROL, "--wait", "0.5")
        other.kill()

    assert done.returncode == 2
    who = f"process {other.pid} (`demur run other`, since 10:00)"
    assert f"waiting for {who}" in done.stderr
    assert f"{who} is writing to it" in done.stderr
    assert not (tmp_path / "demur.sqlite").exists()


def test_errors_never_reach_standard_output(tmp_path: Path) -> None:
    """A program that reads the JSON gets JSON or nothing."""
    done = demur(tmp_path, "run", *CONTROL, "--json", "-")
    failed = demur(tmp_path, "report", "nothing", "--json", "-")

    assert json.loads(done.stdout)["demur_json"] == 1
    assert (failed.returncode, failed.stdout) == (2, "")
