"""Tests of the benchmark's measure of a command."""

import os
import sys
from pathlib import Path

import pytest
from bench.measure import TIMED_OUT, measure, tail

_BURN = "import time\nwhile time.process_time() < 0.4: pass"
_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_BURN!r}])"


def test_the_memory_of_whoever_measures_is_not_counted(tmp_path: Path) -> None:
    """Linux carries the parent's peak over to a program that it starts."""
    ballast = b"x" * (200 * 2**20)

    used = measure([sys.executable, "-c", ""], tmp_path, environment=os.environ)

    assert len(ballast) > 2**20 * used.peak_mb * 2
    assert used.code == 0


def test_the_memory_of_the_command_is_counted_in_mebibytes(tmp_path: Path) -> None:
    """The unit of the system's counter differs between systems."""
    words = [sys.executable, "-c", "b'x' * (150 * 2**20)"]

    used = measure(words, tmp_path, environment=os.environ)

    assert 150 < used.peak_mb < 200


@pytest.mark.parametrize(
    "program",
    [pytest.param(_BURN, id="itself"), pytest.param(_CHILD, id="a program it started")],
)
def test_cpu_of_the_command_and_its_children_counts(
    program: str, tmp_path: Path
) -> None:
    """Launchers such as npm's would else seem to cost nothing."""
    words = [sys.executable, "-c", program]

    used = measure(words, tmp_path, environment=os.environ)

    assert 0.4 <= used.cpu_seconds <= 1.5
    assert used.wall_seconds >= 0.4


def test_a_command_that_hangs_is_ended_and_told_apart(tmp_path: Path) -> None:
    """Its time must not be taken for that of a finished run."""
    words = [
        sys.executable,
        "-c",
        "import time; print('on', flush=True); time.sleep(60)",
    ]

    used = measure(words, tmp_path, environment=os.environ, timeout_seconds=0.5)

    assert used.code == TIMED_OUT
    assert used.wall_seconds < 10
    assert tail(tmp_path) == "on"


def test_a_command_that_fails_keeps_its_exit_code(tmp_path: Path) -> None:
    """A quick failure would else be the fastest of all."""
    words = [sys.executable, "-c", "raise SystemExit(3)"]

    used = measure(words, tmp_path, environment=os.environ)

    assert used.code == 3
