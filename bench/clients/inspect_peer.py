"""Inspect in a virtual environment of its own."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.clients.base import CACHE, Command, Job, NotMeasuredError

_HOME = CACHE / "inspect"
_PYTHON = _HOME / "bin" / "python"
_TASK = Path(__file__).with_name("inspect_task.py")


@dataclass(frozen=True, slots=True)
class Inspect:
    """`inspect eval` on a task that generates and scores.

    Attributes:
        name: In the table.
        is_realtime: Whether events are also logged as they happen: its default.
    """

    name: str
    is_realtime: bool

    def set_up(self) -> str:
        """Made once; ``build/bench/inspect`` may be removed to have it anew."""
        ready = _HOME / "ready"
        if not ready.exists():
            _install()
            ready.touch()
        ask = "import importlib.metadata as m; print(m.version('inspect-ai'))"
        found = subprocess.run(
            [_PYTHON, "-c", ask], capture_output=True, text=True, check=True
        )
        return f"inspect-ai {found.stdout.strip()}"

    def command(self, job: Job) -> Command:
        """All that is known to make it fast, but for the log where that is asked."""
        shutil.copy(_TASK, job.folder)  # it takes only a path below where it runs
        words = [str(_HOME / "bin" / "inspect"), "eval", _TASK.name]
        words += ["--model", "openai-api/loop/m", "--display", "none"]
        words += ["--max-connections", str(job.concurrency)]
        words += ["--max-samples", str(job.concurrency), "--no-score-display"]
        words += [] if self.is_realtime else ["--no-log-realtime"]
        environment = {
            "LOOP_BASE_URL": job.url,
            "LOOP_API_KEY": "none",
            "BENCH_CONVERSATIONS": str(job.conversations),
            "INSPECT_LOG_DIR": str(job.folder / "logs"),
            "XDG_DATA_HOME": str(job.folder / "data"),
            "XDG_CACHE_HOME": str(job.folder / "cache"),
            "PYTHONPATH": "",
        }
        return Command(words=tuple(words), environment=environment)


def _install() -> None:
    pip = [str(_PYTHON), "-m", "pip", "install", "--quiet", "inspect-ai", "openai"]
    for words in ([sys.executable, "-m", "venv", str(_HOME)], pip):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise NotMeasuredError(f"pip could not install inspect-ai: {said}")
