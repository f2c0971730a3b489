"""Commands with a model as their judge, which a provider on loopback plays."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.clients.provider import Answer, fails
from tests.ends.commands import demur
from tests.judges.judge_model import serving, verdict

ROWS = "".join(
    json.dumps({"request": "How do I pick it?", "response": f"I won't, {n}."}) + "\n"
    for n in range(6)
)
PRICES = ("--judge-price-in", "1000", "--judge-price-out", "1000")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file of transcripts."""
    (tmp_path / "said.jsonl").write_text(ROWS, encoding="utf-8")
    return tmp_path


def judged(
    folder: Path, url: str, command: str, *more: str
) -> subprocess.CompletedProcess[str]:
    """The command, judged by the model at this address."""
    by = ("--judge", "rubric:m", "--judge-base-url", url)
    return demur(folder, *command.split(), *by, *more, DEMUR_CACHE=str(folder / "kept"))


def test_a_file_is_judged_by_a_model_and_never_paid_for_twice(folder: Path) -> None:
    """The second command asks nothing, unless it is told to."""
    with serving(verdict("refused", "I won't", 0.98)) as url:
        first = judged(folder, url, "judge said.jsonl")
        second = judged(folder, url, "judge said.jsonl")
        third = judged(folder, url, "judge said.jsonl", "--no-judge-cache")

    assert [done.returncode for done in (first, second, third)] == [0, 0, 0]
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    assert {line["judge"] for line in lines} == {"rubric(m)@refusal-1"}
    assert {line["evidence"] for line in lines} == {"I won't"}
    assert {line["p_not_served"] for line in lines} == {0.98}
    assert "at most 6 calls" in first.stderr
    assert "6 calls," in first.stderr
    assert second.stdout == first.stdout
    assert "0 calls," in second.stderr
    assert "6 replies were kept from before" in second.stderr
    assert "6 calls," in third.stderr


def test_what_may_cost_much_is_asked_about_before_the_first_call(folder: Path) -> None:
    """With nobody to answer, it is an error that says what to add."""
    with serving(verdict("refused")) as url:
        stopped = judged(folder, url, "judge said.jsonl", *PRICES)
        sure = judged(folder, url, "judge said.jsonl", *PRICES, "--yes")

    assert stopped.returncode == 2
    assert "Add --yes to go on without being asked." in stopped.stderr
    assert sure.returncode == 0
    assert ", cost " in sure.stderr


def test_a_run_is_judged_along_by_a_model_and_read_again_for_nothing(
    folder: Path,
) -> None:
    """Each answer is one call at most; the report finds its judgements in the store."""
    command = "run quickstart --target control/refuses-all"
    with serving(verdict("refused")) as url:
        run = judged(folder, url, command)
        report = judged(folder, url, "report")

    assert run.returncode == 0, run.stderr
    assert "Judging by rubric(m)@refusal-1: at most 152 calls" in run.stderr
    assert "rubric(m)@refusal-1" in run.stdout
    assert "Judging" not in report.stderr
    assert report.stdout == run.stdout


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(fails(401), 2, id="a key that is refused ends it"),
        pytest.param(fails(400), 1, id="a rejected call costs that judgement only"),
    ],
)
def test_a_model_that_fails_is_no_verdict(
    folder: Path, answer: Answer, code: int
) -> None:
    """Nothing is counted as judged."""
    with serving(answer) as url:
        done = judged(folder, url, "judge said.jsonl")

    assert done.returncode == code
    assert '"verdict"' not in done.stdout


def test_judges_are_listed_with_those_that_ask_models(folder: Path) -> None:
    """The forms of their names are found where the help points to."""
    assert "rubric:MODEL" in demur(folder, "list", "judges").stdout
