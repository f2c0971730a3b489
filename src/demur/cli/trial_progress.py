"""Shows how far a run has come: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from demur.cli.console import err, say
from demur.flows.progress import Progress
from demur.reports.text import printable

_LINE_SECONDS = 10.0
"""Where there is no terminal, a line comes at every tenth part, or after this."""

_KINDS = {
    "TargetConnectionError": "connection",
    "TargetTimeoutError": "timeout",
    "TargetRateLimitError": "rate limit",
    "TargetServerError": "server",
    "TargetRejectedError": "rejected",
    "TargetReplyError": "unreadable reply",
}
"""What a kind of failure is called here."""


class TrialProgress:
    """Shows how many trials are done, how fast, what failed, and how long it takes.

    Args:
        clock: Seconds since whenever.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = err()
        self._bar: Bar | None = None
        self._clock = clock
        self._began: float | None = None
        self._shown = 0
        self._shown_at = 0.0

    def show(self, now: Progress) -> None:
        """Show how far it has come; the first call is the beginning of the asking."""
        seconds = self._clock()
        if self._began is None:
            self._began = self._shown_at = seconds
        if self._console.is_terminal:
            self._show_bar(now)
            return
        part = now.asked - self._shown
        is_due = part and seconds - self._shown_at > _LINE_SECONDS
        if is_due or part >= max(1, now.total / 10) or (part and not now.missing):
            self._shown, self._shown_at = now.asked, seconds
            done = now.stored + now.asked
            say(f"  {done} of {now.total} trials{self._rest(now)}")

    def notice(self, text: str) -> None:
        """Say something beside the bar, without tearing it."""
        if self._bar is None:
            say(text)
        else:
            self._bar.console.print(printable(text), soft_wrap=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def _show_bar(self, now: Progress) -> None:
        if self._bar is None:
            self._bar = Bar(
                TextColumn("  "),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("trials{task.fields[rest]}"),
                console=self._console,
                transient=True,
            )
            self._bar.add_task("", total=now.total, rest="")
            self._bar.start()
        done = now.stored + now.asked
        self._bar.update(self._bar.task_ids[0], completed=done, rest=self._rest(now))

    def _rest(self, now: Progress) -> str:
        """Everything after the count, from what matters most."""
        seconds = 0.0 if self._began is None else self._clock() - self._began
        rate = now.asked / seconds if now.asked and seconds > 0 else 0.0
        left = now.total - now.stored - now.asked
        parts = [
            failures_in_words(now),
            f"{rate:.1f}/s" if rate else "",
            f"{duration(left / rate)} left" if rate and left else "",
            f"waited {duration(now.waited_seconds)}" if now.waited_seconds >= 1 else "",
            f"{now.read + now.written:,} tokens" if now.read + now.written else "",
            f"cost {now.cost:.4f}" if now.cost is not None else "",
        ]
        return "".join(f", {part}" for part in parts if part)


def failures_in_words(now: Progress) -> str:
    """How many failed, by kind; empty where none did."""
    if not now.failed:
        return ""
    kinds = ", ".join(
        f"{count} {_KINDS.get(name, name)}" for name, count in now.failures.items()
    )
    return f"{now.failed} failed ({kinds})"


def duration(seconds: float) -> str:
    """Seconds as one reads them, such as ``2 min 5 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
