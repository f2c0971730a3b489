"""How far the judging has come, on standard error."""

import sys
from typing import Self

from rich.progress import Progress, TextColumn

from demur.cli.console import err, say
from demur.flows.judge_file import Judged, Tally
from demur.reports.text import shorten

_COMPLAINTS = 10
"""How many are written out; the lines themselves hold them all."""


class JudgingProgress:
    """A line that counts, where standard error is a terminal.

    Args:
        is_output_shown: Whether lines come out meanwhile: no count stands among them
            where they come out on a terminal.

    Attributes:
        tally: What has been judged so far.
    """

    def __init__(self, *, is_output_shown: bool) -> None:
        self.tally = Tally()
        console = err()
        is_shown = console.is_terminal and not (is_output_shown and sys.stdout.isatty())
        self._bar = Progress(
            TextColumn("{task.completed:,} judged in {task.elapsed:.0f} s"),
            console=console,
            transient=True,
            disable=not is_shown,
        )
        self._task = self._bar.add_task("", total=None)
        self._complaints = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def add(self, judged: Judged) -> None:
        """Count one more, and say what could not be read or judged."""
        self.tally.add(judged)
        self._bar.update(self._task, completed=self.tally.judged)
        if judged.problem is None:
            return
        self._complaints += 1
        if self._complaints <= _COMPLAINTS:
            say(shorten(f"line {judged.exchange.number}: {judged.problem}", 200))
        elif self._complaints == _COMPLAINTS + 1:
            say("…")
