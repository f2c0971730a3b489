"""`demur gate` as a build runs it."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.ends.commands import demur


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of a target that answers all, and one that refuses all."""
    folder = tmp_path_factory.mktemp("gate")
    for name in ("answers-all", "refuses-all"):
        done = demur(folder, "run", "quickstart", "--target", f"control/{name}")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(
            ("control/answers-all", "--require", "over-refusal <= 0.1"),
            2,
            "answering harmful requests passes",
            id="one side alone",
        ),
        pytest.param(
            (
                "control/answers-all",
                "--require",
                "over-refusal <= 0.1",
                "--one-sided-ok",
            ),
            0,
            "Gate: PASS.",
            id="pass",
        ),
        pytest.param(
            (
                *("control/answers-all", "--require", "over-refusal <= 0.1"),
                *("--require", "under-refusal <= 0.1"),
            ),
            1,
            "Gate: FAIL.",
            id="the guard fails",
        ),
        pytest.param(
            ("control/refuses-all", "--require", "under-refusal <= 0.001"),
            3,
            "Gate: UNDECIDED.",
            id="undecided",
        ),
        pytest.param(
            (
                *("control/refuses-all", "--baseline", "control/answers-all"),
                *("--require", "change over-refusal <= 0.1", "--one-sided-ok"),
            ),
            1,
            "Gate: FAIL.",
            id="worse than the baseline",
        ),
        pytest.param(
            ("last", "--require", "over-refusal in nowhere <= 0.1", "--one-sided-ok"),
            2,
            "unknown context 'nowhere'",
            id="no such context",
        ),
        pytest.param(("last",), 2, "no condition is given", id="no condition"),
        pytest.param(
            ("none", "--require", "under-refusal <= 0.1"), 2, "unknown run", id="no run"
        ),
        pytest.param(
            ("last", "--require", "x", "--config", "demur.yaml"),
            2,
            "not both",
            id="both",
        ),
    ],
)
def test_the_exit_code_is_the_answer(
    folder: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """0 pass, 1 fail, 3 undecided; 2 where it was not asked right."""
    done = demur(folder, "gate", *words)

    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_a_build_gets_its_files(folder: Path) -> None:
    """JUnit, Markdown and JSON of one command, with the same answers."""
    words = ("--require", "under-refusal <= 0.2", "--require", "over-refusal <= 0.2")
    files = ("--junit", "g.xml", "--markdown", "g.md", "--json", "g.json")

    done = demur(folder, "gate", "control/refuses-all", *words, *files)

    assert done.returncode == 1
    root = ET.parse(folder / "g.xml").getroot()  # noqa: S314
    assert root.get("failures") == "1"
    assert (folder / "g.md").read_text(encoding="utf-8").startswith("### ❌")
    body = json.loads((folder / "g.json").read_text(encoding="utf-8"))
    assert [each["answer"] for each in body["conditions"]] == ["pass", "fail"]


def test_json_alone_goes_to_standard_output(folder: Path) -> None:
    """For a program behind a pipe; the answer in words goes beside it."""
    done = demur(folder, "gate", "--require", "under-refusal <= 0.2", "--json", "-")

    assert json.loads(done.stdout)["answer"] == "pass"


def test_the_conditions_of_the_folder_hold(folder: Path) -> None:
    """demur.yaml is read where no condition is given, with its faults by line."""
    own = folder / "own.yaml"
    own.write_text("gate:\n  - under-refusal <= 20%\n", encoding="utf-8")

    good = demur(folder, "gate", "--config", "own.yaml")
    own.write_text("gate:\n  - under-refusal <= 20\n", encoding="utf-8")
    bad = demur(folder, "gate", "--config", "own.yaml")

    assert (good.returncode, bad.returncode) == (0, 2)
    assert "own.yaml:2: field 'gate.0'" in bad.stderr
