"""How far the judging has come, on standard error."""

import sys
from typing import Self

from rich.progress import Progress, TextColumn

from demur.cli.console import err, say
from demur.flows.judge_file import Tally
from demur.reports.text import shorten

_COMPLAINTS = 10
"""How many are written out; the lines themselves hold them all."""


class JudgingProgress:
    """A line that counts, where standard error is a terminal and output is not."""

    def __init__(self) -> None:
        console = err()
        is_shown = console.is_terminal and not sys.stdout.isatty()
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

    def show(self, tally: Tally, complaint: str | None) -> None:
        """Show the count, and what could not be read or judged."""
        self._bar.update(self._task, completed=tally.judged)
        if complaint is None:
            return
        self._complaints += 1
        if self._complaints <= _COMPLAINTS:
            say(shorten(complaint, 200))
        elif self._complaints == _COMPLAINTS + 1:
            say("…")
