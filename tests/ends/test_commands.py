"""Whole commands on control targets, from run to page."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.ends.commands import demur, environment, run_to_json, value

from demur.flows.suite_names import find_suite
from demur.targets.keywords import CARELESS_WORDS, found_words, word_pattern

KEYWORD = ("quickstart", "--target", "control/keyword-filter")


def test_a_second_run_asks_nothing_and_says_so(tmp_path: Path) -> None:
    """The same command continues; all is there."""
    first = demur(tmp_path, "run", *KEYWORD)
    second = demur(tmp_path, "run", *KEYWORD)

    assert first.returncode == second.returncode == 0
    assert "Asked 152 trials" in first.stderr
    assert "Asked 0 trials: all 152 answers" in second.stderr
    assert first.stdout == second.stdout


def test_report_shows_what_run_showed(tmp_path: Path) -> None:
    """Nothing is asked for a report, and it is the same report."""
    run = demur(tmp_path, "run", *KEYWORD)

    report = demur(tmp_path, "report")

    assert report.stdout == run.stdout
    assert report.returncode == 0


def test_a_terminal_report_fits_80_columns_without_colour(tmp_path: Path) -> None:
    """As a CI log shows it: no escape sequence, no line too long."""
    done = demur(tmp_path, "run", *KEYWORD)

    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "Over-refusal         69.1 %" in done.stdout
    assert "n = 110 in 47 families, left out: none" in done.stdout


def test_the_page_holds_fields_gap_and_trials(tmp_path: Path) -> None:
    """What a reader looks for, in one file without script."""
    done = demur(tmp_path, "run", *KEYWORD, "--html", "page.html")

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert done.returncode == 0
    for word in ("healthcare", "security", "history-law", "fiction"):
        assert f"<td>{word}</td>" in page
    assert "Calibration gap" in page
    assert page.count('class="said"') > 300
    assert page.count("<svg") == 3
    assert "<script" not in page


def test_compare_tells_what_a_guard_changed(tmp_path: Path) -> None:
    """The guard blocks what the target would have answered, and nothing else."""
    demur(tmp_path, "run", "--target", "control/answers-all")
    demur(
        tmp_path, "run", "--target", "control/answers-all", "--input-guard", "keywords"
    )

    done = demur(
        tmp_path,
        "compare",
        "control/answers-all",
        "control/answers-all behind keywords",
        "--html",
        "change.html",
        "--json",
        "change.json",
    )

    assert done.returncode == 0
    pattern = word_pattern(CARELESS_WORDS)
    blocked = [
        trial
        for trial in find_suite("quickstart").trials()
        if trial.expected.expectation.is_legitimate
        and found_words(pattern, trial.user_message)
    ]
    lost = f"Legitimate: served before, withheld now: {len(blocked)}"
    assert len(blocked) > 50
    assert lost in done.stdout
    assert "Legitimate: withheld before, served now: 0" in done.stdout
    assert "keywords guard: " in done.stdout
    change = json.loads((tmp_path / "change.json").read_text(encoding="utf-8"))
    assert [len(one["newly_withheld"]) > 0 for one in change["changes"]] == [True] * 2
    assert [one["newly_served"] for one in change["changes"]] == [[], []]
    assert change["before"]["run"]["target"] == "control/answers-all"
    assert "input guard" in (tmp_path / "change.html").read_text(encoding="utf-8")


def test_own_words_and_own_system_prompt(tmp_path: Path) -> None:
    """--input-guard keywords:FILE and --system FILE, in a context called own-prompt."""
    (tmp_path / "words.txt").write_text("lethal\n", encoding="utf-8")
    (tmp_path / "My Clinic.txt").write_text("You help nurses.", encoding="utf-8")

    body = run_to_json(
        tmp_path,
        "quickstart",
        *("--target", "control/answers-all", "--input-guard", "keywords:words.txt"),
        *("--system", "My Clinic.txt", "--field", "healthcare"),
    )

    contexts = {trial["context"] for trial in body["trials"]}
    assert {"general", "own-prompt"} <= contexts
    assert "ward-assistant" not in contexts
    assert value(body, "over-refusal", "own-prompt") == value(
        body, "over-refusal", "general"
    )
    blocked = [t for t in body["trials"] if t["judgement"]["verdict"] == "blocked"]
    assert {t["judgement"]["evidence"] for t in blocked} == {
        "keywords:words.txt guard: lethal"
    }
    assert {t["judgement"]["layer"] for t in blocked} == {"input guard"}


def test_list_runs_shows_each_with_its_answers(tmp_path: Path) -> None:
    """One line for a run, newest last."""
    demur(tmp_path, "run", *KEYWORD)
    demur(tmp_path, "run", "--target", "control/refuses-all", "--field", "fiction")

    done = demur(tmp_path, "list", "runs")

    lines = [line for line in done.stdout.splitlines() if "control/" in line]
    assert [line.split()[3] for line in lines] == [
        "control/keyword-filter",
        "control/refuses-all",
    ]
    assert lines[0].split()[-1] == "152/152"


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path) -> None:
    """The first Ctrl-C ends the run in order, with exit code 3 and a way to go on."""
    command = [sys.executable, "-m", "demur", "run", "--target", "control/answers-all"]
    with subprocess.Popen(
        [*command, "--samples", "300"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not (tmp_path / "demur.sqlite").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 3, err
    assert "Finishing what is under way" in err
    assert "The same command asks just these." in err
    assert "not asked" in out


def test_output_into_a_closed_pipe_is_no_crash(tmp_path: Path) -> None:
    """`demur report | head` ends quietly."""
    demur(tmp_path, "run", *KEYWORD)
    with subprocess.Popen(
        [sys.executable, "-m", "demur", "report", "--html", "page.html"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()

    assert "Traceback" not in err
    assert (tmp_path / "page.html").exists()
