"""`demur judge` and `demur judge-check`, run as a user runs them."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.ends.commands import demur, environment

REFUSED = {"id": "a", "request": "How?", "response": "I cannot help with that."}
SERVED = {"id": "b", "request": "Why?", "response": "Because light is scattered."}


def write(path: Path, *rows: Any) -> None:
    """JSON lines."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def lines_of(text: str) -> list[dict[str, Any]]:
    """What JSON lines hold."""
    return [json.loads(line) for line in text.splitlines()]


def start(
    folder: Path, *words: str, stdin: int | None = None, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """`demur judge WORDS`, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "demur", "judge", *words],
        cwd=folder,
        env=environment(),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def test_each_line_in_is_a_line_out(tmp_path: Path) -> None:
    """In order, under its id; standard output holds nothing else."""
    write(tmp_path / "t.jsonl", REFUSED, SERVED)

    done = demur(tmp_path, "judge", "t.jsonl")

    assert done.returncode == 0, done.stderr
    assert lines_of(done.stdout) == [
        {
            "id": "a",
            "verdict": "refused",
            "p_not_served": None,
            "evidence": "I cannot help with that.",
            "language": None,
            "judge": "phrase@1",
        },
        {
            "id": "b",
            "verdict": "answered",
            "p_not_served": None,
            "evidence": "Because light is scattered.",
            "language": None,
            "judge": "phrase@1",
        },
    ]
    assert "2 judged by phrase@1" in done.stderr
    assert "1 answered, 1 refused" in done.stderr
    assert "Undecided: 0.0 % [0.0, 65.8], n = 2" in done.stderr


def test_what_cannot_be_read_has_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Exit code 1 at the end, with the count; duplicate ids stay two lines."""
    write(tmp_path / "t.jsonl", REFUSED, "nonsense", {"id": 7, "request": "x"}, REFUSED)

    done = demur(tmp_path, "judge", "t.jsonl", "--out", "v.jsonl")

    found = lines_of((tmp_path / "v.jsonl").read_text(encoding="utf-8"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert [each["id"] for each in found] == ["a", 2, 7, "a"]
    assert [sorted(each) for each in found[1:3]] == [["error", "id", "line"]] * 2
    assert "line 2: no JSON" in done.stderr
    assert "2 without a verdict" in done.stderr


def test_hostile_text_comes_through_whole(tmp_path: Path) -> None:
    """2 MB in one line, NULs, lone surrogates, escapes: a verdict for each."""
    texts = ["I cannot. " * 200_000, "a\0b", "\ud800", "\x1b[2J\x1b]0;x\x07", ""]
    rows = [{"id": t[:9], "request": t, "response": t} for t in texts]
    write(tmp_path / "t.jsonl", *rows)

    done = demur(tmp_path, "judge", "t.jsonl")

    assert done.returncode == 0, done.stderr[:500]
    assert done.stdout.isascii()
    ids = [each["id"] for each in lines_of(done.stdout)]
    assert ids == [*(text[:9] for text in texts[:-1]), len(texts)]


def test_a_line_is_judged_before_the_next_is_written(tmp_path: Path) -> None:
    """A program may feed lines and read verdicts one by one."""
    with start(tmp_path, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        verdicts = []
        for row in (REFUSED, SERVED):
            process.stdin.write(json.dumps(row).encode() + b"\n")
            process.stdin.flush()
            verdicts.append(json.loads(process.stdout.readline())["verdict"])
        process.stdin.close()
        process.wait(timeout=30)

    assert verdicts == ["refused", "answered"]
    assert process.returncode == 0


def test_ctrl_c_ends_a_silent_pipe_at_once(tmp_path: Path) -> None:
    """Also while nothing comes that could be judged."""
    with start(tmp_path, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(REFUSED).encode() + b"\n")
        process.stdin.flush()
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=10)
        assert process.stderr is not None
        said = process.stderr.read()

    assert json.loads(first)["id"] == "a"
    assert code == 130
    assert said.strip() == b"demur: interrupted."


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    """`demur judge big.jsonl | head -1`."""
    write(tmp_path / "t.jsonl", *[SERVED] * 20_000)
    with start(tmp_path, "t.jsonl", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert process.returncode == 0
    assert said == b""


def test_a_killed_judge_leaves_whole_lines(tmp_path: Path) -> None:
    """SIGKILL in the middle: what is in the file was judged, line for line."""
    write(tmp_path / "t.jsonl", *[SERVED] * 20_000)
    out = tmp_path / "v.jsonl"
    with start(tmp_path, "t.jsonl", "--out", "v.jsonl") as process:
        while not out.exists() or out.stat().st_size < 10_000:
            time.sleep(0.005)
        process.kill()

    text = out.read_text(encoding="utf-8")
    found = lines_of(text[: text.rindex("\n")])
    assert 0 < len(found) < 20_000
    assert {each["verdict"] for each in found} == {"answered"}
    assert process.returncode == -signal.SIGKILL


def test_a_stored_run_is_judged_again(tmp_path: Path) -> None:
    """By its name or as the last; nothing is asked, and what was judged stays."""
    run = ("run", "--target", "control/refuses-all", "--field", "fiction")
    demur(tmp_path, *run, "--context", "general")

    done = demur(tmp_path, "judge", "last")

    found = lines_of(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {each["verdict"] for each in found} == {"refused"}
    assert f"0 judged now, {len(found)} before, 0 without a transcript" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("judge", "no.jsonl"), "no such file", id="no file"),
        pytest.param(("judge", "last"), "Run `demur run` first", id="no store"),
        pytest.param(("judge", "."), "is a folder", id="folder"),
        pytest.param(("judge", "t.csv"), "has no column for the request", id="column"),
        pytest.param(
            ("judge", "t.csv", "--column", "reqest=a"), "Did you mean", id="name"
        ),
        pytest.param(
            ("judge", "t.csv", "--column", "request"), "not NAME=COLUMN", id="no ="
        ),
        pytest.param(
            ("judge", "t.csv", "--column", "request=c"), "unknown column", id="no such"
        ),
        pytest.param(
            ("judge", "t.jsonl", "--out", "t.jsonl"), "the file that is read", id="out"
        ),
        pytest.param(
            ("judge", "t.jsonl", "--out", "no/v"), "cannot be written", id="unwritable"
        ),
        pytest.param(
            ("judge-check", "t.jsonl"), "no column for the label", id="no label"
        ),
        pytest.param(
            ("judge-check", "t.jsonl", "--label", "x=sreved"),
            "Did you mean 'served'?",
            id="meaning",
        ),
        pytest.param(
            ("judge-check", "t.jsonl", "--label", "served"), "not VALUE=", id="no value"
        ),
        pytest.param(
            ("judge-check", "xstest-completion:t"), "Did you mean", id="data set"
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, no traceback, and the files as they were."""
    write(tmp_path / "t.jsonl", REFUSED)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    done = demur(tmp_path, *words)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """In words, not as a traceback."""
    write(tmp_path / "t.jsonl", REFUSED)

    done = demur(tmp_path, "judge", "t.jsonl", "--out", "/dev/full")

    assert done.returncode == 2
    assert "/dev/full: cannot be written (No space left on device)" in done.stderr


def test_a_label_file_is_measured_in_every_form(tmp_path: Path) -> None:
    """Text, page and JSON say the same; labels are mapped by the user."""
    rows = [{**REFUSED, "mark": "bad"}, {**SERVED, "mark": "good"}]
    write(tmp_path / "t.jsonl", *rows)
    labels = ("--label", "bad=not-served", "--label", "good=served")
    words = ("judge-check", "t.jsonl", "--column", "label=mark", *labels)

    shown = demur(tmp_path, *words, "--html", "p.html", "--json", "c.json")
    piped = demur(tmp_path, *words, "--json", "-")

    assert (shown.returncode, piped.returncode) == (0, 0), shown.stderr
    assert "100.0 % [34.2, 100.0]" in shown.stdout
    body = json.loads(piped.stdout)
    assert body == json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert body["judges"][0]["counted"]["accuracy"]["estimate"]["value"] == 1
    assert "100.0" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_the_baseline_is_measured_once(tmp_path: Path) -> None:
    """Also where it is asked for, twice."""
    write(tmp_path / "t.jsonl", {**REFUSED, "label": "refused"})
    twice = ("--judge", "phrase", "--judge", "phrase")

    done = demur(tmp_path, "judge-check", "t.jsonl", *twice, "--json", "-")

    assert [each["judge"] for each in json.loads(done.stdout)["judges"]] == ["phrase@1"]
