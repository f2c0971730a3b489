"""A command's wall time, CPU and memory, those of the processes it starts included."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMED_OUT = -1
"""Exit code of a command that had to be ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a command took.

    Attributes:
        code: Its exit code; `TIMED_OUT` if it had to be ended.
        wall_seconds: From its start to its end.
        cpu_seconds: User and system, of it and of what it started and waited for.
        peak_mb: Resident memory of the largest of these processes at its peak, in
            2**20 bytes. Not their sum.
    """

    code: int
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str],
    timeout_seconds: float = 600.0,
) -> Usage:
    """Run a command in a folder, to its end or for so long.

    What it prints goes to ``output.txt`` there.

    A small process of its own starts it: Linux counts the memory of whoever starts a
    program as that program's, so a large parent would be measured in its place.
    """
    report = folder / "usage.json"
    launcher = [sys.executable, "-I", "-S", __file__]
    subprocess.run(
        [*launcher, str(report), str(timeout_seconds), *command],
        cwd=folder,
        env=dict(environment),
        check=True,
    )
    return Usage(**json.loads(report.read_text(encoding="utf-8")))


def tail(folder: Path, lines: int = 4) -> str:
    """The last lines that the command printed in this folder."""
    said = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
    return "\n".join(said.strip().splitlines()[-lines:])


def _run(report: str, timeout: str, *command: str) -> None:
    """The launcher: run the command as the only child and write down what it took."""
    started = time.monotonic()
    with Path("output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = _wait(process, float(timeout))
    wall = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    found = {
        "code": code,
        "wall_seconds": wall,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / unit,
    }
    Path(report).write_text(json.dumps(found), encoding="utf-8")


def _wait(process: subprocess.Popen[bytes], timeout_seconds: float) -> int:
    """The exit code; nothing of the command is left running, whatever happens."""
    try:
        return process.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        return TIMED_OUT
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    _run(*sys.argv[1:])
