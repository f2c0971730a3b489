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


REFUSES = ("run", "healthcare", "--target", "control/refuses-all")
UNTIL = ("--until", "over-refusal <= 0.05")


def test_a_run_stops_once_it_is_decided(tmp_path: Path) -> None:
    """Exit code 0, though 800 trials have no answer; again it asks nothing."""
    first = demur(tmp_path, *REFUSES, *UNTIL)
    again = demur(tmp_path, *REFUSES, *UNTIL)
    gate = demur(tmp_path, "gate", "--require", UNTIL[1], "--one-sided-ok")

    assert (first.returncode, again.returncode, gate.returncode) == (0, 0, 1)
    assert "over-refusal <= 0.05: does not hold: 100.0 % [" in first.stderr
    assert "Ended early: all is decided, after 2 families." in first.stderr
    assert "Asked 0 trials" in again.stderr
    assert "The bounds hold whenever it stopped" in " ".join(gate.stdout.split())


def test_a_run_that_ends_before_it_knows_is_incomplete(tmp_path: Path) -> None:
    """Exit code 3; the same command continues it."""
    done = demur(tmp_path, *REFUSES, *UNTIL, "--max-trials", "1")
    more = demur(tmp_path, *REFUSES, *UNTIL)

    assert (done.returncode, more.returncode) == (3, 0)
    assert "over-refusal <= 0.05: not known yet" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("over-refusal", "is no condition", id="no limit"),
        pytest.param("over-refusal topic:x <= 0.1", "unknown topic 'x'", id="topic"),
        pytest.param("gap x <= 0.1", "unknown deployment 'x'", id="deployment"),
        pytest.param(
            "change over-refusal <= 0.1", "compares with another run", id="two runs"
        ),
    ],
)
def test_what_no_run_can_stop_at_is_wrong_use(
    tmp_path: Path, text: str, said: str
) -> None:
    """Said before anything is asked."""
    done = demur(tmp_path, *REFUSES, "--until", text)

    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "demur.sqlite").exists()
