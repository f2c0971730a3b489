"""One run of one contestant, and the rates that follow from it."""

from dataclasses import dataclass

from bench.measure import TIMED_OUT, Usage
from bench.provider import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the provider does and what a contestant is told.

    Attributes:
        latency_seconds: Of each answer.
        concurrency: Requests that a contestant is told to keep in flight.
    """

    latency_seconds: float
    concurrency: int

    @property
    def limit(self) -> float:
        """Most requests a second that the latency allows."""
        return self.concurrency / self.latency_seconds

    @property
    def label(self) -> str:
        """For headings."""
        return f"{self.latency_seconds * 1000:g} ms at concurrency {self.concurrency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one run took and what the provider saw of it.

    Attributes:
        contestant: Its name.
        setting: What it ran in.
        asked: Requests that it was told to send.
        used: What it took.
        seen: What came at the provider.
    """

    contestant: str
    setting: Setting
    asked: int
    used: Usage
    seen: Seen

    @property
    def fault(self) -> str | None:
        """Why the run counts for nothing; None if it did what it was told."""
        if self.used.code == TIMED_OUT:
            return "took too long and was ended"
        if self.used.code:
            return f"exit code {self.used.code}"
        if self.seen.requests != self.asked:
            return f"sent {self.seen.requests} requests instead of {self.asked}"
        if self.seen.answered != self.asked:
            unread = self.asked - self.seen.answered
            return f"left before {unread} of {self.asked} answers came"
        return None

    @property
    def whole_rate(self) -> float:
        """Requests a second of the whole command, its start and end included."""
        return self.asked / self.used.wall_seconds

    @property
    def asking_rate(self) -> float:
        """Requests a second from the first request to the last answer."""
        return self.asked / self.seen.asking_seconds

    def rate_beyond(self, small: "Row") -> float | None:
        """Requests a second beyond a small run's, so without start-up.

        None if this run has no more requests or took no longer than that one.
        """
        more = self.asked - small.asked
        longer = self.used.wall_seconds - small.used.wall_seconds
        return more / longer if more > 0 and longer > 0 else None

    @property
    def cpu_per_1000(self) -> float:
        """CPU seconds for 1,000 requests, start-up included."""
        return 1000 * self.used.cpu_seconds / self.asked

    @property
    def provider_cpu_per_1000(self) -> float:
        """The provider's CPU seconds for 1,000 requests."""
        return 1000 * self.seen.cpu_seconds / self.asked

    def cpu_beyond(self, small: "Row") -> float | None:
        """CPU seconds for 1,000 requests beyond a small run's.

        None if this run has no more requests than that one.
        """
        more = self.asked - small.asked
        if more <= 0:
            return None
        return 1000 * (self.used.cpu_seconds - small.used.cpu_seconds) / more


def median_row(rows: list[Row]) -> Row:
    """The run with the middle rate of the whole command, the slower of two.

    Raises:
        ValueError: If there is none.
    """
    if not rows:
        raise ValueError("no rows")
    return sorted(rows, key=lambda row: row.whole_rate)[(len(rows) - 1) // 2]
