"""demur as its users run it: asked, stored, judged and reported."""

import sys
from importlib.metadata import version

from bench.clients.base import Command, Job
from bench.suite import TRIALS


class DemurRun:
    """`demur run` on the suite, each trial asked several times."""

    name = "demur"

    def set_up(self) -> str:
        """The one of this repository."""
        return f"demur {version('demur')}"

    def command(self, job: Job) -> Command:
        """`--samples` gives the volume.

        Raises:
            ValueError: If the count is neither 1 nor a multiple of the trials.
        """
        words = [sys.executable, "-m", "demur", "run", str(job.suite)]
        words += ["--target", "m", "--base-url", job.url]
        words += ["--concurrency", str(job.concurrency)]
        words += ["--samples", str(self._samples(job.count))]
        words += ["--store", str(job.folder / "demur.sqlite")]
        return Command(words=tuple(words), environment={})

    def _samples(self, count: int) -> int:
        if count % TRIALS:
            raise ValueError(f"count must be a multiple of {TRIALS}, got {count}")
        return count // TRIALS
